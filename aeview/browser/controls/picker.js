// Choosing one image: by class, "another one", a strip of thumbnails, or a typed code.

/** @import { Model, Pictures, Values } from "../types.js" */
/** @typedef {{row: number, code: Float32Array}} Chosen row −1 for a typed code */
import { FILES, nameOf, sampleOf } from "../map/links.js";
import { nearest } from "../net/neighbours.js";
import { paint } from "../charts/paint.js";
import { finder, focused } from "../shell/find.js";
import { make } from "./dom.js";
import { percent } from "./words.js";
import { words as supportWords } from "../net/support.js";

const THUMBS = 8;

/** How an image is called in a link: "train-12". @type {(model: Model, row: number) => string} */
export const imageName = (model, row) => `${FILES[model.rows.split[row]]}-${model.rows.index[row]}`;

export class Picker {
  /**
   * @param {HTMLElement} home an empty element
   * @param {string} title what is chosen
   * @param {{chosen: (chosen: Chosen) => void, pictures: () => Pictures | null}} on `chosen` is told a copy of the code
   * @param {{typed?: boolean, supported?: boolean}} shown whether a code can be typed, and whether its support is said
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
    this.find = finder(home);
    this.row = -1;
    /** @type {Map<number, number[]>} rows by class */
    this.rows = new Map();
    this.find("b").textContent = title;
    this.find(".typed").hidden = !typed;
    const select = this.find("select");
    select.addEventListener("change", () => this.#ofClass(Number(select.value)));
    this.find(".another").addEventListener("click", () => this.#another());
    const input = this.find("input");
    input.addEventListener("change", () => this.#typed(input.value));
  }

  /** Another model: what classes there are. @param {Model} model */
  open(model) {
    this.model = model;
    this.rows = new Map();
    model.labels.forEach((label, row) => {
      this.rows.set(label, this.rows.get(label) ?? []);
      this.rows.get(label)?.push(row);
    });
    const options = [...this.rows.keys()].sort((a, b) => a - b)
      .map((label) => new Option(model.header.classes[label], String(label)));
    const place = Object.assign(new Option("a place", "-1"), { hidden: true });
    this.find("select").replaceChildren(...options, place);
  }

  /** Show what is chosen, whoever chose it; while it moves, the thumbnails stay as they are. @param {{row: number, code: Values}} chosen */
  show({ row, code }, moving = false) {
    const { model } = this;
    if (!model) return;
    this.row = row;
    const label = row >= 0 ? model.labels[row] : -1;
    this.find("select").value = String(label);
    this.find("button.another").disabled = (this.rows.get(label) ?? []).length < 2;
    this.#paint(model, this.find("canvas.chosen"), row, code);
    if (!moving) this.#thumbs(model, row >= 0 ? label : nearestLabel(model, code), row);
    const field = this.find("input");
    if (!focused(field)) {
      field.value = Array.from(code, (v) => Number(v.toFixed(3))).join(", ");
    }
    this.find(".note").textContent = this.#about(model, row, model.support.share(code));
    this.find(".note").classList.remove("wrong");
    this.find(".chosen").setAttribute("aria-label", row >= 0
      ? `${this.find("b").textContent}: class ${model.labelOf(row)}` : `${this.find("b").textContent}: a decoded code`);
  }

  /** @type {(model: Model, row: number, share: number) => string} */
  #about(model, row, share) {
    const what = row >= 0 ? nameOf(sampleOf(model.rows, row)) : "a place, no image";
    if (!this.supported) return what;
    const supported = `support ${percent(share).replace(" ", "\u00a0")}`;
    return `${what} · ${supported}${share < 0.1 ? `, ${supportWords(share)}` : ""}`;
  }

  /** @type {(model: Model, canvas: HTMLCanvasElement, row: number, code: Values) => void} */
  #paint(model, canvas, row, code) {
    const original = row >= 0 ? this.on.pictures()?.get(row) : null;
    paint(canvas, original ?? model.decode(code), model.shape);
  }

  /** @type {(model: Model, label: number, row: number) => void} */
  #thumbs(model, label, row) {
    const home = this.find(".thumbs");
    const rows = this.rows.get(label) ?? [];
    const from = Math.max(0, rows.indexOf(row));
    const shown = Array.from({ length: Math.min(THUMBS, rows.length) }, (_, i) => rows[(from + i) % rows.length]);
    home.replaceChildren(...shown.map((each) => {
      const canvas = make("canvas");
      this.#paint(model, canvas, each, model.codeOf(each));
      return make("button", {
        type: "button", ariaPressed: String(each === row), ariaLabel: `${model.labelOf(each)}, ${imageName(model, each)}`,
        onclick: () => this.#take(model, each),
      }, canvas);
    }));
  }

  /** @type {(model: Model, row: number) => void} */
  #take(model, row) {
    this.on.chosen({ row, code: model.codeOf(row).slice() });
  }

  /** @param {number} label */
  #ofClass(label) {
    const rows = this.rows.get(label);
    if (this.model && rows) this.#take(this.model, rows[0]);
  }

  #another() {
    if (!this.model) return;
    const rows = this.rows.get(this.model.labels[this.row]) ?? [];
    this.#take(this.model, rows[(rows.indexOf(this.row) + 1) % rows.length]);
  }

  /** @param {string} text */
  #typed(text) {
    if (!this.model) return;
    const code = text.split(/[\s,;]+/).filter(Boolean).map((part) => Number(part.replace("−", "-")));
    const fits = code.length === this.model.d && code.every((v) => Number.isFinite(v) && Math.abs(v) <= 1000);
    if (fits) {
      this.on.chosen({ row: -1, code: Float32Array.from(code) });
      return;
    }
    const note = this.find(".note");
    note.textContent = `A code of this model is ${this.model.d} numbers between −1000 and 1000, separated by commas.`;
    note.classList.add("wrong");
  }
}

/** Beside a place stand images of the class that lies nearest. @type {(model: Model, code: Values) => number} */
const nearestLabel = ({ codes, d, labels }, code) => labels[nearest(codes, d, code, 1).index[0]];
