// Part "Layers": what comes out of every layer for the image, and the first and last filters.

import { meanSquare } from "../net/scores.js";
import { paint } from "../charts/paint.js";
import { number, unitName } from "../controls/words.js";
import { make, picture } from "../controls/dom.js";
import { Fields } from "../controls/fields.js";
import { shareOf } from "../controls/point.js";
import { find, finder } from "../shell/find.js";
import { Pager } from "./pager.js";
import { filters, shapeWords, sizeWords, stages } from "../net/stages.js";
import { grid, hit, largest, mosaic, paintSigned, zeroColour } from "../charts/signed.js";

/** @import { Model } from "../types.js" */
/** @import { Traced } from "../net/net.js" */
/** @import { Filters, Stage } from "../net/stages.js" */
/** @typedef {{ side: "encoder" | "decoder", order: "weights" | "image" }} State which filters are shown, and in what order */

const MOST_MAPS = 64;
const A_PAGE = 40;

export class Layers {
  now = /** @type {{ model: Model, pixels: Float32Array, exact: boolean, zero: number[] }} */ (/** @type {any} */ (null)); // what is drawn
  /** @type {{ side: "encoder" | "decoder", place: number, i: number } | null} the map or unit that is enlarged */
  selected = null;

  /** @param {HTMLElement} home the part's element */
  constructor(home) {
    this.home = home;
    this.find = finder(home);
    this.pager = new Pager(this.find(".filters"), A_PAGE, () => this.#filters());
    /** @type {Fields<State>} */
    this.fields = new Fields(home, {}, {
      choices: ["side", "order"], ready: () => this.now,
      changed: () => {
        this.pager.page = 0;
        this.#filters();
      },
    });
    this.fields.state = { side: "encoder", order: "weights" };
  }

  /**
   * @param {Model} model @param {Float32Array} pixels
   * @param {boolean} exact whether the pixels are the image's own, and no reconstruction in its place
   */
  draw(model, pixels, exact) {
    if (model !== this.now?.model) {
      this.pager.page = 0;
      this.selected = null;
    }
    this.now = { model, pixels, exact, zero: zeroColour(this.home) };
    const encoded = model.encoder.trace(pixels);
    const decoded = model.decoder.trace(encoded[encoded.length - 1].values.slice(0, model.d));
    /** @type {{ encoder: Stage[], decoder: Stage[] }} */
    this.stages = { encoder: stages(encoded), decoder: stages(decoded) };
    const image = picture("");
    paint(image, pixels, model.shape);
    this.find(".encoder").replaceChildren(card(image, "image", sizeWords(model.shape), "image"), ...this.#cards("encoder"));
    this.find(".decoder").replaceChildren(...this.#cards("decoder"));
    const names = new Set([...encoded, ...decoded].map(bend).filter(Boolean));
    this.find(".bend").textContent = names.size ? `${[...names].join(", ")}: how a layer bends its numbers (its activation function).` : "";
    this.find(".transposed").hidden = !this.stages.decoder.some(({ layer }) => layer.kind === "conv_transpose");
    this.find(".upsampled").hidden = !this.stages.decoder.some(({ layer }) => layer.kind === "upsample");
    this.#detail();
    this.#filters();
  }

  /** @param {"encoder" | "decoder"} side */
  #cards(side) {
    const { model } = this.now;
    const all = this.stages[side];
    return all.map((stage, i) => {
      const last = i === all.length - 1;
      if (side === "decoder" && last) return this.#output(stage);
      const posterior = side === "encoder" && last && stage.values.length === 2 * model.d;
      const values = posterior ? stage.values.subarray(0, model.d) : stage.values;
      const shape = posterior ? [model.d] : stage.shape;
      const codes = side === "encoder" && last;
      const title = codes ? `code (${stage.title})` : stage.title;
      return this.#maps({ ...stage, title, values, shape }, side, i, posterior ? "means of " : "");
    });
  }

  /** @param {Stage} stage */
  #output(stage) {
    const canvas = picture("");
    paint(canvas, stage.values, this.now.model.shape);
    const off = this.now.exact ? `; squared error ${meanSquare(stage.values, this.now.pixels).toFixed(4)} per pixel` : "";
    return card(canvas, `reconstruction (${stage.title})`, `${sizeWords(this.now.model.shape)}${off}`, "image");
  }

  /** @param {Stage} stage @param {"encoder" | "decoder"} side @param {number} place @param {string} head */
  #maps(stage, side, place, head) {
    const [n, height, width] = stage.shape.length === 3 ? stage.shape : [stage.shape[0], 1, 1];
    const shown = height * width > 1 ? Math.min(n, MOST_MAPS) : n;
    const at = grid(shown, height, width, 1.15);
    const canvas = picture("");
    const most = largest(stage.values);
    mosaic(canvas, stage.values, at, most, this.now.zero);
    const of = shown < n ? `, ${shown} shown` : "";
    const made = card(canvas, stage.title, `${head}${shapeWords(stage.shape)}${of}; largest ${number(most)}`, "mosaic");
    const button = find(made, "button");
    button.ariaLabel = `${stage.title}: choose a ${height * width > 1 ? "map" : "unit"}`;
    const chosen = () => (this.selected?.side === side && this.selected.place === place ? this.selected.i : null);
    const turn = (/** @type {number} */ by) => ((chosen() ?? (by > 0 ? -1 : 0)) + by + shown) % shown;
    const choose = (/** @type {number} */ i) => {
      if (i >= 0) this.selected = { side, place, i };
      this.#detail();
    };
    button.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -at.columns, ArrowDown: at.columns }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      choose(turn(by));
    });
    button.addEventListener("click", (event) => {
      choose(event.detail ? hit(at, ...shareOf(canvas, event)) : turn(1)); // by keyboard: the next one
    });
    return made;
  }

  // One map or unit enlarged, with the weights it comes from where those are pictures.
  #detail() {
    const { selected } = this;
    const home = this.find(".detail");
    home.hidden = !selected;
    if (!selected) return;
    const { side, place } = selected;
    const stage = this.stages[side][place];
    const [, height, width] = stage.shape.length === 3 ? stage.shape : [stage.shape[0], 1, 1];
    const size = height * width;
    const values = stage.values.subarray(selected.i * size, (selected.i + 1) * size);
    mosaic(this.find(".detail canvas.map"), values, grid(1, height, width), largest(stage.values), this.now.zero);
    const seen = side === "encoder" && place === 0 ? filters(stage, side, this.now.model.arrays, this.now.model.shape) : null;
    const kernel = this.find(".detail canvas.kernel");
    kernel.hidden = !seen;
    if (seen) paintSigned(kernel, seen.of(selected.i), seen.shape, this.now.zero);
    const range = size > 1 ? `from ${number(Math.min(...values))} to ${number(Math.max(...values))}` : number(values[0]);
    this.find(".detail p").textContent = `${size > 1 ? `Map ${selected.i + 1}` : this.#unit(selected)} of “${stage.title}”: ${range}`
      + `${seen ? "; beside it the weights it comes from" : ""}.`;
  }

  /** A unit of the code has its name on all pages, one of another layer is counted from 1. @param {{ side: "encoder" | "decoder", place: number, i: number }} selected */
  #unit({ side, place, i }) {
    const ofCode = side === "encoder" && place === this.stages.encoder.length - 1;
    return `Unit ${ofCode ? unitName(i) : i + 1}`;
  }

  // ---- filters -----------------------------------------------------------------------------

  #filters() {
    const { side } = this.fields.state;
    const all = this.stages[side];
    const stage = all[side === "encoder" ? 0 : all.length - 1];
    const seen = filters(stage, side, this.now.model.arrays, this.now.model.shape);
    this.fields.show();
    this.find(".filters").hidden = !seen;
    if (!seen) return;
    const strength = this.#strengths(seen, stage);
    const order = Array.from({ length: seen.count }, (_, i) => i).sort((a, b) => strength[b] - strength[a] || a - b);
    this.find(".tiles").replaceChildren(...this.pager.of(order).map((i) => this.#filter(seen, i, strength[i])));
    this.find(".filters .note").textContent = this.#about(seen, stage);
  }

  /** @param {Filters} seen @param {number} i @param {number} strength */
  #filter(seen, i, strength) {
    const canvas = picture(`filter ${i + 1}`);
    paintSigned(canvas, seen.of(i), seen.shape, this.now.zero);
    const what = this.fields.state.order === "weights" ? "length of its weights" : "its answer to this image";
    canvas.title = `filter ${i + 1}; ${what}: ${number(strength)}`;
    return canvas;
  }

  /** @type {(seen: Filters, stage: Stage) => number[]} */
  #strengths(seen, stage) {
    if (this.fields.state.order === "image") return this.#answers(seen, stage);
    return Array.from({ length: seen.count }, (_, i) => Math.hypot(...seen.of(i)));
  }

  /**
   * How strongly each filter speaks for this image: the largest value of its map; on the way out
   * what comes into the last layer.
   * @type {(seen: Filters, stage: Stage) => number[]}
   */
  #answers(seen, stage) {
    const { encoder, decoder } = this.stages;
    const code = encoder[encoder.length - 1].values;
    const values = this.fields.state.side === "encoder" ? stage.values : (decoder.at(-2)?.values ?? code);
    const size = Math.floor((values === code ? this.now.model.d : values.length) / seen.count);
    return Array.from({ length: seen.count }, (_, i) => Math.max(...values.subarray(i * size, (i + 1) * size)));
  }

  /** @param {Filters} seen @param {Stage} stage */
  #about(seen, stage) {
    const conv = stage.layer.kind !== "linear";
    const way = this.fields.state.side === "encoder"
      ? (conv ? "Kernels that slide over the image: each makes one map." : "What each unit of the first layer looks for: its weight for every pixel.")
      : (conv ? "Stamps of the last layer: each map is painted into the image by its own." : "What each unit before the image paints into it.");
    if (seen.shape[0] === 3) return `${way} Grey is 0, more red, green or blue is positive, less is negative; each on its own scale.`;
    const channels = seen.shape[0] > 1 ? " Mean over the channels." : "";
    return `${way} Orange is positive, blue negative, each on its own scale.${channels}`;
  }
}

/** How a layer bends its numbers; nothing where it does not. @param {Traced} traced */
const bend = ({ layer }) => (layer.kind === "activation" && layer.name !== "identity" ? layer.name : "");

/** @param {HTMLCanvasElement} canvas @param {string} title @param {string} note @param {"image" | "mosaic"} kind */
function card(canvas, title, note, kind) {
  canvas.ariaLabel = `${title}: ${note}`;
  const holder = kind === "mosaic" ? make("button", { type: "button" }, canvas) : make("div", {}, canvas);
  const caption = make("figcaption", {}, make("b", { textContent: title }), make("span", { textContent: note }));
  return make("figure", { className: `stage ${kind}` }, holder, caption);
}
