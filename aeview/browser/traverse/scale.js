// Numbers of a traversal: the scale of each unit, the spread of a row, draws from a seed.

export const REACH = 3; // σ, to both sides
export const MOST_SPREAD = 0.5; // no values in [0, 1] have a larger standard deviation

/** Where a unit's value lies on its scale, in σ. */
export const inSigma = ({ centre, sigma }, value) => (value - centre) / sigma;

/** The value at a place of the scale. */
export const fromSigma = ({ centre, sigma }, t) => centre + t * sigma;

/** Places of a row's pictures, −3 σ to 3 σ. */
export const places = (n) => Array.from({ length: n }, (_, i) => (REACH * (2 * i - n + 1)) / (n - 1));

/** Where on a row of n pictures a place lies, as a share of its width; ends count as the ends. */
export function along(t, n) {
  const inside = Math.min(REACH, Math.max(-REACH, t));
  return (((inside / REACH + 1) / 2) * (n - 1) + 0.5) / n;
}

/** Adds up images one by one: the standard deviation of each pixel, mean over the channels. */
export class Spread {
  constructor([channels, height, width]) {
    this.channels = channels;
    this.pixels = height * width;
    this.sum = new Float64Array(channels * height * width);
    this.squares = new Float64Array(channels * height * width);
    this.clear();
  }

  clear() {
    this.n = 0;
    this.sum.fill(0);
    this.squares.fill(0);
  }

  add(image) {
    this.n++;
    for (let i = 0; i < image.length; i++) {
      const shown = Math.min(1, Math.max(0, image[i])); // a linear decoder leaves the range
      this.sum[i] += shown;
      this.squares[i] += shown * shown;
    }
  }

  result() {
    const out = new Float32Array(this.pixels);
    for (let i = 0; i < this.sum.length; i++) {
      const mean = this.sum[i] / this.n;
      out[i % this.pixels] += Math.sqrt(Math.max(0, this.squares[i] / this.n - mean * mean)) / this.channels;
    }
    return out;
  }
}

/** Uniform numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger 2017). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers from a seed (Box & Muller 1958). */
export function normal(seed) {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
