// aecore.latents.directions in the browser: where the picture changes most here, as far as the codes go.

import { eigenvectors } from "./eigen.js";

/** @import { Model, Values } from "../types.js" */
/** @typedef {{ dimension: number, sigma: number }} Axis a unit */

const N_DIRECTIONS = 2;

/**
 * Two steps, each of one standard deviation of the nearest training codes along it; the larger change first.
 * @param {Pick<Model, "d" | "header" | "trainingCodes" | "support" | "decode">} model
 * @param {Values} code
 * @returns {Float32Array[]}
 */
export function localDirections(model, code) {
  const offsets = around(model, code);
  const k = offsets.length;
  const changes = centred(offsets.map((offset) => model.decode(offset.map((value, j) => code[j] + value)).slice()));
  const products = new Float64Array(k * k);
  for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) products[i * k + j] = products[j * k + i] = dot(changes[i], changes[j]);
  const weights = eigenvectors(products, k);
  return Array.from({ length: N_DIRECTIONS }, (_, i) => upright(step(offsets, weights[i] ?? [], model.d)));
}

/** Offsets of the nearest training codes from their mean. @type {(model: Parameters<typeof localDirections>[0], code: Values) => Float32Array[]} */
function around({ d, header, trainingCodes, support }, code) {
  const { index } = support.nearest(code, header.directions.neighbours);
  const found = Array.from(index, (row) => trainingCodes.subarray(row * d, (row + 1) * d));
  return centred(found);
}

/** Rows less their mean. @param {Float32Array[]} rows */
function centred(rows) {
  const mean = new Float64Array(rows[0].length);
  for (const row of rows) for (let j = 0; j < mean.length; j++) mean[j] += row[j] / rows.length;
  return rows.map((row) => row.map((value, j) => value - mean[j]));
}

/** @type {(offsets: Float32Array[], weights: Values, d: number) => Float32Array} */
const step = (offsets, weights, d) => Float32Array.from({ length: d }, (_, j) =>
  offsets.reduce((sum, offset, i) => sum + (weights[i] ?? 0) * offset[j], 0) / Math.sqrt(offsets.length));

/** With its largest number positive. @param {Float32Array} values */
function upright(values) {
  const largest = values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? values.map((value) => -value) : values;
}

/** @type {(a: Values, b: Values) => number} */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * Steps along the first units, each as long as the direction in its place; lengths are those of support.
 * @type {(units: Axis[], model: Pick<Model, "d" | "support">, like: Float32Array[]) => Float32Array[]}
 */
export function unitSteps(units, { d, support: { scale } }, like) {
  return like.map((direction, i) => {
    const { dimension, sigma } = units[i];
    const length = Math.hypot(...direction.map((value, j) => value * scale[j]));
    const counts = scale[dimension];
    return new Float32Array(d).fill(counts > 0 ? length / counts : sigma, dimension, dimension + 1);
  });
}
