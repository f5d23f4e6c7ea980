// Part "Masked": patches hidden, what the model fills in, and what mean and PCA fill in.

import { paint } from "../charts/paint.js";
import { make, picture } from "../controls/dom.js";
import { finder } from "../shell/find.js";
import { HIDDEN, composite, hide, hiddenMse, pcaFill } from "./inpaint.js";

/** @import { Block, Model, Queue, Subject } from "../types.js" */
/** @typedef {{ ratio: number, seed: number }} State */
/** @typedef {Block<{ n: number, noise: number }, { mean: Float32Array, loadings: Float32Array & { shape: number[] } }>} Controls
 *   what mean and PCA were fitted to, from the block "inside/pixels" */
/** @typedef {"model" | "pca" | "mean"} Measured */
/** @typedef {{ original: Float32Array, hidden: Uint8Array, input: Float32Array, raw: Float32Array, model: Float32Array,
 *   mean?: Float32Array, pca?: Float32Array }} Made of one image */

const N_SHOWN = 8;
const N_MEASURED = 100;
/** @type {[Exclude<keyof Made, "hidden">, string, string][]} */
const ROWS = [
  ["original", "Original", ""],
  ["input", "What the model sees", "hidden patches are set to 0.5"],
  ["model", "Composite", "seen pixels kept, hidden ones by the model"],
  ["raw", "Raw output", "all pixels by the model"],
  ["pca", "PCA in-painting", "control"],
  ["mean", "Mean fill", "control"],
];
/** @type {Measured[]} */
const MEASURED = ["model", "pca", "mean"];

export class Masked {
  now = /** @type {{ model: Model, subject: Subject, fill: Controls | null, state: State }} */ (/** @type {any} */ (null)); // what is drawn
  /** @type {Map<Exclude<keyof Made, "hidden">, { canvases: HTMLCanvasElement[], value: HTMLElement }>} */
  rows = new Map();

  /** @param {HTMLElement} home @param {Queue} queue */
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
    this.find = finder(home);
  }

  /**
   * @param {Model} model @param {Subject} subject
   * @param {Controls | null} fill null while it has not come
   * @param {State} state
   * @param {boolean} originals whether it will come
   */
  draw(model, subject, fill, state, originals) {
    const other = model !== this.now?.model || fill !== this.now.fill;
    this.now = { model, subject, fill, state };
    const { rows, words } = subject.sample(N_MEASURED);
    const all = [-2, ...rows];
    if (other) this.#layOut(originals);
    const sums = { model: 0, pca: 0, mean: 0 };
    this.queue.drop("masked");
    for (const [place, row] of all.entries()) {
      this.queue.put(`masked ${place}`, () => {
        const made = this.#fill(row, place);
        if (place < N_SHOWN) this.#paint(place, made);
        for (const name of row === -2 ? [] : MEASURED) sums[name] += hiddenMse(made[name] ?? made.original, made.original, made.hidden);
        if (place === all.length - 1) this.#figures(sums, rows.length, words, made.hidden);
      });
    }
  }

  /** @type {(row: number, place: number) => Made} */
  #fill(row, place) {
    const { model, subject, state, fill } = this.now;
    const original = row === -2 ? subject.pixels : subject.pixelsOf(row);
    const hidden = hide(state.ratio, model.shape, state.seed, place);
    const input = original.map((x, i) => (hidden[i] ? HIDDEN : x));
    const raw = model.decode(model.encode(input)).slice();
    /** @type {Made} */
    const made = { original, hidden, input, raw, model: composite(original, raw, hidden) };
    if (!fill) return made;
    const { mean, loadings } = fill.arrays;
    made.mean = composite(original, mean, hidden);
    made.pca = pcaFill(original, hidden, { mean, loadings, k: loadings.shape[1], noise: fill.header.noise });
    return made;
  }

  /** @param {boolean} originals */
  #layOut(originals) {
    const { fill } = this.now;
    this.rows.clear();
    const shown = ROWS.filter(([name]) => fill || !["pca", "mean"].includes(name));
    this.find(".table").replaceChildren(...shown.map(([name, title, note]) => {
      const canvases = Array.from({ length: N_SHOWN }, (_, i) => picture(`${name}, image ${i + 1}`));
      const value = make("div", { className: "value" });
      this.rows.set(name, { canvases, value });
      const head = make("div", { className: "name" }, make("b", { textContent: title }), make("small", { textContent: note }));
      return make("div", { className: "line" }, head, value, make("div", { className: "pictures" }, ...canvases));
    }));
    this.find(".note").textContent = fill ? "" : originals ? "Fitting the controls …" : "The original images are not at hand: reconstructions stand for "
      + "them, and there is nothing to fit the controls to.";
  }

  /** @param {number} place @param {Made} made */
  #paint(place, made) {
    for (const [name, { canvases }] of this.rows) paint(canvases[place], made[name] ?? made.original, this.now.model.shape);
  }

  /** @param {Record<Measured, number>} sums @param {number} n @param {string} words @param {Uint8Array} hidden */
  #figures(sums, n, words, hidden) {
    const { fill } = this.now;
    const gone = hidden.reduce((a, b) => a + b, 0);
    for (const name of MEASURED) {
      const row = this.rows.get(name);
      if (row) row.value.textContent = n ? (sums[name] / n).toFixed(4) : "";
    }
    const head = this.rows.get("original");
    if (head) head.value.textContent = "MSE, hidden";
    this.home.dataset.mse = MEASURED.map((name) => (sums[name] / n).toFixed(5)).join(" ");
    if (!fill) return;
    this.find(".note").textContent = `MSE: mean squared error over the ${gone} hidden pixels of ${hidden.length}, mean over `
      + `${n} ${words}; eight are shown, the first is the chosen one and not counted. PCA (${fill.arrays.loadings.shape[1]} `
      + `components) and the mean were fitted to ${fill.header.n.toLocaleString("en")} whole training images.`;
  }
}
