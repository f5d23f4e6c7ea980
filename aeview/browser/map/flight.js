// Points on their way from one map to another: which are the same images, and where they are at a
// time. Nothing here knows of a page.

/** @import { Box, Place, Values } from "../types.js" */
/** @typedef {{ split: Values, index: Values }} Rows which images the points of a map are */
import { crowd } from "../net/neighbours.js";
import { Camera } from "./camera.js";

export const FLIGHT_MS = 600;

/** As fast at both ends as between: for one of many ways that follow each other. @param {number} t from 0 to 1 */
export const steady = (t) => t;

/** Slow at both ends. @param {number} t from 0 to 1 */
export const eased = (t) => t * t * (3 - 2 * t);

/**
 * Another layout of a map's points, on the plane of that map: as large there as the map itself.
 * @type {(layout: Values, box: Box) => Float32Array} box: what the map shows
 */
export function fitted(layout, box) {
  const [own, other] = [new Camera(), new Camera()]; // that see the same square
  own.fit(box);
  other.fit(crowd(layout));
  const out = new Float32Array(layout.length);
  for (let i = 0; i < out.length; i += 2) out.set(own.toPlane(...other.toScreen(layout[i], layout[i + 1])), i);
  return out;
}

/** Whether this browser wants nothing to move. */
export const still = () => Boolean(globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches);

/**
 * For each row of a map the row of another map of the same data set that is the same image; −1 for none.
 * @type {(rows: Rows, other: Rows) => Int32Array}
 */
export function matched(rows, other) {
  const key = (/** @type {Rows} */ { split, index }, /** @type {number} */ row) => 4 * index[row] + split[row];
  const found = new Map(Array.from({ length: other.index.length }, (_, row) => [key(other, row), row]));
  return Int32Array.from({ length: rows.index.length }, (_, row) => found.get(key(rows, row)) ?? -1);
}

/**
 * Where points are now, of which some are other points as well: x, y, x, y, …; no number where there is no other.
 * @type {(places: Values, rows: Int32Array) => Float32Array}
 */
export function carried(places, rows) {
  const out = new Float32Array(2 * rows.length);
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row];
    out[2 * row] = from < 0 ? Number.NaN : places[2 * from];
    out[2 * row + 1] = from < 0 ? Number.NaN : places[2 * from + 1];
  }
  return out;
}

/** From the places where points are to those where they belong; what has no place yet appears where it belongs. */
export class Flight {
  /** @type {number | undefined} */ #began; // at the first look, so that no time goes by before it is seen

  /** @param {Float32Array} from on the screen @param {{ ms?: number, pace?: (t: number) => number }} options pace: how far it is at a share of the time */
  constructor(from, { ms = FLIGHT_MS, pace = eased } = {}) {
    this.from = from;
    this.ms = ms;
    this.pace = pace;
  }

  /** How far it is, 0 to 1. @param {number} now in milliseconds */
  share(now) {
    this.#began ??= now;
    return this.pace(Math.min(1, Math.max(0, (now - this.#began) / this.ms)));
  }

  /** Whether a point was somewhere before. @param {number} row */
  has(row) {
    return !Number.isNaN(this.from[2 * row]);
  }

  /** Where the points are. @type {(to: Float32Array, now: number) => Float32Array} */
  at(to, now) {
    const share = this.share(now);
    return to.map((end, i) => between(this.from[i], end, share));
  }

  /** Where one of them is. @type {(row: number, to: Place, now: number) => Place} */
  one(row, [x, y], now) {
    const share = this.share(now);
    return [between(this.from[2 * row], x, share), between(this.from[2 * row + 1], y, share)];
  }
}

// What is no number is nowhere yet.
const between = (/** @type {number} */ start, /** @type {number} */ end, /** @type {number} */ share) =>
  Number.isNaN(start) ? end : start + share * (end - start);
