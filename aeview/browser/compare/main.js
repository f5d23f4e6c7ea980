// Two to four models side by side: state, and what each gesture does to it.

import { Fields } from "../controls/fields.js";
import { make } from "../controls/dom.js";
import { Redraw } from "../controls/redraw.js";
import { Feed } from "../payload/feed.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { number } from "../controls/words.js";
import { called } from "../controls/wording.js";
import { Card } from "./card.js";
import { Links, nameOf, same, sampleOf } from "../map/links.js";
import { Maps } from "./maps.js";
import { Rows, paintLegend } from "./rows.js";

/** @import { Bound, Component, Sample } from "../types.js" */
/** @typedef {{ gain: number }} State by what the differences are multiplied */
/** @typedef {{ keys: string[], fields: Record<string, Bound>, titles: [string, string][], start: State & { sample: Sample | null, seed: number }, rows: Sample[],
 *   originals: boolean[] }} Data what Python sends; titles are what a model is, and its name */

/** @extends {Page<Data>} */
class Comparison extends Page {
  seed = 0;
  shown = ""; // the keys of the models
  /** @type {Sample | null} */
  pinned = null;
  /** @type {Sample | null} */
  hovered = null;
  #decodes = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "compare");
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      after: 0, ready: () => this.shown, changed: () => this.errors.soon(),
      tell: () => this.component.setStateValue("gain", this.fields.state.gain),
    }));
    this.errors = this.keep(new Redraw(() => this.#errors(), this.root));
    this.feed = this.keep(new Feed((model, slot) => this.#opened(model, slot), () => this.#redraw()));
    this.links = new Links();
    this.maps = this.keep(new Maps(this.find(".maps"), {
      hover: (slot, row) => this.hover(this.#sample(slot, row)),
      click: (slot, row) => row >= 0 && this.pin(this.#sample(slot, row)),
      leave: () => this.hover(null),
    }));
    this.card = new Card(this.find(".sample"));
    this.rows = new Rows(this.find(".rows"), (sample) => this.pin(sample));
    this.find(".another").addEventListener("click", () => this.component.setStateValue("seed", this.seed + 1));
    paintLegend(this.find(".scale canvas"));
  }

  /** Python's small data, and the newest way to answer it. @param {Component<Data>} component */
  update(component) {
    super.update(component);
    this.fields.declare(component.data.fields);
    const { data } = component;
    if (!this.shown) {
      this.pinned = data.start.sample;
      this.fields.state.gain = data.start.gain;
      this.fields.show();
    }
    const models = data.keys.join();
    if (models !== this.shown) {
      this.shown = models;
      this.root.dataset.ready = "no";
      this.maps.offer(data.titles);
      this.card.offer(data.titles.map(([title]) => title));
    }
    this.seed = data.start.seed;
    this.feed.want(data.keys);
    this.#redraw();
  }

  get models() {
    return this.feed.models;
  }

  /** @param {import("../map/model.js").Model} model @param {number} slot */
  #opened(model, slot) {
    this.links.set(slot, model.rows);
    called(this.root, model.words);
    this.#redraw();
  }

  #classes() {
    const { header, palette } = this.models[0];
    this.find(".classes").replaceChildren(...header.classes.map((name, label) => make("span", { style: `--swatch: ${palette[label]}` }, name)));
  }

  /** Draw everything once the models are there, or when something has changed. */
  #redraw() {
    if (!this.feed.complete) return;
    for (const [slot, model] of this.models.entries()) this.maps.show(slot, model);
    this.#classes();
    if (!this.#has(this.pinned)) this.pinned = this.component.data.rows[0] ?? sampleOf(this.models[0].rows, 0);
    this.#rows();
    this.#point();
    this.root.dataset.ready = "yes";
  }

  // ---- samples -----------------------------------------------------------------------------

  /** @param {number} slot @param {number} row */
  #sample(slot, row) {
    return row >= 0 ? sampleOf(this.models[slot].rows, row) : null;
  }

  /** @param {Sample | null} sample */
  #has(sample) {
    return this.models.some((_, slot) => this.links.row(slot, sample) >= 0);
  }

  /** Its bytes, where any of the models has them. @param {Sample} sample */
  #original(sample) {
    const slot = this.models.findIndex((_, each) => this.links.row(each, sample) >= 0 && this.feed.pictures(each));
    return this.feed.pictures(slot)?.get(this.links.row(slot, sample)) ?? null;
  }

  /** @param {Sample} sample */
  #label(sample) {
    const slot = this.models.findIndex((_, each) => this.links.row(each, sample) >= 0);
    return this.models[slot].labelOf(this.links.row(slot, sample));
  }

  /** @param {number} slot @param {Sample} sample */
  #result(slot, sample) {
    const row = this.links.row(slot, sample);
    if (row < 0) return null;
    const model = this.models[slot];
    this.root.dataset.decodes = String(++this.#decodes);
    return { pixels: model.decode(model.codeOf(row)).slice(), error: model.values.error[row] };
  }

  // ---- gestures ----------------------------------------------------------------------------

  /** @param {Sample | null} sample */
  hover(sample) {
    if (same(sample, this.hovered)) return;
    const started = performance.now();
    this.hovered = sample;
    this.#point();
    const milliseconds = performance.now() - started;
    // The milliseconds of a redraw are complete when the maps have drawn with the next frame.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.root.dataset.frameMs = (milliseconds + this.maps.milliseconds).toFixed(2);
    }));
  }

  /** @param {Sample | null} sample */
  pin(sample) {
    this.pinned = sample;
    this.#point();
    this.component.setStateValue("sample", sample);
  }

  /** Ring the sample everywhere and show it on the card. */
  #point() {
    const sample = this.hovered ?? this.pinned;
    if (!sample) return;
    const rows = this.models.map((_, slot) => this.links.row(slot, sample));
    const pins = this.models.map((_, slot) => this.links.row(slot, this.pinned));
    this.maps.ring(rows, pins);
    this.rows.mark(sample);
    this.root.dataset.sample = sample.join("-");
    this.root.dataset.rows = rows.join(",");
    this.find(".readout").textContent = this.card.show({
      title: `${this.#label(sample)} · ${nameOf(sample)}`,
      state: same(sample, this.pinned) ? "pinned" : "under the cursor",
      original: this.#original(sample),
      absent: rows.some((row, slot) => row >= 0 && this.component.data.originals[slot]) ? "not read yet" : "not at hand",
      shape: this.models[0].shape,
      results: this.models.map((_, slot) => this.#result(slot, sample)),
    });
  }

  // ---- rows --------------------------------------------------------------------------------

  #rows() {
    const { rows: samples, titles } = this.component.data;
    const models = this.models.map((model, slot) => ({
      title: titles[slot][0], name: titles[slot][1], shape: model.shape,
      result: (/** @type {Sample} */ sample) => this.#result(slot, sample),
    }));
    this.rows.show(samples, models, (sample) => this.#original(sample), (sample) => this.#label(sample));
    const split = samples.length ? nameOf(samples[0]).split(" ")[0] : "";
    this.find(".which").textContent = samples.length
      ? `${samples.length} ${split} ${this.models[0].things}, seed ${this.seed}` : "none that all models have";
    this.find(".without").hidden = this.component.data.originals.some(Boolean);
    this.#errors();
  }

  #errors() {
    const { gain } = this.fields.state;
    const painted = this.rows.paintErrors(gain);
    for (const part of all(this.root, ".scale, .gain-field")) part.hidden = !painted;
    this.find(".gain-value").textContent = `× ${number(gain, 1)}`;
    this.find(".low").textContent = number(-1 / gain);
    this.find(".high").textContent = `+${number(1 / gain)}`;
    this.root.dataset.gain = String(gain);
  }
}

export default mount(Comparison);
