// Between two pages there is no desk for a while: keys count all the same, and the browser's Back.

/** @import { Presenter } from "./presenter.js" */
import { deed } from "./keys.js";
import { Lecture, shown } from "./lecture.js";
import { kept } from "./prepare.js";
import { step, stored } from "./route.js";

export const MARK = "aeview.scene"; // what an entry of the browser's history shows, kept with the entry
export const PASSING = "aeview.passing"; // and that it was only passed on the way to a scene

/** @type {Set<Presenter>} */
export const desks = new Set();
let watching = false;

/** Hear keys and the browser's Back while there is no desk. */
export function watch() {
  if (watching) return;
  watching = true;
  /** @returns {Lecture | null} */
  const away = () => {
    const lecture = new Lecture(globalThis.sessionStorage);
    return !desks.size && lecture.on ? lecture : null;
  };
  document.addEventListener("keydown", (event) => {
    const lecture = away();
    if (lecture && kept(lecture, event)) return;
    const what = lecture && deed(event, /** @type {Element} */ (event.composedPath()[0]), true);
    if (lecture && what && pass(lecture, what)) event.preventDefault();
  }, { capture: true });
  addEventListener("popstate", () => {
    const lecture = away();
    const scene = lecture && shown(stored() ?? [], history.state?.[MARK], location.href);
    if (scene) lecture.turn(scene.id);
  });
  skipPassed();
}

/** Turn where there is no desk; returns whether that was asked for. @param {Lecture} lecture @param {string} what */
function pass(lecture, what) {
  const by = Number(what === "next") - Number(what === "previous");
  const scene = by && !lecture.lesson && step(stored() ?? [], lecture.scene, by); // a lesson's buttons are on their way
  if (scene) lecture.turn(scene.id);
  return by !== 0;
}

/** Do what the window with the notes asks for. @param {string} what */
export function heard(what) {
  const presenter = [...desks].at(-1);
  const lecture = presenter?.lecture ?? new Lecture(globalThis.sessionStorage);
  if (!lecture.on || lecture.preparing) return;
  if (presenter) presenter.deeds[what]?.();
  else pass(lecture, what);
}

// On its way to a scene Streamlit leaves entries in the history that show neither the scene before
// nor the one to come: Back and Forward go past them, where the browser says which way one goes.
function skipPassed() {
  const lecture = () => new Lecture(globalThis.sessionStorage);
  let way = 0;
  globalThis.navigation?.addEventListener("currententrychange", ({ navigationType, from }) => {
    way = navigationType === "traverse" ? Math.sign((navigation.currentEntry?.index ?? 0) - from.index) : 0;
    if (navigationType === "traverse" || history.state?.[PASSING]) return;
    if (!lecture().on || !lecture().wanted) return;
    history.replaceState({ ...history.state, [PASSING]: true }, "");
  });
  addEventListener("popstate", (event) => {
    if (!way || !history.state?.[PASSING] || !lecture().on) return;
    event.stopImmediatePropagation();
    history.go(way);
  }, { capture: true });
}
