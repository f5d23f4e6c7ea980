// The maps of aecore.latents.projection in the browser: place → code and code → place.

import { Grid, nearest } from "./neighbours.js";

const N_NEIGHBOURS = 8;
const EPSILON = 1e-12;

// Shepard's weights: inverse squared distance, summing to 1.
function weights(distance) {
  const w = Array.from(distance, (d) => (d === Infinity ? 0 : 1 / (d * d + EPSILON)));
  const total = w.reduce((a, b) => a + b, 0);
  return w.map((value) => value / total);
}

function blend(values, d, { index, distance }, out) {
  out.fill(0);
  weights(distance).forEach((w, i) => {
    if (index[i] < 0) return;
    for (let j = 0; j < d; j++) out[j] += w * values[index[i] * d + j];
  });
  return out;
}

class Linear {
  constructor(origin, basis, codes, points) {
    Object.assign(this, { d: origin.length, origin, basis, codes, points, grid: new Grid(points) });
    this.fill = "mean";
    this.anchor = -1; // row whose other coordinates are used by the fill "image"
    this.rest = new Float32Array(this.d);
  }

  transform(code) {
    const at = [0, 0];
    for (let j = 0; j < this.d; j++) {
      at[0] += (code[j] - this.origin[j]) * this.basis[2 * j];
      at[1] += (code[j] - this.origin[j]) * this.basis[2 * j + 1];
    }
    return at;
  }

  inverse(x, y, out) {
    const rest = this.#rest(x, y);
    for (let j = 0; j < this.d; j++) {
      out[j] = this.origin[j] + x * this.basis[2 * j] + y * this.basis[2 * j + 1] + rest[j];
    }
    return out;
  }

  #rest(x, y) {
    this.rest.fill(0);
    if (this.d === 2 || this.fill === "mean") return this.rest;
    if (this.fill === "image") {
      if (this.anchor >= 0) this.#addOffPlane(this.anchor, 1);
      return this.rest;
    }
    const { index, distance } = this.grid.nearest(x, y, N_NEIGHBOURS);
    weights(distance).forEach((w, i) => index[i] >= 0 && this.#addOffPlane(index[i], w));
    return this.rest;
  }

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
  constructor(d, codes, points) {
    Object.assign(this, { d, codes, points, grid: new Grid(points) });
  }

  transform(code) {
    return Array.from(blend(this.points, 2, nearest(this.codes, this.d, code, N_NEIGHBOURS), new Float64Array(2)));
  }

  inverse(x, y, out) {
    return blend(this.codes, this.d, this.grid.nearest(x, y, N_NEIGHBOURS), out);
  }
}

/** @param {string} kind "linear" or "neighbours" */
export function plane(kind, arrays, d) {
  const { codes, points } = arrays;
  return kind === "linear"
    ? new Linear(arrays.origin, arrays.basis, codes, points)
    : new Neighbourly(d, codes, points);
}
