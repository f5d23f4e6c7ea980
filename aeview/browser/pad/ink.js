// From strokes to the pixels that a model takes, in the way MNIST was made: the strokes are fitted
// into a box of 20 of the frame's 28 pixels, all of one width, and centred by their mass.
// Strokes are lines, so they are drawn anew at the small size, never scaled as pixels.

/** @import { Place } from "../types.js" */
/**
 * In pixels of a frame of 28: the width of a stroke, over how much it fades, where the mass goes (index of a pixel);
 * fit: false leaves size and place as drawn.
 * @typedef {{stroke: number, edge?: number, centre: number, fit: boolean}} Hand
 */
/** @typedef {{radius: number, edge: number}} Tip pixels */

const FRAME = 28; // pixels that widths and centres are told in, whatever the frame's side is
const BOX = 20;

/**
 * @param {Place[][]} strokes both 0 to 1 from the pad's top left
 * @param {number} side of the square picture, in pixels @param {Hand} hand
 * @returns ink as floats 0 to 1, row by row, bright on dark; all 0 without strokes
 */
export function ink(strokes, side, { stroke, edge = 1, centre, fit }) {
  const unit = side / FRAME;
  const radius = (stroke * unit) / 2;
  const pen = { radius, edge: Math.max(1, edge * unit) };
  const drawn = strokes.filter((places) => places.length);
  if (!drawn.length) return new Float32Array(side * side);
  if (!fit) return raster(drawn, side, pen, ([x, y]) => [x * side, y * side]);
  const { left, top, wide, high } = bounds(drawn);
  const scale = Math.max(BOX * unit - 2 * radius, 1) / Math.max(wide, high, 1e-6);
  const middle = (centre + 0.5) * unit;
  /** @type {(dx: number, dy: number) => (place: Place) => Place} */
  const fitted = (dx, dy) => ([x, y]) => [
    middle + (x - left - wide / 2) * scale + dx, middle + (y - top - high / 2) * scale + dy,
  ];
  const once = raster(drawn, side, pen, fitted(0, 0));
  const [x, y] = mass(once, side);
  return raster(drawn, side, pen, fitted(middle - x - 0.5, middle - y - 0.5));
}

/** The same ink for every channel of a model's input. @type {(pixels: Float32Array, channels: number) => Float32Array} */
export function inChannels(pixels, channels) {
  const out = new Float32Array(channels * pixels.length);
  for (let c = 0; c < channels; c++) out.set(pixels, c * pixels.length);
  return out;
}

/** Centre of mass [x, y] as an index of a pixel; the middle where there is no ink. @type {(pixels: Float32Array, side: number) => Place} */
export function mass(pixels, side) {
  let total = 0;
  let x = 0;
  let y = 0;
  pixels.forEach((value, i) => {
    total += value;
    x += value * (i % side);
    y += value * Math.floor(i / side);
  });
  return total ? [x / total, y / total] : [(side - 1) / 2, (side - 1) / 2];
}

function bounds(/** @type {Place[][]} */ strokes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of strokes.flat()) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, top, wide: right - left, high: bottom - top };
}

/** @type {(strokes: Place[][], side: number, pen: Tip, place: (at: Place) => Place) => Float32Array} */
function raster(strokes, side, pen, place) {
  const out = new Float32Array(side * side);
  for (const places of strokes) {
    const line = places.map(place);
    for (let i = 0; i < line.length; i++) segment(out, side, pen, line[Math.max(0, i - 1)], line[i]);
  }
  return out;
}

// A pixel is covered as far as its middle lies inside the line's edge: half the edge's fading inside
// or more is all of it.
/** @type {(out: Float32Array, side: number, tip: Tip, from: Place, to: Place) => void} */
function segment(out, side, { radius, edge }, [x0, y0], [x1, y1]) {
  const reach = radius + edge;
  const first = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const last = (/** @type {number} */ a, /** @type {number} */ b) => Math.min(side - 1, Math.ceil(Math.max(a, b) + reach));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  for (let row = first(y0, y1); row <= last(y0, y1); row++) {
    for (let column = first(x0, x1); column <= last(x0, x1); column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const t = squared ? Math.min(1, Math.max(0, (x * dx + y * dy) / squared)) : 0;
      const inside = radius - Math.hypot(x - t * dx, y - t * dy);
      const covered = Math.min(1, 2 * radius, 0.5 + inside / edge);
      const at = row * side + column;
      if (covered > out[at]) out[at] = covered;
    }
  }
}
