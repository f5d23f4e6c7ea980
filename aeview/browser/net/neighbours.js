// Nearest neighbours: brute force in latent space, a grid on the plane.

/** @import { Box, Values } from "../types.js" */
/** @typedef {{index: Int32Array, distance: Float64Array}} Near the rows found, nearest first; −1 where there are too few */
/** @typedef {((row: number) => boolean) | null} Keep leaves rows out */

/**
 * The k nearest rows of `points` (n × d, row by row) to `query`; nearest first.
 * @type {(points: Values, d: number, query: Values, k: number, keep?: Keep) => Near}
 */
export function nearest(points, d, query, k, keep = null) {
  const index = new Int32Array(k).fill(-1);
  const squared = new Float64Array(k).fill(Infinity);
  const n = points.length / d;
  for (let row = 0, at = 0; row < n; row++, at += d) {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const difference = points[at + j] - query[j];
      sum += difference * difference;
    }
    if (sum < squared[k - 1] && (!keep || keep(row))) insert(index, squared, row, sum);
  }
  return { index, distance: squared.map(Math.sqrt) };
}

/** @type {(index: Int32Array, squared: Float64Array, row: number, sum: number) => void} */
function insert(index, squared, row, sum) {
  let place = index.length - 1;
  while (place > 0 && squared[place - 1] > sum) {
    squared[place] = squared[place - 1];
    index[place] = index[place - 1];
    place--;
  }
  squared[place] = sum;
  index[place] = row;
}

/** Points on the plane sorted into square cells, about two a cell. */
export class Grid {
  /** @param {Values} points */
  constructor(points) {
    this.points = points;
    const n = points.length / 2;
    this.box = bounds(points);
    const { left, right, bottom, top } = this.box;
    const side = Math.sqrt(Math.max((right - left) * (top - bottom), 1e-12) / Math.max(1, n / 2));
    this.cell = Math.max(side, (right - left) / 1000, (top - bottom) / 1000, 1e-9);
    this.columns = Math.floor((right - left) / this.cell) + 1;
    this.rows = Math.floor((top - bottom) / this.cell) + 1;
    this.start = new Int32Array(this.columns * this.rows + 1);
    for (let i = 0; i < n; i++) this.start[this.#of(i) + 1]++;
    for (let c = 0; c < this.start.length - 1; c++) this.start[c + 1] += this.start[c];
    const next = this.start.slice();
    this.order = new Int32Array(n);
    for (let i = 0; i < n; i++) this.order[next[this.#of(i)]++] = i;
  }

  /** @param {number} i */
  #of(i) {
    const column = Math.floor((this.points[2 * i] - this.box.left) / this.cell);
    const row = Math.floor((this.points[2 * i + 1] - this.box.bottom) / this.cell);
    return row * this.columns + column;
  }

  /**
   * The k nearest points to (x, y), nearest first; `keep(row)` leaves points out.
   * @type {(x: number, y: number, k: number, keep?: Keep) => Near}
   */
  nearest(x, y, k, keep = null) {
    const index = new Int32Array(k).fill(-1);
    const squared = new Float64Array(k).fill(Infinity);
    const clamp = (/** @type {number} */ value, /** @type {number} */ n) => Math.min(n - 1, Math.max(0, Math.floor(value / this.cell)));
    const column = clamp(x - this.box.left, this.columns);
    const row = clamp(y - this.box.bottom, this.rows);
    const outside = this.#distanceToBox(x, y);
    const rings = Math.max(this.columns, this.rows);
    for (let ring = 0; ring < rings; ring++) {
      const reach = (ring - 1) * this.cell;
      if (reach > 0 && squared[k - 1] < (reach + outside) ** 2 && outside === 0) break;
      if (outside > 0 && reach > 0 && squared[k - 1] < Math.max(reach - outside, 0) ** 2) break;
      this.#ring(column, row, ring, (i) => {
        const sum = (this.points[2 * i] - x) ** 2 + (this.points[2 * i + 1] - y) ** 2;
        if (sum < squared[k - 1] && (!keep || keep(i))) insert(index, squared, i, sum);
      });
    }
    return { index, distance: squared.map(Math.sqrt) };
  }

  /** @type {(x: number, y: number) => number} */
  #distanceToBox(x, y) {
    const { left, right, bottom, top } = this.box;
    return Math.hypot(Math.max(left - x, 0, x - right), Math.max(bottom - y, 0, y - top));
  }

  /** @type {(column: number, row: number, ring: number, visit: (i: number) => void) => void} */
  #ring(column, row, ring, visit) {
    for (let r = row - ring; r <= row + ring; r++) {
      if (r < 0 || r >= this.rows) continue;
      const edge = r === row - ring || r === row + ring;
      const stride = edge || ring === 0 ? 1 : 2 * ring;
      for (let c = column - ring; c <= column + ring; c += stride) {
        if (c < 0 || c >= this.columns) continue;
        const cell = r * this.columns + c;
        for (let at = this.start[cell]; at < this.start[cell + 1]; at++) visit(this.order[at]);
      }
    }
  }
}

/** The smallest box around points (x, y, x, y, …). @type {(points: Values) => Box} */
export function bounds(points) {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    box.left = Math.min(box.left, points[i]);
    box.right = Math.max(box.right, points[i]);
    box.bottom = Math.min(box.bottom, points[i + 1]);
    box.top = Math.max(box.top, points[i + 1]);
  }
  return box;
}

/**
 * The box of the crowd: a few far-off points do not make a map of the rest a blot.
 * @type {(points: Values, share?: number, room?: number) => Box}
 */
export function crowd(points, share = 0.01, room = 0.2) {
  const all = bounds(points);
  const [left, right] = middle(points, 0, share, room);
  const [bottom, top] = middle(points, 1, share, room);
  return {
    left: Math.max(all.left, left), right: Math.min(all.right, right),
    bottom: Math.max(all.bottom, bottom), top: Math.min(all.top, top),
  };
}

// From one quantile of a coordinate to the other, and some room on both sides.
/** @type {(points: Values, axis: number, share: number, room: number) => [number, number]} */
function middle(points, axis, share, room) {
  const values = Float32Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + axis]).sort();
  const at = (/** @type {number} */ t) => values[Math.round(t * (values.length - 1))];
  const [low, high] = [at(share), at(1 - share)];
  return [low - room * (high - low), high + room * (high - low)];
}
