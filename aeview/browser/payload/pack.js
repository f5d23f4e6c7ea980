// Reads what aecore.export.pack wrote: a JSON header and typed arrays in one block of bytes.

const READERS = {
  uint8: (buffer, at, n) => new Uint8Array(buffer, at, n),
  int16: (buffer, at, n) => new Int16Array(buffer, at, n),
  int32: (buffer, at, n) => new Int32Array(buffer, at, n),
  float32: (buffer, at, n) => new Float32Array(buffer, at, n),
  float16: (buffer, at, n) => widen(new Uint16Array(buffer, at, n)),
};

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

function widen(bits) {
  const table = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]];
  return out;
}

/** @returns {{header: object, arrays: Object<string, ArrayLike<number>>}} arrays carry `.shape` */
export function unpack(bytes) {
  const block = bytes.slice().buffer; // its own, so that offsets are aligned
  const size = new DataView(block).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(block, 4, size)));
  const arrays = {};
  for (const [name, { type, shape, offset }] of Object.entries(header.arrays)) {
    const n = shape.reduce((a, b) => a * b, 1);
    arrays[name] = READERS[type](block, 4 + size + offset, n);
    arrays[name].shape = shape;
  }
  return { header, arrays };
}
