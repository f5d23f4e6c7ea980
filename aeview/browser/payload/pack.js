// Reads what aecore.export.pack wrote: a JSON header and typed arrays in one block of bytes.

/** @import { Block } from "../types.js" */

/** @typedef {{type: string, shape: number[], offset: number}} Stored where an array lies */

/** @type {Record<string, (buffer: ArrayBuffer, at: number, n: number) => ArrayLike<number>>} */
const READERS = {
  uint8: (buffer, at, n) => new Uint8Array(buffer, at, n),
  int16: (buffer, at, n) => new Int16Array(buffer, at, n),
  int32: (buffer, at, n) => new Int32Array(buffer, at, n),
  float32: (buffer, at, n) => new Float32Array(buffer, at, n),
  float16: (buffer, at, n) => widen(new Uint16Array(buffer, at, n)),
};

// A half's bits in a float's places are its value over 2¹¹²; but for an infinity, or what is no number.
/** @param {Uint16Array} halves */
function widen(halves) {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) {
    const half = halves[i];
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13) | ((half & 0x7c00) === 0x7c00 ? 0x7f800000 : 0);
  }
  const out = new Float32Array(bits.buffer);
  for (let i = 0; i < out.length; i++) out[i] *= 2 ** 112;
  return out;
}

/** @type {(bytes: Uint8Array) => Block} */
export function unpack(bytes) {
  const block = bytes.slice().buffer; // its own, so that offsets are aligned
  const size = new DataView(block).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(block, 4, size)));
  /** @type {Block["arrays"]} */
  const arrays = {};
  for (const [name, { type, shape, offset }] of Object.entries(/** @type {Record<string, Stored>} */ (header.arrays))) {
    const n = shape.reduce((a, b) => a * b, 1);
    arrays[name] = Object.assign(READERS[type](block, 4 + size + offset, n), { shape });
  }
  return { header, arrays };
}
