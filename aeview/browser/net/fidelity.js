// How near a restored image is to the original: aecore.metrics' psnr and ssim in the browser.

/** @import { Shape, Values } from "../types.js" */
import { meanSquare } from "./scores.js";

const SMALLEST_MSE = 1e-10;
export const EXACT = -10 * Math.log10(SMALLEST_MSE); // decibels that an exact restoration counts as
const WINDOW = 7;
const [C1, C2] = [0.01 ** 2, 0.03 ** 2];

/** Peak signal-to-noise ratio in decibels, peak 1. @type {(restored: Values, original: Values) => number} */
export const psnr = (restored, original) => -10 * Math.log10(Math.max(meanSquare(restored, original), SMALLEST_MSE));

/**
 * Structural similarity as scikit-image's defaults have it: 7×7 windows of equal weights, 1×7 of a signal.
 * @type {(restored: Float32Array, original: Float32Array, shape: Shape) => number}
 */
export function ssim(restored, original, [channels, height, width]) {
  const least = Math.min(WINDOW, height === 1 ? width : height, width);
  const side = least % 2 ? least : least - 1;
  const high = Math.min(side, height);
  const area = height * width;
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    const [a, b] = [restored, original].map((image) => image.subarray(c * area, (c + 1) * area));
    sum += plane(a, b, height, width, [high, side]);
  }
  return sum / channels;
}

/** @type {(a: Values, b: Values, height: number, width: number, window: number[]) => number} */
function plane(a, b, height, width, [high, side]) {
  const n = high * side;
  const sample = n / (n - 1); // covariances of a sample, as scikit-image counts
  const table = moments(a, b, height, width);
  const wide = 5 * (width + 1);
  let sum = 0;
  for (let y = 0; y + high <= height; y++) {
    for (let x = 0; x + side <= width; x++) {
      const top = y * wide + 5 * x;
      const bottom = top + high * wide;
      const of = (/** @type {number} */ k) =>
        (table[bottom + 5 * side + k] - table[bottom + k] - table[top + 5 * side + k] + table[top + k]) / n;
      const [ma, mb] = [of(0), of(1)];
      const [va, vb, ab] = [of(2) - ma * ma, of(3) - mb * mb, of(4) - ma * mb].map((v) => v * sample);
      sum += ((2 * ma * mb + C1) * (2 * ab + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
    }
  }
  return sum / ((height - high + 1) * (width - side + 1));
}

// Sums of a, b, a², b² and ab over all rectangles that begin in the corner.
/** @type {(a: Values, b: Values, height: number, width: number) => Float64Array} */
function moments(a, b, height, width) {
  const wide = 5 * (width + 1);
  const table = new Float64Array(wide * (height + 1));
  const row = new Float64Array(5);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let x = 0; x < width; x++) {
      const [u, v] = [a[y * width + x], b[y * width + x]];
      row[0] += u;
      row[1] += v;
      row[2] += u * u;
      row[3] += v * v;
      row[4] += u * v;
      const at = (y + 1) * wide + 5 * (x + 1);
      for (let k = 0; k < 5; k++) table[at + k] = table[at - wide + k] + row[k];
    }
  }
  return table;
}
