// Choosing one image: by class, "another one", a strip of thumbnails, or a typed code.

import { nearest } from "../net/neighbours.js";
import { paint } from "../charts/paint.js";
import { percent } from "./words.js";
import { words as supportWords } from "../net/support.js";

const THUMBS = 8;
const SPLITS = ["training", "validation", "test"];
const FILES = ["train", "val", "test"];

/** How an image is called in a link: "train-12". */
export const imageName = (model, row) => `${FILES[model.rows.split[row]]}-${model.rows.index[row]}`;

export class Picker {
  /**
   * @param home an empty element
   * @param title what is chosen
   * @param on { chosen({ row, code }), pictures() }; code is a copy, row −1 for a typed code
   * @param shown whether a code can be typed, and whether the support of the code is said
   */
  constructor(home, title, on, { typed = true, supported = true } = {}) {
    this.home = home;
    this.on = on;
    this.supported = supported;
    const said = `the ${title.toLowerCase()}`;
    home.classList.add("picker");
    home.innerHTML = `
      <canvas class="chosen" role="img" aria-label="The chosen image"></canvas>
      <div>
        <div class="choice"><b></b><select aria-label="Class of ${said}"></select>
          <button type="button" class="another">another one</button></div>
        <div class="thumbs" role="group" aria-label="Images of this class for ${said}"></div>
        <label class="typed">z <input type="text" spellcheck="false" aria-label="Code of ${said}"></label>
        <p class="note" aria-live="polite"></p>
      </div>`;
    this.find = (selector) => home.querySelector(selector);
    this.find("b").textContent = title;
    this.find(".typed").hidden = !typed;
    this.find("select").addEventListener("change", (event) => this.#ofClass(Number(event.target.value)));
    this.find(".another").addEventListener("click", () => this.#another());
    this.find("input").addEventListener("change", (event) => this.#typed(event.target.value));
  }

  /** Another model: what classes there are. */
  open(model) {
    this.model = model;
    this.rows = new Map();
    model.labels.forEach((label, row) => {
      if (!this.rows.has(label)) this.rows.set(label, []);
      this.rows.get(label).push(row);
    });
    const options = [...this.rows.keys()].sort((a, b) => a - b)
      .map((label) => new Option(model.header.classes[label], label));
    this.find("select").replaceChildren(...options, new Option("a place", -1));
    this.find("select").lastChild.hidden = true;
  }

  /** Show what is chosen, whoever chose it; while it moves, the thumbnails stay as they are. */
  show({ row, code }, moving = false) {
    const { model } = this;
    this.row = row;
    const label = row >= 0 ? model.labels[row] : -1;
    this.find("select").value = label;
    this.find(".another").disabled = row < 0 || this.rows.get(label).length < 2;
    this.#paint(this.find(".chosen"), row, code);
    if (!moving) this.#thumbs(row >= 0 ? label : this.#nearestLabel(code), row);
    const field = this.find("input");
    if (field !== field.getRootNode().activeElement) {
      field.value = Array.from(code, (v) => Number(v.toFixed(3))).join(", ");
    }
    this.find(".note").textContent = this.#about(row, model.support.share(code));
    this.find(".note").classList.remove("wrong");
    this.find(".chosen").setAttribute("aria-label", row >= 0
      ? `${this.find("b").textContent}: class ${model.labelOf(row)}` : `${this.find("b").textContent}: a decoded code`);
  }

  #about(row, share) {
    const { split, index } = this.model.rows;
    const what = row >= 0 ? `${SPLITS[split[row]]} image ${index[row]}` : "a place, no image";
    if (!this.supported) return what;
    const supported = `support ${percent(share).replace(" ", "\u00a0")}`;
    return `${what} · ${supported}${share < 0.1 ? `, ${supportWords(share)}` : ""}`;
  }

  #paint(canvas, row, code) {
    const original = row >= 0 ? this.on.pictures()?.get(row) : null;
    paint(canvas, original ?? this.model.decode(code), this.model.shape);
  }

  #thumbs(label, row) {
    const home = this.find(".thumbs");
    const rows = this.rows.get(label) ?? [];
    const from = Math.max(0, rows.indexOf(row));
    const shown = Array.from({ length: Math.min(THUMBS, rows.length) }, (_, i) => rows[(from + i) % rows.length]);
    home.replaceChildren(...shown.map((each) => {
      const button = document.createElement("button");
      const canvas = document.createElement("canvas");
      button.type = "button";
      button.setAttribute("aria-pressed", each === row);
      button.setAttribute("aria-label", `${this.model.labelOf(each)}, ${imageName(this.model, each)}`);
      this.#paint(canvas, each, this.model.codeOf(each));
      button.append(canvas);
      button.addEventListener("click", () => this.#take(each));
      return button;
    }));
  }

  // Beside a place stand images of the class that lies nearest.
  #nearestLabel(code) {
    const { codes, d, labels } = this.model;
    return labels[nearest(codes, d, code, 1).index[0]];
  }

  #take(row) {
    this.on.chosen({ row, code: this.model.codeOf(row).slice() });
  }

  #ofClass(label) {
    this.#take(this.rows.get(label)[0]);
  }

  #another() {
    const rows = this.rows.get(this.model.labels[this.row]);
    this.#take(rows[(rows.indexOf(this.row) + 1) % rows.length]);
  }

  #typed(text) {
    const code = text.split(/[\s,;]+/).filter(Boolean).map((part) => Number(part.replace("−", "-")));
    const fits = code.length === this.model.d && code.every((v) => Number.isFinite(v) && Math.abs(v) <= 1000);
    if (fits) return this.on.chosen({ row: -1, code: Float32Array.from(code) });
    const note = this.find(".note");
    note.textContent = `A code of this model is ${this.model.d} numbers between −1000 and 1000, separated by commas.`;
    note.classList.add("wrong");
  }
}
