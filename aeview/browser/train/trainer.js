// A run on screen: live while it trains, and afterwards any epoch of it.

import { named } from "../charts/columns.js";
import { paint } from "../charts/paint.js";
import { store } from "../payload/store.js";
import { number } from "../controls/words.js";
import { Losses } from "./losses.js";
import { Morph } from "./morph.js";

const REPLAY_MS = 120;
const INACTIVE = 0.01;

export class Trainer {
  constructor(root) {
    this.root = root.querySelector(".train");
    this.root.trainer = this; // for tests
    this.find = (selector) => this.root.querySelector(selector);
    this.losses = new Losses(this.find(".losses"));
    this.map = new Morph(this.find(".map canvas"));
    this.blocks = new Map();
    this.at = 0;
    this.timer = null;
    this.unfollow = store("lab").follow((topic, block) => this.#receive(topic, block));
    this.find(".scrubber").addEventListener("input", (event) => this.#scrub(event.target.valueAsNumber));
    this.rebuilt = "composite"; // of a masked model; others have reconstructions alone
    for (const button of this.root.querySelectorAll("[data-rebuilt]")) {
      button.addEventListener("click", () => this.#choose(button.dataset.rebuilt));
    }
    this.find(".play").addEventListener("click", () => this.#play());
  }

  close() {
    this.unfollow();
    this.map.close();
    this.losses.close();
    clearInterval(this.timer);
  }

  /** Python's small data. */
  update({ data }) {
    const other = this.data?.key !== data.key;
    this.data = data;
    this.find(".title").textContent = data.title;
    this.find(".words").textContent = data.words;
    this.root.dataset.state = data.state;
    this.find(".warnings").replaceChildren(...data.warnings.map((text) =>
      Object.assign(document.createElement("li"), { textContent: text })));
    this.losses.show(data.curves, data.n_epochs, data.beside);
    this.root.dataset.epochs = this.losses.count;
    if (!data.key) this.#empty();
    if (other) this.#meet();
  }

  #receive(topic, block) {
    if (!topic.startsWith("train/")) return; // of this slot or of another one
    this.blocks.set(topic, block);
    this.#meet(topic);
  }

  get #topic() {
    return `train/${this.data?.key === "live" ? "live" : "replay"}/${this.data?.slot}`;
  }

  #meet(topic = this.#topic) {
    if (!this.data?.key || topic !== this.#topic) return;
    const block = this.blocks.get(topic);
    const live = this.data.key === "live";
    if (!block || (!live && block.header.key !== this.data.key)) return;
    this.#stop();
    this.block = block;
    this.find(".replay").hidden = live || block.header.frames.length < 2;
    this.find(".scrubber").max = block.header.frames.length - 1;
    this.#fixed();
    this.#show(block.header.frames.length - 1);
    this.root.dataset.ready = "yes";
  }

  // Nothing has been seen of this run: what stands here, and what lies ready, is another one's.
  #empty() {
    this.#stop();
    this.block = null;
    this.blocks.delete(`train/live/${this.data.slot}`);
    this.map.wipe();
    for (const home of [".rows", ".samples", ".bars", ".classes"]) this.find(home).replaceChildren();
    this.find(".units h3").textContent = "KL by unit";
    this.find(".replay").hidden = this.find(".filled").hidden = true;
    this.losses.mark(undefined);
    this.find(".map canvas").setAttribute("aria-label", "Codes of validation images: none yet");
    delete this.root.dataset.epoch;
    this.root.dataset.ready = "waiting";
  }

  // ---- what stays the same in all frames ----------------------------------------------------

  #fixed() {
    const { header, arrays } = this.block;
    const palette = header.classes.map((_, i) => header.palette[i % header.palette.length]);
    this.colours = Array.from(arrays.labels, (label) => palette[label]);
    this.find(".classes").replaceChildren(...header.classes.map((name, i) => {
      const entry = Object.assign(document.createElement("span"), { textContent: name });
      entry.style.setProperty("--swatch", palette[i]);
      return entry;
    }));
    const masked = Boolean(arrays.spoilt);
    const many = header.many ?? "images";
    this.find(".what").textContent = masked ? `Validation ${many}, what is shown of them, filled in` : `Validation ${many}, reconstructions`;
    this.find(".filled").hidden = !masked;
    this.#tiles(".rows", (masked ? 3 : 2) * arrays.originals.shape[0]);
    this.#tiles(".samples", arrays.samples.shape[1]);
    const n = arrays.originals.shape[0];
    for (let i = 0; i < n; i++) this.#paint(".rows", i, arrays.originals, i);
  }

  /** Draw the composite of a masked model, or all of its output. */
  #choose(rebuilt) {
    this.rebuilt = rebuilt;
    for (const button of this.root.querySelectorAll("[data-rebuilt]")) {
      button.setAttribute("aria-pressed", button.dataset.rebuilt === rebuilt);
    }
    this.root.dataset.rebuilt = rebuilt;
    if (this.block) this.#show(this.at);
  }

  #tiles(selector, n) {
    const home = this.find(selector);
    while (home.children.length < n) home.append(document.createElement("canvas"));
    while (home.children.length > n) home.lastChild.remove();
  }

  #paint(selector, tile, array, index) {
    const shape = named(this.block.header.shape, this.block.header.names);
    const size = shape.reduce((a, b) => a * b, 1);
    paint(this.find(selector).children[tile], array.subarray(index * size, (index + 1) * size), shape);
  }

  // ---- one frame ----------------------------------------------------------------------------

  #show(wanted) {
    const { header, arrays } = this.block;
    const at = Math.min(wanted, header.frames.length - 1); // the slider may be a block behind
    const numbers = header.frames[at];
    this.at = at;
    const n = arrays.labels.length;
    this.map.show(Float32Array.from(arrays.points.subarray(2 * n * at, 2 * n * (at + 1))), this.colours);
    const [nRows, nSamples] = [arrays.originals.shape[0], arrays.samples.shape[1]];
    const below = arrays.spoilt ? [arrays.spoilt, arrays[this.rebuilt]] : [arrays.reconstructions];
    below.forEach((array, row) => {
      for (let i = 0; i < nRows; i++) this.#paint(".rows", (row + 1) * nRows + i, array, at * nRows + i);
    });
    for (let i = 0; i < nSamples; i++) this.#paint(".samples", i, arrays.samples, at * nSamples + i);
    this.#units(at, numbers);
    const replay = this.data.key !== "live";
    this.losses.mark(replay ? numbers.epoch : undefined);
    this.find(".scrubber").value = at;
    this.find(".at").textContent = `epoch ${numbers.epoch} of ${numbers.n_epochs}`;
    this.find(".map canvas").setAttribute("aria-label", `Latent map of ${n} validation ${header.many ?? "images"} after epoch ${numbers.epoch}`);
    this.root.dataset.epoch = numbers.epoch;
  }

  #units(at, { active }) {
    const { arrays } = this.block;
    this.find(".units").hidden = !arrays.kl_units;
    if (!arrays.kl_units) return;
    const d = arrays.kl_units.shape[1];
    const kl = arrays.kl_units.subarray(at * d, (at + 1) * d);
    const most = Math.max(...kl, 0.1);
    const home = this.find(".bars");
    while (home.children.length < d) home.append(document.createElement("i"));
    while (home.children.length > d) home.lastChild.remove();
    kl.forEach((value, j) => {
      const bar = home.children[j];
      bar.style.setProperty("--share", value / most);
      bar.title = `z${j + 1}: ${number(value)} nats`;
      bar.classList.toggle("inactive", value < INACTIVE);
    });
    const total = number(kl.reduce((sum, value) => sum + value, 0), 1);
    this.find(".units h3").textContent = `KL by unit now: ${total} nats in all, ${active} of ${d} active`;
  }

  // ---- replay -------------------------------------------------------------------------------

  #scrub(at) {
    this.#stop();
    this.#show(at);
  }

  #stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.find(".play").textContent = "Replay";
  }

  #play() {
    const playing = this.timer !== null;
    this.#stop();
    if (playing) return;
    this.find(".play").textContent = "Stop";
    const last = this.block.header.frames.length - 1;
    let at = this.at >= last ? -1 : this.at;
    const timer = setInterval(() => {
      if (this.timer !== timer) return clearInterval(timer); // another block, another hand
      at += 1;
      this.#show(at);
      if (at >= last) this.#stop();
    }, REPLAY_MS);
    this.timer = timer;
  }
}
