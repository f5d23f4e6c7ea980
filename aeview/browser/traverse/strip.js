// A strip of images to start from: one of each class, or a few where there is no more than one.

import { paint } from "../charts/paint.js";

const LEAST = 6;
const MOST = 10;

export class Strip {
  /** @param home an element; @param chosen called with the row of an image */
  constructor(home, chosen) {
    this.home = home;
    this.chosen = chosen;
  }

  /** Another model: the first images of its classes. */
  show(model) {
    this.model = model;
    this.byClass = model.header.classes.map(() => []);
    model.labels.forEach((label, row) => this.byClass[label].push(row));
    const filled = this.byClass.filter((rows) => rows.length);
    const n = Math.min(model.n, MOST, Math.max(LEAST, filled.length));
    this.rows = Array.from({ length: n }, (_, i) => {
      const rows = filled[i % filled.length];
      return rows[Math.floor(i / filled.length) % rows.length];
    });
    this.buttons = this.rows.map((_, slot) => this.#button(slot));
    this.home.replaceChildren(...this.buttons);
  }

  #button(slot) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(document.createElement("canvas"));
    button.addEventListener("click", () => this.chosen(this.rows[slot]));
    return button;
  }

  /** Paint the images, originals where they are here; the row started from is pressed. */
  paint(pictures, decode, started) {
    if (!this.model) return;
    this.buttons.forEach((button, slot) => {
      const row = this.rows[slot];
      paint(button.firstChild, pictures?.get(row) ?? decode(row), this.model.shape);
      const name = this.model.labelOf(row);
      button.title = `Start from this image of class ${name}${pictures ? "" : " (reconstructed: the original is not at hand)"}`;
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-pressed", row === started);
    });
  }

  /** The next image of a row's class, which takes the place of its class's on the strip. */
  after(row) {
    const rows = this.byClass[this.model.labels[row]];
    const next = rows[(rows.indexOf(row) + 1) % rows.length];
    this.put(next);
    return next;
  }

  /** Show a row on the strip, in place of one of its class. */
  put(row) {
    const label = this.model.labels[row];
    const slot = this.rows.findIndex((other) => this.model.labels[other] === label);
    if (slot >= 0 && !this.rows.includes(row)) this.rows[slot] = row;
  }
}
