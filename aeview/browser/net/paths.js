// aecore.latents.paths in the browser: ways from one latent code to another, by t in [0, 1].
// A way is a function (t, out) that writes the code at t into `out`.

/** @import { Code, Values } from "../types.js" */
/** @typedef {(t: number, out: Float32Array | Float64Array) => Float32Array | Float64Array} Way */
import { nearest } from "./neighbours.js";
import { meanSquare } from "./scores.js";

const N_NEIGHBOURS = 10;
const TINY = 1e-9;

/** @param {Values} x */
const norm = (x) => Math.sqrt(dot(x, x));

/** @type {(x: Values, y: Values) => number} */
function dot(x, y) {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * y[j];
  return sum;
}

// The ends are exact, whatever the arithmetic between them.
/** @type {(a: Values, b: Values, inner: (t: number, out: Float32Array | Float64Array) => void) => Way} */
const exact = (a, b, inner) => (t, out) => {
  if (t <= 0) out.set(a);
  else if (t >= 1) out.set(b);
  else inner(t, out);
  return out;
};

/** The straight line. @type {(a: Values, b: Values) => Way} */
export function linear(a, b) {
  return exact(a, b, (t, out) => {
    for (let j = 0; j < out.length; j++) out[j] = (1 - t) * a[j] + t * b[j];
  });
}

/** The great circle about the origin; the norm goes evenly from one end's to the other's. @type {(a: Values, b: Values) => Way} */
export function slerp(a, b) {
  const norms = [norm(a), norm(b)];
  if (Math.min(...norms) < TINY) return linear(a, b);
  const u = Array.from(a, (v) => v / norms[0]);
  const v = Array.from(b, (w) => w / norms[1]);
  const angle = 2 * Math.atan2(norm(u.map((x, j) => x - v[j])), norm(u.map((x, j) => x + v[j])));
  const across = atRightAngles(u, v);
  if (angle < TINY || !across) return linear(a, b);
  return exact(a, b, (t, out) => {
    const radius = (1 - t) * norms[0] + t * norms[1];
    const cos = radius * Math.cos(angle * t);
    const sin = radius * Math.sin(angle * t);
    for (let j = 0; j < out.length; j++) out[j] = cos * u[j] + sin * across[j];
  });
}

// At right angles to u, towards v; towards the axis that u leans on least if v is −u.
/** @type {(u: number[], v: number[]) => number[] | null} */
function atRightAngles(u, v) {
  const sizes = u.map(Math.abs);
  const axis = sizes.indexOf(Math.min(...sizes));
  for (const towards of [v, u.map((_, j) => Number(j === axis))]) {
    const along = dot(towards, u);
    const rest = towards.map((x, j) => x - along * u[j]);
    const size = norm(rest);
    if (size > TINY) return rest.map((x) => x / size);
  }
  return null;
}

/** Along a polyline, by the share of its length. @type {(corners: Values[]) => Way} */
export function along(corners) {
  const behind = [0];
  for (let i = 1; i < corners.length; i++) {
    behind.push(behind[i - 1] + norm(Array.from(corners[i], (x, j) => x - corners[i - 1][j])));
  }
  const [a, b] = [corners[0], corners[corners.length - 1]];
  const length = behind[corners.length - 1];
  return exact(a, length < TINY ? a : b, (t, out) => {
    let i = 1;
    while (i < corners.length - 1 && behind[i] < t * length) i++;
    const step = behind[i] - behind[i - 1];
    linear(corners[i - 1], corners[i])(step > 0 ? (t * length - behind[i - 1]) / step : 0, out);
  });
}

/** The training codes, each joined to its nearest; shortest ways over them. */
export class DataGraph {
  /** @param {Float32Array | Float64Array} codes row by row, n × d @param {number} d */
  constructor(codes, d, k = N_NEIGHBOURS) {
    this.codes = codes;
    this.d = d;
    this.n = codes.length / d;
    this.k = Math.min(k, this.n - 1);
    /** @type {Map<number, number>[]} lengths by row, of each row */
    this.edges = Array.from({ length: this.n }, () => new Map());
    for (let i = 0; i < this.n; i++) {
      const { index } = nearest(codes, d, this.row(i), this.k, (row) => row !== i);
      for (const j of index) this.#join(i, j);
    }
    this.#bridge();
  }

  /** @param {number} i */
  row(i) {
    return this.codes.subarray(i * this.d, (i + 1) * this.d);
  }

  /** @type {(i: number, j: number) => number} */
  #apart(i, j) {
    let sum = 0;
    for (let u = i * this.d, v = j * this.d, end = u + this.d; u < end; u++, v++) {
      sum += (this.codes[u] - this.codes[v]) ** 2;
    }
    return Math.sqrt(sum);
  }

  /** @type {(i: number, j: number) => void} */
  #join(i, j) {
    const length = Math.max(this.#apart(i, j), TINY);
    this.edges[i].set(j, length);
    this.edges[j].set(i, length);
  }

  #pieces() {
    const piece = new Int32Array(this.n).fill(-1);
    let n = 0;
    for (let i = 0; i < this.n; i++) {
      if (piece[i] >= 0) continue;
      const open = [i];
      piece[i] = n;
      while (open.length) {
        for (const j of this.edges[/** @type {number} */ (open.pop())].keys()) {
          if (piece[j] < 0) {
            piece[j] = n;
            open.push(j);
          }
        }
      }
      n++;
    }
    return piece;
  }

  // Joins what is in pieces, each piece by the shortest edge to those that are joined already.
  #bridge() {
    const piece = this.#pieces();
    const reach = new Float64Array(this.n).fill(Infinity);
    const source = new Int32Array(this.n);
    const rows = (/** @type {(piece: number) => boolean} */ kept) => Array.from(piece.keys()).filter((i) => kept(piece[i]));
    let fresh = rows((p) => p === 0);
    let outside = rows((p) => p !== 0);
    while (outside.length) {
      for (const j of outside) {
        for (const i of fresh) {
          const apart = this.#apart(i, j);
          if (apart < reach[j]) [reach[j], source[j]] = [apart, i];
        }
      }
      const found = outside.reduce((best, j) => (reach[j] < reach[best] ? j : best));
      this.#join(source[found], found);
      fresh = rows((p) => p === piece[found]);
      outside = outside.filter((j) => piece[j] !== piece[found]);
    }
  }

  /**
   * The shortest way from a to b (Dijkstra 1959): a, the training codes it passes, b; from a code to itself it passes none.
   * @type {(a: Values, b: Values) => Values[]}
   */
  corners(a, b) {
    if (Array.from(a).every((x, j) => x === b[j])) return [a, b];
    const reach = (/** @type {Values} */ end) => nearest(this.codes, this.d, end, Math.min(this.k, this.n));
    const last = reach(b);
    const toEnd = new Map(Array.from(last.index, (row, i) => [row, Math.max(last.distance[i], TINY)]));
    const distance = new Float64Array(this.n + 1).fill(Infinity);
    const before = new Int32Array(this.n + 1).fill(-1);
    const queue = new Queue();
    /** @type {(node: number, far: number, from: number) => void} */
    const offer = (node, far, from) => {
      if (far >= distance[node]) return;
      distance[node] = far;
      before[node] = from;
      queue.push(far, node);
    };
    const first = reach(a);
    for (const [i, row] of first.index.entries()) offer(row, Math.max(first.distance[i], TINY), -1);
    for (let item = queue.pop(); item; item = queue.pop()) {
      const [far, node] = item;
      if (node === this.n) break;
      if (far > distance[node]) continue;
      for (const [next, length] of this.edges[node]) offer(next, far + length, node);
      offer(this.n, far + (toEnd.get(node) ?? Infinity), node);
    }
    const way = [];
    for (let node = before[this.n]; node >= 0; node = before[node]) way.push(this.row(node));
    return [a, ...way.reverse(), b];
  }
}

// The smallest first: a binary heap.
class Queue {
  /** @type {[number, number][]} */ #items = []; // how far, and what

  /** @type {(far: number, node: number) => void} */
  push(far, node) {
    const items = this.#items;
    let at = items.push([far, node]) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above][0] <= items[at][0]) break;
      [items[above], items[at]] = [items[at], items[above]];
      at = above;
    }
  }

  pop() {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last && items.length) {
      items[0] = last;
      this.#sink();
    }
    return top;
  }

  #sink() {
    const items = this.#items;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && items[child][0] < items[least][0]) least = child;
      }
      if (least === at) return;
      [items[least], items[at]] = [items[at], items[least]];
      at = least;
    }
  }
}

/** Two pictures mixed pixel by pixel. @type {(first: Values, second: Values, t: number, out: Float32Array) => Float32Array} */
export function crossFade(first, second, t, out) {
  for (let i = 0; i < out.length; i++) out[i] = (1 - t) * first[i] + t * second[i];
  return out;
}

/** The root mean square difference of two pictures, intensity in [0, 1]. @type {(first: Values, second: Values) => number} */
export const rms = (first, second) => Math.sqrt(meanSquare(first, second));

/** c + strength · (a − b). @type {(a: Values, b: Values, c: Float64Array, strength?: number) => Float64Array} */
export const add = (a, b, c, strength = 1) => c.map((value, j) => value + strength * (a[j] - b[j]));

/**
 * The mean code of a class over all images of the model's table.
 * @type {(model: {codes: Values, labels: Values, d: number}, label: number) => Float64Array}
 */
export function meanOf({ codes, labels, d }, label) {
  const mean = new Float64Array(d);
  let n = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== label) continue;
    n++;
    for (let j = 0; j < d; j++) mean[j] += codes[row * d + j];
  }
  return mean.map((value) => value / n);
}
