// Where a class is at home on a map: a place among its own images, however many clusters it has.

/** @import { Values } from "../types.js" */
/** @typedef {{c: number, r: number, rows: number[]}} Cell a square, and what lies in it */

const COARSE = 12; // cells across the map: which cluster
const FINE = 48; // and where in it
const SPOTS = 6; // places a class, at most
const LEAST = 0.05; // of the class that another place has to have around it
const GROUND = 36; // cells across the map: whose ground it is
const PLACES = 60; // of them that are kept
const FAR = 2 ** 20; // cells

/**
 * The rows of each class around which its points are densest, the best one first; none for a class
 * without points.
 *
 * Points are counted in square cells, and the nine cells around each are added up; first in large
 * cells, so that the cluster with most of the class wins over a tighter one with few, then in small
 * ones inside it. The row is that of the class nearest to the mean of what was found, so it is a
 * point of its own and never a place between clusters. The others are for where that one is taken.
 *
 * @param {Values} points x, y, x, y, … on the plane @param {Values} labels the class of each
 * @param {number} n classes @param {number} size of the map
 */
export function peaks(points, labels, n, size) {
  /** @type {number[][]} */
  const rows = Array.from({ length: n }, () => []);
  for (let row = 0; row < labels.length; row++) rows[labels[row]]?.push(row);
  return rows.map((own) => found(points, own, size));
}

/** @type {(points: Values, own: number[], size: number) => number[]} */
function found(points, own, size) {
  const spots = [];
  let rest = own;
  while (rest.length && spots.length < SPOTS) {
    const crowd = crowded(points, crowded(points, rest, size / COARSE || 1), size / FINE || 1);
    if (spots.length && crowd.length < LEAST * own.length) break;
    spots.push(middle(points, crowd));
    const gone = new Set(crowd);
    rest = rest.filter((row) => !gone.has(row));
  }
  return spots;
}

/**
 * The rows of each class that stand on its own ground: cells in which, with the eight around,
 * at least half of the points are of that class; one row a cell, where it is densest first.
 * @type {(points: Values, labels: Values, n: number, size: number) => number[][]}
 */
export function grounds(points, labels, n, size) {
  const side = size / GROUND || 1;
  const cells = sorted(points, Array.from({ length: labels.length }, (_, row) => row), side);
  /** @type {{row: number, many: number}[][]} */
  const own = Array.from({ length: n }, () => []);
  for (const { c, r, rows } of cells.values()) {
    const around = new Uint32Array(n);
    for (const row of nine(cells, c, r).flat()) around[labels[row]]++;
    const all = around.reduce((a, b) => a + b, 0);
    for (const label of new Set(rows.map((row) => labels[row]))) {
      if (2 * around[label] < all) continue;
      own[label].push({ row: /** @type {number} */ (rows.find((row) => labels[row] === label)), many: around[label] });
    }
  }
  return own.map((list) => list.sort((a, b) => b.many - a.many).slice(0, PLACES).map(({ row }) => row));
}

/** @type {(c: number, r: number) => number} */
const cell = (c, r) => (c + FAR) * 2 * FAR + r + FAR;

/** Rows by the square cell they lie in. @type {(points: Values, rows: number[], side: number) => Map<number, Cell>} */
function sorted(points, rows, side) {
  /** @type {Map<number, Cell>} */
  const cells = new Map();
  for (const row of rows) {
    const [c, r] = [Math.floor(points[2 * row] / side), Math.floor(points[2 * row + 1] / side)];
    const known = cells.get(cell(c, r));
    if (known) known.rows.push(row);
    else cells.set(cell(c, r), { c, r, rows: [row] });
  }
  return cells;
}

/** The rows of a cell and of the eight around it. @type {(cells: Map<number, Cell>, c: number, r: number) => number[][]} */
function nine(cells, c, r) {
  const ways = [-1, 0, 1];
  return ways.flatMap((i) => ways.map((j) => cells.get(cell(c + i, r + j))?.rows ?? []));
}

// The rows in the nine cells that hold the most of them.
/** @type {(points: Values, rows: number[], side: number) => number[]} */
function crowded(points, rows, side) {
  const cells = sorted(points, rows, side);
  /** @type {number[]} */
  let best = [];
  for (const { c, r } of cells.values()) {
    const around = nine(cells, c, r);
    if (around.reduce((sum, each) => sum + each.length, 0) > best.length) best = around.flat();
  }
  return best;
}

/** @type {(points: Values, rows: number[]) => number} */
function middle(points, rows) {
  const mean = (/** @type {number} */ axis) => rows.reduce((sum, row) => sum + points[2 * row + axis], 0) / rows.length;
  const [x, y] = [mean(0), mean(1)];
  const away = (/** @type {number} */ row) => (points[2 * row] - x) ** 2 + (points[2 * row + 1] - y) ** 2;
  return rows.reduce((best, row) => (away(row) < away(best) ? row : best));
}
