// Part "Units": what every unit of the code does over many images, and the images that excite it.

import { figure } from "../controls/figure.js";
import { number, percent } from "../controls/words.js";
import { theme } from "../charts/paint.js";
import { histogram } from "./bars.js";

const A_PAGE = 24;

const ORDERS = {
  image: (t, code) => (j) => -code[j],
  spread: (t) => (j) => -t.std[j],
  active: (t) => (j) => -t.active[j],
  number: () => (j) => j,
};

export class Units {
  /** @param on { choose(unit) } */
  constructor(home, on) {
    this.home = home;
    this.on = on;
    this.find = (selector) => home.querySelector(selector);
    this.order = "spread";
    this.page = 0;
    this.end = "most";
    this.find(".by").addEventListener("change", (event) => this.#set({ order: event.target.value, page: 0 }));
    this.find(".before").addEventListener("click", () => this.#set({ page: this.page - 1 }));
    this.find(".after").addEventListener("click", () => this.#set({ page: this.page + 1 }));
    for (const button of home.querySelectorAll("[data-end]")) {
      button.addEventListener("click", () => this.#set({ end: button.dataset.end }));
    }
  }

  #set(change) {
    Object.assign(this, change);
    if (this.table) this.draw(this.model, this.table, this.code, this.unit);
  }

  /**
   * @param table the block "inside/units", or null while it is being computed
   * @param unit the chosen one; −1 for the first of the order
   */
  draw(model, table, code, unit) {
    const other = model !== this.model;
    if (other) this.page = 0;
    const fits = table && table.header.d === model.d;
    this.home.dataset.pending = fits ? "no" : "yes";
    if (!fits) return;
    Object.assign(this, { model, table, code });
    const { arrays, header } = table;
    const rank = ORDERS[this.order](arrays, code);
    const order = Array.from({ length: model.d }, (_, j) => j).sort((a, b) => rank(a) - rank(b) || a - b);
    this.unit = unit >= 0 ? unit : order[0];
    this.silent = !this.#values("least").some((value) => value !== 0); // nothing to see among its least
    if (this.silent) this.end = "most";
    this.#summary(header, arrays);
    this.#list(order);
    this.#one(arrays, header);
  }

  #summary(header, arrays) {
    this.find(".said").textContent = header.words;
    histogram(this.find(".pooled"), Array.from(arrays.pooled), {
      low: header.pooled[0], high: header.pooled[1], title: "z of all units, all images (log. counts)",
    });
    histogram(this.find(".speaking"), Array.from(arrays.speaking), {
      low: header.speaking[0], high: header.speaking[1], title: "active units of an image",
    });
  }

  #list(order) {
    const pages = Math.ceil(order.length / A_PAGE);
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const from = this.page * A_PAGE;
    const shown = order.slice(from, from + A_PAGE);
    this.find(".which").textContent = `${from + 1}–${from + shown.length} of ${order.length}`;
    this.find(".before").disabled = this.page === 0;
    this.find(".after").disabled = this.page >= pages - 1;
    this.find(".units").replaceChildren(...shown.map((j) => this.#button(j)));
  }

  #button(j) {
    const { arrays } = this.table;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", j === this.unit);
    button.setAttribute("aria-label", `unit ${j}`);
    const canvas = document.createElement("canvas");
    sparkline(canvas, this.#counts(j), theme(this.home));
    const label = document.createElement("span");
    label.textContent = `z${j} · ${percent(arrays.active[j])}`;
    button.append(canvas, label);
    button.addEventListener("click", () => {
      this.unit = j;
      this.draw(this.model, this.table, this.code, j);
      this.on.choose(j);
    });
    return button;
  }

  // The values of the chosen unit in its nine most or least exciting images.
  #values(end) {
    const n = this.table.arrays[end].shape[1];
    return this.table.arrays[`${end}_values`].subarray(this.unit * n, (this.unit + 1) * n);
  }

  #counts(j) {
    const bins = this.table.arrays.counts.shape[1];
    return Array.from(this.table.arrays.counts.subarray(j * bins, (j + 1) * bins));
  }

  #one(arrays, header) {
    const j = this.unit;
    this.find(".one h3").textContent = `Unit z${j}`;
    histogram(this.find(".one svg"), this.#counts(j), {
      low: arrays.low[j], high: arrays.high[j], title: `z${j}, ${header.n.toLocaleString("en")} images`,
      mark: this.code[j], markWords: `this image: ${number(this.code[j])}`,
    });
    this.find(".one .facts").textContent = `Active in ${percent(arrays.active[j])} of ${header.n.toLocaleString("en")} images; `
      + `mean ${number(arrays.mean[j])}, standard deviation ${number(arrays.std[j])}.`;
    for (const button of this.home.querySelectorAll("[data-end]")) {
      button.setAttribute("aria-pressed", button.dataset.end === this.end);
    }
    const least = this.find('[data-end="least"]');
    least.disabled = this.silent;
    least.title = this.silent ? "This unit is silent, exactly 0, in nine images or more" : "";
    const places = arrays[this.end];
    const top = places.shape[1];
    const size = this.model.shape.reduce((a, b) => a * b, 1);
    this.find(".nine").replaceChildren(...Array.from({ length: top }, (_, i) => {
      const at = places[j * top + i];
      const value = this.#values(this.end)[i];
      const label = this.model.header.classes[arrays.labels[at]] ?? "";
      return figure(arrays.pixels.subarray(at * size, (at + 1) * size), this.model.shape,
        [number(value), label], `${header.names[at]}, z${j} = ${number(value)}`);
    }));
  }
}

// Square roots, so that rare values are seen beside a high bar at zero.
function sparkline(canvas, counts, colours) {
  const [wide, high] = [counts.length * 4, 36];
  canvas.width = wide;
  canvas.height = high;
  const context = canvas.getContext("2d");
  const most = Math.sqrt(Math.max(1, ...counts));
  context.fillStyle = colours.accent;
  counts.forEach((count, i) => {
    const h = (Math.sqrt(count) / most) * high;
    context.fillRect(i * 4, high - h, 3, h);
  });
}
