// One decoded picture with a thin bar under it that says how well it is supported.

import { paint } from "../charts/paint.js";
import { words } from "../net/support.js";
import { number, percent } from "../controls/words.js";

export const SUPPORTED = 0.1; // from here on the words say "supported"
const FEW = 3; // units up to which a code has neighbours wherever the decoder draws well

/**
 * Whether a support is that of where the picture lands when it is encoded again.
 *
 * In many dimensions hardly any code has neighbours, whatever it decodes to: units that a VAE does
 * not use are 0 in the codes of images, and anything in a code that is drawn, so all drawn codes
 * lie apart. What the encoder makes of the picture tells pictures like the training images from others.
 */
export const lands = ({ d }) => d > FEW;

/** The support of a code, or of where its picture lands, 0 to 1. */
export const supported = (model, code, pixels) => model.support.share(lands(model) ? model.encode(pixels) : code);

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
    const pixels = view.decode(code);
    paint(this.canvas, pixels, view.model.shape);
    const share = supported(view.model, code, pixels);
    const text = `${lands(view.model) ? "encoded again: " : ""}support ${percent(share)}, ${words(share)}`;
    this.bar.style.setProperty("--share", share);
    this.bar.classList.toggle("none", share < SUPPORTED);
    this.canvas.setAttribute("aria-label", `${what}: ${text}`);
    this.figure.title = `${text}\nz = (${shortened(code)})`;
    return share;
  }
}

const shortened = (code) =>
  Array.from(code.slice(0, 4), (v) => number(v)).join(", ") + (code.length > 4 ? ", …" : "");
