// A signal (an image with one row) as a line: pixels of a square, without a canvas, so that every
// page and a test under Node draw the same. Left to right the samples, upwards the intensity.

/** @import { Shape, Values } from "../types.js" */
/** @typedef {number[]} Ink red, green, blue, 0 to 255 */

export const TILE = 56; // pixels of a side where many are drawn into one canvas
const USUAL = 112;
const LEAST = 40;
const MOST = 480;
const WITH_GRID = 130; // pixels of a side from which on there is a grid
const MARGIN = 0.06; // above and below, as a share
const PAPER = [11, 15, 18];
const RULES = [44, 54, 61];
const INK = [238, 243, 246];

/** @type {(shape: Shape) => boolean} */
export const isSignal = ([, height, width]) => height === 1 && width > 1;

/** [rows, columns] of pixels that `imageData` paints of a picture of this shape. @type {(shape: Shape) => [number, number]} */
export const frame = (shape) => (isSignal(shape) ? [TILE, TILE] : [shape[1], shape[2]]);

/**
 * The side, in pixels, of the square for a canvas so many css pixels wide (0: not laid out).
 * @type {(wide: number, ratio?: number) => number}
 */
export function sideFor(wide, ratio = 1) {
  return Math.round(Math.min(MOST, Math.max(LEAST, wide ? wide * ratio : USUAL)));
}

/** Samples from one upright rule to the next: 1, 2 or 5 times a power of ten, 5 to 12 of them. @param {number} n */
export function ruling(n) {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(n / 5)));
  return [5, 2, 1].map((each) => each * power).find((step) => n / step >= 5) ?? 1;
}

export const LEVEL = 0.2; // intensity from one level rule to the next

/** @type {(pixels: Uint8ClampedArray, side: number, row: number, column: number, colour: Ink, share: number) => void} */
function put(pixels, side, row, column, colour, share) {
  if (row < 0 || row >= side || column < 0 || column >= side || share <= 0) return;
  const at = 4 * (row * side + column);
  for (let c = 0; c < 3; c++) pixels[at + c] += Math.min(1, share) * (colour[c] - pixels[at + c]);
}

/** Where an intensity lies, in pixels from the top; what is beyond 0 and 1 is cut off. @type {(value: number, side: number) => number} */
export function height(value, side) {
  const inside = Math.min(1, Math.max(0, value));
  return side * (MARGIN + (1 - 2 * MARGIN) * (1 - inside));
}

/** @type {(side: number, paper: Ink) => Uint8ClampedArray<ArrayBuffer>} */
function sheet(side, paper) {
  const pixels = new Uint8ClampedArray(4 * side * side);
  pixels.set([...paper, 255]);
  const whole = new Uint32Array(pixels.buffer); // a pixel each
  whole.fill(whole[0]);
  return pixels;
}

/** @type {(pixels: Uint8ClampedArray, side: number, n: number) => void} */
function rule(pixels, side, n) {
  for (let level = 0; level <= 5; level++) {
    const row = Math.min(side - 1, Math.floor(height(level * LEVEL, side)));
    for (let x = 0; x < side; x++) put(pixels, side, row, x, RULES, 0.7);
  }
  for (let sample = ruling(n); sample < n; sample += ruling(n)) {
    const column = Math.floor((side * sample) / (n - 1));
    for (let y = 0; y < side; y++) put(pixels, side, y, column, RULES, 0.7);
  }
}

// The lowest and highest value of the polyline between two places, in samples.
/** @type {(values: Values, gain: number, from: number, to: number) => [number, number]} */
function reach(values, gain, from, to) {
  const last = values.length - 1;
  const at = (/** @type {number} */ place) => {
    const inside = Math.min(last, Math.max(0, place));
    const i = Math.min(last - 1, Math.floor(inside));
    return gain * (values[i] + (inside - i) * (values[i + 1] - values[i]));
  };
  let [low, high] = [at(from), at(to)].sort((a, b) => a - b);
  for (let i = Math.max(0, Math.ceil(from)); i <= Math.min(last, to); i++) {
    low = Math.min(low, gain * values[i]);
    high = Math.max(high, gain * values[i]);
  }
  return [low, high];
}

/** Draw a signal. @param {Values} values floats 0 to 1, or bytes @param {number} side @returns RGBA of side × side pixels */
export function trace(values, side) {
  const pixels = sheet(side, PAPER);
  if (side >= WITH_GRID) rule(pixels, side, values.length);
  const gain = values instanceof Uint8Array ? 1 / 255 : 1;
  const half = Math.max(0.8, side / 170); // of the line's width
  const samples = (values.length - 1) / side;
  for (let x = 0; x < side; x++) {
    const [low, high] = reach(values, gain, (x + 0.5 - half) * samples, (x + 0.5 + half) * samples);
    const [top, bottom] = [height(high, side) - half, height(low, side) + half];
    for (let y = Math.floor(top); y <= bottom; y++) {
      put(pixels, side, y, x, INK, Math.min(y + 1, bottom) - Math.max(y, top));
    }
  }
  return pixels;
}

/**
 * Draw one value a sample as bars from a base line: errors, or how much each sample moves.
 * @param {Values} values shares of the whole, 0 to 1 upwards from the bottom; or −1 to 1 from the middle
 * @param {number} side @param {(share: number) => Ink} colour @param {Ink} paper
 * @returns RGBA of side × side pixels
 */
export function bars(values, side, colour, paper, fromMiddle = false) {
  const pixels = sheet(side, paper);
  const base = fromMiddle ? side / 2 : side;
  for (let x = 0; x < side; x++) {
    const value = values[Math.min(values.length - 1, Math.floor(((x + 0.5) * values.length) / side))];
    const share = Math.min(1, Math.max(-1, value));
    const end = base - share * base;
    const [top, bottom] = [Math.min(base, end), Math.max(base, end)];
    const ink = colour(share);
    for (let y = Math.floor(top); y < bottom; y++) {
      put(pixels, side, y, x, ink, Math.min(y + 1, bottom) - Math.max(y, top));
    }
  }
  return pixels;
}
