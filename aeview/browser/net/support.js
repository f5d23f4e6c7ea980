// aecore.latents.support in the browser: is any training image near a code, for where it lies?

/** @import { Values } from "../types.js" */
import { nearest } from "./neighbours.js";

/** @type {[number, string][]} */
const WORDS = [
  [0.5, "as near as most training images"],
  [0.1, "more isolated than most training images"],
  [0.01, "more isolated than 9 in 10 training images"],
  [0, "no training image near here"],
];

/**
 * @param {Values} codes training codes, row by row
 * @param {Values} scale what each unit is multiplied by
 * @param {Values} reference their own isolation, ascending
 * @param {{near: number, around: number}} circles how many nearest codes are near, and around
 */
export function support(codes, scale, reference, { near, around }) {
  const d = scale.length;
  const scaled = Float32Array.from(codes, (value, i) => value * scale[i % d]);
  const query = new Float32Array(d);
  const n = codes.length / d;
  /** The k nearest training codes. @param {Values} code @param {number} k */
  const among = (code, k) => {
    for (let j = 0; j < d; j++) query[j] = code[j] * scale[j];
    return nearest(scaled, d, query, Math.min(k, n));
  };
  return {
    scale,
    nearest: among,
    /** @param {Values} code */
    share(code) {
      const { distance } = among(code, around);
      const isolation = mean(distance.subarray(0, near)) / (mean(distance) || 1);
      return 1 - below(reference, isolation) / reference.length;
    },
  };
}

const mean = (/** @type {Float64Array} */ values) => values.reduce((a, b) => a + b, 0) / values.length;

export const words = (/** @type {number} */ share) => (WORDS.find(([least]) => share >= least) ?? WORDS[WORDS.length - 1])[1];

/** How many of some ascending numbers are smaller. @type {(sorted: Values, value: number) => number} */
export function below(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
