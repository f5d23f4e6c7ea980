// Generate: state, and what each control does to it.

import { Feed } from "../payload/feed.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { Fields } from "../controls/fields.js";
import { called } from "../controls/wording.js";
import { paint } from "../charts/paint.js";
import { store } from "../payload/store.js";
import { Flow } from "../net/flow.js";
import { OutOfNoise } from "./outofnoise.js";
import { Neighbourhood } from "./neighbourhood.js";
import { Posterior } from "./posterior.js";
import { Quantiles } from "./quantiles.js";
import { showQuality } from "./quality.js";
import { Queue } from "../net/queue.js";
import { Aggregate, Mixture } from "./sampling.js";
import { Samples } from "./samples.js";
import { still } from "../map/flight.js";
import { Links, nameOf, sampleOf } from "../map/links.js";

/** @import { Block, Bound, Component, Model, Sample } from "../types.js" */
/** @import { Measure, Quality } from "./quality.js" */
/** @import { Packed, Source } from "./sampling.js" */
/** @import { Seen } from "../controls/tile.js" */
/**
 * `label`, `guidance` and `steps` are asked of a latent flow, `time` is how far out of noise it is shown, `origin` where that begins.
 * @typedef {{ seed: number, n: number, temperature: number, noise: number, method: string, image: string,
 *   label: number, guidance: number, steps: number, time: number, origin: string, measure: string }} State
 */
/**
 * A source of codes. Where a mixture may come later, `meanwhile` says which source is drawn from until then.
 * @typedef {{ name: string, title: string, words: string, fitted: boolean, meanwhile: string | null, waiting: string, about: string, sent: boolean, learnt: boolean }} Method
 */
/**
 * What Python sends.
 * @typedef {{ keys: string[], fields: Record<string, Bound>, order: number[], titles: string[], methods: Method[], measures: Measure[], quality: Quality & { done: number }, start: State,
 *   flows: { here: boolean, key: string, words: string }[], own: { title: string, pixels: string } | null,
 *   sources: Record<string, Packed>[] }} Data
 */
/**
 * A model on screen; `about` and `sampler` are of a method. A conditional model is told a class: `as` of the one that is
 * given, `decode` of the one that is asked for, `label` one for a draw, where none is asked for by its number in (0, 1).
 * @typedef {{ slot: number, model: Model, title: string, kind: string, deviations: Float64Array,
 *   decode: (code: Float32Array) => Float32Array, as: (label: number) => Seen, label: (share: number) => number, has: (method: string) => boolean, about: (method: string) => Method,
 *   sampler: (method: string) => Source }} View
 */

const NO_ROWS = { split: [], index: [] };
const NO_CODES = "These codes are from the prior: this model has no encoder, hence no codes of images that anything could be fitted to.";

/** @extends {Page<Data>} */
class Generator extends Page {
  /** @type {View[]} */
  views = [];
  /** @type {Record<string, Mixture>[]} by slot */
  mixtures = [];
  /** @type {Map<number, Block>} latent flows by slot, as they came */
  packedFlows = new Map();
  /** @type {Map<number, { key: string, flow: Flow }>} by slot */
  flows = new Map();
  links = new Links();
  decodes = 0;
  keys = "";
  packed = "";
  asked = "";
  wanted = ""; // a part further down that is not there yet
  /** @type {number[]} the chosen image's row in each slot's table; −1 where that model does not carry it */
  rows = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "generate");
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      choices: ["method", "origin", "measure"],
      ready: () => this.views.length,
      changed: (change) => this.#changed(change),
      tell: () => this.component.setStateValue("shown", { ...this.state }),
    }));
    this.feed = this.keep(new Feed(() => this.#opened(), () => this.#original()));
    this.queue = this.keep(new Queue(this.root, () => this.#sliced()));
    this.keep({ close: store("lab").follow((topic, block) => {
      const [kind, slot] = topic.split("/");
      if (kind !== "flow") return;
      this.packedFlows.set(Number(slot), block);
      if (this.views.length) this.#flowed();
    }) });
    this.samples = this.keep(new Samples(this.find(".samples"), this.find(".maps"), this.queue));
    this.quantiles = new Quantiles(this.find(".quantiles"), this.queue, (text) => {
      this.find(".readout").textContent = text;
    });
    this.neighbourhood = new Neighbourhood(this.find(".rows"), this.queue);
    this.posterior = this.keep(new Posterior(this.find(".posterior .columns"), this.queue));
    this.outOfNoise = this.keep(new OutOfNoise(this.find(".noise"), this.queue, {
      steps: () => this.state.steps, time: () => this.state.time,
      go: (time) => this.fields.set({ time }, false), stopped: () => this.fields.tell(),
    }));
    for (const button of all(this.root, ".parts button")) button.addEventListener("click", () => this.#to(button.dataset.to ?? ""));
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
      this.find('[data-to="noise"]').hidden = !data.methods.some(({ learnt }) => learnt);
      this.fields.offer(this.find(".measures"), "measure", data.measures);
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
    else {
      if (renewed && this.#about(this.state.method).meanwhile) this.samples.draw(this.state);
      this.#flowed();
    }
    this.#quality();
    this.posterior.redraw();
    this.samples.redraw();
    this.outOfNoise.redraw();
    this.#ask();
  }

  answered() {
    if (!this.views.length) return;
    this.samples.draw(this.state);
    this.quantiles.show(this.views);
    this.#choose();
  }

  get state() {
    return this.fields.state;
  }

  // ---- models ------------------------------------------------------------------------------

  /** When all models that are wanted are here, everything is laid out anew. */
  #opened() {
    if (!this.feed.complete) return;
    const [first] = this.feed.models;
    called(this.root, [first.thing, first.things, first.part]); // of each model alone its own words say what it draws
    this.root.dataset.encodes = first.encodes ? "yes" : "no";
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
    const aggregate = model.encodes ? new Aggregate(model) : this.mixtures[slot].prior;
    /** @type {View} */
    const view = {
      slot, model, title, kind: this.#kind(title),
      deviations: deviations(model),
      decode: (code) => view.as(this.state.label).decode(code),
      label: (share) => (this.state.label >= 0 ? this.state.label : Math.floor(share * model.header.classes.length)),
      as: (label) => ({
        model,
        decode: (code) => {
          this.decodes++;
          return model.decodeAs(code, label);
        },
      }),
      has: (method) => (!this.#about(method).sent && model.encodes) || Boolean(this.#learntSource(slot, method) ?? this.mixtures[slot]?.[method]),
      about: (method) => this.#said(slot, method),
      sampler: (method) => !this.#about(method).sent ? aggregate
        : this.#learntSource(slot, method) ?? this.mixtures[slot][method] ?? this.mixtures[slot][this.#about(method).meanwhile || "prior"],
    };
    return view;
  }

  /** Go to a part further down; the way out of noise is a latent flow's. @param {string} part */
  #to(part) {
    if (!this.views.length) return;
    const learnt = this.component.data.methods.find((method) => method.learnt);
    if (part === "noise" && learnt && !this.#about(this.state.method).learnt) this.fields.set({ method: learnt.name });
    this.wanted = part;
    this.#scroll();
  }

  /** Go where one wants to be, as soon as that is there. */
  #scroll() {
    const part = this.wanted && this.find(`.part.${this.wanted}`);
    if (!part || part.hidden) return;
    this.wanted = "";
    part.scrollIntoView({ behavior: still() ? "instant" : "smooth" });
  }

  // ---- latent flows ------------------------------------------------------------------------

  /** Whether a model on screen is told a class. */
  get #told() {
    return this.views.some(({ model }) => model.told);
  }

  /** What is said of a method for one model. @type {(slot: number, method: string) => Method} */
  #said(slot, method) {
    const about = this.#about(method);
    if (about.fitted && !this.feed.models[slot].encodes) return { ...about, about: "", waiting: NO_CODES };
    if (!about.learnt) return about;
    const { here, words } = this.component.data.flows[slot];
    return { ...about, about: words, waiting: here ? about.waiting : words };
  }

  /** @type {(slot: number, method: string) => Flow | undefined} */
  #learntSource(slot, method) {
    return this.#about(method).learnt ? this.#flow(slot) : undefined;
  }

  /** The flow of the model that a slot has now, once it is here. @param {number} slot */
  #flow(slot) {
    const [block, told, known] = [this.packedFlows.get(slot), this.component.data.flows[slot], this.flows.get(slot)];
    if (!block || !told?.here || block.header.key !== told.key) return undefined;
    if (known?.key === told.key) return known.flow;
    const flow = new Flow(/** @type {any} */ (block), this.state);
    this.flows.set(slot, { key: told.key, flow });
    return flow;
  }

  /** A flow has come, or is no longer the one that is wanted. */
  #flowed() {
    const fresh = this.views.filter(({ slot }) => {
      const before = this.flows.get(slot)?.flow;
      const flow = this.#flow(slot);
      return flow && flow !== before;
    });
    if (fresh.length && this.#about(this.state.method).learnt) this.samples.draw(this.state);
    this.#learnt();
  }

  /** What is there for a latent flow alone. */
  #learnt() {
    const learnt = this.#about(this.state.method).learnt;
    this.root.dataset.learnt = learnt ? "yes" : "no";
    this.root.dataset.asks = learnt || this.#told ? "yes" : "no";
    const flows = learnt ? this.views.filter(({ slot }) => this.#flow(slot)) : [];
    const view = flows.find(({ slot }) => slot === 0) ?? flows[0]; // the page's model first
    const flow = view && this.#flow(view.slot);
    this.find(".noise").hidden = !flow;
    this.outOfNoise.show(view ?? null, flow ?? null);
    if (learnt) this.#scroll();
    else this.wanted = "";
    const { own } = this.component.data;
    this.find('[data-origin="own"]').hidden = !own;
    const asks = this.#told || !flow || flow.n_classes > 0;
    this.find(".asked-for").hidden = !asks;
    this.find(".guiding").hidden = Boolean(flow && !flow.n_classes);
    if (flow && view) this.outOfNoise.draw(this.state, { row: this.rows[view.slot] ?? -1, own: own?.pixels ?? "" });
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
    for (const [slot, { rows, encodes }] of this.feed.models.entries()) this.links.set(slot, encodes ? rows : NO_ROWS);
    const present = this.feed.models[0].names.map(({ name, label }) => new Option(name, String(label)));
    this.find("select.class").replaceChildren(...present);
    const asked = /** @type {HTMLSelectElement} */ (this.find('select[data-number="label"]'));
    asked.replaceChildren(new Option("any class", "-1"), ...present.map(({ text, value }) => new Option(text, value)));
    asked.disabled = present.length < 2;
    this.find("select.class").disabled = present.length < 2;
  }

  /** A row of the first model in each slot's table; −1 where that model does not carry the image. @param {number} row */
  #everywhere(row) {
    const { rows } = this.feed.models[0];
    return this.feed.models.map((_, slot) => this.links.row(slot, sampleOf(rows, row)));
  }

  #choose() {
    const [model] = this.feed.models;
    if (!model.encodes) return; // no image has a code
    const row = Math.max(0, this.links.row(0, /** @type {Sample} */ (this.state.image.split("-").map(Number))));
    this.state.image = sampleOf(model.rows, row).join("-");
    this.rows = this.#everywhere(row);
    this.find("select.class").value = String(model.labels[row]);
    this.#original();
    this.neighbourhood.draw(this.state, this.rows);
    this.posterior.draw(this.state.seed, this.rows);
    this.#learnt();
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
    const [model] = this.feed.models;
    if (!this.views.length || !model.encodes) return;
    const row = this.rows[0];
    const pixels = this.feed.pictures()?.get(row);
    const canvas = this.find("canvas.original");
    paint(canvas, pixels ?? model.reconstruction(row), model.shape);
    const which = nameOf(sampleOf(model.rows, row));
    canvas.ariaLabel = `${which}, class ${model.labelOf(row)}`;
    this.find(".chosen figcaption").textContent = pixels
      ? which : `${which}: its reconstruction, as the original is not at hand`;
    const missing = this.views.filter(({ slot }) => this.rows[slot] < 0);
    this.find(".around-note").textContent = missing.length
      ? `${missing[0].title} ${missing[0].model.encodes ? "does not carry this image; choose another one." : "has no encoder, so that it has no code of an image."}`
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
    const asked = ["label", "guidance", "steps"].some((name) => name in change);
    if ("label" in change && this.#told) this.quantiles.show(this.views);
    if (asked || ["n", "seed", "temperature", "method"].some((name) => name in change)) this.samples.draw(this.state);
    if (asked || ["seed", "temperature", "method", "time", "origin"].some((name) => name in change)) this.#learnt();
    if ("seed" in change || "noise" in change) this.neighbourhood.draw(this.state, this.rows);
    if ("seed" in change) this.posterior.draw(this.state.seed, this.rows);
    if ("method" in change || "measure" in change) this.#quality();
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
    const { quality, methods, measures } = this.component.data;
    if (!this.views.length) return;
    const known = measures.filter(({ name }) => Object.keys(quality.figures?.[name] ?? {}).length);
    const measure = known.find(({ name }) => name === this.state.measure) ?? measures[0];
    this.find(".quality").dataset.pending = quality.pending ? "yes" : "no";
    this.find(".measures").hidden = known.length < 2;
    for (const button of all(this.find(".measures"), "button")) button.hidden = !known.some(({ name }) => name === button.dataset.measure);
    this.find(".quality").hidden = !measures.length;
    if (measures.length) showQuality(this.find(".figures"), quality, this.views, this.state.method, methods, measure);
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
