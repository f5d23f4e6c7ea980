// One card for the sample that is ringed: its original and what every model makes of it.

import { paint } from "../charts/paint.js";

import { find } from "../shell/find.js";
import { pen } from "../charts/canvas.js";
import { make, picture } from "../controls/dom.js";

/** @import { Pixels, Shape } from "../types.js" */
/** @typedef {{ pixels: Float32Array, error: number }} Result a reconstruction, and its mean squared error */
/** @typedef {{ title: string, state: string, original: Pixels | null, absent: string, shape: Shape, results: (Result | null)[] }} Sample */
/** @typedef {ReturnType<typeof cell>} Cell */

const ABSENT = "not among this model's images";

export class Card {
  /** @type {Cell[]} */
  cells = [];

  /** @param {HTMLElement} home its element */
  constructor(home) {
    this.home = home;
  }

  /** @param {string[]} titles of the models, in the order of their slots */
  offer(titles) {
    this.cells = ["original", ...titles].map((title) => cell(title));
    this.home.classList.toggle("many", this.cells.length > 4);
    find(this.home, ".pictures").replaceChildren(...this.cells.map(({ home }) => home));
  }

  /** @param {Sample} sample @returns the same in words */
  show({ title, state, original, absent, shape, results }) {
    find(this.home, "h3").textContent = title;
    find(this.home, ".state").textContent = state;
    const [first, ...cells] = this.cells;
    fill(first, original, shape, original ? "" : absent);
    const lowest = Math.min(...results.map((result) => result?.error ?? Infinity));
    const alone = results.filter((result) => result?.error === lowest).length === 1;
    const words = results.map((result, i) => {
      const note = result ? `MSE ${result.error.toFixed(4)}` : ABSENT;
      fill(cells[i], result?.pixels, shape, note);
      const best = result && results.length > 1 && alone && result.error === lowest;
      cells[i].home.classList.toggle("best", Boolean(best));
      cells[i].mark.hidden = !best;
      return `${cells[i].title}: ${note}${best ? ", the lowest" : ""}`;
    });
    return `${title} ${state}. ${words.join("; ")}`;
  }
}

/** @param {string} title */
function cell(title) {
  const canvas = picture(title === "original" ? "Original" : `Reconstruction by ${title}`);
  const [note, mark] = [make("span"), make("em", { textContent: "lowest", hidden: true })];
  const home = make("figure", {}, canvas, make("figcaption", {}, make("b", { textContent: title }), note, mark));
  return { home, canvas, note, mark, title };
}

/** @type {(cell: Cell, pixels: Pixels | null | undefined, shape: Shape, words: string) => void} */
function fill({ canvas, note }, pixels, shape, words) {
  canvas.classList.toggle("none", !pixels);
  if (pixels) paint(canvas, pixels, shape);
  else pen(canvas).clearRect(0, 0, canvas.width, canvas.height);
  note.textContent = words;
}
