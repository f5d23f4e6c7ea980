// a − b + c with images, and a class's attribute vector with a strength: decoded as one moves.

import { Feed } from "../../payload/feed.js";
import { make } from "../../controls/dom.js";
import { Fields } from "../../controls/fields.js";
import { Redraw } from "../../controls/redraw.js";
import { Page, mount } from "../../shell/mount.js";
import { figure } from "../../controls/figure.js";
import { nearest } from "../../net/neighbours.js";
import { paint } from "../../charts/paint.js";
import { add, meanOf } from "../../net/paths.js";
import { Picker, imageName } from "../../controls/picker.js";
import { words as supportWords } from "../../net/support.js";
import { number, percent } from "../../controls/words.js";
import { called } from "../../controls/wording.js";

/** @import { Bound, Component, Model, Values } from "../../types.js" */
/** @typedef {{ has: number, lacks: number, strength: number }} State classes by number, and how much of their difference */
/** @typedef {"a" | "b" | "c" | "x"} Term */
/** @typedef {{ keys: string[], fields: Record<string, Bound>, start: { sum: number[] | null, attribute: State & { row: number } }, originals: boolean }} Data */

/** @type {Term[]} */
const TERMS = ["a", "b", "c", "x"];
const FAINT = [0.1, 0.2, 0.3, 0.4]; // shares of a class's images by ink, in colour by brightness
const MOST_NUMBERS = 400_000; // of a class's pictures that are looked at for it: of large ones there are fewer
const SUPPORTED = 0.1;
const STRENGTHS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

/** @extends {Page<Data>} */
class Arithmetic extends Page {
  decodes = 0;
  all = false; // whether more than the moved picture is to be drawn
  /** @type {Record<Term, number>} rows */
  terms = { a: -1, b: -1, c: -1, x: -1 };

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "arithmetic");
    this.feed = this.keep(new Feed((model) => this.#open(model), () => this.#showTerms()));
    this.pickers = TERMS.map((term) => {
      const home = this.find(`.term-${term}`);
      home.classList.add("compact");
      return new Picker(home, `image ${term}`, {
        chosen: ({ row }) => {
          this.terms[term] = row;
          this.#showTerms();
          this.#soon(true);
          this.fields.tell();
        },
        pictures: () => this.feed.pictures(),
      }, { typed: false });
    });
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      ready: () => this.model, tell: () => this.#tell(), changed: (change) => this.#soon("has" in change || "lacks" in change),
    }));
    this.fields.click(".reset", () => this.fields.set({ strength: this.fields.starts.strength }));
    this.frame = this.keep(new Redraw(() => {
      if (this.all) this.#draw();
      else this.#drawMoved();
      this.all = false;
    }, this.root));
  }

  /** @param {Component<Data>} component */
  update(component) {
    super.update(component);
    this.fields.declare(component.data.fields);
    this.feed.want(component.data.keys);
  }

  answered() {
    this.#showTerms();
    if (this.model) this.#soon(true);
  }

  /** @param {Model} model */
  #open(model) {
    /** @type {Model} */
    this.model = model;
    called(this.root, model.words);
    for (const picker of this.pickers) picker.open(model);
    const { sum, attribute } = this.component.data.start;
    /** @type {number[]} */
    this.present = [...new Set(model.labels)].sort((a, b) => a - b);
    const [a, b, c] = sum ?? this.#strokes(attribute);
    const { row: x, ...shown } = attribute;
    this.terms = { a, b, c, x };
    for (const side of ["has", "lacks"]) {
      this.find(`[data-number="${side}"]`).replaceChildren(
        ...this.present.map((each) => new Option(model.header.classes[each], String(each))));
    }
    Object.assign(this.fields.state, shown);
    this.#showTerms();
    this.#draw();
    this.root.dataset.ready = "yes";
  }

  /**
   * Where the link says nothing: a bold one of a class minus a faint one plus another class's faint.
   * Not every such sum stays in the third image's class: the first supported one that does, else the
   * one with the largest support, of those that do if any does.
   * @param {State} classes
   */
  #strokes({ has, lacks }) {
    const at = (/** @type {number[]} */ rows, /** @type {number} */ share) => rows[Math.floor(share * (rows.length - 1))];
    const most = Math.ceil(MOST_NUMBERS / this.model.shape.reduce((a, b) => a * b));
    const byInk = (/** @type {number} */ label) => Array.from(this.model.labels.keys())
      .filter((row) => this.model.labels[row] === label)
      .slice(0, most)
      .map((row) => ({ row, ink: this.#decode(this.model.codeOf(row)).reduce((sum, v) => sum + v, 0) }))
      .sort((one, other) => one.ink - other.ink)
      .map(({ row }) => row);
    const [first, second] = [byInk(lacks), byInk(has)];
    const tries = FAINT.flatMap((share) => FAINT.map((other) => {
      const rows = [at(first, 1 - share), at(first, share), at(second, other)];
      return { rows, ...this.#sum(rows) };
    }));
    const kept = tries.filter(({ row }) => this.model.labels[row] === has);
    const best = () => (kept.length ? kept : tries).reduce((one, other) => (other.share > one.share ? other : one));
    return (kept.find(({ share }) => share >= SUPPORTED) ?? best()).rows;
  }

  /** a − b + c: its code, its support, and the row of the nearest image. @param {number[]} rows */
  #sum(rows) {
    const { model } = this;
    const [a, b, c] = rows.map((row) => model.codeOf(row));
    const code = add(a, b, Float64Array.from(c));
    const { index } = nearest(model.codes, model.d, code, 1);
    return { code, share: model.support.share(code), row: index[0] };
  }

  /** @param {Values} code */
  #decode(code) {
    this.decodes++;
    return this.model.decode(code);
  }

  /** @param {boolean} all whether more than the moved picture is drawn again */
  #soon(all) {
    this.all ||= all;
    this.frame.soon();
  }

  // ---- what is drawn -----------------------------------------------------------------------

  #showTerms() {
    if (!this.model) return;
    for (const [i, term] of TERMS.entries()) {
      const row = this.terms[term];
      this.pickers[i].show({ row, code: this.model.codeOf(row) });
    }
  }

  #draw() {
    this.#drawSum();
    /** @type {Values} */
    this.direction = this.#direction();
    this.#drawScale();
    this.#drawMoved();
  }

  #drawSum() {
    const { model, terms } = this;
    const { code, row } = this.#sum([terms.a, terms.b, terms.c]);
    this.#show(".result", "a − b + c", code);
    const picture = this.find(".nearest canvas.picture");
    paint(picture, this.feed.pictures()?.get(row) ?? this.#decode(model.codeOf(row)), model.shape);
    picture.ariaLabel = `Nearest image, class ${model.labelOf(row)}`;
    caption(this.find(".nearest figcaption"), `class ${model.labelOf(row)}`, "the nearest image in latent space");
  }

  #direction() {
    const { has, lacks } = this.fields.state;
    const mean = (/** @type {number} */ label) => meanOf(this.model, label);
    const direction = has === lacks ? new Float64Array(this.model.d) : add(mean(has), mean(lacks), new Float64Array(this.model.d));
    const n = (/** @type {number} */ label) => this.model.labels.filter((each) => each === label).length;
    const name = (/** @type {number} */ label) => `class ${this.model.header.classes[label]} (${n(label)} ${this.model.things})`;
    this.find(".attribute > .note").textContent = this.present.length < 2
      ? "This data set has one class, so there is no difference of two classes to add."
      : has === lacks ? "Both classes are the same, so their difference is zero. Choose another one."
        : `Mean code of ${name(has)} minus mean code of ${name(lacks)}; its length is ${number(Math.hypot(...direction))}.`;
    return direction;
  }

  /** @param {number} strength */
  #at(strength) {
    return Float32Array.from(this.model.codeOf(this.terms.x), (value, j) => value + strength * this.direction[j]);
  }

  #drawScale() {
    const { model } = this;
    this.find(".scale").replaceChildren(...STRENGTHS.map((strength) => {
      const code = this.#at(strength);
      const share = percent(model.support.share(code));
      return figure(this.#decode(code), model.shape, [signed(strength), share], `Strength ${signed(strength)}, support ${share}`);
    }));
  }

  #drawMoved() {
    const { strength } = this.fields.state;
    this.fields.show();
    this.#show(".moved", `strength ${signed(strength)}`, this.#at(strength));
    for (const [i, each] of Array.from(this.find(".scale").children).entries()) {
      each.classList.toggle("now", Math.abs(STRENGTHS[i] - strength) < 0.25);
    }
    this.root.dataset.decodes = String(this.decodes);
  }

  /** @param {".result" | ".moved"} home @param {string} title @param {Values} code */
  #show(home, title, code) {
    const share = this.model.support.share(code);
    const words = `support ${percent(share)}, ${supportWords(share)}`;
    const picture = this.find(`${home} canvas.picture`);
    paint(picture, this.#decode(code), this.model.shape);
    picture.ariaLabel = `${title}: ${words}`;
    caption(this.find(`${home} figcaption`), title, words);
  }

  #tell() {
    const { model, terms, fields: { state: { has, lacks, strength } } } = this;
    const [a, b, c, x] = TERMS.map((term) => imageName(model, terms[term]));
    this.component.setStateValue("shown", {
      key: model.header.key, sum: [a, b, c].join(","), attribute: [x, has, lacks, Number(strength.toFixed(2))].join(","),
    });
  }
}

/** @param {number} value */
const signed = (value) => `${value > 0 ? "+" : ""}${number(value, Number.isInteger(value * 10) ? 1 : 2)}`;

/** @param {HTMLElement} home @param {string} title @param {string} words */
const caption = (home, title, words) => home.replaceChildren(make("b", { textContent: title }), ` · ${words}`);

export default mount(Arithmetic);
