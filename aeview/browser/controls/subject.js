// The image that a page is about: one of the model's stored images, or the user's own picture.

/** @import { Model, Pictures } from "../types.js" */
import { bytes, paint } from "../charts/paint.js";
import { FILES } from "../map/links.js";
import { find } from "../shell/find.js";
import { make } from "./dom.js";
import { Picker, imageName } from "./picker.js";

const OWN = "own";

/** @type {(model: Model, name?: string | null) => number} */
function rowOf({ rows }, name) {
  const [split, index] = (name ?? "").split("-");
  return rows.index.findIndex((at, row) => at === Number(index) && rows.split[row] === FILES.indexOf(split));
}

// An image that the model was not trained on, if it carries one.
const first = (/** @type {Model} */ model) => Math.max(0, model.rows.split.indexOf(2));

export class Subject {
  /** @type {Model | undefined} */ #model;
  /** @type {Float32Array | null} */ own = null;

  /** @param {HTMLElement} home @param {string} title @param {{changed: () => void, pictures: () => Pictures | null}} on */
  constructor(home, title, on) {
    this.on = on;
    this.home = home;
    this.row = -1;
    this.title = "";
    this.picker = new Picker(home, title, {
      chosen: ({ row }) => this.take(row), pictures: on.pictures,
    }, { typed: false, supported: false });
    this.button = make("button", { type: "button", className: "own", onclick: () => this.take(-1) }, "your picture");
    find(home, ".choice").append(this.button);
  }

  /**
   * @param {Model} model
   * @param {{title: string, pixels: string} | null} own pixels as base64
   * @param {string | null} [name] what is shown first: "train-12", "own", or nothing
   */
  open(model, own, name) {
    this.#model = model;
    this.own = own && Float32Array.from(bytes(own.pixels), (v) => v / 255);
    this.title = own?.title ?? "";
    this.button.hidden = !own;
    this.picker.open(model);
    find(this.home, "option:last-child").textContent = "your own"; // where none of the classes is meant
    const row = rowOf(model, name);
    this.row = row >= 0 ? row : name === OWN && own ? -1 : first(model);
    this.show();
  }

  /** @param {number} row */
  take(row) {
    this.row = row;
    this.show();
    this.on.changed();
  }

  /** Show it again: the originals may have come. */
  show() {
    if (!this.#model) return;
    const { model, pixels } = this;
    const code = this.row >= 0 ? model.codeOf(this.row) : model.encode(pixels).slice();
    this.picker.show({ row: this.row, code });
    this.button.setAttribute("aria-pressed", String(this.row < 0));
    if (this.row >= 0) return;
    const chosen = find(this.home, "canvas.chosen");
    paint(chosen, pixels, model.shape);
    find(this.home, ".note").textContent = this.title;
    chosen.setAttribute("aria-label", this.title);
  }

  get model() {
    if (!this.#model) throw new Error("no model is open");
    return this.#model;
  }

  get name() {
    return this.row >= 0 ? imageName(this.model, this.row) : OWN;
  }

  /** Intensity in [0, 1], channel by channel. */
  get pixels() {
    return this.row < 0 && this.own ? this.own : this.pixelsOf(this.row);
  }

  /** Whether these are the image's own, and not its reconstruction. */
  get exact() {
    return this.row < 0 || Boolean(this.on.pictures()?.get(this.row));
  }

  /** The original, or its reconstruction where the original is not at hand. */
  pixelsOf(/** @type {number} */ row) {
    const original = this.on.pictures()?.get(row);
    return original ? Float32Array.from(original, (v) => v / 255) : this.model.decode(this.model.codeOf(row)).slice();
  }

  /** So many rows, evenly chosen, of images the model was not trained on where it carries enough. */
  sample(/** @type {number} */ n) {
    const { split } = this.model.rows;
    const all = Array.from(split.keys());
    const held = all.filter((row) => split[row] > 0);
    const from = held.length >= Math.min(n, 20) ? held : all;
    const step = Math.max(1, from.length / n);
    const rows = Array.from({ length: Math.min(n, from.length) }, (_, i) => from[Math.floor(i * step)]);
    return { rows, words: from === held ? "held-out images" : "training images" };
  }
}
