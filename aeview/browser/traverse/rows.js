// The rows of the page: a unit's name, its slider, and what it changes from −3 σ to 3 σ.

import { cover, frame, imageData, isSignal, paintBars, smooth, viridis } from "../charts/paint.js";
import { number, plain } from "../controls/words.js";
import { MOST_SPREAD, REACH, Spread, along, fromSigma, inSigma, places } from "./scale.js";

const NAME = 96; // css pixels
const SLIDER = 92;
const FIELD = 62;
const GAP = 10;
const SMALLEST = 34; // rather a page to scroll than pictures nobody can read
const LARGEST = 150;
const FEW = 4; // units up to which the slider stands above its pictures
const STEPS = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -1, PageUp: 1 };

const make = (kind, className, values = {}) =>
  Object.assign(document.createElement(kind), { className, ...values });

const COLOURS = Array.from({ length: 256 }, (_, i) => viridis(i / 255).match(/\d+/g).map(Number));

/** Paint a map of standard deviations, 0 to 0.5, in viridis. */
export function paintSpread(canvas, values, shape) {
  if (isSignal(shape)) {
    const shares = Array.from(values, (value) => value / MOST_SPREAD);
    paintBars(canvas, shares, (share) => COLOURS[Math.round(255 * share)], COLOURS[0]);
    return;
  }
  const [, height, width] = shape;
  const image = new ImageData(width, height);
  values.forEach((value, i) => {
    const step = Math.round(255 * Math.min(1, value / MOST_SPREAD));
    image.data.set([...COLOURS[step], 255], 4 * i);
  });
  cover(canvas, image);
}

export const unitName = ({ dimension, factor }) => `z${dimension + 1}${factor ? ` · ${factor}` : ""}`;

export class Rows {
  /**
   * @param home the element that the rows fill
   * @param on { set(unit, value, done), look(unit), decode(code), drawn(row) }; `done` says that
   *   the hand has let go
   */
  constructor(home, on) {
    this.home = home;
    this.on = on;
    this.rows = [];
  }

  /** Lay out the units of another model. */
  show(model, units, columns) {
    this.model = model;
    this.units = units;
    this.places = places(columns);
    this.spread = new Spread(model.shape);
    this.rest = null;
    this.home.classList.toggle("few", units.length <= FEW);
    this.rows = units.map((unit) => this.#row(unit));
    this.home.replaceChildren(this.#head(), ...this.rows.map(({ home }) => home));
  }

  #head() {
    const home = make("div", "unit head");
    const kl = this.units[0].kl !== null;
    home.append(
      make("span", "name", { textContent: kl ? "unit, KL in nats" : "unit, variance",
        title: kl ? "Sorted by KL(q(z|x) || p(z)) of the unit, mean over held-out data. Greyed: inactive, the variance of its codes over training data is 0.01 or less."
          : "This model has no posterior, so no KL: sorted by the variance of the unit's codes over training data." }),
      make("span", "slider", { textContent: "−3 σ … 3 σ",
        title: kl ? "1 σ is 1: the prior of a VAE is N(0, 1) for each unit."
          : "An autoencoder has no prior: 1 σ is the standard deviation of this unit's codes over training data, and 0 is their mean." }),
      make("span", "value", { textContent: "σ" }),
    );
    const labels = make("span", "cells");
    for (const t of this.places) {
      const every = this.places.length > 9 && this.places.indexOf(t) % 2;
      labels.append(make("span", "", { textContent: every ? "" : `${number(t, Number.isInteger(t) ? 0 : 1)}σ` }));
    }
    home.append(labels, make("span", "moved", { textContent: "moves", title: "What the unit moves: standard deviation over the row" }));
    return home;
  }

  #row(unit) {
    const name = unitName(unit);
    const home = make("div", `unit${unit.active ? "" : " inactive"}`);
    home.dataset.unit = unit.dimension;
    const label = make("span", "name", { title: unit.note });
    label.append(make("b", "", { textContent: name }),
      make("small", "", { textContent: amount(unit) + (unit.active ? "" : ", inactive") }));
    const slider = make("input", "slider", { type: "range", min: -REACH, max: REACH, step: "any" });
    slider.setAttribute("aria-label", `${name}, in σ`);
    const field = make("input", "value", { type: "number", step: 0.1 });
    field.setAttribute("aria-label", `${name}, typed, in σ`);
    const strip = make("span", "cells");
    const cells = make("canvas", "", {});
    cells.setAttribute("role", "img");
    cells.setAttribute("aria-label", `${name} from −3 σ to 3 σ, other units as they are: ${this.places.length} decoded images. A click sets the unit.`);
    const mark = make("i", "mark");
    strip.append(cells, mark);
    const moved = make("canvas", "moved");
    moved.setAttribute("role", "img");
    moved.setAttribute("aria-label", `Pixels that ${name} moves`);
    home.append(label, slider, field, strip, moved);
    const row = { unit, home, slider, field, cells, mark, moved, stale: true, values: null };
    this.#size(row);
    this.#listen(row);
    return row;
  }

  #size({ cells }) {
    const [height, width] = frame(this.model.shape);
    this.gap = Math.max(1, Math.round(width / 28));
    smooth(cells, this.model.shape);
    Object.assign(cells, { width: this.places.length * (width + this.gap) - this.gap, height });
  }

  #listen(row) {
    const { unit, slider, field, cells, home } = row;
    const set = (t, done) => this.on.set(unit, fromSigma(unit, t), done);
    slider.addEventListener("input", () => set(slider.valueAsNumber, false));
    slider.addEventListener("change", () => set(slider.valueAsNumber, true));
    slider.addEventListener("keydown", (event) => {
      if (!(event.key in STEPS)) return;
      event.preventDefault();
      const t = Math.round(10 * (slider.valueAsNumber + STEPS[event.key])) / 10;
      set(Math.min(REACH, Math.max(-REACH, t)), true);
    });
    field.addEventListener("change", () => {
      set(field.valueAsNumber, true);
    });
    cells.addEventListener("click", (event) => {
      const box = cells.getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.left) / box.width) * this.places.length);
      set(this.places[Math.min(this.places.length - 1, Math.max(0, column))], true);
    });
    home.addEventListener("pointerenter", (event) => event.buttons || this.on.look(unit));
    slider.addEventListener("focus", () => this.on.look(unit));
  }

  /** Fit the pictures into a place of so many css pixels. */
  resize(wide, high) {
    if (!this.model) return;
    const few = this.units.length <= FEW;
    const besides = few ? 0 : NAME + SLIDER + FIELD + 3 * GAP;
    const across = (wide - besides - 2 * GAP) / (this.places.length + 1);
    const down = high / this.units.length - (few ? 70 : 4);
    const side = Math.round(Math.max(SMALLEST, Math.min(across, down, LARGEST)));
    const [height, width] = frame(this.model.shape);
    this.home.style.setProperty("--cell", `${side}px`);
    this.home.style.setProperty("--high", `${(side * height) / width}px`);
    this.home.style.setProperty("--strip", `${side * this.places.length}px`);
  }

  /** Show a code on the sliders; all rows are stale but that of the only unit that changed. */
  follow(code, only) {
    for (const row of this.rows) {
      const { unit, slider, field, mark } = row;
      const t = inSigma(unit, code[unit.dimension]);
      row.stale ||= unit.dimension !== only;
      slider.value = t;
      field.value = plain(t);
      slider.setAttribute("aria-valuetext", `${number(t)} σ`);
      mark.style.left = `${100 * along(t, this.places.length)}%`;
      mark.classList.toggle("beyond", Math.abs(t) > REACH);
    }
  }

  get stale() {
    return this.rest !== null || this.rows.some((row) => row.stale);
  }

  /** Decode stale rows until the time is up, at least one picture; each row with one code. */
  work(until, code) {
    do {
      this.rest ??= this.#next(code);
      if (this.rest?.next().done) this.rest = null;
    } while (performance.now() < until && this.stale);
  }

  // Round and round, so that no row waits while another is drawn twice.
  #next(code) {
    const at = this.last ?? -1;
    const order = this.rows.map((_, i) => this.rows[(at + 1 + i) % this.rows.length]);
    const row = order.find(({ stale }) => stale);
    if (!row) return null;
    this.last = this.rows.indexOf(row);
    row.stale = false;
    return this.#draw(row, Float32Array.from(code));
  }

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
    const context = row.cells.getContext("2d");
    tiles.forEach((tile, i) => context.putImageData(tile, i * (frame(shape)[1] + this.gap), 0));
    row.values = this.spread.result();
    paintSpread(row.moved, row.values, shape);
    this.on.drawn(row);
  }
}

function amount({ kl, variance }) {
  const value = kl ?? variance;
  return value < 0.005 ? "< 0.01" : number(value);
}
