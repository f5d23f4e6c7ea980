// Two sheets of 5 × 5 pictures around a code: along the directions in which the picture changes most
// here, and, with steps as long, along the two units that are used most.

import { make } from "../controls/dom.js";
import { WAYS } from "../controls/point.js";
import { Tile } from "../controls/tile.js";
import { percent } from "../controls/words.js";
import { localDirections, unitSteps } from "../net/directions.js";
import { rms } from "../net/paths.js";
import { Part } from "../shell/part.js";
import { rowName } from "./rows.js";

/** @import { Model } from "../types.js" */
/** @import { Unit } from "./rows.js" */
/** @typedef {{ go: (code: Float32Array) => void, decode: (code: Float32Array) => Float32Array }} On */

const SIDE = 5;
const MIDDLE = SIDE >> 1;

class Sheet {
  /** @type {Float32Array[]} */
  codes = [];

  /** @param {(code: Float32Array) => void} go */
  constructor(go) {
    this.title = make("h3");
    this.said = make("p", { className: "note" });
    this.cells = make("div", { className: "sheet", tabIndex: 0, role: "application" });
    this.tiles = Array.from({ length: SIDE ** 2 }, (_, i) => {
      const tile = new Tile(this.cells);
      tile.figure.addEventListener("click", () => go(this.codes[i]));
      return tile;
    });
    this.tiles[MIDDLE * (SIDE + 1)].figure.classList.add("now");
    this.cells.addEventListener("keydown", (event) => {
      const way = WAYS[event.key];
      if (!way) return;
      event.preventDefault();
      go(this.codes[(MIDDLE + way[1]) * SIDE + MIDDLE + way[0]]);
    });
    this.home = make("section", {}, this.title, this.cells, this.said);
  }

  /** Lay out codes: the first step to the right, the second upwards. @param {Float32Array} code @param {Float32Array[]} steps @param {number} by */
  lay(code, [across, up], by) {
    this.codes = this.tiles.map((_, i) => {
      const [x, y] = [by * ((i % SIDE) - MIDDLE), by * (MIDDLE - Math.floor(i / SIDE))];
      return code.map((value, j) => value + x * across[j] + y * up[j]);
    });
  }

  /** Decode one picture after another. @type {(model: Model, decode: On["decode"], picture: Float32Array) => Generator<void>} */
  *draw(model, decode, picture) {
    let [change, support] = [0, 0];
    const seen = { model, decode: (/** @type {Float32Array} */ code) => {
      const pixels = decode(code);
      change += rms(pixels, picture) / (SIDE ** 2 - 1);
      return pixels;
    } };
    for (const [i, tile] of this.tiles.entries()) {
      support += tile.show(seen, this.codes[i], `${this.title.textContent}, row ${1 + Math.floor(i / SIDE)}, column ${1 + (i % SIDE)}`) / SIDE ** 2;
      yield;
    }
    this.said.replaceChildren("change ", figure(change.toFixed(3)), ", mean support ", figure(percent(support)));
    Object.assign(this.home.dataset, { change: change.toFixed(5), support: support.toFixed(5) });
  }
}

const figure = (/** @type {string} */ textContent) => make("b", { textContent, dataset: { matters: "" } });

/** @extends {Part<On>} */
export class Directions extends Part {
  /** @type {Generator<void> | null} what is still to be drawn */
  rest = null;

  /** @param {HTMLElement} home @param {On} on */
  constructor(home, on) {
    super(home, on);
    this.local = new Sheet(on.go);
    this.along = new Sheet(on.go);
    this.home.append(this.local.home, this.along.home);
  }

  /** Another model. @param {Model} model @param {Unit[]} units the most used first */
  show(model, units) {
    this.rest = null;
    this.model = model;
    this.units = units;
    this.local.title.textContent = "where it changes most here";
    this.local.cells.ariaLabel = "Pictures along the two directions in which the picture changes most here. Arrow keys and clicks go there.";
    if (units.length < 2) return;
    const [right, up] = units.map(rowName);
    this.along.title.textContent = `${right} →, ${up} ↑, steps as long`;
    this.along.cells.ariaLabel = `Pictures along ${right} and ${up}. Arrow keys and clicks go there.`;
  }

  /** Show what is around another code. @param {Float32Array} code @param {number} step */
  follow(code, step) {
    const { model, units } = this;
    if (!model || !units) return;
    const started = performance.now();
    const local = localDirections(model, code);
    this.home.dataset.foundMs = (performance.now() - started).toFixed(2);
    this.local.lay(code, local, step);
    this.along.lay(code, unitSteps(units, model, local), step);
    this.rest = this.#draw(model, this.on.decode(code).slice());
  }

  /** @type {(model: Model, picture: Float32Array) => Generator<void>} */
  *#draw(model, picture) {
    for (const sheet of [this.local, this.along]) yield* sheet.draw(model, this.on.decode, picture);
  }

  get stale() {
    return this.rest !== null;
  }

  /** Decode until the time is up. @param {number} until */
  work(until) {
    do if (this.rest?.next().done) this.rest = null;
    while (performance.now() < until && this.stale);
  }
}
