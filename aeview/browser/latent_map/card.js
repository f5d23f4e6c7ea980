// The card near a point: its image, its reconstruction, its label. It comes after a short rest.

/** @import { Camera, Model, Pictures } from "../types.js" */
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

  /** @type {(row: number, model: Model, pictures: Pictures | null, camera: Camera) => void} */
  show(row, model, pictures, camera) {
    const original = pictures?.get(row);
    const canvas = this.find("canvas.original");
    canvas.hidden = !original;
    if (original) paint(canvas, original, model.shape);
    paint(this.find("canvas.reconstruction"), model.decode(model.codeOf(row)), model.shape);
    this.find(".card-title").textContent = model.labelOf(row);
    this.find(".card-note").textContent = `${SPLITS[model.rows.split[row]]} ${model.thing} ${model.rows.index[row]}`
      + (original ? " and its reconstruction" : ", reconstruction");
    this.home.dataset.row = String(row);
    this.home.hidden = false;
    const [sx, sy] = camera.toScreen(...model.place(row));
    this.#place(sx, sy, camera.width);
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
