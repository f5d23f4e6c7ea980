// One decoded picture with a thin bar under it: the support of its code.

import { paint } from "../charts/paint.js";
import { make, picture } from "./dom.js";
import { words } from "../net/support.js";
import { number, percent } from "./words.js";

/** @import { Model } from "../types.js" */
/** @typedef {{ model: Model, decode: (code: Float32Array) => Float32Array }} Seen what a code is decoded and judged by */

export const SUPPORTED = 0.1; // below it a code is more isolated than 9 in 10 training codes

export class Tile {
  /** @param {Element} home */
  constructor(home) {
    this.canvas = picture("still to be decoded");
    this.bar = make("i");
    this.figure = make("figure", { className: "tile" }, this.canvas, this.bar);
    home.append(this.figure);
  }

  /**
   * Decode a code, and say what it is.
   * @param {Seen} view @param {Float32Array} code @param {string} what
   * @returns the support, 0 to 1
   */
  show(view, code, what) {
    paint(this.canvas, view.decode(code), view.model.shape);
    const share = view.model.support.share(code);
    const text = view.model.says(`support ${percent(share)}, ${words(share)}`);
    this.bar.style.setProperty("--share", String(share));
    this.bar.classList.toggle("none", share < SUPPORTED);
    this.canvas.ariaLabel = `${what}: ${text}`;
    this.figure.title = `${text}\nz = (${shortened(code)})`;
    return share;
  }
}

/** @param {Float32Array} code */
const shortened = (code) =>
  Array.from(code.slice(0, 4), (v) => number(v)).join(", ") + (code.length > 4 ? ", …" : "");
