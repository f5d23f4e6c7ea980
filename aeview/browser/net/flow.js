// aecore.flows.flow in the browser: a network that carries noise to codes, and the ways along it.

import { network } from "./net.js";

/** @import { Layer, Values } from "../types.js" */
/** @typedef {{ label: number, guidance: number, steps: number }} Asked */
/** @typedef {{ layers: Layer[], n_classes: number }} Header */

const N_TIMES = 8; // sines, and as many cosines, of the time
export const ANY = -1; // no class is asked for: each draw has one of its own

export class Flow {
  slow = true; // a code takes milliseconds

  /**
   * @param {{ header: Header, arrays: Record<string, Values> }} block as `live.send_flow` packs it
   * @param {Asked} asked
   */
  constructor({ header, arrays }, asked) {
    this.n_classes = header.n_classes;
    this.mean = arrays.mean;
    this.scale = arrays.scale;
    this.d = this.mean.length;
    this.asked = asked;
    this.given = new Float32Array(this.d + 2 * N_TIMES + this.n_classes);
    this.run = network(header.layers, arrays, "network", [this.given.length]).run;
  }

  /** A code from standard normal numbers; `share` in (0, 1) chooses its class where none is asked for. @param {Values} noise @param {number} share @param {number} temperature */
  place(noise, share, temperature) {
    const way = this.path(Float32Array.from(noise, (e) => temperature * e), this.label(share));
    return this.code(way[way.length - 1]);
  }

  /** @param {number} share */
  label(share) {
    const { label } = this.asked;
    if (!this.n_classes || (label >= 0 && label < this.n_classes)) return label;
    return Math.min(this.n_classes - 1, Math.floor(share * this.n_classes));
  }

  /** All places from t = `since` to t = 1 by the midpoint method, in standardised units. @param {Float32Array} start @param {number} label @param {number} since */
  path(start, label, since = 0) {
    const { steps } = this.asked;
    const half = (1 - since) / steps / 2;
    const places = [start];
    for (let k = 0; k < steps; k++) {
      const t = since + 2 * half * k;
      const first = this.guided(places[k], t, label);
      const middle = places[k].map((x, j) => x + half * first[j]);
      const v = this.guided(middle, t + half, label);
      places.push(places[k].map((x, j) => x + 2 * half * v[j]));
    }
    return places;
  }

  /** Back from t = 1 to the noise that `path` would come from, without guidance. @param {Float32Array} end @param {number} label */
  back(end, label) {
    const { steps } = this.asked;
    const half = 1 / steps / 2;
    let x = end;
    for (let k = 0; k < steps; k++) {
      const t = 1 - 2 * half * k;
      const first = this.velocity(x, t, label);
      const middle = x.map((value, j) => value - half * first[j]);
      const v = this.velocity(middle, t - half, label);
      x = x.map((value, j) => value - 2 * half * v[j]);
    }
    return x;
  }

  /** The velocity with the guidance that is asked for. @param {Float32Array} x @param {number} t @param {number} label */
  guided(x, t, label) {
    const w = this.asked.guidance;
    if (w === 1 || !this.n_classes) return this.velocity(x, t, label);
    const free = this.velocity(x, t, ANY).slice();
    return this.velocity(x, t, label).map((v, j) => free[j] + w * (v - free[j]));
  }

  /** v(x, t, class), overwritten by the next call; `ANY` tells the network none. @param {Float32Array} x @param {number} t @param {number} label */
  velocity(x, t, label) {
    const { d, given } = this;
    given.fill(0);
    given.set(x);
    for (let k = 0; k < N_TIMES; k++) {
      const angle = Math.PI * (k + 1) * t;
      given[d + k] = Math.sin(angle);
      given[d + N_TIMES + k] = Math.cos(angle);
    }
    if (label >= 0) given[d + 2 * N_TIMES + label] = 1;
    return this.run(given);
  }

  /** From standardised numbers to a code. @param {Float32Array} x */
  code(x) {
    return x.map((value, j) => this.mean[j] + this.scale[j] * value);
  }

  /** From a code to standardised numbers. @param {Values} code */
  standard(code) {
    return Float32Array.from(code, (value, j) => (value - this.mean[j]) / this.scale[j]);
  }
}
