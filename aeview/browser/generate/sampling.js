// aecore.latents.sampling in the browser: from noise to codes.

import { bytes } from "../charts/paint.js";

/** @import { Model } from "../types.js" */

/** @typedef {ArrayLike<number>} Numbers */
/**
 * Where codes come from: from standard normal numbers, and one in (0, 1). A slow one takes milliseconds a code; `k` is
 * its number of components.
 * @typedef {{ place: (noise: Numbers, share: number, temperature: number) => Float32Array, slow?: boolean, k?: number }} Source
 */
/** @typedef {{ weights: string, means: string, factors: string }} Packed base64 of float32: (k), (k, d), (k, d, d) or (k, d) */

/** @param {string} text */
const floats = (text) => new Float32Array(bytes(text).buffer);

export class Mixture {
  /** @param {Packed} packed */
  constructor({ weights, means, factors }) {
    this.weights = floats(weights);
    this.means = floats(means);
    this.factors = floats(factors);
    this.k = this.weights.length;
    this.d = this.means.length / this.k;
    this.full = this.factors.length === this.k * this.d * this.d && this.d > 1;
  }

  /**
   * A code from standard normal numbers: z = μ_k + temperature·L_k ε; `share` in (0, 1) chooses k.
   * @param {Numbers} noise @param {number} share @param {number} temperature
   */
  place(noise, share, temperature) {
    const { d, factors } = this;
    const k = this.#component(share);
    const out = Float32Array.from(this.means.subarray(k * d, (k + 1) * d));
    for (let i = 0; i < d; i++) {
      let sum = 0;
      if (this.full) for (let j = 0; j <= i; j++) sum += factors[(k * d + i) * d + j] * noise[j];
      else sum = factors[k * d + i] * noise[i];
      out[i] += temperature * sum;
    }
    return out;
  }

  /** @param {number} share */
  #component(share) {
    let end = 0;
    for (let k = 0; k < this.k - 1; k++) {
      end += this.weights[k];
      if (share < end) return k;
    }
    return this.k - 1;
  }
}

/** The posterior of a training image chosen at random; a point where the model has none. */
export class Aggregate {
  /** @param {Pick<Model, "rows" | "codeOf" | "spreadOf">} model */
  constructor(model) {
    this.model = model;
    this.rows = Array.from(model.rows.split.keys()).filter((row) => model.rows.split[row] === 0);
    this.k = this.rows.length;
  }

  /** As `Mixture` does. @param {Numbers} noise @param {number} share @param {number} temperature */
  place(noise, share, temperature) {
    const row = this.rows[Math.min(this.k - 1, Math.floor(share * this.k))];
    const spread = this.model.spreadOf(row);
    return Float32Array.from(this.model.codeOf(row), (mean, j) => mean + (spread ? temperature * spread[j] * noise[j] : 0));
  }
}
