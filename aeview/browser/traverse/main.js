// Traverse: state, and what each gesture does to it.

import { Feed } from "../payload/feed.js";
import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";
import { paint } from "../charts/paint.js";
import { largest } from "../charts/columns.js";
import { paintSpread } from "../charts/spread.js";
import { Fields } from "../controls/fields.js";
import { Redraw } from "../controls/redraw.js";
import { words } from "../net/support.js";
import { number, percent } from "../controls/words.js";
import { called } from "../controls/wording.js";
import { Page, mount } from "../shell/mount.js";
import { height, least, resized, top } from "../shell/zoom.js";
import { Rows, rowName } from "./rows.js";
import { MOST_SPREAD, fromSigma, normal, uniform } from "./scale.js";
import { Directions } from "./directions.js";
import { Strip } from "./strip.js";

/** @import { Bound, Camera, Colours, Component, Model } from "../types.js" */
/** @import { Unit } from "./rows.js" */
/** @typedef {{ seed: number, columns: number, grid: string, step: number }} State */
/** @typedef {{ keys: string[], fields: Record<string, Bound>, units: Unit[], start: State & { row: number, code: number[] | null } }} Data what Python sends */

const WIDER = 76; // css pixels of a name that is one line, as in a scene
const MOST_ROWS = 64; // of a code of hundreds of units
const FRAME_MS = 9; // of the 33 that a dragged frame may take: large picture and grid together
const FARTHEST = 1000; // a coordinate, in units of the code
const TELL_AFTER_MS = 250;

/** @extends {Page<Data>} */
class Traverse extends Page {
  decodes = 0;
  dirty = false;
  row = -1; // the image started from; −1 for the mean

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "traverse");
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      choices: ["grid"], after: TELL_AFTER_MS, ready: () => this.model, tell: () => this.#tell(),
      changed: (change) => this.#set(change),
    }));
    this.feed = this.keep(new Feed((model) => this.#open(model), () => this.#thumbs()));
    this.rows = new Rows(this.find(".rows"), {
      set: (unit, value, done) => this.set(unit, value, done),
      look: (unit) => this.look(unit),
      decode: (code) => this.decode(code),
      drawn: ({ unit }) => unit === this.unit && this.#moves(),
    });
    this.directions = new Directions(this.find(".directions"), {
      go: (code) => this.#go(code), decode: (code) => this.decode(code),
    });
    this.strip = new Strip(this.find(".thumbs"), (row) => this.start(row));
    this.map = this.keep(new MiniMap(this.find(".minimap"), {
      click: (place) => this.#clicked(place),
      over: (context, camera, colours) => this.#mark(context, camera, colours),
    }));
    this.#tools();
    this.keep(resized(this.root, () => this.#resize()));
    this.frame = this.keep(new Redraw(() => this.#frame()));
  }

  /** Python's small data, and the newest way to answer it. @param {Component<Data>} component */
  update(component) {
    super.update(component);
    this.fields.declare(component.data.fields);
    this.feed.want(component.data.keys);
    this.map.draw();
  }

  answered() {
    if (!this.model) return;
    this.#changed();
    this.#thumbs();
  }

  // ---- a model ------------------------------------------------------------------------------

  /** @param {Model} model */
  #open(model) {
    const { start: { row, code, ...state }, units } = this.component.data;
    /** @type {Model} */
    this.model = model;
    called(this.root, model.words);
    /** @type {Unit[]} */
    this.units = units;
    /** @type {Unit} */
    this.unit = units[0];
    this.row = row < model.n ? row : -1;
    /** @type {Float32Array} */
    this.code = this.#startCode();
    if (code) this.code.set(code);
    this.#put(state);
    this.directions.show(model, units);
    this.find(".axes").textContent = `${model.map.axes.filter(Boolean).join(" × ")}; click to start there`;
    this.strip.show(model);
    if (this.row >= 0) this.strip.put(this.row);
    this.map.show(model);
    this.#columns();
    this.#shown();
    this.#legend();
    this.#started();
    this.#changed();
  }

  /** Change what the controls show, and nothing else. @param {Partial<State>} change */
  #put(change) {
    Object.assign(this.fields.state, change);
    this.fields.show();
  }

  #startCode() {
    if (this.row >= 0) return this.model.codeOf(this.row).slice();
    const code = new Float32Array(this.model.d);
    for (const { dimension, centre } of this.units) code[dimension] = centre;
    return code;
  }

  /** What a control has changed. @param {Partial<State>} change */
  #set(change) {
    if (change.seed !== undefined) this.random(change.seed);
    if (change.columns) this.#columns();
    if (change.grid) this.#shown();
    if (change.columns || change.grid || change.step) this.#changed();
  }

  /** Whether the sheets along directions are shown, and not the rows of the units. */
  get sheets() {
    return this.fields.state.grid === "directions" && this.model.d > 1;
  }

  /** The rows, or the sheets. */
  #shown() {
    const { sheets } = this;
    this.find(".grids").hidden = this.model.d < 2; // one unit is a row, and no sheet
    this.root.dataset.grid = sheets ? "directions" : "units";
    if (!sheets) this.#resize(); // the rows had no width
  }

  #columns() {
    this.rows.show(this.model, this.units.slice(0, MOST_ROWS), this.fields.state.columns);
    this.#resize();
  }

  #resize() {
    if (!this.model) return;
    const home = this.find(".rows");
    const [above, below] = least() ? [60, 12] : [130, 92]; // a scene has no legend below
    const high = Math.max(300, height() - Math.min(Math.max(top(home), above), 260) - below);
    this.rows.resize(home.clientWidth - (least() ? WIDER : 0), high);
  }

  #legend() {
    const words = [`0 to ${MOST_SPREAD}: standard deviation of each ${this.model.part} over the row, intensity in [0, 1] (0.5 is the most there can be).`];
    if (!this.model.encodes) words.push("Every unit is drawn from N(0, 1), and none comes before another.");
    else if (this.units[0].kl === null) words.push("No posterior, so no KL: units are sorted by the variance of their codes.");
    else if (this.units.some(({ active }) => !active)) words.push("Greyed: inactive units, whose codes have a variance of 0.01 or less.");
    if (this.units.length > MOST_ROWS) words.push(`Rows of the first ${MOST_ROWS} units of ${this.units.length}; the others keep their values, and Random draws them all.`);
    this.find(".legend .words").textContent = words.join(" ");
  }

  /** @param {Float32Array} code */
  decode(code) {
    this.decodes++;
    return this.model.decode(code);
  }

  // ---- what the user does ---------------------------------------------------------------------

  /**
   * Set one unit; `done` when the hand has let go. What can't be keeps the old one, and says so.
   * @param {Unit} unit @param {number} value @param {boolean} done
   */
  set(unit, value, done) {
    const fits = Math.abs(value) <= FARTHEST; // not for NaN, either
    if (fits) this.code[unit.dimension] = value;
    this.fields.problem(fits ? "" : `${rowName(unit)} takes a number for which the code stays between −${FARTHEST} and ${FARTHEST}; it stays as it was.`);
    this.unit = unit;
    this.#moves();
    this.#changed(unit.dimension);
    if (done) this.fields.tell();
  }

  /** Start from a stored image, or from the mean (−1). @param {number} row */
  start(row) {
    this.row = row;
    if (row >= 0) this.strip.put(row);
    this.reset();
    this.#started();
  }

  reset() {
    this.code = this.#startCode();
    this.#changed();
    this.fields.tell();
  }

  /** Draw a code: every unit from a normal distribution of 1 σ. @param {number} seed */
  random(seed) {
    const draw = normal(seed);
    for (const unit of [...this.units].sort((a, b) => a.dimension - b.dimension)) this.code[unit.dimension] = fromSigma(unit, draw());
    this.find(".where").textContent = `A random code, seed ${seed}. Reset goes back to the start.`;
    this.#changed();
  }

  /** @param {number} seed */
  randomImage(seed) {
    this.#put({ seed });
    this.start(Math.floor(uniform(seed)() * this.model.n));
  }

  #another() {
    this.start(this.strip.after(this.row >= 0 ? this.row : this.strip.rows[0]));
  }

  // On a point: its image is the start. Beside the points: the code of that place.
  /** @param {{ x: number, y: number, row: number }} place */
  #clicked({ x, y, row }) {
    if (row >= 0) {
      this.start(row);
      return;
    }
    this.#go(Float32Array.from(this.model.codeAt(x, y)));
  }

  /** @param {Float32Array} code */
  #go(code) {
    this.code = code;
    this.#changed();
    this.fields.tell();
  }

  /** Show in large which pixels a unit moves. @param {Unit} unit */
  look(unit) {
    this.unit = unit;
    this.#moves();
  }

  #tools() {
    const { fields } = this;
    const next = () => (fields.state.seed + 1) % ((fields.of("seed").high ?? 0) + 1);
    fields.click(".mean", () => this.start(-1));
    fields.click(".any", () => this.randomImage(next()));
    fields.click(".another", () => this.#another());
    fields.click(".random", () => fields.set({ seed: next() }));
    fields.click(".reset", () => this.reset());
    const seed = this.find("input.seed");
    seed.addEventListener("keydown", ({ key }) => { // the same once more is no change
      if (key === "Enter" && this.model && seed.valueAsNumber === fields.state.seed) this.random(fields.state.seed);
    });
  }

  // ---- what is shown ----------------------------------------------------------------------------

  #changed(only = -1) {
    this.rows.follow(this.code, only);
    this.dirty = true;
    this.root.dataset.settled = "no";
    this.frame.soon();
  }

  // One frame: the large picture at once, the grid for as long as a frame allows.
  #frame() {
    const started = performance.now();
    const asked = this.dirty;
    if (this.dirty) this.#show();
    const until = started + (asked ? 1 : 2) * FRAME_MS; // more when nothing moves
    if (this.sheets) this.directions.work(until);
    else this.rows.work(until, this.code);
    this.root.dataset.decodes = String(this.decodes);
    if (asked) this.root.dataset.frameMs = (performance.now() - started).toFixed(2);
    if ((this.sheets ? this.directions : this.rows).stale) this.frame.soon();
    else this.root.dataset.settled = "yes";
  }

  #show() {
    this.dirty = false;
    const { model, code } = this;
    const picture = this.find("canvas.picture");
    paint(picture, this.decode(code), model.shape);
    const share = model.support.share(code);
    this.find(".support meter").value = share;
    this.find(".support output").textContent = `${percent(share)}, ${words(share)}`;
    const readout = this.#readout(share);
    picture.ariaLabel = `Decoded image at ${readout}`;
    this.find(".readout").textContent = readout;
    if (this.sheets) this.directions.follow(code, this.fields.state.step);
    this.find(".shown output").textContent = `${this.fields.state.step} σ`;
    this.root.dataset.code = Array.from(code).join(",");
    this.root.dataset.ready = "yes";
    this.map.draw();
  }

  /** @param {number} share */
  #readout(share) {
    const shown = Array.from(this.code.slice(0, 6), (v) => number(v)).join(", ");
    const more = this.code.length > 6 ? ", …" : "";
    return `z = (${shown}${more}) · support ${percent(share)}, ${words(share)}`;
  }

  /** @type {(context: CanvasRenderingContext2D, camera: Camera, colours: Colours) => void} */
  #mark(context, camera, colours) {
    const at = camera.toScreen(...this.model.plane.transform(this.code));
    ring(context, at, 6, colours.background, colours.accent);
  }

  #moves() {
    const row = this.rows.rows.find(({ unit }) => unit === this.unit);
    if (!row?.values) return;
    const canvas = this.find("canvas.moves");
    paintSpread(canvas, row.values, this.model.shape, MOST_SPREAD);
    const name = rowName(this.unit);
    canvas.ariaLabel = `The ${this.model.part}s that ${name} moves`;
    const { names } = this.model.shape;
    this.find(".mover").classList.toggle("named", Boolean(names)); // as high for every unit
    this.find(".mover").textContent = names
      ? `${name} moves most: ${largest(names, row.values).join(", ")}`
      : `${this.model.part}s that ${name} moves`;
  }

  #started() {
    this.find(".mean").ariaPressed = String(this.row < 0);
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
    this.component.setStateValue("place", {
      key: this.model.header.key, row: this.row, ...this.fields.state,
      code: Array.from(this.code, (v) => Number(v.toPrecision(6))),
    });
  }
}

export default mount(Traverse);
