// a − b + c with images, and a class's attribute vector with a strength: decoded as one moves.

import { Feed } from "../../payload/feed.js";
import { figure } from "../../controls/figure.js";
import { nearest } from "../../net/neighbours.js";
import { paint } from "../../charts/paint.js";
import { add, meanOf } from "../../net/paths.js";
import { Picker, imageName } from "../../controls/picker.js";
import { words as supportWords } from "../../net/support.js";
import { number, percent } from "../../controls/words.js";

const TELL_AFTER_MS = 400;
const USUAL_STRENGTH = 1;
const FAINT = [0.1, 0.2, 0.3, 0.4]; // shares of a class's images by ink
const SUPPORTED = 0.1;
const STRENGTHS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];

export class Arithmetic {
  constructor(root) {
    this.root = root.querySelector(".arithmetic");
    this.root.arithmetic = this; // for tests
    this.find = (selector) => this.root.querySelector(selector);
    this.feed = new Feed((model) => this.#open(model), () => this.#showTerms());
    this.terms = {};
    this.decodes = 0;
    this.pickers = Object.fromEntries(["a", "b", "c", "x"].map((term) => {
      const home = this.find(`.term-${term}`);
      home.classList.add("compact");
      return [term, new Picker(home, `image ${term}`, {
        chosen: ({ row }) => this.#choose(term, row),
        pictures: () => this.feed.pictures(),
      }, { typed: false })];
    }));
    this.#controls();
  }

  close() {
    this.feed.close();
    clearTimeout(this.tellTimer);
    cancelAnimationFrame(this.frame);
  }

  update(component) {
    this.component = component;
    this.feed.want(component.data.keys);
  }

  #open(model) {
    this.model = model;
    for (const picker of Object.values(this.pickers)) picker.open(model);
    const { sum, attribute } = this.component.data.start;
    this.present = [...new Set(model.labels)].sort((a, b) => a - b);
    const [a, b, c] = sum ?? this.#strokes(attribute);
    this.terms = { a, b, c, x: attribute.row };
    this.strength = attribute.strength;
    for (const [side, label] of [[".has", attribute.has], [".lacks", attribute.lacks]]) {
      this.find(side).replaceChildren(...this.present.map((each) => new Option(model.header.classes[each], each)));
      this.find(side).value = label;
    }
    this.#showTerms();
    this.#draw();
    this.root.dataset.ready = "yes";
  }

  // Where the link says nothing: a bold one of a class minus a faint one plus another class's faint.
  // Not every such sum stays in the third image's class: the first one that does, else the one with
  // the largest support.
  #strokes({ has, lacks }) {
    const at = (rows, share) => rows[Math.floor(share * (rows.length - 1))];
    const byInk = (label) => Array.from(this.model.labels.keys())
      .filter((row) => this.model.labels[row] === label)
      .map((row) => ({ row, ink: this.#decode(this.model.codeOf(row)).reduce((sum, v) => sum + v, 0) }))
      .sort((one, other) => one.ink - other.ink)
      .map(({ row }) => row);
    const [first, second] = [byInk(lacks), byInk(has)];
    const tries = FAINT.flatMap((share) => FAINT.map((other) => {
      const rows = [at(first, 1 - share), at(first, share), at(second, other)];
      return { rows, ...this.#sum(rows) };
    }));
    const kept = tries.find(({ row, share }) => this.model.labels[row] === has && share >= SUPPORTED);
    return (kept ?? tries.reduce((best, each) => (each.share > best.share ? each : best))).rows;
  }

  /** a − b + c: its code, its support, and the row of the nearest image. */
  #sum(rows) {
    const { model } = this;
    const code = add(...rows.map((row) => model.codeOf(row)));
    const { index } = nearest(model.codes, model.d, code, 1);
    return { code, share: model.support.share(code), row: index[0] };
  }

  #decode(code) {
    this.decodes++;
    return this.model.decode(code);
  }

  // ---- what is done ------------------------------------------------------------------------

  #controls() {
    for (const side of [".has", ".lacks"]) {
      this.find(side).addEventListener("change", () => this.#changed());
    }
    const [slider, typed] = [this.find(".strength"), this.find(".typed-strength")];
    slider.addEventListener("input", () => this.#setStrength(slider.valueAsNumber));
    slider.addEventListener("change", () => this.#tell());
    typed.addEventListener("change", () => {
      if (!Number.isFinite(typed.valueAsNumber)) typed.value = this.strength;
      this.#setStrength(Math.min(2, Math.max(-2, typed.valueAsNumber)));
      typed.value = this.strength; // also where it was out of range
      this.#tell();
    });
    this.find(".reset").addEventListener("click", () => {
      this.#setStrength(USUAL_STRENGTH);
      this.#tell();
    });
  }

  #choose(term, row) {
    this.terms[term] = row;
    this.#showTerms();
    this.#changed();
  }

  #changed() {
    if (!this.model) return;
    this.#soon();
    this.#tell();
  }

  #setStrength(strength) {
    this.strength = strength;
    if (this.model) this.#soon("moved");
  }

  #soon(what = "all") {
    this.due = what === "all" || this.due === "all" ? "all" : what;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const started = performance.now();
      if (this.due === "all") this.#draw();
      else this.#drawMoved();
      this.due = null;
      this.root.dataset.frameMs = (performance.now() - started).toFixed(2);
    });
  }

  // ---- what is drawn -----------------------------------------------------------------------

  #showTerms() {
    if (!this.model) return;
    for (const [term, row] of Object.entries(this.terms)) {
      this.pickers[term].show({ row, code: this.model.codeOf(row) });
    }
  }

  #draw() {
    this.#drawSum();
    this.direction = this.#direction();
    this.#drawScale();
    this.#drawMoved();
  }

  #drawSum() {
    const { model, terms } = this;
    const { code, row } = this.#sum([terms.a, terms.b, terms.c]);
    this.#show(".result", "a − b + c", code);
    paint(this.find(".nearest .picture"), this.feed.pictures()?.get(row) ?? this.#decode(model.codeOf(row)), model.shape);
    this.find(".nearest .picture").setAttribute("aria-label", `Nearest image, class ${model.labelOf(row)}`);
    caption(this.find(".nearest figcaption"), `class ${model.labelOf(row)}`, "the nearest image in latent space");
  }

  #direction() {
    const [has, lacks] = [".has", ".lacks"].map((side) => Number(this.find(side).value));
    const mean = (label) => meanOf(this.model, label);
    const direction = has === lacks ? new Float64Array(this.model.d) : add(mean(has), mean(lacks), new Float64Array(this.model.d));
    const n = (label) => this.model.labels.reduce((sum, each) => sum + (each === label), 0);
    const name = (label) => `class ${this.model.header.classes[label]} (${n(label)} ${this.model.things})`;
    this.find(".attribute > .note").textContent = this.present.length < 2
      ? "This data set has one class, so there is no difference of two classes to add."
      : has === lacks ? "Both classes are the same, so their difference is zero. Choose another one."
        : `Mean code of ${name(has)} minus mean code of ${name(lacks)}; its length is ${number(Math.hypot(...direction))}.`;
    return direction;
  }

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
    const { strength } = this;
    this.#show(".moved", `strength ${signed(strength)}`, this.#at(strength));
    this.find(".strength").value = strength;
    const typed = this.find(".typed-strength");
    if (typed !== typed.getRootNode().activeElement) typed.value = Number(strength.toFixed(2));
    Array.from(this.find(".scale").children).forEach((each, i) => each.classList.toggle("now", Math.abs(STRENGTHS[i] - strength) < 0.25));
    this.root.dataset.decodes = this.decodes;
  }

  #show(home, title, code) {
    const share = this.model.support.share(code);
    const words = `support ${percent(share)}, ${supportWords(share)}`;
    paint(this.find(`${home} .picture`), this.#decode(code), this.model.shape);
    this.find(`${home} .picture`).setAttribute("aria-label", `${title}: ${words}`);
    caption(this.find(`${home} figcaption`), title, words);
  }

  #tell() {
    clearTimeout(this.tellTimer);
    this.tellTimer = setTimeout(() => {
      const { model, terms } = this;
      const names = Object.fromEntries(Object.entries(terms).map(([term, row]) => [term, imageName(model, row)]));
      this.component.setStateValue("shown", {
        key: model.header.key, sum: [names.a, names.b, names.c].join(","),
        attribute: [names.x, this.find(".has").value, this.find(".lacks").value, Number(this.strength.toFixed(2))].join(","),
      });
    }, TELL_AFTER_MS);
  }
}

const signed = (value) => `${value > 0 ? "+" : ""}${number(value, Number.isInteger(value * 10) ? 1 : 2)}`;

function caption(home, title, words) {
  const bold = document.createElement("b");
  bold.textContent = title;
  home.replaceChildren(bold, ` · ${words}`);
}
