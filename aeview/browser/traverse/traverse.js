// Traverse: state, and what each gesture does to it.

import { Feed } from "../payload/feed.js";
import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";
import { paint } from "../charts/paint.js";
import { words } from "../net/support.js";
import { number, percent } from "../controls/words.js";
import { height, top } from "../shell/zoom.js";
import { Rows, paintSpread, unitName } from "./rows.js";
import { MOST_SPREAD, fromSigma, normal, uniform } from "./scale.js";
import { Strip } from "./strip.js";

const MOST_ROWS = 64; // of a code of hundreds of units
const FRAME_MS = 9; // of the 33 that a dragged frame may take: large picture and grid together
const FARTHEST = 1000; // a coordinate, in units of the code
const TELL_AFTER_MS = 250;
const MOST_SEED = 999_999;

export class Traverse {
  constructor(root) {
    this.root = root.querySelector(".traverse");
    this.root.traverse = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.decodes = 0;
    this.row = -1; // the image started from; −1 for the mean
    this.feed = new Feed((model) => this.#open(model), () => this.#thumbs());
    this.rows = new Rows(this.find(".rows"), {
      set: (unit, value, done) => this.set(unit, value, done),
      look: (unit) => this.look(unit),
      decode: (code) => this.decode(code),
      drawn: (row) => row.unit === this.unit && this.#moves(),
    });
    this.strip = new Strip(this.find(".thumbs"), (row) => this.start(row));
    this.map = new MiniMap(this.find(".minimap"), {
      click: (place) => this.#clicked(place),
      over: (context, camera, colours) => this.#mark(context, camera, colours),
    });
    this.#tools();
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.root);
    this.onWindow = () => this.#resize();
    addEventListener("resize", this.onWindow);
  }

  close() {
    this.observer.disconnect();
    removeEventListener("resize", this.onWindow);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.teller);
    this.map.close();
    this.feed.close();
  }

  /** Python's small data, and the newest way to answer it. */
  update(component) {
    this.component = component;
    this.feed.want(component.data.keys);
    this.map.draw();
  }

  // ---- a model ------------------------------------------------------------------------------

  #open(model) {
    const { start, units } = this.component.data;
    this.model = model;
    this.units = units;
    this.unit = units[0];
    this.seed = start.seed;
    this.row = start.row < model.n ? start.row : -1;
    this.code = this.#startCode();
    if (start.code) this.code.set(start.code);
    this.find(".seed").value = this.seed;
    this.find(".columns").value = start.columns;
    this.find(".axes").textContent = `${model.map.axes.filter(Boolean).join(" × ")}; click to start there`;
    this.strip.show(model);
    if (this.row >= 0) this.strip.put(this.row);
    this.map.show(model);
    this.#columns();
    this.#legend();
    this.#started();
    this.#changed();
  }

  #startCode() {
    if (this.row >= 0) return this.model.codeOf(this.row).slice();
    const code = new Float32Array(this.model.d);
    for (const { dimension, centre } of this.units) code[dimension] = centre;
    return code;
  }

  #columns() {
    this.rows.show(this.model, this.units.slice(0, MOST_ROWS), Number(this.find(".columns").value));
    this.#resize();
  }

  #resize() {
    if (!this.model) return;
    const home = this.find(".rows");
    const high = Math.max(300, height() - Math.min(Math.max(top(home), 130), 260) - 92);
    this.rows.resize(home.clientWidth, high);
  }

  #legend() {
    const words = [`0 to ${MOST_SPREAD}: standard deviation of each ${this.model.part} over the row, intensity in [0, 1] (0.5 is the most there can be).`];
    if (this.units[0].kl === null) words.push("No posterior, so no KL: units are sorted by the variance of their codes.");
    else if (this.units.some(({ active }) => !active)) words.push("Greyed: inactive units, whose codes have a variance of 0.01 or less.");
    if (this.units.length > MOST_ROWS) words.push(`Rows of the first ${MOST_ROWS} units of ${this.units.length}; the others keep their values, and Random draws them all.`);
    this.find(".legend .words").textContent = words.join(" ");
  }

  decode(code) {
    this.decodes++;
    return this.model.decode(code);
  }

  // ---- what the user does ---------------------------------------------------------------------

  /** Set one unit; `done` when the hand has let go. What can't be keeps the old one, and says so. */
  set(unit, value, done) {
    const fits = Math.abs(value) <= FARTHEST; // not for NaN, either
    if (fits) this.code[unit.dimension] = value;
    this.#problem(fits ? "" : `${unitName(unit)} takes a number for which the code stays between −${FARTHEST} and ${FARTHEST}; it stays as it was.`);
    this.unit = unit;
    this.#moves();
    this.#changed(unit.dimension);
    if (done) this.#tell();
  }

  /** Start from a stored image, or from the mean (−1). */
  start(row) {
    this.row = row;
    if (row >= 0) this.strip.put(row);
    this.reset();
    this.#started();
  }

  reset() {
    this.code = this.#startCode();
    this.#changed();
    this.#tell();
  }

  /** Draw a code: every unit from a normal distribution of 1 σ. */
  random(seed) {
    this.#seeded(seed);
    const draw = normal(seed);
    for (let j = 0; j < this.model.d; j++) {
      const unit = this.units.find(({ dimension }) => dimension === j);
      this.code[j] = fromSigma(unit, draw());
    }
    this.find(".where").textContent = `A random code, seed ${seed}. Reset goes back to the start.`;
    this.#changed();
    this.#tell();
  }

  randomImage(seed) {
    this.#seeded(seed);
    this.start(Math.floor(uniform(seed)() * this.model.n));
  }

  #seeded(seed) {
    this.seed = seed;
    this.find(".seed").value = seed;
  }

  #typedSeed() {
    const seed = Math.floor(this.find(".seed").valueAsNumber);
    const fits = seed >= 0 && seed <= MOST_SEED;
    this.#problem(fits ? "" : `The seed is a whole number, 0 to ${MOST_SEED.toLocaleString("en")}; it stays at ${this.seed}.`);
    if (fits) this.random(seed);
    else this.#seeded(this.seed);
  }

  #problem(text) {
    const home = this.find(".problem");
    home.hidden = !text;
    home.textContent = text;
  }

  #another() {
    this.start(this.strip.after(this.row >= 0 ? this.row : this.strip.rows[0]));
  }

  // On a point: its image is the start. Beside the points: the code of that place.
  #clicked({ x, y, row }) {
    if (row >= 0) {
      this.start(row);
      return;
    }
    this.code = Float32Array.from(this.model.codeAt(x, y));
    this.#changed();
    this.#tell();
  }

  /** Show in large which pixels a unit moves. */
  look(unit) {
    this.unit = unit;
    this.#moves();
  }

  #tools() {
    const ready = (act) => () => this.model && act();
    const on = (selector, kind, act) => this.find(selector).addEventListener(kind, ready(act));
    const next = () => (this.seed + 1) % (MOST_SEED + 1);
    on(".mean", "click", () => this.start(-1));
    on(".any", "click", () => this.randomImage(next()));
    on(".another", "click", () => this.#another());
    on(".random", "click", () => this.random(next()));
    on(".reset", "click", () => this.reset());
    on(".seed", "change", () => this.#typedSeed());
    this.find(".seed").addEventListener("keydown", ({ key }) => key === "Enter" && this.model && this.#typedSeed());
    on(".columns", "change", () => {
      this.#columns();
      this.#changed();
      this.#tell();
    });
  }

  // ---- what is shown ----------------------------------------------------------------------------

  #changed(only = -1) {
    this.rows.follow(this.code, only);
    this.dirty = true;
    this.root.dataset.settled = "no";
    this.#soon();
  }

  #soon() {
    this.frame ??= requestAnimationFrame(() => this.#frame());
  }

  // One frame: the large picture at once, the grid for as long as a frame allows.
  #frame() {
    const started = performance.now();
    this.frame = null;
    const asked = this.dirty;
    if (this.dirty) this.#show();
    this.rows.work(started + (asked ? 1 : 2) * FRAME_MS, this.code); // more when nothing moves
    this.root.dataset.decodes = this.decodes;
    if (asked) this.root.dataset.frameMs = (performance.now() - started).toFixed(2);
    if (this.rows.stale) this.#soon();
    else this.root.dataset.settled = "yes";
  }

  #show() {
    this.dirty = false;
    const { model, code } = this;
    const picture = this.find(".picture");
    paint(picture, this.decode(code), model.shape);
    const share = model.support.share(code);
    this.find(".support meter").value = share;
    this.find(".support output").textContent = `${percent(share)}, ${words(share)}`;
    const readout = this.#readout(share);
    picture.setAttribute("aria-label", `Decoded image at ${readout}`);
    this.find(".readout").textContent = readout;
    this.root.dataset.code = Array.from(code).join(",");
    this.root.dataset.ready = "yes";
    this.map.draw();
  }

  #readout(share) {
    const shown = Array.from(this.code.slice(0, 6), (v) => number(v)).join(", ");
    const more = this.code.length > 6 ? ", …" : "";
    return `z = (${shown}${more}) · support ${percent(share)}, ${words(share)}`;
  }

  #mark(context, camera, colours) {
    const at = camera.toScreen(...this.model.plane.transform(this.code));
    ring(context, at, 6, colours.background, colours.accent);
  }

  #moves() {
    const row = this.rows.rows.find(({ unit }) => unit === this.unit);
    if (!row?.values) return;
    const canvas = this.find(".moves");
    paintSpread(canvas, row.values, this.model.shape);
    const name = unitName(this.unit);
    canvas.setAttribute("aria-label", `The ${this.model.part}s that ${name} moves`);
    this.find(".mover").textContent = `${this.model.part}s that ${name} moves`;
  }

  #started() {
    this.find(".mean").setAttribute("aria-pressed", this.row < 0);
    const from = this.row < 0 ? "the mean code" : `an image of class ${this.model.labelOf(this.row)}`;
    this.find(".where").textContent = `Started from ${from}.`;
    this.map.ringed = this.row;
    this.#thumbs();
  }

  #thumbs() {
    this.strip.paint(this.feed.pictures(), (row) => this.decode(this.model.codeOf(row)), this.row);
  }

  // ---- what Python is told ----------------------------------------------------------------------

  #tell() {
    clearTimeout(this.teller);
    this.teller = setTimeout(() => {
      this.component.setStateValue("place", {
        key: this.model.header.key, row: this.row, seed: this.seed,
        code: Array.from(this.code, (v) => Number(v.toPrecision(6))),
        columns: Number(this.find(".columns").value),
      });
    }, TELL_AFTER_MS);
  }
}
