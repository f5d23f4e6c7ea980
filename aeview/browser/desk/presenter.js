// Presenter mode: the page in large type without its controls, scenes by ← and →, a timer, black,
// and a code that opens the scene on a student's own machine.

import { forget } from "../pad/drawing.js";
import { all, finder } from "../shell/find.js";
import { MARK, PASSING, desks, heard, watch } from "./away.js";
import { Cinema } from "./cinema.js";
import { together } from "./keys.js";
import { Lecture, clock, shortLink, shown, shows } from "./lecture.js";
import { Prepare } from "./prepare.js";
import { draw as drawCode } from "./qr.js";
import { step } from "./route.js";
import { draw } from "./sizes.js";
import { Speaker } from "./speaker.js";

const AGAIN_MS = 6000; // a wish that got lost on its way is said again

/** @typedef {import("./lecture.js").Scene} Scene */

// What a key presses while a lesson is under way, the first of these that can be pressed.
const [ON, BACK] = [["reveal", "next", "return"], ["previous", "return"]];
const LAST = "This is the last step. Finish leads back to the lessons, the list below to a scene.";

/** The button of a lesson that a key stands for; null where there is none to press. @param {number} by */
export const lessonButton = (by, page = document) => pressable(by > 0 ? ON : BACK, page);

/** The first of a lesson's buttons that can be pressed. @param {string[]} names @returns {HTMLElement | null} */
function pressable(names, page = document) {
  const found = names.flatMap((name) => [
    .../** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll(`[class*="st-key-lesson_${name}"] button:not(:disabled)`)),
  ]);
  // Streamlit keeps what it takes away for a while, unseen.
  return found.find((button) => button.checkVisibility()) ?? null;
}

export class Presenter {
  asked = 0;
  elsewhere = false;
  sent = false; // whether Python has been asked for a scene
  /** @type {string | undefined} */
  zoom;
  zoomed = false;

  /** @param {import("./main.js").Desk} desk */
  constructor(desk) {
    desks.add(this);
    watch();
    this.desk = desk;
    this.lecture = new Lecture(globalThis.sessionStorage);
    this.cinema = new Cinema(() => this.#size(true));
    this.preparation = new Prepare(this);
    this.speaker = new Speaker(this, heard);
    this.deeds = together(this.preparation.deeds, this.speaker.deeds, {
      next: () => this.#turn(1),
      previous: () => this.#turn(-1),
      black: () => this.desk.find("dialog.black").showModal(),
      clock: () => this.#timer("pause"),
      reset: () => this.#timer("reset"),
      code: () => this.#code("scene"),
      controls: () => this.#controls(),
      leave: () => this.leave(),
    });
    for (const button of all(desk.root, "button[data-of]")) button.addEventListener("click", () => this.#code(button.dataset.of));
    addEventListener("resize", () => this.#resize(), { signal: desk.abort.signal });
    addEventListener("popstate", () => this.#follow(), { signal: desk.abort.signal });
    desk.find("select.jump").addEventListener("change", () => this.open(this.scenes[desk.find("select.jump").selectedIndex - 1]));
    // What was clicked does not keep the arrow keys; what was reached by Tab does.
    document.addEventListener("pointerup", () => this.on && this.#letGo(), { signal: desk.abort.signal });
  }

  close() {
    desks.delete(this);
    clearInterval(this.ticking);
    this.cinema.show(null); // the mode itself lasts: the next page's desk takes it up
  }

  get on() {
    return this.lecture.on;
  }

  get scenes() {
    return this.desk.route.scenes;
  }

  get scene() {
    return this.scenes.find(({ id }) => id === this.lecture.scene) ?? null;
  }

  // Where a lesson under way stands, in words; empty where keys turn scenes.
  get lesson() {
    return this.desk.data.lesson ?? "";
  }

  // ---- in and out ------------------------------------------------------------------------------

  async begin() {
    await this.desk.route.read();
    this.lecture.begin(this.lesson ? null : (shown(this.scenes, null, location.href)?.id ?? this.desk.data.opened) || null);
    this.arrive();
  }

  /** On a page, new or the same: look as the mode says. */
  arrive() {
    const { on } = this;
    this.path = location.pathname;
    this.#mark(on);
    if (on && !this.lecture.wanted && this.#loadedAgain) this.lecture.turn(this.lecture.scene ?? "");
    if (on && !this.lecture.wanted) this.lecture.teach(Boolean(this.lesson));
    if (on && !this.lecture.wanted) this.#settle();
    this.#head(on ? this.scene : null);
    this.#stage();
    const bar = this.desk.find(".bar");
    clearInterval(this.ticking);
    if (!on) return bar.matches(":popover-open") && bar.hidePopover();
    if (!bar.isConnected) return; // the page is being left
    bar.showPopover();
    this.#where();
    this.#tick();
    this.ticking = setInterval(() => this.#tick(), 500);
    if (this.lecture.wanted) this.#ask();
    this.#letGo();
  }

  // A step of a lesson that was a scene is, after a reload, no more than a step to the new session.
  get #loadedAgain() {
    return this.lesson && !this.lecture.lesson && this.scene && shows(this.scene, location.href);
  }

  leave() {
    this.lecture.leave();
    this.arrive();
    this.speaker.tell();
  }

  /** The route is another one now. */
  changed() {
    if (this.on) this.arrive();
  }

  /** Have the next page open the scene on screen anew. */
  again() {
    if (this.scene && !this.elsewhere && !this.lesson) this.lecture.turn(this.scene.id);
  }

  #mark(/** @type {boolean} */ on) {
    const page = document.documentElement;
    this.desk.root.classList.toggle("presenting", on);
    page.toggleAttribute("data-presenting", on);
    page.toggleAttribute("data-lesson", on && Boolean(this.lesson));
    page.toggleAttribute("data-controls", on && this.lecture.controls);
    this.desk.find('[data-do="controls"]').setAttribute("aria-pressed", String(on && this.lecture.controls));
    page.dataset.page = this.desk.data.page ?? "";
    this.#size();
  }

  // A scene shows its figure alone, unless one asks for the page's controls.
  #stage() {
    const { on, lesson, elsewhere, lecture } = this;
    this.cinema.show(on && !lesson && !elsewhere && !lecture.controls && !lecture.wanted ? this.scene : null);
  }

  #size(again = false) {
    const zoom = draw(this.on, this.cinema.factor);
    if (zoom === this.zoom && !again) return;
    this.zoom = zoom;
    this.zoomed = true; // it is our own event
    globalThis.dispatchEvent(new Event("resize")); // maps measure their place again
    this.zoomed = false;
  }

  // The address decides what is on screen; a page that shows no scene has no scene's title.
  #settle() {
    const here = this.lesson ? null : this.desk.data.opened === this.lecture.scene ? this.scene : this.#here();
    if (here) this.lecture.stand(here.id);
    this.elsewhere = !here;
  }

  #here() {
    return shown(this.scenes, history.state?.[MARK], location.href);
  }

  // Back and Forward have left for another address: its scene is opened as it was prepared.
  #follow() {
    if (!this.on) return;
    const here = this.#here();
    this.elsewhere = !here;
    if (here && here.id !== this.lecture.scene) {
      history.replaceState({ ...history.state, [PASSING]: true }, ""); // Streamlit enters it anew
      this.open(here);
    }
    if (!here) this.lecture.arrived(); // nothing is wanted there
    this.#head(this.scene);
    this.#where();
  }

  // What is on screen now, also after the page's controls were moved, is this scene.
  #stamp() {
    const { wanted, scene } = this.lecture;
    const known = history.state?.[MARK] === scene && !history.state[PASSING];
    if (wanted || this.elsewhere || !scene || known) return;
    history.replaceState({ ...history.state, [MARK]: scene, [PASSING]: false }, "");
  }

  #head(/** @type {Scene | null} */ whole) {
    const scene = this.elsewhere ? null : whole;
    this.desk.find(".scene").hidden = !scene;
    document.documentElement.toggleAttribute("data-scene", Boolean(scene));
    this.desk.find(".scene h1").textContent = scene?.title ?? "";
    this.desk.find(".scene .claim").textContent = scene?.claim ?? "";
    this.desk.find(".scene .look").textContent = scene?.look ?? "";
  }

  #where() {
    const { scenes, scene } = this;
    const place = scenes.findIndex(({ id }) => id === scene?.id);
    const at = `${this.elsewhere ? "left " : ""}scene ${place + 1} of ${scenes.length}`;
    const said = !scenes.length ? "no scenes prepared" : scene ? at : `no scene · ${scenes.length} prepared`;
    this.desk.find(".at-scene").textContent = this.lesson || said;
    this.speaker.tell();
    this.#list(place);
    for (const { name, key, end } of [{ name: "previous", key: "←", end: place <= 0 }, { name: "next", key: "→", end: place === scenes.length - 1 }]) {
      const button = this.desk.find(`button[data-do="${name}"]`);
      const words = `${name[0].toUpperCase()}${name.slice(1)} ${this.lesson ? "step" : "scene"}`;
      button.disabled = !this.lesson && end;
      button.title = `${words} (${key})`;
      button.setAttribute("aria-label", words);
    }
  }

  #list(/** @type {number} */ place) {
    const { scenes } = this;
    const list = this.desk.find("select.jump");
    list.hidden = !scenes.length;
    const asks = new Option("Choose a scene");
    asks.disabled = true;
    list.replaceChildren(asks, ...scenes.map(({ title }, i) => new Option(`${i + 1} · ${title}`)));
    list.selectedIndex = this.elsewhere ? 0 : place + 1;
  }

  /** List of scenes and answers keep no key that turns; returns whether the key is the lecture's again. @param {KeyboardEvent} event */
  takeBack(event) {
    const [list, at] = [this.desk.find(".jump"), /** @type {HTMLInputElement} */ (event.composedPath()[0])];
    // Of a lesson's answers one is chosen by the mouse, or by ↑ and ↓; Streamlit keeps the focus there.
    if (this.on && this.lesson && at.type === "radio") return /^Arrow(Left|Right)$/.test(event.key);
    const ours = /^(ArrowLeft|ArrowRight|PageUp|PageDown|Escape)$/.test(event.key);
    if (at !== list || !ours) return false;
    list.blur();
    return event.key !== "Escape";
  }

  #controls() {
    this.lecture.show(!this.lecture.controls);
    this.#mark(true);
    this.#stage();
  }

  #resize() {
    if (this.zoomed) return;
    this.#mark(this.on);
    this.#stage();
  }

  #letGo() {
    let at = /** @type {HTMLInputElement | null | undefined} */ (document.activeElement);
    while (at?.shadowRoot?.activeElement) at = /** @type {HTMLInputElement} */ (at.shadowRoot.activeElement);
    if (at && (at.type === "range" || !/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))) at.blur();
  }

  // ---- scenes ----------------------------------------------------------------------------------

  // Python empties the page first: nothing that was tried in one scene stays in the next.
  #turn(/** @type {number} */ by) {
    if (this.lesson) return this.#step(by);
    const reveal = by > 0 && !this.elsewhere && !this.lecture.wanted && pressable(["reveal"]); // of a lesson's step that is a scene
    if (reveal) return reveal.click();
    const next = step(this.scenes, this.lecture.scene, by);
    if (next && next.id !== this.lecture.scene) this.open(next);
  }

  #step(/** @type {number} */ by) {
    const button = lessonButton(by);
    if (button) button.click();
    else if (by > 0) this.desk.say(LAST);
  }

  /** @param {Scene} scene */
  open(scene) {
    this.lecture.turn(scene.id);
    this.elsewhere = false;
    forget(); // a scene shows nothing of a rehearsal
    this.#head(scene);
    this.#where();
    this.desk.find(".jump").blur();
    this.asked = Date.now();
    if (this.#stays) this.#ask();
  }

  // Where Back leads to another page, that page's desk asks: Streamlit has none of this one's parts.
  get #stays() {
    return location.pathname === this.path;
  }

  // A page on its way out may not pass the wish on; the next one then asks again.
  async #ask() {
    this.asked = Date.now();
    await this.desk.route.hand();
    const { wanted } = this.lecture;
    if (!wanted) return;
    if (wanted === this.desk.data.opened && !this.sent) return this.lecture.arrived();
    this.sent = true; // the page is on its way out, also where the wish after it is for this scene again
    this.desk.ask({ kind: "scene", address: wanted });
  }

  // ---- timer -----------------------------------------------------------------------------------

  #timer(/** @type {"pause" | "reset"} */ what) {
    this.lecture[what]();
    this.#tick();
  }

  #tick() {
    const home = this.desk.find(".clock");
    home.textContent = clock(this.lecture.seconds);
    home.classList.toggle("paused", !this.lecture.running);
    if (this.elsewhere && !this.lesson && !this.lecture.wanted && this.#here()) this.arrive(); // it shows one now
    this.#stamp();
    this.#stage();
    if (this.lecture.wanted && this.#stays && Date.now() - this.asked > AGAIN_MS) this.#ask();
    this.preparation.tick();
    this.desk.voting.place();
    this.speaker.tell();
  }

  // ---- a student's own copy ----------------------------------------------------------------------

  async #code(/** @type {string | undefined} */ of) {
    const { scene } = this;
    const short = scene && of === "scene";
    const address = short ? shortLink(scene, location.href) : location.href;
    const answer = await this.desk.ask({ kind: "qr", address });
    const home = this.desk.find("dialog.qr");
    const find = finder(home);
    drawCode(find("svg"), answer.rows);
    find(".address").textContent = short || answer.address.length < 90
      ? answer.address : `${answer.address.slice(0, 88)} …`;
    find(".join").hidden = !answer.join;
    find(".join strong").textContent = answer.join;
    find(".note").textContent = answer.note;
    find(".opens").hidden = !scene;
    for (const button of all(home, "button[data-of]")) button.ariaPressed = String(button.dataset.of === (short ? "scene" : "view"));
    if (!home.open) home.showModal();
  }
}
