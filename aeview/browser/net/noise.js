// aecore.noise in the browser: the same random numbers from the same seed, number by number.
// Philox-4×32 with 10 rounds (Salmon et al. 2011), and normal numbers by the quantile function.

const STREAMS = ["codes", "components", "neighbourhood", "posterior", "corruption"];
const WORDS = 4;

// The upper 32 bits of a product of two 32-bit words.
/** @type {(a: number, b: number) => number} */
function high(a, b) {
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle % 65536);
  return (ah * bh + Math.floor(middle / 65536) + Math.floor(other / 65536)) >>> 0;
}

/** Four random words for a counter of four words and a key of two. @type {(counter: number[], key: number[]) => number[]} */
export function philox([a, b, c, d], [k0, k1]) {
  for (let round = 0; round < 10; round++) {
    const [low0, low1] = [Math.imul(a, 0xd2511f53) >>> 0, Math.imul(c, 0xcd9e8d57) >>> 0];
    const [high0, high1] = [high(a, 0xd2511f53), high(c, 0xcd9e8d57)];
    [a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/**
 * Numbers in (0, 1) for one sample; they depend on seed, stream and sample alone.
 * @type {(seed: number, stream: string, sample: number, d?: number) => Float64Array}
 */
export function uniform(seed, stream, sample, d = 1) {
  const out = new Float64Array(d);
  for (let j = 0; j < d; j += WORDS) {
    const words = philox([j / WORDS, sample, STREAMS.indexOf(stream), 0], [seed >>> 0, 0]);
    for (let i = 0; i < WORDS && j + i < d; i++) out[j + i] = (words[i] + 0.5) / 2 ** 32;
  }
  return out;
}

/** Standard normal numbers for one sample. @type {(seed: number, stream: string, sample: number, d: number) => Float64Array} */
export function normal(seed, stream, sample, d) {
  return uniform(seed, stream, sample, d).map(quantile);
}

/** @type {(coefficients: number[], x: number) => number} */
const polynomial = (coefficients, x) => coefficients.reduceRight((sum, c) => sum * x + c, 0);
// biome-ignore-start lint/correctness/noPrecisionLoss: the digits are Wichura's
const CENTRE = [
  [3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3],
  [1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3],
];
const TAIL = [
  [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
    1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4],
  [1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9],
];
const FAR = [
  [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
    2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15],
];
// biome-ignore-end lint/correctness/noPrecisionLoss: the digits are Wichura's

/** @type {(polynomials: number[][], x: number) => number} */
const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);

/** The normal quantile of p in (0, 1): Wichura (1988), algorithm AS 241, to 16 digits. @param {number} p */
export function quantile(p) {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const size = r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR, r - 5);
  return q < 0 ? -size : size;
}
