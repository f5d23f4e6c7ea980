// Search by example: an image, and the ten stored images nearest to it by code and by pixels.

/** @import { Component, Model, Values } from "../types.js" */
import { Feed } from "../payload/feed.js";
import { nearest } from "../net/neighbours.js";
import { paint } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { Subject } from "../controls/subject.js";
import { number } from "../controls/words.js";
import { called } from "../controls/wording.js";
import { Page, mount } from "../shell/mount.js";

/** @typedef {{ row: number, distance: number }} Found */
/** @typedef {{ keys: string[], own: { title: string, pixels: string } | null, start: string, originals: boolean }} Data */

const N_FOUND = 10;
const TELL_AFTER_MS = 400;

/** The nearest rows to a query, one row left out. @param {Values} points @param {number} d @param {Values} query @param {number} leaveOut @returns {Found[]} */
export function found(points, d, query, leaveOut) {
  const { index, distance } = nearest(points, d, query, N_FOUND, (row) => row !== leaveOut);
  return Array.from(index, (row, i) => ({ row, distance: distance[i] })).filter(({ row }) => row >= 0);
}

/** @extends {Page<Data>} */
class Search extends Page {
  /** @type {Model | undefined} */
  model;
  /** @type {number | undefined} */
  timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "search");
    this.feed = this.keep(new Feed((model) => this.#open(model), () => this.#pictured()));
    this.subject = new Subject(this.find(".subject"), "Look for", {
      changed: () => this.#changed(), pictures: () => this.feed.pictures(),
    });
  }

  /** @param {Component<Data>} component */
  update(component) {
    super.update(component);
    this.feed.want(component.data.keys);
    this.draw();
  }

  #open(/** @type {Model} */ model) {
    const name = this.model ? this.subject.name : this.component.data.start;
    this.model = model;
    called(this.root, model.words);
    this.subject.open(model, this.component.data.own, name);
    this.draw();
    this.root.dataset.ready = "yes";
  }

  #pictured() {
    this.subject.show();
    this.draw();
  }

  answered() {
    if (this.model) this.#pictured();
  }

  #changed() {
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.component.setStateValue("of", this.subject.name), TELL_AFTER_MS);
  }

  draw() {
    const { model, subject } = this;
    if (!model) return;
    const { row, pixels } = subject;
    const code = row >= 0 ? model.codeOf(row).slice() : model.encode(pixels).slice();
    this.#row(model, ".by-code", found(model.codes, model.d, code, row));
    this.find(".code-note").textContent = `${model.d} ${model.d === 1 ? "number" : "numbers"} compared, `
      + `among the ${model.n.toLocaleString("en")} images the model carries`;
    const pictures = this.feed.pictures();
    const note = this.find(".pixel-note");
    if (!pictures) {
      this.find(".by-pixels").replaceChildren();
      note.textContent = this.component.data.originals ? "…" : "needs the original images, which are not at hand";
      return;
    }
    const all = new Uint8Array(pictures.get(0).buffer);
    this.#row(model, ".by-pixels", found(all, pictures.size, Float32Array.from(pixels, (v) => 255 * v), row).map((each) =>
      ({ ...each, distance: each.distance / 255 })));
    note.textContent = `${pictures.size.toLocaleString("en")} numbers compared, among the same images`;
  }

  /** @param {Model} model @param {string} selector @param {Found[]} rows */
  #row(model, selector, rows) {
    const { subject } = this;
    const label = subject.row >= 0 ? model.labels[subject.row] : null;
    const known = model.names.length > 1 && label !== null;
    this.find(selector).replaceChildren(...rows.map(({ row, distance }) => {
      const canvas = make("canvas");
      paint(canvas, subject.pixelsOf(row), model.shape);
      return make("button", {
        type: "button", className: !known ? "" : model.labels[row] === label ? "same" : "other", title: "Look for this one",
        ariaLabel: `class ${model.labelOf(row)}, distance ${number(distance)}; look for this one`, onclick: () => subject.take(row),
      }, canvas, make("b", {}, model.labelOf(row)), ` ${number(distance)}`);
    }));
    if (known) this.find(selector).dataset.same = String(rows.filter(({ row }) => model.labels[row] === label).length);
  }
}

export default mount(Search);
