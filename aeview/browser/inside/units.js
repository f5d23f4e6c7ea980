// Part "Units": what every unit of the code does over many images, and the images that excite it.

import { filters } from "../net/stages.js";
import { paintSigned, zeroColour } from "../charts/signed.js";
import { figure } from "../controls/figure.js";
import { number, percent, unitName } from "../controls/words.js";
import { theme } from "../charts/paint.js";
import { pen } from "../charts/canvas.js";
import { make } from "../controls/dom.js";
import { Fields } from "../controls/fields.js";
import { finder } from "../shell/find.js";
import { histogram } from "./bars.js";
import { Pager } from "./pager.js";

/** @import { Block, Colours, Model } from "../types.js" */
/** @typedef {Record<string, Float32Array & { shape: number[] }>} Table numbers by name, some by unit */
/** @typedef {Block<{ d: number, n: number, threshold: number, words: string, pooled: [number, number], speaking: [number, number], names: string[] },
 *   Table>} UnitsBlock the block "inside/units" */

const A_PAGE = 24;

/** @typedef {{ unit: number, first: string }} Chosen a unit as the link counts it, from 1, 0 for the first of the order; and the order */

/** How far behind a unit stands in each order. @type {Record<string, (table: Table, code: Float32Array) => (j: number) => number>} */
const ORDERS = {
  image: (_, code) => (j) => -code[j],
  spread: (t) => (j) => -t.std[j],
  active: (t) => (j) => -t.active[j],
  number: () => (j) => j,
};

export class Units {
  now = /** @type {{ model: Model, table: UnitsBlock, code: Float32Array }} */ (/** @type {any} */ (null)); // what is drawn
  /** @type {Model | undefined} */ shown;

  /** @param {HTMLElement} home @param {(change: Partial<Chosen>) => void} choose */
  constructor(home, choose) {
    this.home = home;
    this.choose = choose;
    this.find = finder(home);
    this.pager = new Pager(home, A_PAGE, () => this.#again());
    /** @type {Fields<{ end: string }>} */
    this.fields = new Fields(home, {}, { choices: ["end"], ready: () => this.now, changed: () => this.#again() });
    this.fields.state.end = "most";
    const by = this.find("select.by");
    by.addEventListener("change", () => {
      this.order = by.value;
      this.pager.page = 0;
      this.#again();
      this.choose({ first: by.value });
    });
  }

  #again() {
    if (this.now) this.draw(this.now.model, this.now.table, this.now.code, { unit: this.unit + 1, first: this.order });
  }

  /**
   * @param {Model} model
   * @param {UnitsBlock | null} table null while it is being computed
   * @param {Float32Array} code
   * @param {Chosen} chosen
   */
  draw(model, table, code, { unit, first }) {
    if (model !== this.shown) this.pager.page = 0;
    this.shown = model;
    const fits = table && table.header.d === model.d;
    this.home.dataset.pending = fits ? "no" : "yes";
    if (!fits) return;
    this.now = { model, table, code };
    this.order = first;
    this.find("select.by").value = first;
    const { arrays } = table;
    const rank = ORDERS[this.order](arrays, code);
    const order = Array.from({ length: model.d }, (_, j) => j).sort((a, b) => rank(a) - rank(b) || a - b);
    /** @type {number} */
    this.unit = unit > 0 ? unit - 1 : order[0];
    this.silent = !this.#values("least").some((value) => value !== 0); // nothing to see among its least
    if (this.silent) this.fields.state.end = "most";
    this.fields.show();
    this.#summary(table);
    this.find(".units").replaceChildren(...this.pager.of(order).map((j) => this.#button(j)));
    this.#one(table);
  }

  /** @param {UnitsBlock} table */
  #summary({ header, arrays }) {
    const on = this.now.code.reduce((n, z) => n + Number(Math.abs(z) > header.threshold), 0);
    this.find(".said").textContent = `${header.words} In the chosen image: ${on.toLocaleString("en")}.`;
    this.find(".under").textContent = this.order === "image" ? "its value for this image" : "in how many images it is active";
    histogram(this.find("svg.pooled"), Array.from(arrays.pooled), {
      low: header.pooled[0], high: header.pooled[1], title: "z of all units, all images (log. counts)",
    });
    histogram(this.find("svg.speaking"), Array.from(arrays.speaking), {
      low: header.speaking[0], high: header.speaking[1], title: "active units of an image",
    });
  }

  /** @param {number} j */
  #button(j) {
    const { table, code } = this.now;
    const canvas = make("canvas");
    sparkline(canvas, this.#counts(j), theme(this.home));
    return make("button", {
      type: "button", ariaPressed: String(j === this.unit), ariaLabel: `unit ${unitName(j)}`,
      onclick: () => {
        this.unit = j;
        this.#again();
        this.choose({ unit: j + 1 });
      },
    }, canvas, make("span", { textContent: `${unitName(j)} · ${this.order === "image" ? number(code[j]) : percent(table.arrays.active[j])}` }));
  }

  /** What the unit adds to a picture, where one layer leads from code to picture. @param {number} j */
  #paints(j) {
    const { model } = this.now;
    const layers = model.header.network.decoder;
    const index = layers.findIndex((layer) => "n_in" in layer);
    const seen = index < 0 ? null : filters({ layer: layers[index], index }, "decoder", model.arrays, model.shape);
    const shown = seen?.count === model.d;
    this.find(".paints").hidden = !shown;
    if (!seen || !shown) return;
    paintSigned(this.find(".paints canvas"), seen.of(j), seen.shape, zeroColour(this.home));
    this.find(".paints .colours").textContent = seen.shape[0] === 3 ? "grey is no change" : "orange more ink, blue less";
  }

  /** The values of the chosen unit in its nine most or least exciting images. @param {string} end */
  #values(end) {
    const n = this.now.table.arrays[end].shape[1];
    return this.now.table.arrays[`${end}_values`].subarray(this.unit * n, (this.unit + 1) * n);
  }

  /** @param {number} j */
  #counts(j) {
    const bins = this.now.table.arrays.counts.shape[1];
    return Array.from(this.now.table.arrays.counts.subarray(j * bins, (j + 1) * bins));
  }

  /** @param {UnitsBlock} table */
  #one({ arrays, header }) {
    const j = this.unit;
    const { end } = this.fields.state;
    this.find(".one h3").textContent = `Unit ${unitName(j)}`;
    histogram(this.find(".one svg"), this.#counts(j), {
      low: arrays.low[j], high: arrays.high[j], title: `${unitName(j)}, ${header.n.toLocaleString("en")} images`,
      mark: this.now.code[j], markWords: `this image: ${number(this.now.code[j])}`,
    });
    this.find(".one .facts").textContent = `Active in ${percent(arrays.active[j])} of ${header.n.toLocaleString("en")} images; `
      + `mean ${number(arrays.mean[j])}, standard deviation ${number(arrays.std[j])}.`;
    this.#paints(j);
    Object.assign(this.find('button[data-end="least"]'), {
      disabled: this.silent, title: this.silent ? "This unit is silent, exactly 0, in nine images or more" : "",
    });
    const places = arrays[end];
    const top = places.shape[1];
    const size = this.now.model.shape.reduce((a, b) => a * b, 1);
    this.find(".nine").replaceChildren(...Array.from({ length: top }, (_, i) => {
      const at = places[j * top + i];
      const value = this.#values(end)[i];
      const label = this.now.model.header.classes[arrays.labels[at]] ?? "";
      return figure(arrays.pixels.subarray(at * size, (at + 1) * size), this.now.model.shape,
        [number(value), label], `${header.names[at]}, ${unitName(j)} = ${number(value)}`);
    }));
  }
}

/**
 * Square roots, so that rare values are seen beside a high bar at zero.
 * @type {(canvas: HTMLCanvasElement, counts: number[], colours: Colours) => void}
 */
function sparkline(canvas, counts, colours) {
  const high = 36;
  Object.assign(canvas, { width: counts.length * 4, height: high });
  const context = pen(canvas);
  const most = Math.sqrt(Math.max(1, ...counts));
  context.fillStyle = colours.accent;
  for (const [i, count] of counts.entries()) {
    const h = (Math.sqrt(count) / most) * high;
    context.fillRect(i * 4, high - h, 3, h);
  }
}
