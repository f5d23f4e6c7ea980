// From values to places along an axis and back.

import { logTicks, ticks } from "./ticks.js";

/** @typedef {{from?: number, to?: number, margin?: number, log?: boolean}} Options margin: a share of the range at each end */

export class Scale {
  /** @param {number} low @param {number} high @param {Options} options where they are placed, with their margins */
  constructor(low, high, { from = 0, to = 1, margin = 0, log = false } = {}) {
    this.from = from;
    this.to = to;
    this.log = log;
    const [start, end] = [this.#in(low), this.#in(high)];
    const room = margin * (end - start || 1);
    this.start = start - room;
    this.end = end + room;
  }

  /** @param {number} value */
  #in(value) {
    return this.log ? Math.log(Math.max(value, 0)) : value;
  }

  /** How far along, 0 to 1; what is beyond stands at the edges. @param {number} value */
  share(value) {
    return Math.min(1, Math.max(0, (this.#in(value) - this.start) / (this.end - this.start || 1)));
  }

  /** @param {number} value */
  place(value) {
    return this.from + this.share(value) * (this.to - this.from);
  }

  /** @param {number} place */
  value(place) {
    const inside = this.start + ((place - this.from) / (this.to - this.from)) * (this.end - this.start);
    return this.log ? Math.exp(inside) : inside;
  }

  /** Which of n equal parts a value lies in. @type {(value: number, n: number) => number} */
  bin(value, n) {
    return Math.min(n - 1, Math.floor(this.share(value) * n));
  }

  /** How many values lie in each of n equal parts. @type {(values: Iterable<number>, n: number) => Uint32Array} */
  counts(values, n) {
    const counts = new Uint32Array(n);
    for (const value of values) counts[this.bin(value, n)]++;
    return counts;
  }

  /** Round numbers along the axis, at most n + 1 of them unless it is logarithmic. */
  ticks(n = 5) {
    const ends = [this.value(this.from), this.value(this.to)];
    return this.log ? logTicks(ends[0], ends[1]) : ticks(ends[0], ends[1], n);
  }
}
