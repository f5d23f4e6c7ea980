// What the controls of a page have in common: numbers that are dragged or typed within bounds,
// buttons that choose one of several, what is said where a number does not fit, and Python, which
// hears of it all when it has come to rest.
//
// Controls are found by their attributes: `<input data-number="seed">` (or a select; as many for a
// name as one likes), `<button data-kind="…">` for a choice called "kind", and `.problem` for what is said.

import { all, find } from "../shell/find.js";
import { make } from "./dom.js";

const TELL_AFTER_MS = 400;

/**
 * What is known of a field. One without a title refuses nothing: it takes the nearest that fits.
 * @typedef {{ title?: string, low?: number, high?: number, step?: number, whole?: boolean, start?: unknown }} Bound
 */

/**
 * @template {Record<string, any>} State
 * @typedef {object} On
 * @property {() => unknown} ready whether there is anything to change yet
 * @property {(change: Partial<State>) => void} changed draws what depends on these; the state has them
 * @property {() => void} [tell] lets Python know of the state
 * @property {string[]} [choices] the names of what buttons choose
 * @property {number} [after] milliseconds until it has come to rest
 */

/** @template {Record<string, any>} State */
export class Fields {
  /** @type {Record<string, Bound>} */
  #bounds = {};
  /** @type {number | undefined} */
  #timer;
  #declared = false;
  /** @type {EventTarget | null} the field that is being typed into: what it will say is not known yet */
  #typing = null;

  /**
   * @param {HTMLElement} root what holds the controls
   * @param {Record<string, Bound>} bounds
   * @param {On<State>} on
   */
  constructor(root, bounds, on) {
    this.root = root;
    this.on = on;
    this.state = /** @type {State} */ ({});
    root.addEventListener("input", ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return;
      if (target.type === "range") this.#typed(target, false);
      else this.#typing = target;
    });
    root.addEventListener("change", ({ target }) => {
      this.#typing = null;
      this.#typed(target, true);
    });
    root.addEventListener("focusout", () => {
      const typing = this.#typing;
      this.#typing = null;
      if (typing) this.show();
    });
    root.addEventListener("click", ({ target }) => this.#pressed(/** @type {Element} */ (target).closest("button")));
    this.bound(bounds);
  }

  close() {
    this.hush();
  }

  /** @param {Record<string, Bound>} [bounds] more that is known of some fields */
  bound(bounds = {}) {
    for (const [name, bound] of Object.entries(bounds)) {
      this.#bounds[name] = { ...this.#bounds[name], ...bound };
      const { low, high, step } = bound;
      for (const field of all(this.root, /** @type {"input"} */ (`input[data-number="${name}"]`))) {
        if (low !== undefined) field.min = String(low);
        if (high !== undefined) field.max = String(high);
        if (step !== undefined && !field.hasAttribute("step")) field.step = String(step);
      }
    }
    this.show();
  }

  /** @param {Record<string, Bound>} bounds as the page declares them in Python; the first time counts */
  declare(bounds) {
    if (!this.#declared) this.bound(bounds);
    this.#declared = true;
  }

  /** @param {EventTarget} field @returns {boolean} whether someone is typing into it, and it is not known yet what */
  typesInto(field) {
    return field === this.#typing;
  }

  /** @param {string} name @returns {Bound} what is known of a field */
  of(name) {
    return this.#bounds[name] ?? {};
  }

  /** What the fields are at first, as far as it is known. */
  get starts() {
    const known = Object.entries(this.#bounds).filter(([, { start }]) => start !== undefined);
    return /** @type {Partial<State>} */ (Object.fromEntries(known.map(([name, { start }]) => [name, start])));
  }

  /**
   * A button for each choice of a name.
   * @param {HTMLElement} home
   * @param {string} name
   * @param {{ name: string, title: string, words: string }[]} choices
   */
  offer(home, name, choices) {
    home.replaceChildren(...choices.map((choice) =>
      make("button", { type: "button", textContent: choice.title, title: choice.words, dataset: { [name]: choice.name } })));
    this.show();
  }

  /** Write the state into the controls, but for one that is being typed into. */
  show() {
    for (const field of all(this.root, "input[data-number], select[data-number]")) {
      if (this.typesInto(field)) continue;
      const value = this.state[field.dataset.number ?? ""];
      if (value !== undefined && read(field) !== value) field.value = value;
    }
    for (const name of (this.on.choices ?? []).filter((each) => each in this.state)) {
      for (const button of all(this.root, `button[data-${name}]`)) {
        button[button.role === "tab" ? "ariaSelected" : "ariaPressed"] = String(button.dataset[name] === this.state[name]);
      }
    }
  }

  /**
   * Change the state and what depends on it.
   * @param {Partial<State>} change
   * @param {boolean} [done] whether Python is to hear of it
   */
  set(change, done = true) {
    const other = Object.entries(change).some(([name, value]) => this.state[name] !== value);
    Object.assign(this.state, change);
    this.problem("");
    this.show();
    if (other) this.on.changed(change);
    if (done) this.tell();
  }

  /** Call Python when nothing has changed for a while. */
  tell(after = this.on.after ?? TELL_AFTER_MS) {
    this.hush();
    this.root.dataset.telling = "soon";
    this.#timer = setTimeout(() => {
      delete this.root.dataset.telling;
      this.on.tell?.();
    }, after);
  }

  /** Leave untold what has just changed: Python is about to choose anew, and what came late would undo it. */
  hush() {
    clearTimeout(this.#timer);
    delete this.root.dataset.telling;
  }

  /** @param {string} text what is wrong; nothing where all is right */
  problem(text) {
    const home = this.root.querySelector(".problem");
    if (home instanceof HTMLElement) Object.assign(home, { hidden: !text, textContent: text });
  }

  /** @param {string} selector @param {() => void} act what a click does once there is something to change */
  click(selector, act) {
    find(this.root, selector).addEventListener("click", () => this.on.ready() && act());
  }

  /** @param {HTMLButtonElement | null} button */
  #pressed(button) {
    const name = this.on.choices?.find((each) => button?.dataset[each] !== undefined);
    if (button && name && this.on.ready()) this.set(/** @type {Partial<State>} */ ({ [name]: button.dataset[name] }));
  }

  /** @param {EventTarget | null} target @param {boolean} done */
  #typed(target, done) {
    const field = /** @type {HTMLInputElement} */ (target);
    const name = field.dataset.number;
    if (!name || !this.on.ready()) return;
    const { low = -Infinity, high = Infinity, whole, title } = this.of(name);
    const value = read(field);
    const nearest = Math.min(high, Math.max(low, value));
    if (value === nearest && (!whole || Number.isInteger(value))) this.#take(name, value, done);
    else if (!title && Number.isFinite(value)) this.#take(name, whole ? Math.round(nearest) : nearest, done);
    else {
      this.show();
      if (title) this.problem(`${title} goes from ${low.toLocaleString("en")} to ${high.toLocaleString("en")}`
        + `${whole ? ", in whole numbers" : ""}; it stays at ${this.state[name]}.`);
    }
  }

  /** @param {string} name @param {number} value @param {boolean} done */
  #take(name, value, done) {
    this.set(/** @type {Partial<State>} */ ({ [name]: value }), done);
  }
}

/** @param {HTMLInputElement | HTMLSelectElement} field */
const read = (field) => (field instanceof HTMLInputElement ? field.valueAsNumber : Number(field.value));
