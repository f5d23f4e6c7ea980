// The card near a point: its image, its reconstruction, its label. It comes after a short rest.

import { paint } from "../charts/paint.js";

const CARD_AFTER_MS = 125;
const SPLITS = ["training", "validation", "test"];

export class Card {
  constructor(home) {
    this.home = home;
    this.find = (selector) => home.querySelector(selector);
  }

  /** @param show called when the cursor has rested; or at once, if a card is already there */
  soon(show) {
    clearTimeout(this.timer);
    if (this.home.hidden) this.timer = setTimeout(show, CARD_AFTER_MS);
    else show();
  }

  hide() {
    clearTimeout(this.timer);
    this.home.hidden = true;
  }

  show(row, model, pictures, camera) {
    const original = pictures?.get(row);
    this.find(".original").hidden = !original;
    if (original) paint(this.find(".original"), original, model.shape);
    paint(this.find(".reconstruction"), model.decode(model.codeOf(row)), model.shape);
    this.find(".card-title").textContent = model.labelOf(row);
    this.find(".card-note").textContent = `${SPLITS[model.rows.split[row]]} ${model.thing} ${model.rows.index[row]}`
      + (original ? " and its reconstruction" : ", reconstruction");
    this.home.dataset.row = row;
    this.home.hidden = false;
    this.#place(...camera.toScreen(...model.place(row)), camera);
  }

  // Above the point, or below it at the upper edge; never outside the map.
  #place(sx, sy, camera) {
    const { offsetWidth: wide, offsetHeight: high } = this.home;
    const left = Math.min(Math.max(4, sx - wide / 2), camera.width - wide - 4);
    const above = sy - high - 14;
    Object.assign(this.home.style, { left: `${left}px`, top: `${above > 4 ? above : sy + 14}px` });
  }
}
