// Ten discrete colours: click hides a class, double-click (by keys Shift+Enter) isolates it or
// brings the others back. Or a
// continuous scale.

/** @import { Model } from "../map/model.js" */
import { viridis } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { Part } from "../shell/part.js";

/** @type {Record<string, string>} */
const UNITS = { error: "squared error per pixel", kl: "KL, nats" };

/** The only class that is shown, or −1. @param {boolean[]} hidden by class */
export function isolated(hidden) {
  const shown = hidden.filter((off) => !off).length;
  return shown === 1 && hidden.length > 1 ? hidden.indexOf(false) : -1;
}

/** @extends {Part<(hidden: boolean[], only: number | null) => void>} */
export class Legend extends Part {
  /** @type {boolean[]} */ hidden = []; // by class
  /** @type {HTMLButtonElement[]} */ buttons = []; // by class

  /** @type {(model: Model, colour: string, hidden: boolean[]) => void} */
  show(model, colour, hidden) {
    this.hidden = hidden;
    if (colour === "class") this.#classes(model);
    else this.#ramp(model.scales[colour], UNITS[colour]);
  }

  /** @param {Model} model */
  #classes({ header, palette }) {
    this.buttons = header.classes.map((name, label) => {
      const button = make("button", {
        type: "button", title: "Click hides, double-click or Shift+Enter isolates; once more brings the others back", style: `--swatch: ${palette[label]}`,
        onclick: () => this.#hide(label), ondblclick: () => this.#isolate(label),
      }, name);
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !event.shiftKey) return;
        event.preventDefault();
        this.#isolate(label);
      });
      return button;
    });
    this.home.replaceChildren(...this.buttons);
    this.#mark();
  }

  /** @type {(ends: {low: number, high: number}, unit: string) => void} */
  #ramp({ low, high }, unit) {
    this.buttons = [];
    const stops = [0, 0.25, 0.5, 0.75, 1].map(viridis);
    const bar = make("span", { className: "ramp", style: `background: linear-gradient(90deg, ${stops.join(",")})` });
    this.home.replaceChildren(low.toPrecision(2), bar, `${high.toPrecision(2)} ${unit}`);
  }

  #hide(/** @type {number} */ label) {
    this.hidden = this.hidden.map((off, i) => (i === label ? !off : off));
    this.#tell(null);
  }

  // The two clicks of a double-click have hidden and shown the class by now, so that what is
  // hidden tells whether it was isolated before.
  #isolate(/** @type {number} */ label) {
    const again = isolated(this.hidden) === label;
    this.hidden = this.hidden.map((_, i) => !again && i !== label);
    this.#tell(again ? null : label);
  }

  /** Show all classes and select nothing. */
  reset() {
    this.hidden = this.hidden.map(() => false);
    this.#tell(null);
  }

  #tell(/** @type {number | null} */ only) {
    this.#mark();
    this.on(this.hidden, only);
  }

  #mark() {
    this.buttons.forEach((button, i) => {
      button.classList.toggle("off", this.hidden[i]);
      button.setAttribute("aria-pressed", String(!this.hidden[i]));
    });
  }
}
