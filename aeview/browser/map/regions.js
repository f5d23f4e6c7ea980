// The map's layer "classifier": what a classifier sees in the picture of every place. Each place takes
// a decoded picture and a look at it, so the plane is asked coarsely at first, and then only where
// classes meet: between the places that were asked, the answers are interpolated.

/** @import { Camera, Pen, Values } from "../types.js" */
/** @typedef {{ answerAt: (x: number, y: number) => Values, palette: string[], edge: string }} Seen answerAt: a number a class, as `Classifier.answer`; edge: colour of the boundary */
/** @typedef {{ x: number, y: number, side: number }} Square its upper left corner and its side, in cells */
import { pen } from "../charts/canvas.js";
import { largest } from "../net/classifier.js";
import { Plate } from "./camera.js";
import { Slices } from "./layers.js";

export const CELLS = 128; // along a side
const FIRST = 16; // cells along a square of the first picture
const WHOLE = 8; // so far all squares are divided, smaller ones where their corners differ
const SHARP = 2; // pixels along a cell
const FULL = 165; // opacity of the surest place, to 255

/**
 * What is seen on the cells of a plane: places asked one by one, finer and finer.
 * @param {(column: number, row: number) => Values} ask what is seen at a corner of the cells, 0 to CELLS
 */
export function* finer(ask) {
  const side = CELLS + 1;
  /** @type {Values[]} by corner */
  const answers = new Array(side * side);
  /** @type {Square[]} */
  let squares = [];
  for (let y = 0; y < CELLS; y += FIRST) for (let x = 0; x < CELLS; x += FIRST) squares.push({ x, y, side: FIRST });
  const corners = (/** @type {Square} */ { x, y, side: wide }) => [y * side + x, y * side + x + wide, (y + wide) * side + x, (y + wide) * side + x + wide];
  for (let wide = FIRST; ; wide /= 2) {
    for (const square of squares) {
      for (const at of corners(square)) {
        if (answers[at]) continue;
        answers[at] = Float32Array.from(ask(at % side, Math.floor(at / side)));
        yield null;
      }
    }
    yield { squares, cornersOf: (/** @type {Square} */ square) => corners(square).map((at) => answers[at]), wide };
    if (wide === 1) return;
    const mixed = (/** @type {Square} */ square) => new Set(corners(square).map((at) => largest(answers[at]))).size > 1;
    squares = squares.flatMap((square) => (square.side === wide && (wide > WHOLE || mixed(square)) ? quarters(square) : [square]));
  }
}

/** @param {Square} square @returns {Square[]} */
function quarters({ x, y, side }) {
  const half = side / 2;
  return [[0, 0], [half, 0], [0, half], [half, half]].map(([right, down]) => ({ x: x + right, y: y + down, side: half }));
}

export class Regions extends Slices {
  #plate = new Plate();
  done = 0; // cells along a side that are told apart by now
  milliseconds = 0; // of work for the picture

  /** @type {(context: Pen, camera: Camera) => void} */
  draw(context, camera) {
    this.#plate.draw(context, camera);
  }

  /** @type {(camera: Camera, seen: Seen, progressed: () => void) => void} */
  refresh(camera, seen, progressed) {
    this.done = this.milliseconds = 0;
    this.run(this.#work(camera.box, seen), progressed);
  }

  /** @type {(box: import("../types.js").Box, seen: Seen) => Generator<void>} */
  *#work(box, seen) {
    const { left, right, bottom, top } = box;
    const ask = (/** @type {number} */ column, /** @type {number} */ row) =>
      seen.answerAt(left + (column / CELLS) * (right - left), top - (row / CELLS) * (top - bottom));
    const colours = seen.palette.map(rgb);
    let begun = performance.now();
    for (const level of finer(ask)) {
      if (level) {
        const next = new Plate();
        next.box = box;
        next.canvas.width = next.canvas.height = CELLS * SHARP;
        pen(next.canvas).putImageData(painted(level, colours, rgb(seen.edge)), 0, 0);
        this.#plate = next;
      }
      this.milliseconds += performance.now() - begun;
      if (level) this.done = CELLS / level.wide;
      yield;
      begun = performance.now();
    }
  }
}

/** A colour like #3f90da or rgb(63, 144, 218) as numbers. @param {string} colour */
function rgb(colour) {
  const hex = /^#(..)(..)(..)/.exec(colour);
  return hex ? hex.slice(1, 4).map((part) => Number.parseInt(part, 16)) : (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

/** @type {(level: { squares: Square[], cornersOf: (square: Square) => Values[] }, colours: number[][], edge: number[]) => ImageData} */
function painted({ squares, cornersOf }, colours, edge) {
  const wide = CELLS * SHARP;
  const image = new ImageData(wide, wide);
  const classes = new Uint8Array(wide * wide);
  for (const square of squares) {
    const seen = between(cornersOf(square));
    const side = square.side * SHARP;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const at = (square.y * SHARP + y) * wide + square.x * SHARP + x;
        const { label, share } = seen((x + 0.5) / side, (y + 0.5) / side);
        classes[at] = label;
        for (let c = 0; c < 3; c++) image.data[4 * at + c] = colours[label][c];
        image.data[4 * at + 3] = (FULL * (share * colours.length - 1)) / (colours.length - 1); // none where all are as likely
      }
    }
  }
  for (let at = 0; at < classes.length; at++) {
    const last = at % wide === wide - 1;
    if ((last || classes[at + 1] === classes[at]) && (classes[at + wide] ?? classes[at]) === classes[at]) continue;
    image.data.set(edge, 4 * at);
    image.data[4 * at + 3] = 255;
  }
  return image;
}

/**
 * The likeliest class between four corners (upper left and right, lower left and right), and its probability.
 * @type {(corners: Values[]) => (right: number, down: number) => { label: number, share: number }}
 */
function between([a, b, c, d]) {
  const answer = new Float64Array(a.length);
  const found = { label: 0, share: 0 };
  return (right, down) => {
    found.label = 0;
    for (let i = 0; i < answer.length; i++) {
      const [above, below] = [a[i] + right * (b[i] - a[i]), c[i] + right * (d[i] - c[i])];
      answer[i] = above + down * (below - above);
      if (answer[i] > answer[found.label]) found.label = i;
    }
    let sum = 0;
    for (let i = 0; i < answer.length; i++) sum += Math.exp(answer[i] - answer[found.label]);
    found.share = 1 / sum;
    return found;
  };
}
