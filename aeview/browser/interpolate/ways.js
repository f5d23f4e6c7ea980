// The ways between two ends of one model: the picture, the code and the support at any place.

import { along, crossFade, linear, slerp } from "../net/paths.js";

/** @import { Model } from "../types.js" */
/** @import { DataGraph, Way } from "../net/paths.js" */

const TRAIL = 48; // places of a bent way that are drawn on the map
const MANY = 200; // codes of the cross-fade that are kept

export class Ways {
  /**
   * @param {Model} model @param {DataGraph} graph of the model's codes
   * @param {Float32Array} a a code @param {Float32Array} b another
   */
  constructor(model, graph, a, b) {
    this.model = model;
    this.code = new Float32Array(model.d);
    this.corners = graph.corners(a, b);
    /** @type {Record<string, Way>} */
    this.codes = { linear: linear(a, b), slerp: slerp(a, b), data: along(this.corners) };
    this.ends = [a, b].map((code) => model.decode(code).slice());
    this.mixed = new Float32Array(this.ends[0].length);
    /** @type {Map<number, Float32Array>} what the encoder made of the mixture, by t */
    this.seen = new Map();
  }

  /** @type {(t: number) => Float32Array} */
  #fadeCode(t) {
    const seen = this.seen.get(t);
    if (seen) return seen;
    if (this.seen.size >= MANY) this.seen.clear();
    const code = this.model.encode(this.#mix(t)).slice();
    this.seen.set(t, code);
    return code;
  }

  /** @param {number} t */
  #mix(t) {
    return crossFade(this.ends[0], this.ends[1], t, this.mixed);
  }

  /** The code of a way at a place. @param {string} name @param {number} t */
  #codeAt(name, t) {
    return name === "fade" ? this.#fadeCode(t) : this.codes[name](t, this.code);
  }

  /** What is overwritten by the next call. @param {string} name @param {number} t */
  at(name, t) {
    const code = this.#codeAt(name, t);
    const pixels = name === "fade" ? this.#mix(t) : this.model.decode(code);
    return { pixels, code, share: this.model.support.share(code) };
  }

  /** Where on the map a place of the way lies. @param {string} name @param {number} t */
  place(name, t) {
    return this.model.plane.transform(this.#codeAt(name, t));
  }

  /** The way as a line on the map; of the cross-fade, where the encoder sees it. @param {string} name @param {number} n */
  trail(name, n) {
    if (name === "data") return this.corners.map((code) => this.model.plane.transform(code));
    const last = { linear: 1, fade: n - 1 }[name] ?? TRAIL;
    return Array.from({ length: last + 1 }, (_, i) => this.place(name, i / last));
  }
}
