// One decoded picture with a thin bar under it that says how well it is supported.

import { paint } from "../charts/paint.js";
import { make, picture } from "../controls/dom.js";
import { words } from "../net/support.js";
import { number, percent } from "../controls/words.js";

/** @import { Model } from "../types.js" */
/** @import { View } from "./main.js" */

export const SUPPORTED = 0.1; // below it a code lies farther out than 9 in 10 training codes
const FEW = 3; // units up to which a code has neighbours wherever the decoder draws well

/**
 * Whether a support is that of where the picture lands when it is encoded again.
 *
 * In many dimensions hardly any code has neighbours, whatever it decodes to: units that a VAE does
 * not use are 0 in the codes of images, and anything in a code that is drawn, so all drawn codes
 * lie apart. What the encoder makes of the picture tells pictures like the training images from others.
 * @param {Pick<Model, "d">} model
 */
export const lands = ({ d }) => d > FEW;

/**
 * The support of a code, or of where its picture lands, 0 to 1.
 * @type {(model: Model, code: Float32Array, pixels: Float32Array) => number}
 */
export const supported = (model, code, pixels) => model.support.share(lands(model) ? model.encode(pixels) : code);

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
   * @param {View} view @param {Float32Array} code @param {string} what
   * @returns the support, 0 to 1
   */
  show(view, code, what) {
    const pixels = view.decode(code);
    paint(this.canvas, pixels, view.model.shape);
    const share = supported(view.model, code, pixels);
    const text = `${lands(view.model) ? "encoded again: " : ""}support ${percent(share)}, ${words(share)}`;
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
