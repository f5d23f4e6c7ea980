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

/** @type {Float32Array | null} */
let halves = null;

function halfTable() {
  if (halves) return halves;
  halves = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) halves[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) halves[bits] = fraction ? NaN : sign * Infinity;
    else halves[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halves;
}

/** @param {Uint16Array} bits */
function widen(bits) {
  const table = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]];
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
