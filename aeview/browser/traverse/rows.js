// The rows of the page: a unit's name, its slider, and what it changes from −3 σ to 3 σ.

import { tell } from "../charts/columns.js";
import { frame, imageData, smooth } from "../charts/paint.js";
import { Spread, paintSpread } from "../charts/spread.js";
import { pen } from "../charts/canvas.js";
import { make, picture } from "../controls/dom.js";
import { shareOf } from "../controls/point.js";
import { number, plain, unitName } from "../controls/words.js";
import { Part } from "../shell/part.js";
import { MOST_SPREAD, REACH, along, fromSigma, inSigma, places } from "./scale.js";

const NAME = 96; // css pixels
const SLIDER = 92;
const FIELD = 62;
const GAP = 10;
const MOVED = "What the unit moves: standard deviation over the row";
const SMALLEST = 34; // rather a page to scroll than pictures nobody can read
const LARGEST = 150;
const FEW = 4; // units up to which the slider stands above its pictures, as it does where there is no room beside them
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -1, PageUp: 1 };

/** @import { Model } from "../types.js" */
/** @typedef {{ dimension: number, centre: number, sigma: number, kl: number | null, variance: number, active: boolean,
 *   factor: string | null, note: string }} Unit what Python knows of a unit */
/** @typedef {{ unit: Unit, home: HTMLElement, slider: HTMLInputElement, field: HTMLInputElement, cells: HTMLCanvasElement,
 *   mark: HTMLElement, moved: HTMLCanvasElement, stale: boolean, values: Float32Array | null }} Row */
/** `done` says that the hand has let go.
 * @typedef {{ set: (unit: Unit, value: number, done: boolean) => void, look: (unit: Unit) => void,
 *   decode: (code: Float32Array) => Float32Array, drawn: (row: Row) => void }} On */

/** @type {(className: string, textContent?: string, title?: string) => HTMLElement} */
const span = (className, textContent = "", title = "") => make("span", { className, textContent, title });

/** @param {Unit} unit */
export const rowName = ({ dimension, factor }) => `${unitName(dimension)}${factor ? ` · ${factor}` : ""}`;

/** @extends {Part<On>} */
export class Rows extends Part {
  /** @type {Row[]} */
  rows = [];
  /** @type {Unit[]} */
  units = [];
  /** @type {number[]} */
  places = [];
  /** @type {Generator<void> | null} what is still to be drawn of a row */
  rest = null;
  gap = 1;
  last = -1;

  /** Lay out the units of another model. @param {Model} model @param {Unit[]} units @param {number} columns */
  show(model, units, columns) {
    /** @type {Model} */
    this.model = model;
    this.units = units;
    this.places = places(columns);
    /** @type {Spread} */
    this.spread = new Spread(model.shape);
    this.rest = null;
    this.rows = units.map((unit) => this.#row(unit));
    this.home.replaceChildren(this.#head(), ...this.rows.map(({ home }) => home));
  }

  #head() {
    const kl = this.units[0].kl !== null;
    const labels = this.places.map((t, i) => {
      const every = this.places.length > 9 && i % 2;
      return span("", every ? "" : `${number(t, Number.isInteger(t) ? 0 : 1)}σ`);
    });
    const { encodes } = this.model;
    return make("div", { className: "unit head" },
      span("name", kl ? "unit, KL in nats" : encodes ? "unit, variance" : "unit", !encodes ? "" :
        kl ? "Sorted by KL(q(z|x) || p(z)) of the unit, mean over held-out data. Greyed: inactive, the variance of its codes over training data is 0.01 or less."
          : "This model has no posterior, so no KL: sorted by the variance of the unit's codes over training data."),
      span("slider", "−3 σ … 3 σ",
        kl || !encodes ? "1 σ is 1: the prior is N(0, 1) for each unit."
          : "An autoencoder has no prior: 1 σ is the standard deviation of this unit's codes over training data, and 0 is their mean."),
      span("value", "value, σ"), make("span", { className: "cells" }, ...labels),
      span("moved", "moves", MOVED));
  }

  /** @type {(unit: Unit) => Row} */
  #row(unit) {
    const name = rowName(unit);
    const label = span("name", "", unit.note);
    label.append(make("b", { textContent: name }),
      make("small", { textContent: (this.model.encodes ? amount(unit) : "") + (unit.active ? "" : ", inactive") }));
    const slider = make("input", { className: "slider", type: "range", min: `${-REACH}`, max: `${REACH}`, step: "any", ariaLabel: `${name}, in σ` });
    const field = make("input", { className: "value", type: "number", step: "0.1", ariaLabel: `${name}, typed, in σ` });
    const cells = picture(`${name} from −3 σ to 3 σ, other units as they are: ${this.places.length} decoded images. A click sets the unit.`);
    const mark = make("i", { className: "mark" });
    const moved = picture(`Pixels that ${name} moves`, "moved");
    moved.title = MOVED;
    const home = make("div", { className: `unit${unit.active ? "" : " inactive"}`, dataset: { unit: String(unit.dimension) } },
      label, slider, field, make("span", { className: "cells" }, cells, mark), moved);
    const row = { unit, home, slider, field, cells, mark, moved, stale: true, values: null };
    this.#size(row);
    this.#listen(row);
    return row;
  }

  /** @param {Row} row */
  #size({ cells }) {
    const [height, width] = frame(this.model.shape);
    this.gap = Math.max(1, Math.round(width / 28));
    smooth(cells, this.model.shape);
    tell(cells, this.model.shape, this.places.length);
    Object.assign(cells, { width: this.places.length * (width + this.gap) - this.gap, height });
  }

  /** @param {Row} row */
  #listen(row) {
    const { unit, slider, field, cells, home } = row;
    const set = (/** @type {number} */ t, /** @type {boolean} */ done) => this.on.set(unit, fromSigma(unit, t), done);
    slider.addEventListener("input", () => set(slider.valueAsNumber, false));
    slider.addEventListener("change", () => set(slider.valueAsNumber, true));
    slider.addEventListener("keydown", (event) => {
      const by = STEPS[event.key];
      if (!by) return;
      event.preventDefault();
      const t = Math.round(10 * (slider.valueAsNumber + by)) / 10;
      set(Math.min(REACH, Math.max(-REACH, t)), true);
    });
    field.addEventListener("change", () => set(field.valueAsNumber, true));
    cells.addEventListener("click", (event) => {
      const column = Math.floor(shareOf(cells, event)[0] * this.places.length);
      set(this.places[Math.min(this.places.length - 1, Math.max(0, column))], true);
    });
    home.addEventListener("pointerenter", (event) => event.buttons || this.on.look(unit));
    slider.addEventListener("focus", () => this.on.look(unit));
  }

  /** Fit the pictures into a place of so many css pixels. @param {number} wide @param {number} high */
  resize(wide, high) {
    if (!this.model) return;
    const [height, width] = frame(this.model.shape);
    const share = Math.min(1, width / height); // of its height, which has to fit
    const n = this.units.length;
    const across = (/** @type {number} */ besides) => Math.floor((wide - besides - 2 * GAP) / (this.places.length + 1));
    const beside = across(NAME + SLIDER + FIELD + 3 * GAP);
    const down = (/** @type {number} */ over) => share * Math.max(SMALLEST, Math.min(high / n - over, LARGEST));
    const [lined, stacked] = [Math.min(beside, down(4)), Math.min(across(0), down(70))];
    const above = beside < SMALLEST; // so that on a phone, too, nothing is beside the screen
    const few = n <= FEW && stacked >= lined;
    this.home.classList.toggle("few", above || few);
    const side = above ? Math.max(1, Math.min(across(0), share * LARGEST)) : few ? stacked : lined;
    this.home.style.setProperty("--cell", `${side}px`);
    this.home.style.setProperty("--high", `${(side * height) / width}px`);
    this.home.style.setProperty("--strip", `${side * this.places.length}px`);
  }

  /** Show a code on the sliders; all rows are stale but that of the only unit that changed. @param {Float32Array} code @param {number} only */
  follow(code, only) {
    for (const row of this.rows) {
      const { unit, slider, field, mark } = row;
      const t = inSigma(unit, code[unit.dimension]);
      row.stale ||= unit.dimension !== only;
      slider.value = String(t);
      field.value = plain(t);
      slider.ariaValueText = `${number(t)} σ`;
      mark.style.left = `${100 * along(t, this.places.length)}%`;
      mark.classList.toggle("beyond", Math.abs(t) > REACH);
    }
  }

  get stale() {
    return this.rest !== null || this.rows.some((row) => row.stale);
  }

  /** Decode stale rows until the time is up, at least one picture; each row with one code. @param {number} until @param {Float32Array} code */
  work(until, code) {
    do {
      this.rest ??= this.#next(code);
      if (this.rest?.next().done) this.rest = null;
    } while (performance.now() < until && this.stale);
  }

  /** Round and round, so that no row waits while another is drawn twice. @param {Float32Array} code */
  #next(code) {
    const order = this.rows.map((_, i) => this.rows[(this.last + 1 + i) % this.rows.length]);
    const row = order.find(({ stale }) => stale);
    if (!row) return null;
    this.last = this.rows.indexOf(row);
    row.stale = false;
    return this.#draw(row, Float32Array.from(code));
  }

  /** @type {(row: Row, code: Float32Array) => Generator<void>} */
  *#draw(row, code) {
    const { shape } = this.model;
    const tiles = [];
    this.spread.clear();
    for (const t of this.places) {
      code[row.unit.dimension] = fromSigma(row.unit, t);
      const image = this.on.decode(code);
      this.spread.add(image);
      tiles.push(imageData(image, shape));
      yield;
    }
    const context = pen(row.cells);
    for (const [i, tile] of tiles.entries()) context.putImageData(tile, i * (frame(shape)[1] + this.gap), 0);
    row.values = this.spread.result();
    paintSpread(row.moved, row.values, shape, MOST_SPREAD);
    this.on.drawn(row);
  }
}

/** @param {Unit} unit */
function amount({ kl, variance }) {
  const value = kl ?? variance;
  return value < 0.005 ? "< 0.01" : number(value);
}
