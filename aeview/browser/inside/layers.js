// Part "Layers": what comes out of every layer for the image, and the first and last filters.

import { meanSquare } from "../net/scores.js";
import { paint } from "../charts/paint.js";
import { number } from "../controls/words.js";
import { filters, shapeWords, stages } from "./stages.js";
import { grid, hit, largest, mosaic, paintSigned, zeroColour } from "./signed.js";

const MOST_MAPS = 64;
const A_PAGE = 40;

export class Layers {
  /** @param home the part's element */
  constructor(home) {
    this.home = home;
    this.find = (selector) => home.querySelector(selector);
    this.side = "encoder";
    this.order = "weights";
    this.page = 0;
    this.selected = null;
    for (const button of home.querySelectorAll("[data-side]")) {
      button.addEventListener("click", () => this.#choose({ side: button.dataset.side, page: 0 }));
    }
    for (const button of home.querySelectorAll("[data-order]")) {
      button.addEventListener("click", () => this.#choose({ order: button.dataset.order, page: 0 }));
    }
    this.find(".before").addEventListener("click", () => this.#choose({ page: this.page - 1 }));
    this.find(".after").addEventListener("click", () => this.#choose({ page: this.page + 1 }));
  }

  #choose(change) {
    Object.assign(this, change);
    this.#filters();
  }

  /** @param exact whether the pixels are the image's own, and no reconstruction in its place */
  draw(model, pixels, exact) {
    if (model !== this.model) Object.assign(this, { page: 0, selected: null });
    Object.assign(this, { model, pixels, exact, zero: zeroColour(this.home) });
    const encoded = model.encoder.trace(pixels);
    const code = encoded.at(-1).values.slice(0, model.d);
    const decoded = model.decoder.trace(code);
    this.stages = { encoder: stages(encoded), decoder: stages(decoded) };
    this.#row(".encoder", [this.#picture("image", pixels), ...this.#cards("encoder")]);
    this.#row(".decoder", this.#cards("decoder"));
    const bends = [...encoded, ...decoded].map(({ layer }) => layer).filter(({ kind, name }) => kind === "activation" && name !== "identity");
    const names = [...new Set(bends.map(({ name }) => name))];
    this.find(".bend").textContent = names.length ? `${names.join(", ")}: how a layer bends its numbers (its activation function).` : "";
    this.find(".transposed").hidden = !this.stages.decoder.some(({ layer }) => layer.kind === "conv_transpose");
    this.find(".upsampled").hidden = !this.stages.decoder.some(({ layer }) => layer.kind === "upsample");
    this.#detail();
    this.#filters();
  }

  #row(selector, cards) {
    this.find(selector).replaceChildren(...cards);
  }

  #picture(title, pixels) {
    const canvas = document.createElement("canvas");
    paint(canvas, pixels, this.model.shape);
    return card(canvas, title, this.model.shape.slice(1).join("×"), "image");
  }

  #cards(side) {
    const { model } = this;
    const all = this.stages[side];
    return all.map((stage, i) => {
      const last = i === all.length - 1;
      if (side === "decoder" && last) return this.#output(stage);
      const posterior = side === "encoder" && last && stage.values.length === 2 * model.d;
      const values = posterior ? stage.values.subarray(0, model.d) : stage.values;
      const shape = posterior ? [model.d] : stage.shape;
      const codes = side === "encoder" && last;
      const title = codes ? `code (${stage.title})` : stage.title;
      return this.#maps({ ...stage, title, values, shape }, `${side}-${i}`, posterior ? "means of " : "");
    });
  }

  #output(stage) {
    const canvas = document.createElement("canvas");
    paint(canvas, stage.values, this.model.shape);
    const off = this.exact ? `; squared error ${meanSquare(stage.values, this.pixels).toFixed(4)} per pixel` : "";
    return card(canvas, `reconstruction (${stage.title})`, `${this.model.shape.slice(1).join("×")}${off}`, "image");
  }

  #maps(stage, key, head) {
    const [n, height, width] = stage.shape.length === 3 ? stage.shape : [stage.shape[0], 1, 1];
    const shown = height * width > 1 ? Math.min(n, MOST_MAPS) : n;
    const at = grid(shown, height, width, 1.15);
    const canvas = document.createElement("canvas");
    const most = largest(stage.values);
    mosaic(canvas, stage.values, at, most, this.zero);
    const of = shown < n ? `, ${shown} shown` : "";
    const made = card(canvas, stage.title, `${head}${shapeWords(stage.shape)}${of}; largest ${number(most)}`, "mosaic");
    const button = made.querySelector("button");
    button.setAttribute("aria-label", `${stage.title}: choose a ${height * width > 1 ? "map" : "unit"}`);
    const turn = (by) => ((this.selected?.key === key ? this.selected.i : by > 0 ? -1 : 0) + by + shown) % shown;
    button.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -at.columns, ArrowDown: at.columns }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.selected = { key, i: turn(by) };
      this.#detail();
    });
    button.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const i = event.detail ? hit(at, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
        : turn(1); // by keyboard: the next one
      if (i >= 0) this.selected = { key, i };
      this.#detail();
    });
    return made;
  }

  // One map or unit enlarged, with the weights it comes from where those are pictures.
  #detail() {
    const { selected } = this;
    const home = this.find(".detail");
    home.hidden = !selected;
    if (!selected) return;
    const [side, place] = selected.key.split("-");
    const stage = this.stages[side][Number(place)];
    const [, height, width] = stage.shape.length === 3 ? stage.shape : [stage.shape[0], 1, 1];
    const size = height * width;
    const values = stage.values.subarray(selected.i * size, (selected.i + 1) * size);
    mosaic(this.find(".detail .map"), values, grid(1, height, width), largest(stage.values), this.zero);
    const seen = side === "encoder" && place === "0" ? filters(stage, side, this.model.arrays, this.model.shape) : null;
    this.find(".detail .kernel").hidden = !seen;
    if (seen) paintSigned(this.find(".detail .kernel"), seen.of(selected.i), seen.shape, this.zero);
    const range = size > 1 ? `from ${number(Math.min(...values))} to ${number(Math.max(...values))}` : number(values[0]);
    this.find(".detail p").textContent = `${size > 1 ? "Map" : "Unit"} ${selected.i} of “${stage.title}”: ${range}`
      + `${seen ? "; beside it the weights it comes from" : ""}.`;
  }

  // ---- filters -----------------------------------------------------------------------------

  #filters() {
    const all = this.stages[this.side];
    const stage = this.side === "encoder" ? all[0] : all.at(-1);
    const seen = filters(stage, this.side, this.model.arrays, this.model.shape);
    for (const [name, value] of [["side", this.side], ["order", this.order]]) {
      for (const button of this.home.querySelectorAll(`[data-${name}]`)) {
        button.setAttribute("aria-pressed", button.dataset[name] === value);
      }
    }
    this.find(".filters").hidden = !seen;
    if (!seen) return;
    const strength = this.#strengths(seen, stage);
    const order = Array.from({ length: seen.count }, (_, i) => i).sort((a, b) => strength[b] - strength[a] || a - b);
    const pages = Math.ceil(seen.count / A_PAGE);
    this.page = Math.min(Math.max(0, this.page), pages - 1);
    const shown = order.slice(this.page * A_PAGE, (this.page + 1) * A_PAGE);
    this.find(".tiles").replaceChildren(...shown.map((i) => this.#filter(seen, i, strength[i])));
    this.find(".before").disabled = this.page === 0;
    this.find(".after").disabled = this.page >= pages - 1;
    const from = this.page * A_PAGE;
    this.find(".which").textContent = `${from + 1}–${from + shown.length} of ${seen.count}`;
    this.find(".filters .note").textContent = this.#about(seen, stage);
  }

  #filter(seen, i, strength) {
    const canvas = document.createElement("canvas");
    paintSigned(canvas, seen.of(i), seen.shape, this.zero);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `filter ${i}`);
    const what = this.order === "weights" ? "length of its weights" : "its answer to this image";
    canvas.title = `filter ${i}; ${what}: ${number(strength)}`;
    return canvas;
  }

  #strengths(seen, stage) {
    if (this.order === "image") return this.#answers(seen, stage);
    return Array.from({ length: seen.count }, (_, i) => Math.hypot(...seen.of(i)));
  }

  // How strongly each filter speaks for this image: the largest value of its map; on the way out
  // what comes into the last layer.
  #answers(seen, stage) {
    const all = this.stages[this.side];
    const code = this.stages.encoder.at(-1).values;
    const values = this.side === "encoder" ? stage.values : (all.at(-2)?.values ?? code);
    const size = Math.floor((values === code ? this.model.d : values.length) / seen.count);
    return Array.from({ length: seen.count }, (_, i) => Math.max(...values.subarray(i * size, (i + 1) * size)));
  }

  #about(seen, stage) {
    const conv = stage.layer.kind !== "linear";
    const way = this.side === "encoder"
      ? (conv ? "Kernels that slide over the image: each makes one map." : "What each unit of the first layer looks for: its weight for every pixel.")
      : (conv ? "Stamps of the last layer: each map is painted into the image by its own." : "What each unit before the image paints into it.");
    const channels = seen.shape[0] > 1 ? " Mean over the channels." : "";
    return `${way} Orange is positive, blue negative, each on its own scale.${channels}`;
  }
}

function card(canvas, title, note, kind) {
  const home = document.createElement("figure");
  home.className = `stage ${kind}`;
  const holder = document.createElement(kind === "mosaic" ? "button" : "div");
  if (kind === "mosaic") holder.type = "button";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${title}: ${note}`);
  holder.append(canvas);
  const caption = document.createElement("figcaption");
  const strong = document.createElement("b");
  strong.textContent = title;
  const small = document.createElement("span");
  small.textContent = note;
  caption.append(strong, small);
  home.append(holder, caption);
  return home;
}
