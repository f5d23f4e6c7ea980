// aecore.anomaly.threshold and aecore.metrics in the browser: from sorted scores to figures.

/** @import { Place, Values } from "../types.js" */
import { conformalRank, pacRank } from "./guarantees.js";

/** Numbers in ascending order, with the places they came from. */
export class Sorted {
  /** @param {Values} values */
  constructor(values) {
    this.order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
    this.values = Float64Array.from(this.order, (i) => values[i]);
    this.length = values.length;
  }

  /** How many are below a value (or, with `through`, not above it). @param {number} value */
  below(value, through = false) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (through ? this.values[middle] <= value : this.values[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  above(/** @type {number} */ value) {
    return this.length - this.below(value, true);
  }
}

/** The k-th smallest; Infinity where there are fewer. @param {Sorted} held @param {number} rank */
export function smallest({ values, length }, rank) {
  return rank > length ? Infinity : values[Math.max(0, rank - 1)];
}

/** Split conformal. @param {Sorted} held @param {number} rate */
export const conformal = (held, rate) => smallest(held, conformalRank(held.length, rate));

/** For this very set, but for a share δ of such sets. @param {Sorted} held @param {number} rate @param {number} delta */
export const pac = (held, rate, delta) => smallest(held, pacRank(held.length, rate, delta));

/**
 * A threshold within each class; Infinity for a class without held-out scores.
 * @param {(held: Sorted) => number} of @param {Values} scores @param {Values} classes @param {number} n how many classes
 */
export function byClass(of, scores, classes, n) {
  return Array.from({ length: n }, (_, number) => {
    const own = new Sorted(Array.from(scores).filter((__, i) => classes[i] === number));
    return own.length ? of(own) : Infinity;
  });
}

/** How far scores are above the threshold of their class. @param {Values} scores @param {Values} classes @param {number[]} limits */
export const margins = (scores, classes, limits) => new Sorted(Array.from(scores, (score, i) => score - limits[classes[i]]));

/** What this share does not exceed. @param {Sorted} held @param {number} share */
export function quantile({ values, length }, share) {
  return values[Math.max(0, Math.ceil(share * length - 1e-9) - 1)];
}

/** Mean plus k standard deviations. @param {Sorted} held @param {number} k */
export function deviations({ values, length }, k) {
  const mean = values.reduce((a, b) => a + b, 0) / length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / length;
  return mean + k * Math.sqrt(variance);
}

/** The threshold with the highest F1, of equally good ones the highest. @param {Sorted} normal @param {Sorted} strange */
export function bestF1(normal, strange) {
  const candidates = [...new Set([-Infinity, ...normal.values, ...strange.values])].sort((a, b) => b - a);
  let [best, at] = [-1, Infinity];
  for (const t of candidates) {
    const hits = strange.above(t);
    const f1 = (2 * hits) / Math.max(1, hits + normal.above(t) + strange.length);
    if (f1 > best) [best, at] = [f1, t];
  }
  return at;
}

/** @typedef {{ value: number, normal: Sorted, strange: Sorted, delta: number }} Asked the rule's setting, what is shown, and δ */

/**
 * How a threshold is chosen; what its setting may be is sent (`Bounds`, `detector.js`).
 * @type {Record<string, (held: Sorted, asked: Asked) => number>}
 */
export const RULES = {
  conformal: (held, { value }) => conformal(held, value / 100),
  by_class: (held, { value }) => conformal(held, value / 100),
  pac: (held, { value, delta }) => pac(held, value / 100, delta),
  percentile: (held, { value }) => quantile(held, value / 100),
  deviation: (held, { value }) => deviations(held, value),
  f1: (_, { normal, strange }) => bestF1(normal, strange),
};

/** @typedef {ReturnType<typeof figures>} Figures */

/** Counts and shares at a threshold; a share without anything to count is null. @param {Sorted} normal @param {Sorted} strange @param {number} threshold */
export function figures(normal, strange, threshold) {
  const hits = strange.above(threshold);
  const alarms = normal.above(threshold);
  const share = (/** @type {number} */ k, /** @type {number} */ n) => (n ? k / n : null);
  return {
    hits, alarms, misses: strange.length - hits, passed: normal.length - alarms,
    recall: share(hits, strange.length), precision: share(hits, hits + alarms),
    falseAlarms: share(alarms, normal.length),
    f1: share(2 * hits, hits + alarms + strange.length),
  };
}

/** Wilson's 95 % interval of k in n (1927). @param {number} k @param {number} n @returns {[number, number]} */
export function interval(k, n) {
  const z = 1.959964;
  const middle = (k + z ** 2 / 2) / (n + z ** 2);
  const half = (z * Math.sqrt((k * (n - k)) / n + z ** 2 / 4)) / (n + z ** 2);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Points of both curves over falling thresholds, and the areas. @param {Sorted} normal @param {Sorted} strange */
export function curves(normal, strange) {
  const levels = [...new Set([...normal.values, ...strange.values])].sort((a, b) => b - a);
  /** @type {Place[][]} */
  const [roc, pr] = [[[0, 0]], []];
  let [area, precision] = [0, 0];
  for (const level of levels) {
    const alarms = normal.length - normal.below(level);
    const hits = strange.length - strange.below(level);
    const [x0, y0] = roc[roc.length - 1];
    const [x, y] = [alarms / normal.length, hits / strange.length];
    area += ((x - x0) * (y + y0)) / 2;
    precision += ((y - y0) * hits) / (hits + alarms);
    roc.push([x, y]);
    pr.push([y, hits / (hits + alarms)]);
  }
  return { roc, pr, auroc: area, averagePrecision: precision };
}
