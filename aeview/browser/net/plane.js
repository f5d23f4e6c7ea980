// The maps of aecore.latents.projection in the browser: place → code and code → place.

/** @import { Near } from "./neighbours.js" */
/** @import { Place, Values } from "../types.js" */
import { Grid, nearest } from "./neighbours.js";

const N_NEIGHBOURS = 8;
const EPSILON = 1e-12;

// Shepard's weights: inverse squared distance, summing to 1.
/** @param {Float64Array} distance */
function weights(distance) {
  const w = Array.from(distance, (d) => (d === Infinity ? 0 : 1 / (d * d + EPSILON)));
  const total = w.reduce((a, b) => a + b, 0);
  return w.map((value) => value / total);
}

/** @type {<Out extends Float32Array | Float64Array>(values: Values, d: number, near: Near, out: Out) => Out} */
function blend(values, d, { index, distance }, out) {
  out.fill(0);
  weights(distance).forEach((w, i) => {
    if (index[i] < 0) return;
    for (let j = 0; j < d; j++) out[j] += w * values[index[i] * d + j];
  });
  return out;
}

/** The neighbour's point with the least weighted sum of distances to those of the others. @type {(points: Values, near: Near) => Place} */
function middle(points, { index, distance }) {
  const w = weights(distance);
  const near = Array.from(index).filter((row) => row >= 0);
  const cost = near.map((a) => near.reduce((sum, b, j) =>
    sum + w[j] * Math.hypot(points[2 * a] - points[2 * b], points[2 * a + 1] - points[2 * b + 1]), 0));
  const row = near[cost.indexOf(Math.min(...cost))];
  return [points[2 * row], points[2 * row + 1]];
}

class Linear {
  /** @param {Values} origin @param {Values} basis @param {Float32Array} codes @param {Values} points */
  constructor(origin, basis, codes, points) {
    this.d = origin.length;
    this.origin = origin;
    this.basis = basis;
    this.codes = codes;
    this.grid = new Grid(points);
    this.fill = "mean";
    this.anchor = -1; // row whose other coordinates are used by the fill "image"
    this.rest = new Float32Array(this.d);
  }

  /** @type {(code: Values) => Place} */
  transform(code) {
    /** @type {Place} */
    const at = [0, 0];
    for (let j = 0; j < this.d; j++) {
      at[0] += (code[j] - this.origin[j]) * this.basis[2 * j];
      at[1] += (code[j] - this.origin[j]) * this.basis[2 * j + 1];
    }
    return at;
  }

  /** The code of a place, written into `out`. @type {<Out extends Float32Array | Float64Array>(x: number, y: number, out: Out) => Out} */
  inverse(x, y, out) {
    const rest = this.#rest(x, y);
    for (let j = 0; j < this.d; j++) {
      out[j] = this.origin[j] + x * this.basis[2 * j] + y * this.basis[2 * j + 1] + rest[j];
    }
    return out;
  }

  /** @type {(x: number, y: number) => Float32Array} */
  #rest(x, y) {
    this.rest.fill(0);
    if (this.d === 2 || this.fill === "mean") return this.rest;
    if (this.fill === "image") {
      if (this.anchor >= 0) this.#addOffPlane(this.anchor, 1);
      return this.rest;
    }
    const { index, distance } = this.grid.nearest(x, y, N_NEIGHBOURS);
    weights(distance).forEach((w, i) => {
      if (index[i] >= 0) this.#addOffPlane(index[i], w);
    });
    return this.rest;
  }

  /** @type {(row: number, weight: number) => void} */
  #addOffPlane(row, weight) {
    const code = this.codes.subarray(row * this.d, (row + 1) * this.d);
    const [x, y] = this.transform(code);
    for (let j = 0; j < this.d; j++) {
      const onPlane = x * this.basis[2 * j] + y * this.basis[2 * j + 1];
      this.rest[j] += weight * (code[j] - this.origin[j] - onPlane);
    }
  }
}

class Neighbourly {
  /** @param {number} d @param {Float32Array} codes @param {Values} points */
  constructor(d, codes, points) {
    this.d = d;
    this.codes = codes;
    this.points = points;
    this.grid = new Grid(points);
  }

  /** @type {(code: Values) => Place} */
  transform(code) {
    return middle(this.points, nearest(this.codes, this.d, code, N_NEIGHBOURS));
  }

  /** The code of a place, written into `out`. @type {<Out extends Float32Array | Float64Array>(x: number, y: number, out: Out) => Out} */
  inverse(x, y, out) {
    return blend(this.codes, this.d, this.grid.nearest(x, y, N_NEIGHBOURS), out);
  }
}

/** @typedef {Linear | Neighbourly} Plane */

/**
 * @type {(kind: "linear" | "neighbours",
 *   arrays: {codes: Float32Array, points: Values, origin: Values, basis: Values}, d: number) => Plane}
 */
export function plane(kind, arrays, d) {
  const { codes, points } = arrays;
  return kind === "linear"
    ? new Linear(arrays.origin, arrays.basis, codes, points)
    : new Neighbourly(d, codes, points);
}
