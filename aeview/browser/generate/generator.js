// Generate: state, and what each control does to it.

import { Feed } from "../payload/feed.js";
import { paint } from "../charts/paint.js";
import { Neighbourhood } from "./neighbourhood.js";
import { Posterior } from "./posterior.js";
import { Quantiles } from "./quantiles.js";
import { showQuality } from "./quality.js";
import { Queue } from "../net/queue.js";
import { Mixture } from "./sampling.js";
import { Samples } from "./samples.js";
import { lands } from "./tile.js";

const TELL_AFTER_MS = 400;
const FIRST = { seed: 0, n: 36, temperature: 1, method: "prior", noise: 2 };
const LIMITS = { seed: [0, 4294967295], n: [1, 100], temperature: [0, 3], noise: [0, 3] };
const NAMES = { seed: "The seed", n: "The number of samples", temperature: "The temperature", noise: "The noise" };

export class Generator {
  constructor(root) {
    this.root = root.querySelector(".generate");
    this.root.generate = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.feed = new Feed(() => this.#opened(), () => this.#original());
    this.queue = new Queue((slice) => this.#sliced(slice), () => {
      this.root.dataset.left = "some";
    });
    this.samples = new Samples(this.find(".samples"), this.find(".maps"), this.queue);
    this.quantiles = new Quantiles(this.find(".quantiles"), this.queue, (text) => this.#say(text));
    this.neighbourhood = new Neighbourhood(this.find(".rows"), this.queue);
    this.posterior = new Posterior(this.find(".posterior .columns"), this.queue);
    this.views = [];
    this.decodes = 0;
    this.#listen();
  }

  close() {
    this.feed.close();
    this.queue.close();
    this.posterior.close();
    this.samples.close();
    clearTimeout(this.timer);
  }

  /** Python's small data, and the newest way to answer it. */
  update(component) {
    const { data } = component;
    const others = this.component?.data.keys.join(" ") !== data.keys.join(" ");
    this.component = component;
    this.state ??= { ...FIRST, ...data.start };
    this.#methods();
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
    this.#fields();
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
      this.#problem("There is no other image of this class.");
      return;
    }
    this.state.image = this.#nameOf(among[Math.floor(Math.random() * among.length)]);
    this.#choose();
    this.#tell();
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

  #listen() {
    this.#slider("temperature", () => this.samples.draw(this.state));
    this.#slider("noise", () => this.neighbourhood.draw(this.state, this.rows));
    this.#typed("seed", ".seed", () => this.#seeded());
    this.#typed("n", ".n", () => {
      this.samples.layOut(this.views, this.state.n);
      this.samples.draw(this.state);
    });
    const click = (selector, act) =>
      this.find(selector).addEventListener("click", () => this.views.length && act());
    click(".dice", () => this.set({ seed: Math.floor(Math.random() * 10000) }, () => this.#seeded()));
    click(".another", () => this.#another(Number(this.find(".class").value)));
    click(".reset", () => this.set(FIRST, () => this.#opened()));
    this.find(".class").addEventListener("change", (event) => this.#another(Number(event.target.value)));
  }

  // A button for each source of codes that the engine has.
  #methods() {
    const home = this.find(".methods");
    if (home.childElementCount) return;
    for (const { name, title, words } of this.component.data.methods) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title, title: words });
      button.dataset.method = name;
      button.setAttribute("aria-pressed", name === this.state.method);
      button.addEventListener("click", () => this.views.length && this.set({ method: name }, () => {
        this.samples.draw(this.state);
        this.#quality();
      }));
      home.append(button);
    }
  }

  #about(method) {
    return this.component.data.methods.find(({ name }) => name === method);
  }

  #slider(name, redraw) {
    const range = this.find(`.${name}`);
    range.addEventListener("input", () => this.views.length && this.live({ [name]: range.valueAsNumber }, redraw));
    range.addEventListener("change", () => this.#tell());
    this.#typed(name, `.${name}-typed`, redraw);
  }

  #typed(name, selector, redraw) {
    const field = this.find(selector);
    field.addEventListener("change", () => {
      const value = field.valueAsNumber;
      const [low, high] = LIMITS[name];
      const whole = Number.isInteger(value) || name === "temperature" || name === "noise";
      if (value >= low && value <= high && whole && this.views.length) {
        this.set({ [name]: value }, redraw);
        return;
      }
      this.#fields();
      this.#problem(`${NAMES[name]} goes from ${low.toLocaleString("en")} to ${high.toLocaleString("en")}`
        + `${name === "n" || name === "seed" ? ", in whole numbers" : ""}; it stays at ${this.state[name]}.`);
    });
  }

  /** Change the state and redraw what depends on it. */
  live(change, redraw) {
    Object.assign(this.state, change);
    this.#problem("");
    this.#fields();
    redraw();
  }

  /** The same, and Python hears of it when it has come to rest. */
  set(change, redraw) {
    this.live(change, redraw);
    this.#tell();
  }

  #seeded() {
    this.samples.draw(this.state);
    this.neighbourhood.draw(this.state, this.rows);
    this.posterior.draw(this.state.seed, this.rows);
  }

  #fields() {
    const { state } = this;
    const write = (selector, value) => {
      if (this.find(selector).valueAsNumber !== value) this.find(selector).value = value;
    };
    for (const name of ["seed", "n", "temperature", "noise"]) write(`.${name}`, state[name]);
    for (const name of ["temperature", "noise"]) write(`.${name}-typed`, state[name]);
    for (const button of this.root.querySelectorAll("[data-method]")) {
      button.setAttribute("aria-pressed", button.dataset.method === state.method);
    }
  }

  #problem(text) {
    const home = this.find(".problem");
    home.hidden = !text;
    home.textContent = text;
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

  #tell() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.component.setStateValue("shown", { ...this.state }), TELL_AFTER_MS);
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
