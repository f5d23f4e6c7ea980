// aecore.latents.support in the browser: is any training image near a code?

/** @import { Values } from "../types.js" */
import { nearest } from "./neighbours.js";

const N_NEIGHBOURS = 5;
/** @type {[number, string][]} */
const WORDS = [
  [0.5, "as near as most training images"],
  [0.1, "farther out than most training images"],
  [0.01, "farther out than 9 in 10 training images"],
  [0, "no training image near here"],
];

/** @param {Values} codes training codes, row by row @param {number} d @param {Values} reference their own distances, ascending */
export function support(codes, d, reference) {
  return {
    /** @param {Values} code */
    share(code) {
      const { distance } = nearest(codes, d, code, Math.min(N_NEIGHBOURS, codes.length / d));
      const mean = distance.reduce((a, b) => a + b, 0) / distance.length;
      return 1 - below(reference, mean) / reference.length;
    },
  };
}

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
