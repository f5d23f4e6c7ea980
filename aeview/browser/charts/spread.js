// How much each pixel differs among pictures: its standard deviation, and that as a heat map.

import { tell } from "./columns.js";
import { isSignal, paintBars, paintValues, viridis } from "./paint.js";

/** @import { Pixels, Shape } from "../types.js" */

/** Adds up images one by one: the standard deviation of each pixel, mean over the channels. */
export class Spread {
  n = 0;

  /** @param {Shape} shape */
  constructor([channels, height, width]) {
    this.channels = channels;
    this.pixels = height * width;
    this.sum = new Float64Array(channels * height * width);
    this.squares = new Float64Array(channels * height * width);
  }

  clear() {
    this.n = 0;
    this.sum.fill(0);
    this.squares.fill(0);
  }

  /** @param {Pixels} image */
  add(image) {
    this.n++;
    for (let i = 0; i < image.length; i++) {
      const shown = Math.min(1, Math.max(0, image[i])); // a linear decoder leaves the range
      this.sum[i] += shown;
      this.squares[i] += shown * shown;
    }
  }

  /** @param {number} [free] what is taken from the number of images: 1 where they are a sample */
  result(free = 0) {
    const out = new Float32Array(this.pixels);
    for (let i = 0; i < this.sum.length; i++) {
      const mean = this.sum[i] / this.n;
      const variance = Math.max(0, this.squares[i] / this.n - mean * mean) * (this.n / (this.n - free));
      out[i % this.pixels] += Math.sqrt(variance) / this.channels;
    }
    return out;
  }
}

const COLOURS = Array.from({ length: 256 }, (_, i) => (viridis(i / 255).match(/\d+/g) ?? []).map(Number));

/** @param {number} share */
const colour = (share) => COLOURS[Math.round(255 * Math.min(1, share))];

/**
 * Paint a map of standard deviations, 0 to the most, in viridis.
 * @param {HTMLCanvasElement} canvas @param {Float32Array} values
 * @param {Shape} shape @param {number} most
 */
export function paintSpread(canvas, values, shape, most) {
  tell(canvas, shape);
  const shares = values.map((value) => value / most);
  if (isSignal(shape)) paintBars(canvas, shares, colour, COLOURS[0]);
  else paintValues(canvas, shares, shape, colour);
}
