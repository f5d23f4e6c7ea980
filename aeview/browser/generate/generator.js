// Generate: state, and what each control does to it.

import { Feed } from "../payload/feed.js";
import { finder } from "../shell/find.js";
import { Fields } from "../controls/fields.js";
import { paint } from "../charts/paint.js";
import { Neighbourhood } from "./neighbourhood.js";
import { Posterior } from "./posterior.js";
import { Quantiles } from "./quantiles.js";
import { showQuality } from "./quality.js";
import { Queue } from "../net/queue.js";
import { Mixture } from "./sampling.js";
import { Samples } from "./samples.js";
import { lands } from "./tile.js";

/** @typedef {import("../map/model.js").Model} Model */
/** @typedef {{ seed: number, n: number, temperature: number, noise: number, method: string, image: string }} State */
/**
 * A source of codes. Where a mixture may come later, `meanwhile` says which source is drawn from until then.
 * @typedef {{ name: string, title: string, words: string, fitted: boolean, meanwhile: string | null, waiting: string, about: string }} Method
 */
/**
 * @typedef {{ problem?: string, figures: Record<string, (number | null)[]>, floor: number | null, words: string[], note: string,
 *   pending: boolean, done: number }} Quality Fréchet figures by method and slot; null for one that is being computed
 */
/**
 * What Python sends.
 * @typedef {{ keys: string[], order: number[], titles: string[], methods: Method[], quality: Quality, start: State,
 *   sources: Record<string, import("./sampling.js").Packed>[] }} Data
 */
/**
 * A model on screen; `about` and `sampler` are of a method.
 * @typedef {{ slot: number, model: Model, title: string, kind: string, deviations: Float64Array,
 *   decode: (code: Float32Array) => Float32Array, has: (method: string) => boolean, about: (method: string) => Method,
 *   sampler: (method: string) => Mixture }} View
 */

/** @type {Record<string, import("../controls/fields.js").Bound>} */
const FIELDS = {
  seed: { title: "The seed", low: 0, high: 4294967295, whole: true, start: 0 },
  n: { title: "The number of samples", low: 1, high: 100, whole: true, start: 36 },
  temperature: { title: "The temperature", low: 0, high: 3, start: 1 },
  noise: { title: "The noise", low: 0, high: 3, start: 2 },
  method: { start: "prior" },
};

export class Generator {
  constructor(root) {
    this.root = root.querySelector(".generate");
    this.root.generate = this; // for tests and benchmarks
    this.find = finder(this.root);
    this.fields = new Fields(this.root, FIELDS, {
      choices: ["method"],
      ready: () => this.views.length,
      changed: (change) => this.#changed(change),
      tell: () => this.component.setStateValue("shown", { ...this.state }),
    });
    this.feed = new Feed(() => this.#opened(), () => this.#original());
    this.queue = new Queue((slice) => this.#sliced(slice), () => {
      this.root.dataset.left = "some";
    });
    this.samples = new Samples(this.find(".samples"), this.find(".maps"), this.queue);
    this.quantiles = new Quantiles(this.find(".quantiles"), this.queue, (text) => this.#say(text));
    this.neighbourhood = new Neighbourhood(this.find(".rows"), this.queue);
    this.posterior = new Posterior(this.find(".posterior .columns"), this.queue);
    /** @type {View[]} */
    this.views = [];
    this.decodes = 0;
    this.fields.click(".dice", () => this.fields.set({ seed: Math.floor(Math.random() * 10000) }));
    this.fields.click(".another", () => this.#another(Number(this.find("select.class").value)));
    this.fields.click(".reset", () => this.fields.set(this.fields.starts));
    this.find("select.class").addEventListener("change", ({ target }) => this.#another(Number(/** @type {HTMLSelectElement} */ (target).value)));
  }

  close() {
    this.feed.close();
    this.queue.close();
    this.posterior.close();
    this.samples.close();
    this.fields.close();
  }

  /** Python's small data, and the newest way to answer it. */
  update(component) {
    const { data } = component;
    const others = this.component?.data.keys.join(" ") !== data.keys.join(" ");
    const first = !this.component;
    this.component = component;
    if (first) {
      Object.assign(this.state, data.start);
      this.fields.offer(this.find(".methods"), "method", data.methods);
    }
    const renewed = this.#sources(data.sources);
    if (others) {
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
    const { keys, order, titles } = this.component.data;
    const { models } = this.feed;
    if (keys.some((key, slot) => models[slot]?.header.key !== key)) return;
    this.views = order.map((slot) => this.#view(slot, models[slot], titles[slot]));
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

  #view(slot, model, title) {
    return {
      slot, model, title, kind: this.#kind(title),
      deviations: deviations(model),
      decode: (code) => {
        this.decodes++;
        return model.decode(code);
      },
      has: (method) => Boolean(this.mixtures[slot]?.[method]),
      about: (method) => this.#about(method),
      sampler: (method) => this.mixtures[slot][method] ?? this.mixtures[slot][this.#about(method).meanwhile],
    };
  }

  // A short title: the kind of model, or its name beside another of its kind.
  #kind(title) {
    const [kind, name] = title.split(" · ");
    const alike = this.component.data.titles.filter((other) => other.startsWith(`${kind} · `));
    return alike.length > 1 ? name : kind;
  }

  // The distributions that codes are drawn from; a mixture may come later than the rest.
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
    const [named, ...others] = this.feed.models;
    this.rowOf = new Map(Array.from(named.rows.index, (index, row) => [`${named.rows.split[row]}-${index}`, row]));
    this.same = others.map((other) => new Map(
      Array.from(other.rows.index, (index, row) => [`${other.rows.split[row]}-${index}`, row])));
    const present = named.names.map(({ name, label }) => new Option(name, label));
    this.find(".class").replaceChildren(...present);
    this.find(".class").disabled = present.length < 2;
  }

  /** The chosen image's row in each slot's table; −1 where that model does not carry it. */
  get rows() {
    return [this.rowOf, ...this.same].map((table) => table.get(this.state.image) ?? -1);
  }

  #choose() {
    const [model] = this.feed.models;
    if (!this.rowOf.has(this.state.image)) this.state.image = this.#nameOf(0);
    this.find(".class").value = model.labels[this.rows[0]];
    this.#original();
    this.neighbourhood.draw(this.state, this.rows);
    this.posterior.draw(this.state.seed, this.rows);
  }

  #nameOf(row) {
    const { split, index } = this.feed.models[0].rows;
    return `${split[row]}-${index[row]}`;
  }

  #another(label) {
    const { labels } = this.feed.models[0];
    const here = this.rows[0];
    const rows = Array.from(labels.keys()).filter((row) => labels[row] === label && row !== here);
    const both = rows.filter((row) => this.same.every((table) => table.has(this.#nameOf(row))));
    const among = both.length ? both : rows;
    if (!among.length) {
      this.fields.problem("There is no other image of this class.");
      return;
    }
    this.state.image = this.#nameOf(among[Math.floor(Math.random() * among.length)]);
    this.#choose();
    this.fields.tell();
  }

  #original() {
    if (!this.views.length) return;
    const [model] = this.feed.models;
    const row = this.rows[0];
    const pixels = this.feed.pictures()?.get(row);
    const canvas = this.find(".original");
    paint(canvas, pixels ?? model.decode(model.codeOf(row)), model.shape);
    const which = `${["training", "validation", "test"][model.rows.split[row]]} image ${model.rows.index[row]}`;
    canvas.setAttribute("aria-label", `${which}, class ${model.labelOf(row)}`);
    this.find(".chosen figcaption").textContent = pixels
      ? which : `${which}: its reconstruction, as the original is not at hand`;
    const missing = this.views.filter(({ slot }) => this.rows[slot] < 0);
    this.find(".around-note").textContent = missing.length
      ? `${missing[0].title} does not carry this image; choose another one.`
      : "One draw of noise, the same in all columns, grows from left to right; σ counts in standard deviations of each "
        + `model's own codes. The bar under a picture is the support of ${this.#bar()}.`;
  }

  #bar() {
    const again = this.views.map(({ model }) => lands(model));
    if (again.every(Boolean)) return "the code that the picture has when it is encoded again";
    return again.some(Boolean) ? "its code, with more than 3 units of its code when it is encoded again" : "its code";
  }

  // ---- controls ----------------------------------------------------------------------------

  #about(method) {
    return this.component.data.methods.find(({ name }) => name === method);
  }

  // A change in the controls, and all that depends on it.
  #changed(change) {
    if ("n" in change) this.samples.layOut(this.views, this.state.n);
    if (["n", "seed", "temperature", "method"].some((name) => name in change)) this.samples.draw(this.state);
    if ("seed" in change || "noise" in change) this.neighbourhood.draw(this.state, this.rows);
    if ("seed" in change) this.posterior.draw(this.state.seed, this.rows);
    if ("method" in change) this.#quality();
  }

  #say(text) {
    this.find(".readout").textContent = text;
  }

  #sliced({ ms, left }) {
    this.root.dataset.decodes = this.decodes;
    this.root.dataset.frameMs = ms.toFixed(2);
    this.root.dataset.left = left;
    if (this.views.length) {
      this.root.dataset.ready = "yes";
      this.#ask();
    }
  }

  // ---- Python ------------------------------------------------------------------------------

  #quality() {
    if (this.views.length) showQuality(this.find(".quality"), this.component.data.quality, this.views, this.state.method, this.component.data.methods);
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

/** The standard deviation of each unit over the model's own codes. */
function deviations({ codes, n, d }) {
  const mean = new Float64Array(d);
  const square = new Float64Array(d);
  for (let i = 0; i < n * d; i++) mean[i % d] += codes[i] / n;
  for (let i = 0; i < n * d; i++) square[i % d] += (codes[i] - mean[i % d]) ** 2 / n;
  return square.map(Math.sqrt);
}
