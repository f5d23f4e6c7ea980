// What is denoised: images, noise, paint. No screen.

/** @import { Shape } from "../types.js" */
import { draws, HOLE, spoil } from "../net/corruption.js";
import { psnr, ssim } from "../net/fidelity.js";

/** @typedef {{ psnr: number, ssim: number }} Fidelity how near a picture is to the original: decibels, and −1 to 1 */
/** @typedef {{ name: string, pixels: Float32Array }} Image intensity in [0, 1], channel by channel */
/** @typedef {{ kind: string, level: number, seed: number }} Noise */

/** @type {(pixels: Float32Array, original: Float32Array, shape: Shape) => Fidelity} */
export const fidelity = (pixels, original, shape) => ({
  psnr: psnr(pixels, original),
  ssim: ssim(pixels, original, shape),
});

export class Bench {
  /** @type {Image[]} */
  images = [];
  /** @type {Map<string, Float64Array>} */
  #draws = new Map();
  /** @type {Map<string, Uint8Array>} 1 where it is painted, by the image's name */
  #paint = new Map();
  /** @type {Map<string, Uint8Array>} */
  #cleared = new Map();

  /** @param {Shape} shape */
  constructor(shape) {
    this.shape = shape;
    this.area = shape[1] * shape[2];
  }

  /** The image in this place with noise and paint on it. @param {number} place @param {Noise} noise */
  spoilt(place, { kind, level, seed }) {
    const { name, pixels } = this.images[place];
    const out = spoil(kind, pixels, this.shape, level, kind === "none" ? [] : this.#numbers(kind, seed, place));
    const painted = this.#paint.get(name);
    if (painted) for (let i = 0; i < out.length; i++) if (painted[i % this.area]) out[i] = HOLE;
    return out;
  }

  #numbers(/** @type {string} */ kind, /** @type {number} */ seed, /** @type {number} */ place) {
    const key = `${kind}/${seed}/${place}`;
    const numbers = this.#draws.get(key) ?? draws(kind, this.shape, seed, place);
    if (this.#draws.size > 60) this.#draws.clear();
    this.#draws.set(key, numbers);
    return numbers;
  }

  /** Wipe out a disc of an image; returns whether anything changed. @param {number} place @param {number} x @param {number} y @param {number} width */
  wipe(place, x, y, width) {
    const { name } = this.images[place];
    const [, height, wide] = this.shape;
    const painted = this.#paint.get(name) ?? new Uint8Array(this.area);
    const reach = (width / 2) ** 2;
    let changed = false;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < wide; column++) {
        const inside = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2 <= Math.max(reach, 0.25);
        if (!inside || painted[row * wide + column]) continue;
        painted[row * wide + column] = 1;
        changed = true;
      }
    }
    if (changed) this.#paint.set(name, painted);
    return changed;
  }

  /** Take the paint off; returns whether there was any. @param {number} place */
  unpaint(place) {
    const { name } = this.images[place];
    const painted = this.#paint.get(name);
    if (painted) this.#cleared.set(name, painted);
    return this.#paint.delete(name);
  }

  /** Whether `repaint` would bring anything back. @param {number} place */
  cleared(place) {
    return this.#cleared.has(this.images[place].name) && !this.nPainted(place);
  }

  /** Bring back what was last cleared. @param {number} place */
  repaint(place) {
    const { name } = this.images[place];
    const painted = this.#cleared.get(name);
    if (!painted || !this.cleared(place)) return;
    this.#paint.set(name, painted);
    this.#cleared.delete(name);
  }

  /** @param {number} place */
  nPainted(place) {
    return this.#paint.get(this.images[place].name)?.reduce((sum, each) => sum + each, 0) ?? 0;
  }

  /** What is painted, by place, as base64 of one byte a pixel. */
  paint() {
    return Object.fromEntries(this.images.flatMap(({ name }, place) => {
      const painted = this.#paint.get(name);
      return painted ? [[place, btoa(String.fromCharCode(...painted))]] : [];
    }));
  }
}

/** The mean of what is known of a row, over its images. @param {(Fidelity | null)[]} row */
export function mean(row) {
  const known = row.filter((each) => each !== null);
  if (!known.length) return null;
  const of = (/** @type {keyof Fidelity} */ name) => known.reduce((sum, each) => sum + each[name], 0) / known.length;
  return { psnr: of("psnr"), ssim: of("ssim"), n: known.length };
}

/** The ids of the rows with the highest mean of a figure. @param {Record<string, Fidelity | null>} means @param {keyof Fidelity} name */
export function best(means, name) {
  const values = Object.entries(means).flatMap(([id, each]) => (each ? [{ id, value: each[name] }] : []));
  const top = Math.max(...values.map(({ value }) => value));
  return values.filter(({ value }) => value >= top - 1e-9).map(({ id }) => id);
}
