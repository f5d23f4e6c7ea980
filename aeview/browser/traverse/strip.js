// A strip of images to start from, which tells the row that is chosen: one of each class, or a few where there is no more than one.

import { paint } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { Part } from "../shell/part.js";

/** @import { Model, Pictures } from "../types.js" */

const LEAST = 6;
const MOST = 10;

/** @extends {Part<(row: number) => void>} */
export class Strip extends Part {
  /** @type {Model | undefined} */
  model;
  /** @type {number[][]} rows by class */
  byClass = [];
  /** @type {number[]} */
  rows = [];
  /** @type {{ button: HTMLButtonElement, canvas: HTMLCanvasElement }[]} */
  slots = [];

  /** Another model: the first images of its classes. @param {Model} model */
  show(model) {
    this.model = model;
    this.byClass = model.header.classes.map(() => []);
    for (const [row, label] of model.labels.entries()) this.byClass[label].push(row);
    const filled = this.byClass.filter((rows) => rows.length);
    const n = Math.min(model.n, MOST, Math.max(LEAST, filled.length));
    this.rows = Array.from({ length: n }, (_, i) => {
      const rows = filled[i % filled.length];
      return rows[Math.floor(i / filled.length) % rows.length];
    });
    this.slots = this.rows.map((_, slot) => {
      const canvas = make("canvas");
      const button = make("button", { type: "button", onclick: () => this.on(this.rows[slot]) }, canvas);
      return { button, canvas };
    });
    this.home.replaceChildren(...this.slots.map(({ button }) => button));
  }

  /**
   * Paint the images, originals where they are here; the row started from is pressed.
   * @param {Pictures | null} pictures @param {(row: number) => Float32Array} decode @param {number} started
   */
  paint(pictures, decode, started) {
    const { model } = this;
    if (!model) return;
    for (const [slot, { button, canvas }] of this.slots.entries()) {
      const row = this.rows[slot];
      paint(canvas, pictures?.get(row) ?? decode(row), model.shape);
      button.title = `Start from this image of class ${model.labelOf(row)}${pictures ? "" : " (reconstructed: the original is not at hand)"}`;
      Object.assign(button, { ariaLabel: button.title, ariaPressed: String(row === started) });
    }
  }

  /** The next image of a row's class, which takes the place of its class's on the strip. @param {number} row */
  after(row) {
    const rows = this.byClass.find((each) => each.includes(row)) ?? [row];
    const next = rows[(rows.indexOf(row) + 1) % rows.length];
    this.put(next);
    return next;
  }

  /** Show a row on the strip, in place of one of its class. @param {number} row */
  put(row) {
    const alike = this.byClass.find((each) => each.includes(row));
    const slot = this.rows.findIndex((other) => alike?.includes(other));
    if (slot >= 0 && !this.rows.includes(row)) this.rows[slot] = row;
  }
}
