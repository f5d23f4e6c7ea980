// Two to four models side by side: state, and what each gesture does to it.

import { Feed } from "../payload/feed.js";
import { number } from "../controls/words.js";
import { Card } from "./card.js";
import { Links, nameOf, same, sampleOf } from "./links.js";
import { Maps } from "./maps.js";
import { Rows, paintLegend } from "./rows.js";

export class Comparison {
  #decodes = 0;

  constructor(root) {
    this.root = root.querySelector(".compare");
    this.root.compare = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.feed = new Feed((model, slot) => this.#opened(model, slot), () => this.#pictured());
    this.links = new Links();
    this.maps = new Maps(this.find(".maps"), {
      hover: (slot, row) => this.hover(this.#sample(slot, row)),
      click: (slot, row) => row >= 0 && this.pin(this.#sample(slot, row)),
      leave: () => this.hover(null),
    });
    this.card = new Card(this.find(".sample"));
    this.rows = new Rows(this.find(".rows"), (sample) => this.pin(sample));
    this.pinned = this.hovered = null;
    this.gain = this.find(".gain");
    this.gain.addEventListener("input", () => this.#errorsSoon());
    this.gain.addEventListener("change", () => this.component.setStateValue("gain", Number(this.gain.value)));
    this.find(".another").addEventListener("click", () => this.#another());
    paintLegend(this.find(".scale canvas"));
  }

  close() {
    this.maps.close();
    this.feed.close();
    cancelAnimationFrame(this.frame);
  }

  /** Python's small data, and the newest way to answer it. */
  update(component) {
    this.component = component;
    const { data } = component;
    if (!this.started) this.#begin(data.start);
    const models = data.keys.join();
    if (models !== this.shown) {
      this.shown = models;
      this.root.dataset.ready = "no";
      this.maps.offer(data.titles);
      this.card.offer(data.titles.map(([title]) => title));
    }
    this.seed = data.start.seed;
    this.feed.want(data.keys);
    if (this.#ready) this.#all();
  }

  #begin({ sample, gain }) {
    this.started = true;
    this.pinned = sample;
    this.gain.value = gain;
  }

  get models() {
    return this.feed.models;
  }

  // Every slot has the model that is wanted now.
  get #ready() {
    const { keys } = this.component.data;
    return keys.every((key, slot) => this.models[slot]?.header.key === key);
  }

  #opened(model, slot) {
    this.links.set(slot, model.rows);
    if (this.#ready) this.#all();
  }

  #classes() {
    const { header, palette } = this.models[0];
    this.find(".classes").replaceChildren(...header.classes.map((name, label) => {
      const entry = Object.assign(document.createElement("span"), { textContent: name });
      entry.style.setProperty("--swatch", palette[label]);
      return entry;
    }));
  }

  #pictured() {
    if (this.#ready) this.#all();
  }

  /** Draw everything: the models are there, or have changed. */
  #all() {
    this.models.forEach((model, slot) => this.maps.show(slot, model));
    this.#classes();
    if (!this.#has(this.pinned)) this.pinned = this.component.data.rows[0] ?? sampleOf(this.models[0].rows, 0);
    this.#rows();
    this.#point();
    this.root.dataset.ready = "yes";
  }

  // ---- samples -----------------------------------------------------------------------------

  #sample(slot, row) {
    return row >= 0 ? sampleOf(this.models[slot].rows, row) : null;
  }

  #has(sample) {
    return this.models.some((_, slot) => this.links.row(slot, sample) >= 0);
  }

  /** The first slot that has the sample, and its row there. */
  #home(sample) {
    const slot = this.models.findIndex((_, each) => this.links.row(each, sample) >= 0);
    return [slot, this.links.row(slot, sample)];
  }

  #original(sample) {
    for (let slot = 0; slot < this.models.length; slot++) {
      const row = this.links.row(slot, sample);
      const pictures = row >= 0 ? this.feed.pictures(slot) : null;
      if (pictures) return pictures.get(row);
    }
    return null;
  }

  #label(sample) {
    const [slot, row] = this.#home(sample);
    return this.models[slot].labelOf(row);
  }

  #result(slot, sample) {
    const row = this.links.row(slot, sample);
    if (row < 0) return null;
    const model = this.models[slot];
    this.root.dataset.decodes = ++this.#decodes;
    return { pixels: model.decode(model.codeOf(row)).slice(), error: model.values.error[row] };
  }

  // ---- gestures ----------------------------------------------------------------------------

  hover(sample) {
    if (same(sample, this.hovered)) return;
    const started = performance.now();
    this.hovered = sample;
    this.#point();
    this.#timed(performance.now() - started);
  }

  pin(sample) {
    this.pinned = sample;
    this.#point();
    this.component.setStateValue("sample", sample);
  }

  /** Ring the sample everywhere and show it on the card. */
  #point() {
    const sample = this.hovered ?? this.pinned;
    const rows = this.models.map((_, slot) => this.links.row(slot, sample));
    const pins = this.models.map((_, slot) => this.links.row(slot, this.pinned));
    this.maps.ring(rows, pins);
    this.rows.mark(sample);
    this.root.dataset.sample = sample.join("-");
    this.root.dataset.rows = rows.join(",");
    this.find(".readout").textContent = this.card.show({
      title: `${this.#label(sample)} · ${nameOf(sample)}`,
      state: this.hovered ? "under the cursor" : "pinned",
      original: this.#original(sample),
      absent: this.component.data.originals ? "not read yet" : "not at hand",
      shape: this.models[0].shape,
      results: this.models.map((_, slot) => this.#result(slot, sample)),
    });
  }

  // The milliseconds of a redraw are complete when the maps have drawn with the next frame.
  #timed(milliseconds) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.root.dataset.frameMs = (milliseconds + this.maps.milliseconds).toFixed(2);
    }));
  }

  #another() {
    this.component.setStateValue("seed", this.seed + 1);
  }

  // ---- rows --------------------------------------------------------------------------------

  #rows() {
    const { rows: samples, titles } = this.component.data;
    const models = this.models.map((model, slot) => ({
      title: titles[slot][0], name: titles[slot][1], shape: model.shape,
      result: (sample) => this.#result(slot, sample),
    }));
    const original = (sample) => this.#original(sample);
    this.rows.show(samples, models, original, (sample) => this.#label(sample));
    const split = samples.length ? nameOf(samples[0]).split(" ")[0] : "";
    this.find(".which").textContent = samples.length
      ? `${samples.length} ${split} ${this.models[0].things}, seed ${this.seed}` : "none that all models have";
    this.find(".without").hidden = this.component.data.originals;
    this.#errors();
  }

  #errorsSoon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const started = performance.now();
      this.#errors();
      this.root.dataset.frameMs = (performance.now() - started).toFixed(2);
    });
  }

  #errors() {
    const gain = Number(this.gain.value);
    const painted = this.rows.paintErrors(gain);
    for (const part of this.root.querySelectorAll(".scale, .gain-field")) part.hidden = !painted;
    this.find(".gain-value").textContent = `× ${number(gain, 1)}`;
    this.find(".low").textContent = number(-1 / gain);
    this.find(".high").textContent = `+${number(1 / gain)}`;
    this.root.dataset.gain = gain;
  }
}
