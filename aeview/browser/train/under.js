// What is under the pointer on a training's map: the image of the nearest point, beside it.

/** @import { Shape } from "../types.js" */
/** @import { Morph } from "./morph.js" */
/** @typedef {{ labels: Int16Array, classes: string[], shape: Shape, images: Uint8Array | null }} Watched images one after another, null where they are not here */
import { paint } from "../charts/paint.js";
import { shareOf } from "../controls/point.js";
import { find } from "../shell/find.js";

export class Under {
  /** @type {Watched | null} */ watched = null;

  /** @param {HTMLElement} home the map's element @param {Morph} map */
  constructor(home, map) {
    this.map = map;
    this.figure = find(home, ".under");
    const canvas = find(home, "canvas");
    for (const kind of /** @type {const} */ (["pointermove", "pointerdown"])) {
      canvas.addEventListener(kind, (event) => this.show(this.map.rowAt(shareOf(canvas, event)), shareOf(canvas, event)));
    }
    canvas.addEventListener("pointerleave", () => this.show(-1));
  }

  /** Show a point's image; −1 shows none. @param {number} row @param {[number, number]} at shares of the map's width and height */
  show(row, at = [0, 0]) {
    const { figure, watched } = this;
    this.map.ring(watched ? row : -1);
    figure.hidden = row < 0 || !watched;
    if (row < 0 || !watched) return;
    const { labels, classes, shape, images } = watched;
    find(figure, "figcaption").textContent = classes[labels[row]] ?? "";
    const [right, low] = [at[0] > 0.5, at[1] > 0.5]; // it lies towards the middle, so that it is not cut
    figure.style.translate = `${right ? "-100%" : "0"} ${low ? "-100%" : "0"}`;
    Object.assign(figure.style, { left: `calc(${100 * at[0]}% + ${right ? -14 : 14}px)`, top: `calc(${100 * at[1]}% + ${low ? -14 : 14}px)` });
    const canvas = find(figure, "canvas");
    canvas.hidden = !images;
    const size = shape.reduce((a, b) => a * b, 1);
    if (images) paint(canvas, images.subarray(row * size, (row + 1) * size), shape);
  }
}
