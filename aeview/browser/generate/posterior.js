// q(z|x) of one image: μ ± σ as a picture, a dozen draws, and where 200 draws differ.

import { MiniMap } from "../map/minimap.js";
import { outline, ring } from "../map/marks.js";
import { normal } from "../net/noise.js";
import { Spread, paintSpread } from "../charts/spread.js";
import { make, minimap, picture } from "../controls/dom.js";
import { number, unitName } from "../controls/words.js";
import { Tile } from "../controls/tile.js";

const DRAWS = 12;
const MANY = 200;
const CHUNK = 5;
const ANGLES = Array.from({ length: 48 }, (_, i) => (2 * Math.PI * i) / 48);
const NONE = "This model has no posterior: its encoder gives each image one point and says "
  + "nothing of how sure it is, and nothing in its training asks for that. There is nothing to draw from.";

const NO_ENCODER = "This model has no encoder: no image has a code there, let alone a posterior.";

/** @import { Camera, Colours, Queue } from "../types.js" */
/** @import { View } from "./main.js" */
/** @typedef {{ mean: Float32Array, spread: Float32Array, label: number }} Normal q(z|x): its means and standard deviations, the class of x */
/** @typedef {{ view: View, body: HTMLElement, where: HTMLElement, mean: Tile, draws: Tile[], unsure: HTMLCanvasElement,
 *   words: HTMLElement, bars: SVGElement | null, q?: Normal }} Column one model's posterior */

export class Posterior {
  /** @type {Column[]} */
  columns = [];
  /** @type {MiniMap[]} */
  maps = [];

  /** @param {HTMLElement} home @param {Queue} queue */
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
  }

  close() {
    for (const map of this.maps) map.close();
    this.maps = [];
  }

  redraw() {
    for (const map of this.maps) map.draw();
  }

  /** Lay out a column for each model. @param {View[]} views */
  layOut(views) {
    this.close();
    this.columns = [];
    this.home.replaceChildren();
    for (const view of views) {
      const section = make("section", { className: "column" }, make("h3", { textContent: view.title }));
      this.home.append(section);
      if (view.model.logVar.length) this.#frame(view, section);
      else section.append(make("p", { className: "nothing", textContent: view.model.encodes ? NONE : NO_ENCODER }));
    }
  }

  /** @param {View} view @param {HTMLElement} section */
  #frame(view, section) {
    const flat = view.model.d === 2;
    const [where, words, unsure] = [make("figcaption"), make("figcaption"), picture("What the model is unsure about")];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    Object.assign(svg, { role: "img", ariaLabel: "Posterior of each unit" });
    svg.setAttribute("class", "bars");
    const home = flat ? minimap("Latent map with the ellipse of the posterior") : svg;
    const mean = make("figure", { className: "mean" }, make("figcaption", { textContent: "decoded μ" }));
    const draws = make("div", { className: "draws" });
    const body = make("div", { className: "q" }, make("figure", { className: "where" }, home, where), mean,
      make("figure", { className: "unsure" }, unsure, words), draws);
    /** @type {Column} */
    const column = {
      view, body, where, words, unsure, bars: flat ? null : svg, mean: new Tile(mean),
      draws: Array.from({ length: DRAWS }, () => new Tile(draws)),
    };
    this.columns.push(column);
    section.append(body);
    if (!(home instanceof HTMLElement)) return;
    const map = new MiniMap(home, { over: (...on) => this.#over(column, ...on) });
    map.show(view.model);
    this.maps.push(map);
  }

  /** @type {(column: Column, context: CanvasRenderingContext2D, camera: Camera, colours: Colours) => void} */
  #over({ q }, context, camera, colours) {
    if (!q) return;
    for (const sigmas of [1, 2]) {
      outline(context, ANGLES.map((a) => camera.toScreen(
        q.mean[0] + sigmas * q.spread[0] * Math.cos(a), q.mean[1] + sigmas * q.spread[1] * Math.sin(a))), colours.text);
    }
    ring(context, camera.toScreen(q.mean[0], q.mean[1]), 3, colours.text, colours.accent);
  }

  /** @param {number} seed @param {number[]} rows for each slot the chosen image's row, or −1 */
  draw(seed, rows) {
    this.queue.drop("posterior");
    for (const column of this.columns) {
      const { model, slot } = column.view;
      const spread = rows[slot] < 0 ? null : model.spreadOf(rows[slot]);
      if (!spread) continue;
      const q = { mean: model.codeOf(rows[slot]), spread, label: model.labels[rows[slot]] };
      column.q = q;
      this.#words(column, q);
      this.#draws(column, q, seed);
      this.#unsure(column, q, seed);
    }
    this.redraw();
  }

  /** @type {(q: Normal, seed: number, i: number) => Float32Array} */
  #code({ mean, spread }, seed, i) {
    const noise = normal(seed, "posterior", i, mean.length);
    return Float32Array.from(mean, (m, j) => m + spread[j] * noise[j]);
  }

  /** @param {Column} column @param {Normal} q */
  #words({ where, bars }, q) {
    where.textContent = bars ? "μ ± σ of each unit; ± 1 (the prior) is the grey band"
      : `${[0, 1].map((j) => said(q, j)).join(", ")}; ellipses: 1 and 2 σ`;
    if (bars) whiskers(bars, q);
  }

  /** @param {Column} column @param {Normal} q @param {number} seed */
  #draws({ view, draws, mean }, q, seed) {
    const key = `posterior/${view.slot}`;
    this.queue.put(`${key}/mean`, () => mean.show(view.as(q.label), q.mean, "The decoded mean of the posterior"));
    for (const [i, tile] of draws.entries()) {
      this.queue.put(`${key}/draw${i}`, () => tile.show(view.as(q.label), this.#code(q, seed, i), `Draw ${i + 1} from the posterior`));
    }
  }

  /** A few draws a frame. @param {Column} column @param {Normal} q @param {number} seed */
  #unsure(column, q, seed) {
    const { view } = column;
    const spread = new Spread(view.model.shape);
    for (let start = 0; start < MANY; start += CHUNK) {
      this.queue.put(`posterior/${view.slot}/many${start}`, () => {
        for (let i = start; i < start + CHUNK; i++) spread.add(view.as(q.label).decode(this.#code(q, seed, i)));
        if (start + CHUNK >= MANY) this.#heat(column, spread.result(1));
      });
    }
  }

  /** @param {Column} column @param {Float32Array} std */
  #heat({ view: { model }, body, unsure, words }, std) {
    const largest = std.reduce((a, b) => Math.max(a, b), 1e-9);
    paintSpread(unsure, std, model.shape, largest);
    unsure.ariaLabel = `Standard deviation of each ${model.part} over ${MANY} draws, up to ${number(largest)}`;
    words.textContent =
      `what it is unsure about: standard deviation of each ${model.part} over ${MANY} draws, 0 to ${number(largest)} (yellow)`;
    body.dataset.unsure = String(largest);
  }
}

/** @param {Normal} q @param {number} j */
const said = ({ mean, spread }, j) => `${unitName(j)} = ${number(mean[j])} ± ${number(spread[j])}`;

/** μ ± σ of every unit as a column of whiskers. @param {SVGElement} svg @param {Normal} q */
function whiskers(svg, q) {
  const { mean, spread } = q;
  const d = mean.length;
  const reach = Math.max(3, ...Array.from(mean, (m, j) => Math.abs(m) + spread[j]));
  const y = (/** @type {number} */ v) => (50 - (46 * v) / reach).toFixed(2);
  const x = (/** @type {number} */ j) => ((100 * (j + 0.5)) / d).toFixed(2);
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.ariaLabel = `Posterior of ${d} units: ${Array.from(mean, (_, j) => said(q, j)).join("; ")}`;
  const lines = Array.from(mean, (m, j) =>
    `<line class="spread" x1="${x(j)}" x2="${x(j)}" y1="${y(m - spread[j])}" y2="${y(m + spread[j])}"><title>${said(q, j)}</title></line>`
    + `<line class="mid" x1="${x(j - 0.3)}" x2="${x(j + 0.3)}" y1="${y(m)}" y2="${y(m)}"/>`);
  svg.innerHTML = `<rect class="prior" x="0" width="100" y="${y(1)}" height="${(+y(-1) - +y(1)).toFixed(2)}"/>`
    + `<line class="zero" x1="0" x2="100" y1="50" y2="50"/>${lines.join("")}`;
}
