// Discs laid over an image pixel by pixel: what moves is drawn anew at every frame, and ten
// thousand paths would take longer than a frame.

/** @import { Values } from "../types.js" */
/** @typedef {{ x: Int8Array, y: Int8Array, alpha: Uint8Array }} Pixels from the one with the middle; opacity to 255 */
/** @typedef {{ reach: number, parts: Pixels[] }} Disc its pixels, by where in a pixel its middle lies */
/** @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Image */

const PARTS = 4; // of a pixel, in each direction, that a middle is told apart by

/** @param {number} radius in pixels @returns {Disc} */
export function disc(radius) {
  const reach = Math.ceil(radius + 0.5);
  const side = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  const parts = Array.from({ length: PARTS * PARTS }, (_, part) => {
    const [dx, dy] = [part % PARTS, Math.floor(part / PARTS)].map((k) => (k + 0.5) / PARTS);
    const seen = side.flatMap((y) => side.map((x) => {
      const inside = radius + 0.5 - Math.hypot(x + 0.5 - dx, y + 0.5 - dy);
      return { x, y, alpha: Math.round(255 * Math.min(1, Math.max(0, inside))) };
    })).filter(({ alpha }) => alpha > 0);
    return {
      x: Int8Array.from(seen, ({ x }) => x), y: Int8Array.from(seen, ({ y }) => y), alpha: Uint8Array.from(seen, ({ alpha }) => alpha),
    };
  });
  return { reach, parts };
}

/**
 * Lay a disc over an image at each of some rows' places, in pixels; what would be cut by an edge is left out.
 * @param {Image} image @param {Values} places x, y, x, y, … of all rows @param {number[]} rows
 * @param {Values} colour red, green, blue, opacity, each to 255 @param {Disc} shape @param {(row: number) => number} opacity 0 to 1, of it
 */
export function stamp({ data, width, height }, places, rows, colour, { reach, parts }, opacity) {
  const whole = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const solid = new Uint32Array(Uint8Array.of(colour[0], colour[1], colour[2], 255).buffer)[0];
  for (const row of rows) {
    const [left, top] = [Math.floor(places[2 * row]), Math.floor(places[2 * row + 1])];
    if (!(left >= reach && top >= reach && left + reach < width && top + reach < height)) continue;
    const down = Math.floor(PARTS * (places[2 * row + 1] - top));
    const { x, y, alpha } = parts[PARTS * down + Math.floor(PARTS * (places[2 * row] - left))];
    const share = (colour[3] / 255) * opacity(row);
    for (let i = 0; i < x.length; i++) {
      const at = (top + y[i]) * width + left + x[i];
      const over = alpha[i] * share;
      if (over === 255) whole[at] = solid;
      else lay(data, 4 * at, colour, over);
    }
  }
}

// One colour over another, as opaque as both together. @param over to 255
/** @type {(data: Uint8ClampedArray, at: number, colour: Values, over: number) => void} */
function lay(data, at, colour, over) {
  const under = (data[at + 3] * (255 - over)) / 255;
  const share = over / (over + under); // of the new colour
  data[at] += (colour[0] - data[at]) * share;
  data[at + 1] += (colour[1] - data[at + 1]) * share;
  data[at + 2] += (colour[2] - data[at + 2]) * share;
  data[at + 3] = over + under;
}
