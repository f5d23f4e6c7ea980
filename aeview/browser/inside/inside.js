// Inside: which part is shown, of which image, and what every control does to it.

import { Feed } from "../payload/feed.js";
import { Queue } from "../net/queue.js";
import { store } from "../payload/store.js";
import { Subject } from "../controls/subject.js";
import { Layers } from "./layers.js";
import { Masked } from "./masked.js";
import { Units } from "./units.js";
import { Way } from "./way.js";

const TELL_AFTER_MS = 400;
const LIMITS = { level: [0, 1], repeats: [1, 10], ratio: [0.05, 0.95], seed: [0, 4294967295] };
const NAMES = { level: "The level", repeats: "The number of turns", ratio: "The hidden share", seed: "The seed" };
const WHOLE = ["repeats", "seed"];

export class Inside {
  constructor(root) {
    this.root = root.querySelector(".inside");
    this.root.inside = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.feed = new Feed((model) => this.#open(model), () => this.#pictured());
    this.subject = new Subject(this.find(".subject"), "Image", {
      changed: () => this.set({}), pictures: () => this.feed.pictures(),
    });
    this.queue = new Queue(({ left }) => { this.root.dataset.left = left; }, () => { this.root.dataset.left = "some"; });
    this.layers = new Layers(this.find(".layers"));
    this.units = new Units(this.find(".units-part"), { choose: (unit) => this.set({ unit }, false) });
    this.way = new Way(this.find(".way"), this.queue);
    this.masked = new Masked(this.find(".masked"), this.queue);
    this.blocks = {};
    this.unfollow = store("lab").follow((topic, block) => this.#receive(topic, block));
    this.#listen();
  }

  close() {
    this.feed.close();
    this.queue.close();
    this.way.close();
    this.unfollow();
    clearTimeout(this.timer);
  }

  update(component) {
    this.component = component;
    this.state ??= { ...component.data.start };
    this.#kinds();
    this.feed.want(component.data.keys);
    if (this.model) this.draw();
  }

  #receive(topic, block) {
    const [page, name] = topic.split("/");
    if (page !== "inside") return;
    this.blocks[name] = block;
    if (this.model) this.draw();
  }

  /** What Python computed for the model that is shown; null while it has not come. */
  #block(name) {
    const block = this.blocks[name];
    return block && block.header.key === this.component.data[name] ? block : null;
  }

  #open(model) {
    const before = this.model;
    if (model.map.kind === "linear") model.plane.fill = "neighbours";
    this.model = model;
    if (before) this.state.unit = -1;
    const { own } = this.component.data;
    this.subject.open(model, own, before ? this.subject.name : this.state.of);
    this.draw();
    this.root.dataset.ready = "yes";
  }

  #pictured() {
    this.subject.show();
    this.draw();
  }

  draw() {
    const { model, state, subject } = this;
    this.root.dataset.pictures = this.feed.pictures() ? "yes" : "no"; // without: reconstructions stand in
    const masks = this.component.data.masks;
    for (const button of this.root.querySelectorAll("[data-part]")) {
      button.setAttribute("aria-selected", button.dataset.part === state.part);
    }
    for (const [name, part] of [["layers", ".layers"], ["units", ".units-part"], ["way", ".way"], ["masked", ".masked"]]) {
      this.find(part).hidden = name !== state.part || (name === "masked" && !masks);
    }
    this.find(".elsewhere").hidden = state.part !== "masked" || masks;
    this.find(".elsewhere p").textContent = this.component.data.elsewhere.words;
    this.find(".elsewhere button").hidden = !this.component.data.elsewhere.model;
    this.find(".elsewhere button").textContent = `Open ${this.component.data.elsewhere.model}`;
    this.#fields();
    const { pixels } = subject;
    if (state.part === "layers") this.layers.draw(model, pixels, subject.exact);
    if (state.part === "units") this.units.draw(model, this.#block("units"), model.encode(pixels).slice(), state.unit);
    if (state.part === "way") this.way.draw(model, subject, this.#block("pixels"), state);
    if (state.part === "masked" && masks) {
      this.masked.draw(model, subject, this.#block("pixels"), state, this.component.data.originals);
    }
  }

  // ---- controls ----------------------------------------------------------------------------

  // A button for each kind of noise that the browser can draw.
  #kinds() {
    const home = this.find(".kinds");
    if (home.childElementCount) return;
    for (const { name, title, level } of this.component.data.kinds) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title, title: level });
      button.dataset.kind = name;
      button.addEventListener("click", () => this.model && this.set({ kind: name }));
      home.append(button);
    }
  }

  #listen() {
    for (const button of this.root.querySelectorAll("[data-part]")) {
      button.addEventListener("click", () => this.model && this.set({ part: button.dataset.part }));
    }
    this.find(".parts").addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const tabs = [...this.root.querySelectorAll("[data-part]")];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = tabs[(tabs.indexOf(event.target.closest("[data-part]")) + by + tabs.length) % tabs.length];
      next.focus();
      next.click();
    });
    for (const dice of this.root.querySelectorAll(".dice")) {
      dice.addEventListener("click", () => this.model && this.set({ seed: Math.floor(Math.random() * 10000) }));
    }
    for (const field of this.root.querySelectorAll("[data-number]")) {
      const name = field.dataset.number;
      if (field.type === "range") field.addEventListener("input", () => this.model && this.#live({ [name]: field.valueAsNumber }));
      field.addEventListener("change", () => this.model && this.#typed(name, field.valueAsNumber));
    }
    this.find(".elsewhere button").addEventListener("click", () =>
      this.component.setTriggerValue("going", this.component.data.elsewhere.model));
  }

  #typed(name, value) {
    const [low, high] = LIMITS[name];
    const whole = WHOLE.includes(name);
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return this.set({ [name]: value });
    this.#fields();
    this.#problem(`${NAMES[name]} goes from ${low} to ${high.toLocaleString("en")}${whole ? ", in whole numbers" : ""}; `
      + `it stays at ${this.state[name]}.`);
  }

  #live(change) {
    Object.assign(this.state, change);
    this.#problem("");
    this.draw();
  }

  /** Change the state, draw it, and let Python hear of it when it has come to rest. */
  set(change, redraw = true) {
    Object.assign(this.state, change);
    this.#problem("");
    if (redraw) this.draw();
    this.#tell();
  }

  #problem(text) {
    this.find(".problem").hidden = !text;
    this.find(".problem").textContent = text;
  }

  #fields() {
    const { state } = this;
    for (const field of this.root.querySelectorAll("[data-number]")) {
      const value = state[field.dataset.number];
      if (field.valueAsNumber !== value) field.value = value;
    }
    for (const button of this.root.querySelectorAll("[data-kind]")) {
      button.setAttribute("aria-pressed", button.dataset.kind === state.kind);
    }
    this.find(".strength").title = this.component.data.kinds.find(({ name }) => name === state.kind).level;
  }

  #tell() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.component.setStateValue("shown", { ...this.state, of: this.subject.name, key: this.model.header.key });
    }, TELL_AFTER_MS);
  }
}
