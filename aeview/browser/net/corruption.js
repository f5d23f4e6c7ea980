// aecore.corruption in the browser: the same spoilt pixels from the same seed.

/** @import { Pixels, Shape, Values } from "../types.js" */
import { normal, uniform } from "./noise.js";

export const HOLE = 0.5; // intensity of what is missing

/** How many numbers a kind needs for one image. @type {(kind: string, shape: Shape) => number} */
export function nDraws(kind, [channels, height, width]) {
  if (kind === "patches") return 2;
  return kind === "gaussian" ? channels * height * width : height * width;
}

/**
 * The numbers of a seed for the image in this place of its row.
 * @type {(kind: string, shape: Shape, seed: number, place: number) => Float64Array}
 */
export function draws(kind, shape, seed, place) {
  const draw = kind === "gaussian" ? normal : uniform;
  return draw(seed, "corruption", place, nDraws(kind, shape));
}

/** @type {Record<string, (image: Float32Array, level: number, numbers: Values, shape: Shape) => Float32Array>} */
const CHANGES = {
  gaussian(image, level, numbers) {
    return image.map((x, i) => Math.min(1, Math.max(0, x + level * numbers[i])));
  },
  salt_and_pepper(image, level, numbers) {
    return image.map((x, i) => {
      const u = numbers[i % numbers.length];
      return u < level / 2 ? 0 : u > 1 - level / 2 ? 1 : x;
    });
  },
  masking(image, level, numbers) {
    return image.map((x, i) => (numbers[i % numbers.length] < level ? 0 : x));
  },
  patches(image, level, numbers, [, height, width]) {
    const row = height === 1; // of a signal, a stretch
    const side = Math.floor(level * (row ? width : Math.min(height, width)) + 0.5);
    const start = [height, width].map((size, axis) => (row && axis === 0 ? 0
      : Math.min(size - side, Math.max(0, Math.floor(numbers[axis] * size - side / 2 + 0.5)))));
    const inside = (/** @type {number} */ place, /** @type {number} */ axis) => place >= start[axis] && place < start[axis] + side;
    return image.map((x, i) => (inside(Math.floor(i / width) % height, 0) && inside(i % width, 1) ? HOLE : x));
  },
};

/**
 * Spoil one image.
 * @param {string} kind a name of `aecore.noise.KINDS`, or "none"
 * @param {Float32Array} image intensity in [0, 1], channel by channel
 * @param {Shape} shape @param {number} level
 * @param {Values} numbers what `draws` returned for this kind
 */
export function spoil(kind, image, shape, level, numbers) {
  return kind === "none" ? image.slice() : CHANGES[kind](image, level, numbers, shape);
}
