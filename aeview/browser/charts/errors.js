// Reconstruction minus original as colours: blue too dark, white right, red too bright; of a signal
// as bars, blue downwards where it is too low, red upwards where it is too high.

/** @import { Pixels, Shape, Values } from "../types.js" */
import { tell } from "./columns.js";
import { isSignal, paintBars, paintValues } from "./paint.js";

const BLUE = [33, 102, 172]; // the ends of ColorBrewer's RdBu
const RED = [178, 24, 43];

/**
 * Reconstruction − original at each pixel; the original in bytes or in [0, 1]. In colour its size is the root mean
 * square over the channels, so that too red and too blue don't cancel, and its sign that of their mean.
 * @type {(reconstruction: Values, original: Values, shape: Shape) => Float32Array}
 */
export function difference(reconstruction, original, [channels, height, width]) {
  const n = height * width;
  const unit = original instanceof Uint8Array ? 255 : 1;
  const off = (/** @type {number} */ at) => reconstruction[at] - original[at] / unit;
  if (channels === 1) return Float32Array.from({ length: n }, (_, at) => off(at));
  return Float32Array.from({ length: n }, (_, pixel) => {
    let [sum, squares] = [0, 0];
    for (let at = pixel; at < channels * n; at += n) {
      sum += off(at);
      squares += off(at) ** 2;
    }
    return (sum < 0 ? -1 : 1) * Math.sqrt(squares / channels);
  });
}

/** A colour for t in [−1, 1], as [red, green, blue]; what lies outside is cut off. @param {number} t */
export function diverging(t) {
  const share = Math.min(1, Math.abs(t));
  return (t < 0 ? BLUE : RED).map((end) => Math.round(255 + share * (end - 255)));
}

/**
 * Paint a difference, multiplied by the gain.
 * @type {(canvas: HTMLCanvasElement, values: Float32Array, shape: Shape, gain: number) => void}
 */
export function paintError(canvas, values, shape, gain) {
  tell(canvas, shape);
  const shares = values.map((value) => gain * value);
  if (isSignal(shape)) paintBars(canvas, shares, (share) => (share < 0 ? BLUE : RED), [255, 255, 255], true);
  else paintValues(canvas, shares, shape, diverging);
}
