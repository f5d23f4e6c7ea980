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

const FRAME = 28; // pixels that widths and centres are told in, whatever the frame's shorter side is
const BOX = 20;

/**
 * @param {Place[][]} strokes both 0 to 1 from the pad's top left
 * @param {[height: number, width: number]} size of the picture, in pixels @param {Hand} hand
 * @returns ink as floats 0 to 1, row by row, bright on dark; all 0 without strokes
 */
export function ink(strokes, size, { stroke, edge = 1, centre, fit }) {
  const [height, width] = size;
  const side = Math.min(height, width);
  const unit = side / FRAME;
  const radius = (stroke * unit) / 2;
  const pen = { radius, edge: Math.max(1, edge * unit) };
  /** @type {Place[][]} in pixels */
  const drawn = strokes.filter((places) => places.length).map((places) => places.map(([x, y]) => [x * width, y * height]));
  if (!drawn.length) return new Float32Array(height * width);
  if (!fit) return raster(drawn, size, pen, (place) => place);
  const { left, top, wide, high } = bounds(drawn);
  const scale = Math.max(BOX * unit - 2 * radius, 1) / Math.max(wide, high, 1e-6);
  const [across, down] = [width, height].map((length) => (centre + 0.5) * unit + (length - side) / 2);
  /** @type {(dx: number, dy: number) => (place: Place) => Place} */
  const fitted = (dx, dy) => ([x, y]) => [
    across + (x - left - wide / 2) * scale + dx, down + (y - top - high / 2) * scale + dy,
  ];
  const once = raster(drawn, size, pen, fitted(0, 0));
  const [x, y] = mass(once, size);
  return raster(drawn, size, pen, fitted(across - x - 0.5, down - y - 0.5));
}

/** Centre of mass [x, y] as an index of a pixel; the middle where there is no ink. @type {(pixels: Float32Array, size: [height: number, width: number]) => Place} */
export function mass(pixels, [height, width]) {
  let total = 0;
  let x = 0;
  let y = 0;
  pixels.forEach((value, i) => {
    total += value;
    x += value * (i % width);
    y += value * Math.floor(i / width);
  });
  return total ? [x / total, y / total] : [(width - 1) / 2, (height - 1) / 2];
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

/** @type {(strokes: Place[][], size: [height: number, width: number], pen: Tip, place: (at: Place) => Place) => Float32Array} */
function raster(strokes, size, pen, place) {
  const out = new Float32Array(size[0] * size[1]);
  for (const places of strokes) {
    const line = places.map(place);
    for (let i = 0; i < line.length; i++) segment(out, size, pen, line[Math.max(0, i - 1)], line[i]);
  }
  return out;
}

// A pixel is covered as far as its middle lies inside the line's edge: half the edge's fading inside
// or more is all of it.
/** @type {(out: Float32Array, size: [height: number, width: number], tip: Tip, from: Place, to: Place) => void} */
function segment(out, [height, width], { radius, edge }, [x0, y0], [x1, y1]) {
  const reach = radius + edge;
  const first = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const last = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ length) => Math.min(length - 1, Math.ceil(Math.max(a, b) + reach));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  for (let row = first(y0, y1); row <= last(y0, y1, height); row++) {
    for (let column = first(x0, x1); column <= last(x0, x1, width); column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const t = squared ? Math.min(1, Math.max(0, (x * dx + y * dy) / squared)) : 0;
      const inside = radius - Math.hypot(x - t * dx, y - t * dy);
      const covered = Math.min(1, 2 * radius, 0.5 + inside / edge);
      const at = row * width + column;
      if (covered > out[at]) out[at] = covered;
    }
  }
}
