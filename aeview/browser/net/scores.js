// A score among those of held-out normal images: how many are lower, and in or out by the limit.

/** @import { Model, Values } from "../types.js" */
/** @import { Neighbour } from "./position.js" */
/** @typedef {{code: Float32Array, reconstruction: Float32Array, score: number, percentile: number | null,
 *   anomalous: boolean | null, near: Neighbour[]}} Verdict */
import { training } from "./position.js";
import { below } from "./support.js";

/**
 * The verdict on one image as aecore.scoring has it: code, reconstruction, score, percentile,
 * whether it is anomalous (null without a limit) and the nearest training images.
 * @param {Model} model @param {Values} pixels
 * @param {Values} normal ascending scores of held-out normal images
 * @param {number | null} limit above it an image is anomalous; null for none
 * @returns {Verdict}
 */
export function judge(model, pixels, normal, limit) {
  const code = model.encode(pixels).slice();
  const reconstruction = model.decode(code).slice();
  const score = meanSquare(reconstruction, pixels);
  return {
    code, reconstruction, score,
    percentile: normal.length ? percentile(normal, score) : null,
    anomalous: limit === null ? null : score > limit,
    near: training(model, code),
  };
}

/**
 * @param {Values} normal ascending scores of normal images
 * @param {number} value the score of this image
 * @returns the share of normal scores that are lower, 0 to 1
 */
export const percentile = (normal, value) => below(normal, value) / normal.length;

/** Mean squared difference per pixel, intensity² in [0, 1]. @type {(a: Values, b: Values) => number} */
export function meanSquare(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

/** A percentile as words that never say more than was measured: "99 %", "all", "none". @type {(normal: Values, value: number) => string} */
export function among(normal, value) {
  const share = percentile(normal, value);
  const n = normal.length.toLocaleString("en");
  if (share >= 1) return `higher than all ${n} held-out normal images`;
  if (share <= 0) return `lower than all ${n} held-out normal images`;
  const percent = 100 * share;
  const tenths = Math.max(0.1, Math.floor(10 * percent) / 10);
  const text = percent > 99 || percent < 1 ? tenths.toFixed(1) : percent.toFixed(0);
  return `higher than ${text} % of ${n} held-out normal images`;
}
