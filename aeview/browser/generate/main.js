// Generate: state, and what each control does to it.

import { Feed } from "../payload/feed.js";
import { Page, mount } from "../shell/mount.js";
import { Fields } from "../controls/fields.js";
import { called } from "../controls/wording.js";
import { paint } from "../charts/paint.js";
import { Neighbourhood } from "./neighbourhood.js";
import { Posterior } from "./posterior.js";
import { Quantiles } from "./quantiles.js";
import { showQuality } from "./quality.js";
import { Queue } from "../net/queue.js";
import { Aggregate, Mixture } from "./sampling.js";
import { Samples } from "./samples.js";
import { Links, nameOf, sampleOf } from "../map/links.js";

/** @import { Bound, Component, Model, Sample } from "../types.js" */
/** @import { Quality } from "./quality.js" */
/** @import { Packed } from "./sampling.js" */
/** @typedef {{ seed: number, n: number, temperature: number, noise: number, method: string, image: string }} State */
/**
 * A source of codes. Where a mixture may come later, `meanwhile` says which source is drawn from until then.
 * @typedef {{ name: string, title: string, words: string, fitted: boolean, meanwhile: string | null, waiting: string, about: string, sent: boolean }} Method
 */
/**
 * What Python sends.
 * @typedef {{ keys: string[], fields: Record<string, Bound>, order: number[], titles: string[], methods: Method[], quality: Quality & { done: number }, start: State,
 *   sources: Record<string, Packed>[] }} Data
 */
/**
 * A model on screen; `about` and `sampler` are of a method.
 * @typedef {{ slot: number, model: Model, title: string, kind: string, deviations: Float64Array,
 *   decode: (code: Float32Array) => Float32Array, has: (method: string) => boolean, about: (method: string) => Method,
 *   sampler: (method: string) => Mixture | Aggregate }} View
 */

/** @extends {Page<Data>} */
class Generator extends Page {
  /** @type {View[]} */
  views = [];
  /** @type {Record<string, Mixture>[]} by slot */
  mixtures = [];
  links = new Links();
  decodes = 0;
  keys = "";
  packed = "";
  asked = "";
  /** @type {number[]} the chosen image's row in each slot's table; −1 where that model does not carry it */
  rows = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "generate");
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      choices: ["method"],
      ready: () => this.views.length,
      changed: (change) => this.#changed(change),
      tell: () => this.component.setStateValue("shown", { ...this.state }),
    }));
    this.feed = this.keep(new Feed(() => this.#opened(), () => this.#original()));
    this.queue = this.keep(new Queue(this.root, () => this.#sliced()));
    this.samples = this.keep(new Samples(this.find(".samples"), this.find(".maps"), this.queue));
    this.quantiles = new Quantiles(this.find(".quantiles"), this.queue, (text) => {
      this.find(".readout").textContent = text;
    });
    this.neighbourhood = new Neighbourhood(this.find(".rows"), this.queue);
    this.posterior = this.keep(new Posterior(this.find(".posterior .columns"), this.queue));
    const chosen = this.find("select.class");
    this.fields.click(".dice", () => this.fields.set({ seed: Math.floor(Math.random() * 10000) }));
    this.fields.click(".another", () => this.#another(Number(chosen.value)));
    this.fields.click(".reset", () => this.fields.set({ ...this.fields.starts, image: this.state.image }));
    chosen.addEventListener("change", () => this.#another(Number(chosen.value)));
  }

  /** Python's small data, and the newest way to answer it. @param {Component<Data>} component */
  update(component) {
    const { data } = component;
    const keys = data.keys.join(" ");
    super.update(component);
    this.fields.declare(component.data.fields);
    if (!this.keys) {
      Object.assign(this.state, data.start);
      this.fields.offer(this.find(".methods"), "method", data.methods);
    }
    const renewed = this.#sources(data.sources);
    if (keys !== this.keys) {
      this.keys = keys;
      this.queue.drop("");
      this.views = [];
      this.root.dataset.ready = "no";
    }
    this.feed.want(data.keys);
    if (!this.views.length) this.#opened(); // the feed only tells of models it did not have
    else if (renewed && this.#about(this.state.method).meanwhile) this.samples.draw(this.state);
    this.#quality();
    this.posterior.redraw();
    this.samples.redraw();
    this.#ask();
  }

  get state() {
    return this.fields.state;
  }

  // ---- models ------------------------------------------------------------------------------

  /** When all models that are wanted are here, everything is laid out anew. */
  #opened() {
    if (!this.feed.complete) return;
    called(this.root, this.feed.models[0].words);
    const { order, titles } = this.component.data;
    this.views = order.map((slot) => this.#view(slot, this.feed.models[slot], titles[slot]));
    this.#classes();
    this.samples.layOut(this.views, this.state.n);
    this.neighbourhood.layOut(this.views);
    this.posterior.layOut(this.views);
    this.fields.show();
    this.samples.draw(this.state);
    this.#choose();
    this.quantiles.show(this.views);
    this.#quality();
  }

  /** @type {(slot: number, model: Model, title: string) => View} */
  #view(slot, model, title) {
    const aggregate = new Aggregate(model);
    return {
      slot, model, title, kind: this.#kind(title),
      deviations: deviations(model),
      decode: (code) => {
        this.decodes++;
        return model.decode(code);
      },
      has: (method) => !this.#about(method).sent || Boolean(this.mixtures[slot]?.[method]),
      about: (method) => this.#about(method),
      sampler: (method) => !this.#about(method).sent ? aggregate : this.mixtures[slot][method] ?? this.mixtures[slot][this.#about(method).meanwhile ?? ""],
    };
  }

  /** A short title: the kind of model, or its name beside another of its kind. @param {string} title */
  #kind(title) {
    const [kind, name] = title.split(" · ");
    const alike = this.component.data.titles.filter((other) => other.startsWith(`${kind} · `));
    return alike.length > 1 ? name : kind;
  }

  /** The distributions that codes are drawn from; a mixture may come later than the rest. @param {Data["sources"]} sources */
  #sources(sources) {
    const text = JSON.stringify(sources);
    if (text === this.packed) return false;
    this.packed = text;
    this.mixtures = sources.map((named) => Object.fromEntries(
      Object.entries(named).map(([name, packed]) => [name, new Mixture(packed)])));
    return true;
  }

  // ---- the image ---------------------------------------------------------------------------

  #classes() {
    for (const [slot, { rows }] of this.feed.models.entries()) this.links.set(slot, rows);
    const present = this.feed.models[0].names.map(({ name, label }) => new Option(name, String(label)));
    this.find("select.class").replaceChildren(...present);
    this.find("select.class").disabled = present.length < 2;
  }

  /** A row of the first model in each slot's table; −1 where that model does not carry the image. @param {number} row */
  #everywhere(row) {
    const { rows } = this.feed.models[0];
    return this.feed.models.map((_, slot) => this.links.row(slot, sampleOf(rows, row)));
  }

  #choose() {
    const [model] = this.feed.models;
    const row = Math.max(0, this.links.row(0, /** @type {Sample} */ (this.state.image.split("-").map(Number))));
    this.state.image = sampleOf(model.rows, row).join("-");
    this.rows = this.#everywhere(row);
    this.find("select.class").value = String(model.labels[row]);
    this.#original();
    this.neighbourhood.draw(this.state, this.rows);
    this.posterior.draw(this.state.seed, this.rows);
  }

  /** @param {number} label */
  #another(label) {
    const { labels, rows } = this.feed.models[0];
    const alike = Array.from(labels.keys()).filter((row) => labels[row] === label && row !== this.rows[0]);
    const both = alike.filter((row) => this.#everywhere(row).every((each) => each >= 0));
    const among = both.length ? both : alike;
    if (!among.length) {
      this.fields.problem("There is no other image of this class.");
      return;
    }
    this.state.image = sampleOf(rows, among[Math.floor(Math.random() * among.length)]).join("-");
    this.#choose();
    this.fields.tell();
  }

  #original() {
    if (!this.views.length) return;
    const [model] = this.feed.models;
    const row = this.rows[0];
    const pixels = this.feed.pictures()?.get(row);
    const canvas = this.find("canvas.original");
    paint(canvas, pixels ?? model.decode(model.codeOf(row)), model.shape);
    const which = nameOf(sampleOf(model.rows, row));
    canvas.ariaLabel = `${which}, class ${model.labelOf(row)}`;
    this.find(".chosen figcaption").textContent = pixels
      ? which : `${which}: its reconstruction, as the original is not at hand`;
    const missing = this.views.filter(({ slot }) => this.rows[slot] < 0);
    this.find(".around-note").textContent = missing.length
      ? `${missing[0].title} does not carry this image; choose another one.`
      : "One draw of noise, the same in all columns, grows from left to right; σ counts in standard deviations of each "
        + `model's own codes. The bar under a picture is the support of its code. ${this.neighbourhood.words()}`;
  }

  // ---- controls ----------------------------------------------------------------------------

  /** @param {string} method */
  #about(method) {
    return /** @type {Method} */ (this.component.data.methods.find(({ name }) => name === method));
  }

  /** A change in the controls, and all that depends on it. @param {Partial<State>} change */
  #changed(change) {
    if ("n" in change) this.samples.layOut(this.views, this.state.n);
    if (["n", "seed", "temperature", "method"].some((name) => name in change)) this.samples.draw(this.state);
    if ("seed" in change || "noise" in change) this.neighbourhood.draw(this.state, this.rows);
    if ("seed" in change) this.posterior.draw(this.state.seed, this.rows);
    if ("method" in change) this.#quality();
  }

  #sliced() {
    this.root.dataset.decodes = String(this.decodes);
    if (this.views.length) {
      this.root.dataset.ready = "yes";
      this.#ask();
    }
  }

  // ---- Python ------------------------------------------------------------------------------

  #quality() {
    const { quality, methods } = this.component.data;
    if (!this.views.length) return;
    showQuality(this.find(".quality"), quality, this.views, this.state.method, methods);
    this.neighbourhood.known = quality.around ?? [];
    this.neighbourhood.figures();
    this.#original();
  }

  // Figures that need torch are asked for after the first picture, a few at a time.
  #ask() {
    const { quality, keys } = this.component.data;
    const ask = `${keys.join(" ")} ${quality.done}`;
    if (!quality.pending || this.root.dataset.ready !== "yes" || ask === this.asked) return;
    this.asked = ask;
    this.component.setStateValue("ask", { key: keys.join(" "), done: quality.done });
  }
}

/** The standard deviation of each unit over the model's own codes. @param {Model} model */
function deviations({ codes, n, d }) {
  const mean = new Float64Array(d);
  const square = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d] += codes[i] / n;
  for (let i = 0; i < n * d; i++) square[i % d] += (codes[i] - mean[i % d]) ** 2 / n;
  return square.map(Math.sqrt);
}

export default mount(Generator);
