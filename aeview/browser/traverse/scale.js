// Numbers of a traversal: the scale of each unit, the spread of a row, draws from a seed.

export const REACH = 3; // σ, to both sides
export const MOST_SPREAD = 0.5; // no values in [0, 1] have a larger standard deviation

/** @typedef {{ centre: number, sigma: number }} Scale of a unit */

/** Where a unit's value lies on its scale, in σ. @type {(unit: Scale, value: number) => number} */
export const inSigma = ({ centre, sigma }, value) => (value - centre) / sigma;

/** The value at a place of the scale. @type {(unit: Scale, t: number) => number} */
export const fromSigma = ({ centre, sigma }, t) => centre + t * sigma;

/** Places of a row's pictures, −3 σ to 3 σ. @param {number} n */
export const places = (n) => Array.from({ length: n }, (_, i) => (REACH * (2 * i - n + 1)) / (n - 1));

/** Where on a row of n pictures a place lies, as a share of its width; ends count as the ends. @type {(t: number, n: number) => number} */
export function along(t, n) {
  const inside = Math.min(REACH, Math.max(-REACH, t));
  return (((inside / REACH + 1) / 2) * (n - 1) + 0.5) / n;
}

/** Uniform numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger 2017). @param {number} seed */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers from a seed (Box & Muller 1958). @param {number} seed */
export function normal(seed) {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
