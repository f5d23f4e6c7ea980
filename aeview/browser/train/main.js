// A run on screen: live while it trains, and afterwards any epoch of it.

/** @import { Block, Component } from "../types.js" */
import { named } from "../charts/columns.js";
import { paint } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { store } from "../payload/store.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { number, unitName } from "../controls/words.js";
import { Losses } from "./losses.js";
import { Morph } from "./morph.js";
import { Under } from "./under.js";

const REPLAY_MS = 120;
const INACTIVE = 0.01;

/** @typedef {{ key: string, run: string, slot: string, title: string, words: string, state: string, warnings: string[], curves: any, reconstruction: string, regulariser: string, encodes: boolean, n_epochs: number, beside: any }} Data curves and beside as losses.js reads them */
/** @typedef {{ epoch: number, share: number, n_epochs: number, active: number }} Frame */
/** @typedef {Block<{ key: string, frames: Frame[], classes: string[], palette: string[], shape: number[], names?: string[], many?: string }>} Run */

/** @extends {Page<Data>} */
class Trainer extends Page {
  /** @type {Data | undefined} */
  data;
  /** @type {Run | null} */
  block = null;
  /** @type {Map<string, Run>} by topic */
  blocks = new Map();
  /** @type {string[]} of the points */
  colours = [];
  at = 0;
  /** @type {number | undefined} while it is replayed */
  timer;
  rebuilt = "composite"; // of a masked model; others have reconstructions alone

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "train");
    this.losses = this.keep(new Losses(this.find(".losses")));
    this.map = this.keep(new Morph(this.find(".map canvas")));
    this.under = new Under(this.find(".map"), this.map);
    this.keep(store("lab").follow((topic, block) => this.#receive(topic, block)));
    this.keep(() => clearInterval(this.timer));
    this.scrubber = this.find("input.scrubber");
    this.scrubber.addEventListener("input", () => {
      this.#stop();
      this.#show(this.scrubber.valueAsNumber);
    });
    for (const button of all(this.root, "button[data-rebuilt]")) {
      button.addEventListener("click", () => this.#choose(button.dataset.rebuilt ?? this.rebuilt));
    }
    this.find(".play").addEventListener("click", () => this.#play());
  }

  /** Python's small data. @param {Component<Data>} component */
  update({ data }) {
    const other = this.data?.key !== data.key;
    this.data = data;
    this.find(".title").textContent = data.title;
    this.find(".words").textContent = data.words;
    this.root.dataset.state = data.state;
    this.find(".warnings").replaceChildren(...data.warnings.map((text) => make("li", {}, text)));
    this.root.dataset.encodes = data.encodes ? "yes" : "no";
    this.losses.show(data.curves, data, data.n_epochs, data.beside);
    this.root.dataset.epochs = String(this.losses.count);
    if (!data.key) this.#empty(data.slot);
    if (other) this.#meet();
  }

  #receive(/** @type {string} */ topic, /** @type {Run} */ block) {
    if (!topic.startsWith("train/")) return; // of this slot or of another one
    this.blocks.set(topic, block);
    if (topic === `train/watched/${this.data?.slot}`) this.#watch();
    else this.#meet(topic);
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
    this.scrubber.max = String(block.header.frames.length - 1);
    this.#fixed(block);
    this.#show(block.header.frames.length - 1);
    this.root.dataset.ready = "yes";
  }

  // Nothing has been seen of this run: what stands here, and what lies ready, is another one's.
  #empty(/** @type {string} */ slot) {
    this.#stop();
    this.block = null;
    this.under.watched = null;
    this.under.show(-1);
    this.blocks.delete(`train/live/${slot}`);
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

  #fixed(/** @type {Run} */ { header, arrays }) {
    const palette = header.classes.map((_, i) => header.palette[i % header.palette.length]);
    this.colours = Array.from(arrays.labels, (/** @type {number} */ label) => palette[label]);
    this.find(".classes").replaceChildren(...header.classes.map((name, i) => make("span", { style: `--swatch: ${palette[i]}` }, name)));
    const masked = Boolean(arrays.spoilt);
    const many = header.many ?? "images";
    this.find(".what").textContent = masked ? `Validation ${many}, what is shown of them, filled in` : `Validation ${many}, reconstructions`;
    this.find(".filled").hidden = !masked;
    const n = arrays.reconstructions ? arrays.originals.shape[0] : 0;
    this.#fit(".rows", "canvas", (masked ? 3 : 2) * n);
    this.#fit(".samples", "canvas", arrays.samples.shape[1]);
    this.#watch();
    for (let i = 0; i < n; i++) this.#paint(".rows", i, arrays.originals, i);
  }

  // What the points of the map stand for; their images come once for each run, perhaps after it.
  #watch() {
    if (!this.block || !this.data) return;
    const { header, arrays } = this.block;
    const sent = this.blocks.get(`train/watched/${this.data.slot}`);
    const images = sent?.header.key === this.data.run ? sent.arrays.images : null;
    this.under.watched = { labels: arrays.labels, classes: header.classes, shape: named(header.shape, header.names), images };
  }

  // The composite of a masked model, or all of its output.
  #choose(/** @type {string} */ rebuilt) {
    this.rebuilt = rebuilt;
    for (const button of all(this.root, "button[data-rebuilt]")) button.ariaPressed = String(button.dataset.rebuilt === rebuilt);
    this.root.dataset.rebuilt = rebuilt;
    this.#show(this.at);
  }

  /** So many elements. @param {string} selector @param {"canvas" | "i"} tag @param {number} n */
  #fit(selector, tag, n) {
    const home = this.find(selector);
    while (home.children.length < n) home.append(make(tag));
    while (home.children.length > n) home.lastElementChild?.remove();
    return /** @type {HTMLElement[]} */ ([...home.children]);
  }

  /** @param {".rows" | ".samples"} selector @param {number} tile @param {Uint8Array} array @param {number} index */
  #paint(selector, tile, array, index) {
    const { shape: sizes = [], names } = this.block?.header ?? {};
    const shape = named(sizes, names);
    const size = shape.reduce((a, b) => a * b, 1);
    paint(/** @type {HTMLCanvasElement} */ (this.find(selector).children[tile]), array.subarray(index * size, (index + 1) * size), shape);
  }

  // ---- one frame ----------------------------------------------------------------------------

  #show(/** @type {number} */ wanted) {
    if (!this.block || !this.data) return;
    const { header, arrays } = this.block;
    const at = Math.min(wanted, header.frames.length - 1); // the slider may be a block behind
    const numbers = header.frames[at];
    this.at = at;
    const n = arrays.labels.length;
    this.map.show(Float32Array.from(arrays.points.subarray(2 * n * at, 2 * n * (at + 1))), this.colours);
    const [nRows, nSamples] = [arrays.originals.shape[0], arrays.samples.shape[1]];
    const below = arrays.spoilt ? [arrays.spoilt, arrays[this.rebuilt]] : [arrays.reconstructions];
    below.filter(Boolean).forEach((array, row) => { // without an encoder there are samples alone
      for (let i = 0; i < nRows; i++) this.#paint(".rows", (row + 1) * nRows + i, array, at * nRows + i);
    });
    for (let i = 0; i < nSamples; i++) this.#paint(".samples", i, arrays.samples, at * nSamples + i);
    this.#units(arrays.kl_units, at, numbers);
    this.losses.mark(this.data.key === "live" ? undefined : numbers.epoch);
    this.scrubber.value = String(at);
    this.find(".at").textContent = numbers.epoch || numbers.share ? `epoch ${numbers.epoch} of ${numbers.n_epochs}` : "before training";
    this.find(".map canvas").setAttribute("aria-label", `Latent map of ${n} validation ${header.many ?? "images"} after epoch ${numbers.epoch}`);
    this.root.dataset.epoch = String(numbers.epoch);
  }

  /** @param {Float32Array & { shape: number[] } | undefined} units nats, by frame @param {number} at @param {Frame} frame */
  #units(units, at, { active }) {
    this.find(".units").hidden = !units;
    if (!units) return;
    const d = units.shape[1];
    const kl = units.subarray(at * d, (at + 1) * d);
    const most = Math.max(...kl, 0.1);
    this.#fit(".bars", "i", d).forEach((bar, j) => {
      bar.style.setProperty("--share", String(kl[j] / most));
      bar.title = `${unitName(j)}: ${number(kl[j])} nats`;
      bar.classList.toggle("inactive", kl[j] < INACTIVE);
    });
    const total = number(kl.reduce((sum, value) => sum + value, 0), 1);
    this.find(".units h3").textContent = `KL by unit now: ${total} nats in all, ${active} of ${d} active`;
  }

  // ---- replay -------------------------------------------------------------------------------

  #stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.find(".play").textContent = "Replay";
  }

  #play() {
    const playing = this.timer !== undefined;
    this.#stop();
    if (playing || !this.block) return;
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

export default mount(Trainer);
