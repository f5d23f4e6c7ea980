// Presenter mode: the page in large type without its controls, scenes by ← and →, a timer, black,
// and a code that opens the scene on a student's own machine.

import { Lecture, clock, shortLink, shows } from "./lecture.js";
import { draw } from "./qr.js";

const SCENES = "aeview.scenes";
// The page is as large as it can be with this much room, css pixels: about a small laptop's.
const ROOM = { width: 1120, height: 630 };
const LEAST = 1.2;

// Beyond this a window is a wall of small type: it is drawn as this large, on a finer raster.
const WIDE = { width: 1920, height: 1080 };

const fits = (width, height, room) => Math.min(width / room.width, height / room.height);

/** How much larger everything is drawn in a window, while presenting. */
export const enlarged = (width, height) => Math.max(LEAST, fits(width, height, ROOM));

/** And else: 1, or more on a screen of 4K that is not scaled. */
export const settled = (width, height) => Math.max(1, fits(width, height, WIDE));

export class Presenter {
  constructor(desk) {
    this.desk = desk;
    this.lecture = new Lecture(globalThis.sessionStorage);
    this.deeds = {
      next: () => this.#turn(1),
      previous: () => this.#turn(-1),
      black: () => this.desk.find("dialog.black").showModal(),
      clock: () => this.#timer("pause"),
      reset: () => this.#timer("reset"),
      code: () => this.#code("scene"),
      controls: () => this.#controls(),
      leave: () => this.leave(),
    };
    for (const button of desk.root.querySelectorAll(".opens button")) {
      button.addEventListener("click", () => this.#code(button.dataset.of));
    }
    addEventListener("resize", () => this.#mark(this.on), { signal: desk.abort.signal });
    // What was clicked does not keep the arrow keys; what was reached by Tab does.
    document.addEventListener("pointerup", () => this.on && this.#letGo(), { signal: desk.abort.signal });
  }

  close() {
    clearInterval(this.ticking); // the mode itself lasts: the next page's desk takes it up
  }

  get on() {
    return this.lecture.on;
  }

  get scenes() {
    try {
      return JSON.parse(sessionStorage.getItem(SCENES) ?? "[]");
    } catch {
      return this.known ?? [];
    }
  }

  get scene() {
    return this.scenes.find(({ id }) => id === this.lecture.scene) ?? null;
  }

  // ---- in and out ------------------------------------------------------------------------------

  async begin() {
    const { scenes } = await this.desk.ask({ kind: "scenes" });
    this.known = scenes;
    try {
      sessionStorage.setItem(SCENES, JSON.stringify(scenes));
    } catch {
      // then they are known on this page alone
    }
    this.lecture.begin((scenes.find((scene) => shows(scene, location.href))?.id ?? this.desk.component.data.opened) || null);
    this.arrive();
  }

  /** On a page, new or the same: look as the mode says. */
  arrive() {
    const { on, scene } = this;
    this.#mark(on);
    this.#head(on ? scene : null);
    const bar = this.desk.find(".bar");
    clearInterval(this.ticking);
    if (!on) return bar.matches(":popover-open") && bar.hidePopover();
    bar.showPopover();
    this.#where();
    this.#tick();
    this.ticking = setInterval(() => this.#tick(), 500);
    if (this.lecture.wanted) this.#ask();
    this.#letGo();
  }

  leave() {
    this.lecture.leave();
    this.arrive();
  }

  #mark(on) {
    const page = document.documentElement;
    this.desk.root.classList.toggle("presenting", on);
    page.toggleAttribute("data-presenting", on);
    const zoom = (on ? enlarged : settled)(innerWidth, innerHeight).toFixed(3);
    page.style.setProperty("--zoom", zoom);
    page.dataset.zoom = zoom;
    page.toggleAttribute("data-controls", on && this.lecture.controls);
    this.desk.find('[data-do="controls"]').setAttribute("aria-pressed", on && this.lecture.controls);
    page.dataset.page = this.desk.component?.data.page ?? "";
    if (zoom === this.zoom) return;
    this.zoom = zoom;
    globalThis.dispatchEvent(new Event("resize")); // maps measure their place again
  }

  #head(scene) {
    const home = this.desk.find(".scene");
    home.hidden = !scene;
    document.documentElement.toggleAttribute("data-scene", Boolean(scene));
    home.querySelector("h1").textContent = scene?.title ?? "";
    home.querySelector("p").textContent = scene ? [scene.claim, scene.look].filter(Boolean).join(" ") : "";
  }

  #where() {
    const { scenes, scene } = this;
    const place = scenes.findIndex(({ id }) => id === scene?.id);
    const said = scene ? `scene ${place + 1} of ${scenes.length}` : `no scene · ${scenes.length} prepared`;
    this.desk.find(".at-scene").textContent = scenes.length ? said : "no scenes prepared";
    this.desk.find('[data-do="previous"]').disabled = place <= 0;
    this.desk.find('[data-do="next"]').disabled = place === scenes.length - 1;
  }

  #controls() {
    this.lecture.show(!this.lecture.controls);
    this.#mark(true);
  }

  #letGo() {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (at && !/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) at.blur();
    else if (at?.type === "range") at.blur();
  }

  // ---- scenes ----------------------------------------------------------------------------------

  // Python empties the page first: nothing that was tried in one scene stays in the next.
  #turn(by) {
    const { scenes, scene } = this;
    const place = scenes.findIndex(({ id }) => id === scene?.id);
    const next = scenes[place < 0 ? (by > 0 ? 0 : -1) : place + by];
    if (!next) return;
    this.lecture.turn(next.id);
    this.#head(next);
    this.#where();
    this.#ask();
  }

  // A page on its way out may not pass the wish on; the next one then asks again.
  #ask() {
    const { wanted } = this.lecture;
    if (wanted === this.desk.component.data.opened) this.lecture.arrived();
    else if (wanted) this.desk.ask({ kind: "scene", address: wanted });
  }

  // ---- timer -----------------------------------------------------------------------------------

  #timer(what) {
    this.lecture[what]();
    this.#tick();
  }

  #tick() {
    const home = this.desk.find(".clock");
    home.textContent = clock(this.lecture.seconds);
    home.classList.toggle("paused", !this.lecture.running);
  }

  // ---- a student's own copy ----------------------------------------------------------------------

  async #code(of) {
    const { scene } = this;
    const short = scene && of === "scene";
    const address = short ? shortLink(scene, location.href) : location.href;
    const answer = await this.desk.ask({ kind: "qr", address });
    const home = this.desk.find("dialog.qr");
    draw(home.querySelector("svg"), answer.rows);
    home.querySelector(".address").textContent = short || answer.address.length < 90
      ? answer.address : `${answer.address.slice(0, 88)} …`;
    home.querySelector(".join").hidden = !answer.join;
    home.querySelector(".join strong").textContent = answer.join;
    home.querySelector(".note").textContent = answer.note;
    home.querySelector(".opens").hidden = !scene;
    for (const button of home.querySelectorAll(".opens button")) {
      button.setAttribute("aria-pressed", button.dataset.of === (short ? "scene" : "view"));
    }
    if (!home.open) home.showModal();
  }
}
