// Prepare: every scene of the route is opened once, so that in the lecture each opens with its work done.
// The server's caches and the browser's files are warm then, because the scenes themselves have been there.
// It goes on from page to page: how far it is lies in the lecture's memory.

import { make } from "../controls/dom.js";
import { deep, figure } from "./cinema.js";

/** @import { Presenter } from "./presenter.js" */
/** @import { Scene } from "./lecture.js" */
/** @typedef {{ at: number, from: string | null, failed: { title: string, why: string }[], led: boolean, over?: boolean }} Preparing the scene's place, from 0; the scene that one comes back to; whether the class was led before */

const LONGEST_MS = 60_000; // without a sign of work
const CALM = 2; // looks at a scene that is ready, so that nothing begins between two of them
const MOST_SAID = 300; // characters
const WITH_CLASS = "Nothing is prepared yet: you lead the class, which would come along to every scene.";
const LET_GO = " You no longer lead the class: press L to lead it again.";
const LATE = "It was not ready after a minute.";
const WORKS = '[data-testid="stProgress"], [data-testid="stSpinner"], [data-testid="stSkeleton"]';
const OFFERS = '[class*="st-key-offer"] button';
const NEEDED = ".st-key-map_needs";
const WRONG = '[data-testid="stException"], [data-testid="stAlertContentError"], .st-key-page_notices [data-testid="stAlert"]';

/** @typedef {{ there: boolean, works: boolean, wrong: string }} Look at a scene: whether it is open and drawn, whether work goes on, and a sentence of what is wrong */

/**
 * Whether to go on to the next scene, and what to say of this one.
 * @param {Look} look @param {number} calm looks before at which it was ready @param {number} quiet milliseconds without a sign of work
 * @returns {{ on: boolean, why: string }}
 */
export function verdict({ there, works, wrong }, calm, quiet) {
  if (there && !works && calm + 1 >= CALM) return { on: true, why: wrong };
  return quiet > LONGEST_MS ? { on: true, why: wrong || LATE } : { on: false, why: "" };
}

/** What one sees of a scene. @param {Scene} scene @param {boolean} opened whether the page is that of the scene @returns {Look} */
function look(scene, opened) {
  const main = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stMain"]'));
  if (!main || !opened) return { there: false, works: false, wrong: "" };
  const seen = (/** @type {HTMLElement} */ each) => each.checkVisibility();
  const state = document.querySelector('[data-testid="stApp"]')?.getAttribute("data-test-script-state");
  const drawn = !scene.subject || "cinema" in document.documentElement.dataset;
  const alert = main.querySelector(WRONG);
  const said = alert?.querySelector('[data-testid="stMarkdownContainer"]') ?? alert;
  const parts = deep(main, '.lab[data-ready="no"]').filter(seen);
  return {
    there: drawn && !parts.length && state === "notRunning",
    works: Boolean(main.querySelector(WORKS)),
    wrong: said?.textContent?.trim().slice(0, MOST_SAID) ?? "",
  };
}

export class Prepare {
  calm = 0;
  since = Date.now();
  waits = false; // for the class to be let go
  wrong = ""; // said of the scene on screen, so far

  /** @param {Presenter} presenter */
  constructor(presenter) {
    this.presenter = presenter;
    this.deeds = { prepare: () => this.begin(), alone: () => this.#alone() };
  }

  get #state() {
    return this.presenter.lecture.preparing;
  }

  /** Open the first scene; who leads the class is asked first. @param {boolean} [led] whether it was led before */
  async begin(led = false) {
    const { presenter } = this;
    presenter.desk.find("dialog.route").close();
    if (presenter.desk.data.leads) return this.#tell("Prepare", WITH_CLASS, true);
    if (!presenter.on) await presenter.begin();
    const [first] = presenter.scenes;
    if (!first) return presenter.desk.say("There are no scenes.");
    presenter.lecture.prepare({ at: 0, from: presenter.lecture.scene, failed: [], led });
    this.#open(first);
  }

  // Lead no more, then prepare.
  #alone() {
    const { desk } = this.presenter;
    desk.find("dialog.prepared").close();
    desk.ask({ kind: "lead", address: "off" });
    this.waits = true;
  }

  /** Go on with what stands on screen, if that is being prepared. */
  tick() {
    const { lecture, desk, scenes } = this.presenter;
    const state = this.#state;
    if (this.waits && !desk.data.leads) {
      this.waits = false;
      this.begin(true);
    }
    if (!state) return;
    if (state.over) return lecture.wanted ? undefined : this.#report(state);
    const scene = scenes[state.at];
    this.#say(state);
    const seen = look(scene, !lecture.wanted && desk.data.opened === scene.id);
    this.wrong ||= seen.wrong;
    if (seen.works) this.since = Date.now();
    const { on, why } = verdict({ ...seen, wrong: this.wrong }, this.calm, Date.now() - this.since);
    this.calm = seen.there && !seen.works ? this.calm + 1 : 0;
    if (!on) return press(scene);
    this.#next({ ...state, at: state.at + 1, failed: why ? [...state.failed, { title: scene.title, why }] : state.failed });
  }

  /** @param {Preparing} state */
  #next(state) {
    const { lecture, scenes } = this.presenter;
    const over = state.at >= scenes.length;
    lecture.prepare({ ...state, over });
    const scene = over ? scenes.find(({ id }) => id === state.from) ?? scenes[0] : scenes[state.at];
    if (scene.id !== lecture.scene) this.#open(scene);
  }

  /** @param {Scene} scene */
  #open(scene) {
    Object.assign(this, { calm: 0, since: Date.now(), wrong: "" });
    this.presenter.open(scene);
  }

  /** @param {Preparing} state */
  #say({ at }) {
    const { desk, scenes } = this.presenter;
    const home = desk.find(".preparing");
    if (!home.isConnected) return; // the page is being left
    desk.find(".preparing span").textContent = `Preparing ${at + 1} of ${scenes.length}: ${scenes[at].title}`;
    desk.find(".preparing progress").value = at / scenes.length;
    home.showPopover();
  }

  /** Say how it ended. @param {Preparing} state */
  #report({ at, failed, led }) {
    const { lecture, desk, scenes } = this.presenter;
    lecture.prepare(null);
    desk.find(".preparing").hidePopover();
    const said = at < scenes.length
      ? `Stopped after ${at} of ${scenes.length} scenes.`
      : `${scenes.length - failed.length} of ${scenes.length} scenes are ready.`;
    this.#tell("Prepared", led ? said + LET_GO : said, false, failed);
  }

  /** @param {string} title @param {string} said @param {boolean} asks whether to go on without the class @param {Preparing["failed"]} [failed] */
  #tell(title, said, asks, failed = []) {
    const { find } = this.presenter.desk;
    find(".prepared h2").textContent = title;
    find(".prepared .note").textContent = said;
    find(".prepared .choice").hidden = !asks;
    find(".prepared ul").replaceChildren(...failed.map(({ title: scene, why }) => make("li", {}, make("strong", {}, scene), ` ${why}`)));
    find("dialog.prepared").showModal();
  }
}

/** While a route is prepared Esc stops it, and other keys do nothing; returns whether it was so. @param {import("./lecture.js").Lecture} lecture @param {KeyboardEvent} event */
export function kept(lecture, event) {
  if (!lecture.preparing || event.ctrlKey || event.metaKey) return false;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Escape") lecture.prepare({ ...lecture.preparing, over: true });
  return true;
}

/** Begin work that waits for a press. @param {Scene} scene */
function press(scene) {
  const homes = [NEEDED, ...(scene.subject ? [figure(scene.subject)] : [])].join(", ");
  for (const home of document.querySelectorAll(homes)) {
    /** @type {HTMLButtonElement | null} */ (home.querySelector(OFFERS))?.click();
  }
}
