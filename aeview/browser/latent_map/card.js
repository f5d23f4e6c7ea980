// The card near a point: its image, its reconstruction, its label. It comes after a short rest.

/** @import { Model, Pictures, Place } from "../types.js" */
import { paint } from "../charts/paint.js";
import { SPLITS } from "../map/links.js";
import { finder } from "../shell/find.js";

const CARD_AFTER_MS = 125;

export class Card {
  timer = 0;

  /** @param {HTMLElement} home */
  constructor(home) {
    this.home = home;
    this.find = finder(home);
  }

  /** @param {() => void} show called when the cursor has rested; or at once, if a card is already there */
  soon(show) {
    clearTimeout(this.timer);
    if (this.home.hidden) this.timer = setTimeout(show, CARD_AFTER_MS);
    else show();
  }

  hide() {
    clearTimeout(this.timer);
    this.home.hidden = true;
  }

  /** @type {(row: number, model: Model, pictures: Pictures | null, at: Place, width: number) => void} at: on a map so wide */
  show(row, model, pictures, [sx, sy], width) {
    const original = pictures?.get(row);
    const canvas = this.find("canvas.original");
    canvas.hidden = !original;
    if (original) paint(canvas, original, model.shape);
    paint(this.find("canvas.reconstruction"), model.reconstruction(row), model.shape);
    this.find(".card-title").textContent = model.labelOf(row);
    const which = `${SPLITS[model.rows.split[row]]} ${model.thing} ${model.rows.index[row]}`;
    this.find(".card-note").textContent = model.encodes ? which + (original ? " and its reconstruction" : ", reconstruction") : which;
    this.home.dataset.row = String(row);
    this.home.hidden = false;
    this.#place(sx, sy, width);
  }

  // Above the point, or below it at the upper edge; never outside the map.
  /** @type {(sx: number, sy: number, width: number) => void} */
  #place(sx, sy, width) {
    const { offsetWidth: wide, offsetHeight: high } = this.home;
    const left = Math.min(Math.max(4, sx - wide / 2), width - wide - 4);
    const above = sy - high - 14;
    Object.assign(this.home.style, { left: `${left}px`, top: `${above > 4 ? above : sy + 14}px` });
  }
}
