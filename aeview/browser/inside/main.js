// Inside: which part is shown, of which image, and what every control does to it.

import { Feed } from "../payload/feed.js";
import { Fields } from "../controls/fields.js";
import { Queue } from "../net/queue.js";
import { store } from "../payload/store.js";
import { Subject } from "../controls/subject.js";
import { called } from "../controls/wording.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { Layers } from "./layers.js";
import { Masked } from "./masked.js";
import { Units } from "./units.js";
import { Way } from "./way.js";

/** @import { Block, Bound, Component, Model } from "../types.js" */
/** @typedef {{ part: string, of: string, unit: number, first: string, kind: string, level: number, repeats: number, ratio: number, seed: number }} State */
/**
 * What Python sends: `units` and `pixels` are the keys of its two blocks, `elsewhere` says where missing pixels are filled in.
 * @typedef {{ keys: string[], fields: Record<string, Bound>, units: string, pixels: string, own: { title: string, pixels: string } | null, masks: boolean,
 *   originals: boolean, elsewhere: { model: string, words: string }, start: State,
 *   kinds: { name: string, title: string, level: string }[] }} Data
 */

/** @extends {Page<Data>} */
class Inside extends Page {
  /** @type {Record<string, Block<any, any>>} what Python computed, by name */
  blocks = {};

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "inside");
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      choices: ["part", "kind"], ready: () => this.model, changed: () => this.draw(),
      tell: () => this.component.setStateValue("shown", {
        ...this.fields.state, of: this.subject.name, key: this.model.header.key,
      }),
    }));
    this.feed = this.keep(new Feed((model) => this.#open(model), () => this.#pictured()));
    this.subject = new Subject(this.find(".subject"), "Image", {
      changed: () => {
        this.draw();
        this.fields.tell();
      },
      pictures: () => this.feed.pictures(),
    });
    this.queue = this.keep(new Queue(this.root));
    this.layers = new Layers(this.find(".layers"));
    this.units = new Units(this.find(".units-part"), (change) => {
      Object.assign(this.fields.state, change);
      this.fields.tell();
    });
    this.way = this.keep(new Way(this.find(".way"), this.queue));
    this.masked = new Masked(this.find(".masked"), this.queue);
    this.keep(store("lab").follow((topic, block) => this.#receive(topic, block)));
    this.#listen();
  }

  /** @param {Component<Data>} component */
  update(component) {
    const { data } = component;
    const first = !this.started;
    this.started = true;
    super.update(component);
    this.fields.declare(component.data.fields);
    if (first) {
      Object.assign(this.fields.state, data.start);
      this.fields.offer(this.find(".kinds"), "kind", data.kinds.map(({ level, ...kind }) => ({ ...kind, words: level })));
    }
    this.feed.want(data.keys);
    if (this.#current) this.draw();
  }

  /** @type {(topic: string, block: Block) => void} */
  #receive(topic, block) {
    const [page, name] = topic.split("/");
    if (page !== "inside") return;
    this.blocks[name] = block;
    if (this.#current) this.draw();
  }

  // Until the model that Python tells of has come, the one before must not be shown with what is told.
  get #current() {
    return Boolean(this.model) && this.component.data.keys.includes(this.model.header.key);
  }

  /** What Python computed for the model that is shown; null while it has not come. @param {"units" | "pixels"} name */
  #block(name) {
    const block = this.blocks[name];
    return /** @type {any} */ (block?.header.key === this.component.data[name] ? block : null); // of the type its part says
  }

  /** @param {Model} model */
  #open(model) {
    const before = this.opened;
    this.opened = true;
    if ("fill" in model.plane) model.plane.fill = "neighbours";
    /** @type {Model} */
    this.model = model;
    called(this.root, model.words);
    const { state } = this.fields;
    if (before) state.unit = 0;
    this.subject.open(model, this.component.data.own, before ? this.subject.name : state.of);
    this.draw();
    this.root.dataset.ready = "yes";
  }

  #pictured() {
    this.subject.show();
    this.draw();
  }

  answered() {
    this.way.stale = true;
    if (this.#current) this.#pictured();
  }

  draw() {
    const { model, subject, fields: { state } } = this;
    const { masks, elsewhere, originals, kinds } = this.component.data;
    this.root.dataset.pictures = this.feed.pictures() ? "yes" : "no"; // without: reconstructions stand in
    for (const [name, part] of [["layers", ".layers"], ["units", ".units-part"], ["way", ".way"], ["masked", ".masked"]]) {
      this.find(part).hidden = name !== state.part || (name === "masked" && !masks);
    }
    this.find(".unread").hidden = state.part !== "layers" || !model.served;
    if (model.served) this.find(".layers").hidden = true;
    this.find(".elsewhere").hidden = state.part !== "masked" || masks;
    this.find(".elsewhere p").textContent = elsewhere.words;
    Object.assign(this.find(".elsewhere button"), { hidden: !elsewhere.model, textContent: `Open ${elsewhere.model}` });
    this.fields.show();
    this.find(".strength").title = kinds.find(({ name }) => name === state.kind)?.level ?? "";
    const { pixels } = subject;
    if (state.part === "layers" && !model.served) this.layers.draw(model, pixels, subject.exact);
    if (state.part === "units") this.units.draw(model, this.#block("units"), model.encode(pixels).slice(), state);
    if (state.part === "way") this.way.draw(model, subject, this.#block("pixels"), state);
    if (state.part === "masked" && masks) {
      this.masked.draw(model, subject, this.#block("pixels"), state, originals);
    }
  }

  // ---- controls ----------------------------------------------------------------------------

  #listen() {
    this.find(".parts").addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const tabs = all(this.root, "button[data-part]");
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = tabs[(tabs.findIndex((tab) => tab.contains(/** @type {Node} */ (event.target))) + by + tabs.length) % tabs.length];
      next.focus();
      next.click();
    });
    for (const dice of [".way .dice", ".masked .dice"]) {
      this.fields.click(dice, () => this.fields.set({ seed: Math.floor(Math.random() * 10000) }));
    }
    this.find(".elsewhere button").addEventListener("click", () => {
      this.fields.hush();
      this.component.setTriggerValue("going", this.component.data.elsewhere.model);
    });
  }
}

export default mount(Inside);
