// aecore.inpainting in the browser: patches hidden, and filled in by the mean and by PCA.

import { uniform } from "../net/noise.js";

/** @import { Values } from "../types.js" */

export const PATCH = 4; // pixels: what is hidden together, as in aecore.models.masked
export const HIDDEN = 0.5; // intensity that stands for "hidden"

/**
 * Which pixels are hidden: the same number of patches whatever the seed; one byte a pixel.
 * @type {(ratio: number, shape: number[], seed: number, place: number) => Uint8Array}
 */
export function hide(ratio, [channels, height, width], seed, place) {
  const [rows, columns] = [Math.ceil(height / PATCH), Math.ceil(width / PATCH)];
  const draws = uniform(seed, "corruption", place, rows * columns);
  const n = Math.max(1, Math.round(ratio * rows * columns));
  const gone = new Uint8Array(rows * columns);
  for (const i of Array.from(draws.keys()).sort((a, b) => draws[a] - draws[b]).slice(0, n)) gone[i] = 1;
  return Uint8Array.from({ length: channels * height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width) % height, i % width];
    return gone[Math.floor(y / PATCH) * columns + Math.floor(x / PATCH)];
  });
}

/**
 * Seen pixels from one image, hidden ones from another.
 * @type {(seen: Float32Array, filled: Float32Array, hidden: Uint8Array) => Float32Array}
 */
export const composite = (seen, filled, hidden) => seen.map((x, i) => (hidden[i] ? filled[i] : x));

/** Mean squared error over the hidden pixels. @type {(filled: Values, image: Values, hidden: Uint8Array) => number} */
export function hiddenMse(filled, image, hidden) {
  let [sum, n] = [0, 0];
  for (let i = 0; i < image.length; i++) {
    if (!hidden[i]) continue;
    sum += (filled[i] - image[i]) ** 2;
    n++;
  }
  return sum / n;
}

/**
 * The mean of the hidden pixels given the seen ones under probabilistic PCA.
 * @param {Float32Array} image @param {Uint8Array} hidden
 * @param {{ mean: Values, loadings: Values, k: number, noise: number }} fill loadings p × k row by row
 */
export function pcaFill(image, hidden, { mean, loadings, k, noise }) {
  const matrix = new Float64Array(k * k);
  const right = new Float64Array(k);
  for (let i = 0; i < image.length; i++) {
    if (hidden[i]) continue;
    const off = image[i] - mean[i];
    for (let a = 0; a < k; a++) {
      const w = loadings[i * k + a];
      right[a] += w * off;
      for (let b = 0; b <= a; b++) matrix[a * k + b] += w * loadings[i * k + b];
    }
  }
  for (let a = 0; a < k; a++) matrix[a * k + a] += noise;
  const code = solve(matrix, right, k);
  return image.map((x, i) => {
    if (!hidden[i]) return x;
    let sum = mean[i];
    for (let a = 0; a < k; a++) sum += loadings[i * k + a] * code[a];
    return Math.min(1, Math.max(0, sum));
  });
}

/** Cholesky on the lower triangle, in place. @type {(m: Float64Array, right: Float64Array, k: number) => Float64Array} */
function solve(m, right, k) {
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = m[a * k + b];
      for (let c = 0; c < b; c++) sum -= m[a * k + c] * m[b * k + c];
      m[a * k + b] = a === b ? Math.sqrt(sum) : sum / m[b * k + b];
    }
  }
  const x = right.slice();
  for (let a = 0; a < k; a++) {
    for (let c = 0; c < a; c++) x[a] -= m[a * k + c] * x[c];
    x[a] /= m[a * k + a];
  }
  for (let a = k - 1; a >= 0; a--) {
    for (let c = a + 1; c < k; c++) x[a] -= m[c * k + a] * x[c];
    x[a] /= m[a * k + a];
  }
  return x;
}
