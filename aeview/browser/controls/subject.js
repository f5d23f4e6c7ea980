// The image that a page is about: one of the model's stored images, or the user's own picture.

import { bytes, paint } from "../charts/paint.js";
import { Picker, imageName } from "./picker.js";

const OWN = "own";
const SPLITS = ["train", "val", "test"];

export class Subject {
  /** @param on { changed(), pictures() } */
  constructor(home, title, on) {
    this.on = on;
    this.home = home;
    this.row = -1;
    this.picker = new Picker(home, title, {
      chosen: ({ row }) => this.take(row), pictures: on.pictures,
    }, { typed: false, supported: false });
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "own";
    this.button.textContent = "your picture";
    this.button.addEventListener("click", () => this.take(-1));
    home.querySelector(".choice").append(this.button);
  }

  /**
   * @param own { title, pixels } as base64, or null
   * @param name what is shown first: "train-12", "own", or nothing
   */
  open(model, own, name) {
    this.model = model;
    this.own = own && Float32Array.from(bytes(own.pixels), (v) => v / 255);
    this.title = own?.title ?? "";
    this.button.hidden = !own;
    this.picker.open(model);
    this.home.querySelector("select").lastChild.textContent = "your own"; // where none of the classes is meant
    const row = this.#rowOf(name);
    this.row = row >= 0 ? row : name === OWN && own ? -1 : this.#first();
    this.show();
  }

  #rowOf(name) {
    const [split, index] = (name ?? "").split("-");
    const { rows } = this.model;
    return rows.index.findIndex((at, row) => at === Number(index) && rows.split[row] === SPLITS.indexOf(split));
  }

  // An image that the model was not trained on, if it carries one.
  #first() {
    return Math.max(0, this.model.rows.split.indexOf(2));
  }

  take(row) {
    this.row = row;
    this.show();
    this.on.changed();
  }

  /** Show it again: the originals may have come. */
  show() {
    if (!this.model) return;
    const pixels = this.pixels;
    const code = this.row >= 0 ? this.model.codeOf(this.row) : this.model.encode(pixels).slice();
    this.picker.show({ row: this.row, code });
    this.button.setAttribute("aria-pressed", this.row < 0);
    if (this.row >= 0) return;
    paint(this.home.querySelector(".chosen"), pixels, this.model.shape);
    this.home.querySelector(".note").textContent = this.title;
    this.home.querySelector(".chosen").setAttribute("aria-label", this.title);
  }

  get name() {
    return this.row >= 0 ? imageName(this.model, this.row) : OWN;
  }

  /** Intensity in [0, 1], channel by channel. */
  get pixels() {
    return this.row >= 0 ? this.pixelsOf(this.row) : this.own;
  }

  /** Whether these are the image's own, and not its reconstruction. */
  get exact() {
    return this.row < 0 || Boolean(this.on.pictures()?.get(this.row));
  }

  /** The original, or its reconstruction where the original is not at hand. */
  pixelsOf(row) {
    const original = this.on.pictures()?.get(row);
    return original ? Float32Array.from(original, (v) => v / 255) : this.model.decode(this.model.codeOf(row)).slice();
  }

  /** So many rows, evenly chosen, of images the model was not trained on where it carries enough. */
  sample(n) {
    const { split } = this.model.rows;
    const all = Array.from(split.keys());
    const held = all.filter((row) => split[row] > 0);
    const from = held.length >= Math.min(n, 20) ? held : all;
    const step = Math.max(1, from.length / n);
    const rows = Array.from({ length: Math.min(n, from.length) }, (_, i) => from[Math.floor(i * step)]);
    return { rows, words: from === held ? "held-out images" : "training images" };
  }
}
