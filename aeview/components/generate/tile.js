// One decoded picture with a thin bar under it that says how well its code is supported.

import { paint } from "../paint.js";
import { words } from "../support.js";
import { number, percent } from "../words.js";

export const SUPPORTED = 0.1; // from here on the words say "supported"

export class Tile {
  constructor(home) {
    this.figure = document.createElement("figure");
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "still to be decoded");
    this.bar = document.createElement("i");
    this.figure.className = "tile";
    this.figure.append(this.canvas, this.bar);
    home.append(this.figure);
  }

  /** @returns the support, 0 to 1 */
  show(view, code, what) {
    const share = view.model.support.share(code);
    paint(this.canvas, view.decode(code), view.model.shape);
    const text = `support ${percent(share)}, ${words(share)}`;
    this.bar.style.setProperty("--share", share);
    this.bar.classList.toggle("none", share < SUPPORTED);
    this.canvas.setAttribute("aria-label", `${what}: ${text}`);
    this.figure.title = `${text}\nz = (${shortened(code)})`;
    return share;
  }
}

const shortened = (code) =>
  Array.from(code.slice(0, 4), (v) => number(v)).join(", ") + (code.length > 4 ? ", …" : "");
