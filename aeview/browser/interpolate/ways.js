// The ways between two ends of one model: the picture, the code and the support at any place.

import { along, crossFade, linear, slerp } from "../net/paths.js";

const TRAIL = 48; // places of a bent way that are drawn on the map
const MANY = 200; // codes of the cross-fade that are kept

export class Ways {
  /**
   * @param graph the model's DataGraph
   * @param a,b codes
   */
  constructor(model, graph, a, b) {
    this.model = model;
    this.code = new Float32Array(model.d);
    this.corners = graph.corners(a, b);
    this.codes = { linear: linear(a, b), slerp: slerp(a, b), data: along(this.corners) };
    this.ends = [a, b].map((code) => model.decode(code).slice());
    this.mixed = new Float32Array(this.ends[0].length);
    this.seen = new Map(); // what the encoder made of the mixture, by t
  }

  #fadeCode(t) {
    if (!this.seen.has(t)) {
      if (this.seen.size >= MANY) this.seen.clear();
      this.seen.set(t, this.model.encode(crossFade(...this.ends, t, this.mixed)).slice());
    }
    return this.seen.get(t);
  }

  /** @returns {{pixels, code, share}} overwritten by the next call */
  at(name, t) {
    const { model } = this;
    if (name === "fade") {
      const code = this.#fadeCode(t);
      const pixels = crossFade(...this.ends, t, this.mixed);
      return { pixels, code, share: model.support.share(code) };
    }
    const code = this.codes[name](t, this.code);
    return { pixels: model.decode(code), code, share: model.support.share(code) };
  }

  /** Where on the map a place of the way lies. */
  place(name, t) {
    const code = name === "fade" ? this.#fadeCode(t) : this.codes[name](t, this.code);
    return this.model.plane.transform(code);
  }

  /** The way as a line on the map; of the cross-fade, where the encoder sees it. */
  trail(name, n) {
    if (name === "data") return this.corners.map((code) => this.model.plane.transform(code));
    const last = { linear: 1, slerp: TRAIL, fade: n - 1 }[name];
    return Array.from({ length: last + 1 }, (_, i) => this.place(name, i / last));
  }
}
