// Random codes decoded: a square of pictures for each model, and where the codes fall on its map.

import { make, minimap } from "../controls/dom.js";
import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";
import { normal, uniform } from "../net/noise.js";
import { percent } from "../controls/words.js";
import { SUPPORTED, Tile } from "../controls/tile.js";

/** @import { Camera, Colours, Model, Queue } from "../types.js" */
/** @import { State, View } from "./main.js" */
/** @typedef {{ view: View, section: HTMLElement, note: HTMLElement, codes: Float32Array[], shares: Float32Array, tiles: Tile[],
 *   map: MiniMap, left: number, seed?: number, noise: [Float64Array, number][] }} Column one model's samples, `left` of them still to be decoded */

const DEAF = "This model is told no class, so it can't be asked for one.";

export class Samples {
  /** @type {Column[]} */
  columns = [];

  /** @param {HTMLElement} home for the pictures @param {HTMLElement} mapHome for the small maps @param {Queue} queue */
  constructor(home, mapHome, queue) {
    this.home = home;
    this.mapHome = mapHome;
    this.queue = queue;
  }

  close() {
    for (const { map } of this.columns) map.close();
    this.columns = [];
  }

  redraw() {
    for (const { map } of this.columns) map.draw();
  }

  /** Lay out so many empty pictures for each model. @param {View[]} views @param {number} n */
  layOut(views, n) {
    this.queue.drop("sample");
    this.close();
    this.mapHome.replaceChildren();
    this.columns = views.map((view) => this.#column(view, n));
    this.home.replaceChildren(...this.columns.map(({ section }) => section));
  }

  /** @type {(view: View, n: number) => Column} */
  #column(view, n) {
    const [tiles, note] = [make("div", { className: "tiles" }), make("p", { className: "note" })];
    const section = make("section", { className: "column" }, make("h3", { textContent: view.title }), tiles, note);
    tiles.style.setProperty("--side", String(Math.ceil(Math.sqrt(n))));
    /** @type {Float32Array[]} */
    const codes = new Array(n);
    return {
      view, section, note, codes, shares: new Float32Array(n).fill(NaN), left: n, noise: [],
      tiles: Array.from({ length: n }, () => new Tile(tiles)), map: this.#map(view, codes),
    };
  }

  /** @param {View} view @param {Float32Array[]} codes */
  #map(view, codes) {
    const home = minimap(`Latent map of ${view.title} with the drawn codes`);
    this.mapHome.append(make("figure", {}, home, make("figcaption", { textContent: view.kind })));
    const map = new MiniMap(home, { names: false, over: (...on) => this.#over(view, codes, ...on) });
    map.show(view.model);
    return map;
  }

  /** @type {(view: View, codes: Float32Array[], context: CanvasRenderingContext2D, camera: Camera, colours: Colours) => void} */
  #over(view, codes, context, camera, colours) {
    for (const code of codes) {
      if (code) ring(context, camera.toScreen(...view.model.plane.transform(code)), 2.5, colours.background, colours.text);
    }
  }

  /** Decode all samples anew; the models take turns, so that both move together. @param {State} state */
  draw({ seed, temperature, method, label: asked }) {
    const n = this.columns[0]?.tiles.length ?? 0;
    const hears = asked >= 0 && this.columns.some(({ view }) => view.model.told);
    for (const column of this.columns) {
      column.left = n; // a waiting picture keeps its place in the queue: the last one need not come last
      this.#noise(column, seed);
      const source = column.view.sampler(method);
      if (source.slow) continue;
      column.noise.forEach(([e, u], i) => {
        column.codes[i] = source.place(e, u, temperature);
      });
      column.map.draw();
    }
    for (let i = 0; i < n; i++) {
      for (const column of this.columns) {
        const { view, tiles, shares, codes, noise } = column;
        this.queue.put(`sample/${view.slot}/${i}`, () => {
          const source = view.sampler(method);
          if (source.slow) {
            codes[i] = source.place(...noise[i], temperature);
            column.map.draw();
          }
          const label = view.label(noise[i][1]);
          const as = view.model.told ? ` as class ${view.model.header.classes[label]}` : "";
          shares[i] = tiles[i].show(view.as(label), codes[i], `Sample ${i + 1} of ${view.title}${as}`);
          if (--column.left === 0) this.#count(column, method, temperature, hears);
        });
      }
    }
  }

  /** Drawn once a seed: a dragged temperature scales the same numbers. @param {Column} column @param {number} seed */
  #noise(column, seed) {
    if (column.seed === seed) return;
    column.seed = seed;
    column.noise = column.tiles.map((_, i) =>
      [normal(seed, "codes", i, column.view.model.d), uniform(seed, "components", i)[0]]);
  }

  /** `hears` is whether a model on screen is asked for a class by being told it. @type {(column: Column, method: string, temperature: number, hears: boolean) => void} */
  #count({ view, note, shares }, method, temperature, hears) {
    const supported = shares.filter((share) => share >= SUPPORTED).length;
    const count = `${supported} of ${shares.length} drawn codes have training ${view.model.things} nearby (support 10 % or more), whatever they decode to.`;
    const deaf = hears && !view.model.told && !view.about(method).learnt ? DEAF : "";
    note.textContent = view.model.says(`${deaf} ${this.#where(view, method, temperature)} ${count}`).trim();
  }

  /** @type {(view: View, method: string, temperature: number) => string} */
  #where(view, method, temperature) {
    const { about, fitted, waiting } = view.about(method);
    if (!view.has(method)) return waiting;
    if (about) return about.replace("{k}", String(view.sampler(method).k ?? ""));
    if (fitted || temperature < 0.05) return "";
    const reached = percent(reach(view.model, temperature));
    return `${reached} of the training ${view.model.things} lie in the region that 99 % of these codes are drawn from. The other way round:`;
  }
}

/**
 * Share of a model's codes within the radius that holds 99 % of draws from N(0, T²·I).
 * @type {(model: Pick<Model, "codes" | "n" | "d">, temperature: number) => number}
 */
export function reach({ codes, n, d }, temperature) {
  const z99 = 2.3263;
  const squared = d * (1 - 2 / (9 * d) + z99 * Math.sqrt(2 / (9 * d))) ** 3; // Wilson & Hilferty (1931)
  let inside = 0;
  for (let row = 0; row < n; row++) {
    let norm = 0;
    for (let j = 0; j < d; j++) norm += codes[row * d + j] ** 2;
    if (norm <= squared * temperature ** 2) inside++;
  }
  return inside / n;
}
