// Part "Masked": patches hidden, what the model fills in, and what mean and PCA fill in.

import { paint } from "../charts/paint.js";
import { HIDDEN, composite, hide, hiddenMse, pcaFill } from "./inpaint.js";

const N_SHOWN = 8;
const N_MEASURED = 100;
const ROWS = [
  ["original", "Original", ""],
  ["input", "What the model sees", "hidden patches are mid-grey"],
  ["model", "Composite", "seen pixels kept, hidden ones by the model"],
  ["raw", "Raw output", "all pixels by the model"],
  ["pca", "PCA in-painting", "control"],
  ["mean", "Mean fill", "control"],
];
const MEASURED = ["model", "pca", "mean"];

export class Masked {
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
    this.find = (selector) => home.querySelector(selector);
  }

  /**
   * @param fill the block "inside/pixels", or null while it has not come
   * @param originals whether it will come
   */
  draw(model, subject, fill, state, originals) {
    if (model !== this.model || fill !== this.fill) this.rows = null;
    Object.assign(this, { model, subject, state, fill, originals });
    const { rows, words } = subject.sample(N_MEASURED);
    const all = [-2, ...rows];
    if (!this.rows) this.#layOut();
    const sums = Object.fromEntries(MEASURED.map((name) => [name, 0]));
    this.queue.drop("masked");
    all.forEach((row, place) => this.queue.put(`masked ${place}`, () => {
      const made = this.#fill(row, place);
      if (place < N_SHOWN) this.#paint(place, made);
      if (row !== -2) for (const name of MEASURED) if (made[name]) sums[name] += hiddenMse(made[name], made.original, made.hidden);
      if (place === all.length - 1) this.#figures(sums, rows.length, words, made.hidden);
    }));
  }

  #fill(row, place) {
    const { model, subject, state, fill } = this;
    const original = row === -2 ? subject.pixels : subject.pixelsOf(row);
    const hidden = hide(state.ratio, model.shape, state.seed, place);
    const input = original.map((x, i) => (hidden[i] ? HIDDEN : x));
    const raw = model.decode(model.encode(input)).slice();
    const made = { original, hidden, input, raw, model: composite(original, raw, hidden) };
    if (!fill) return made;
    const { mean, loadings } = fill.arrays;
    made.mean = composite(original, mean, hidden);
    made.pca = pcaFill(original, hidden, { mean, loadings, k: loadings.shape[1], noise: fill.header.noise });
    return made;
  }

  #layOut() {
    this.rows = new Map();
    const shown = ROWS.filter(([name]) => this.fill || !["pca", "mean"].includes(name));
    this.find(".table").replaceChildren(...shown.map(([name, title, note]) => {
      const line = document.createElement("div");
      line.className = "line";
      line.innerHTML = '<div class="name"><b></b><small></small></div><div class="value"></div><div class="pictures"></div>';
      line.querySelector("b").textContent = title;
      line.querySelector("small").textContent = note;
      const canvases = Array.from({ length: N_SHOWN }, () => document.createElement("canvas"));
      line.querySelector(".pictures").append(...canvases);
      this.rows.set(name, { canvases, value: line.querySelector(".value") });
      return line;
    }));
    this.find(".note").textContent = this.fill ? "" : this.originals ? "Fitting the controls …" : "The original images are not at hand: reconstructions stand for "
      + "them, and there is nothing to fit the controls to.";
  }

  #paint(place, made) {
    for (const [name, { canvases }] of this.rows) {
      const canvas = canvases[place];
      paint(canvas, made[name], this.model.shape);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${name}, image ${place + 1}`);
    }
  }

  #figures(sums, n, words, hidden) {
    const gone = hidden.reduce((a, b) => a + b, 0);
    for (const name of MEASURED) {
      const row = this.rows.get(name);
      if (row) row.value.textContent = n ? (sums[name] / n).toFixed(4) : "";
    }
    this.rows.get("original").value.textContent = "MSE, hidden";
    this.home.dataset.mse = MEASURED.map((name) => (sums[name] / n).toFixed(5)).join(" ");
    if (!this.fill) return;
    this.find(".note").textContent = `MSE: mean squared error over the ${gone} hidden pixels of ${hidden.length}, mean over `
      + `${n} ${words}; eight are shown, the first is the chosen one and not counted. PCA (${this.fill.arrays.loadings.shape[1]} `
      + `components) and the mean were fitted to ${this.fill.header.n.toLocaleString("en")} whole training images.`;
  }
}
