// Denoise: state, and what each control does to it.

/** @import { Bound, Component, Network, Shape } from "../types.js" */
/** @import { Fidelity, Image, Noise } from "./bench.js" */
/** @import { Measured } from "./curves.js" */
import { bytes } from "../charts/paint.js";
import { Fields } from "../controls/fields.js";
import { restorer } from "../net/net.js";
import { Queue } from "../net/queue.js";
import { store } from "../payload/store.js";
import { Page, mount } from "../shell/mount.js";
import { called } from "../controls/wording.js";
import { Bench, fidelity } from "./bench.js";
import { Curves } from "./curves.js";
import { Painter } from "./painter.js";
import { Table, said } from "./table.js";

/** @typedef {Noise & { n: number, first: number, show: "pictures" | "residuals", metric: keyof Fidelity }} State */
/** @typedef {{ title: string, level: string, axis: string, low: number, high: number, trained: number }} Kind */
/** @typedef {{ id: string, title: string, note: string, colour: string, dash: string, strong?: boolean, filter?: boolean, slot?: number, key?: string }} Row */
/** @typedef {Record<string, { pixels: string, psnr: number[], ssim: number[], note: string }>} Filtered by row */
/**
 * @typedef {{
 *   rows: Row[], lines: Row[], fields: Record<string, Bound>, kinds: Record<string, Kind>, shape: Shape, images: string, source: string, own: { name: string, pixels: string }[],
 *   curves: Record<string, Measured>, measured: string, unmeasured: string, unspoilt: string, first: State, start: State,
 *   restored: { stamp: string, rows: Filtered } | null,
 * }} Data
 */

const TELL_AFTER_MS = 300;
const DRAWN = "drawing/denoise"; // where this page's pad tells of its drawing
const DRAWING = "your drawing";
const IMAGES = "denoise/images";
const NONE = { name: "none", title: "None", words: "The image as it is: for pictures that are noisy already, and for painting" };

/** @extends {Page<Data>} */
class Denoiser extends Page {
  data = /** @type {Data} */ ({});
  bench = new Bench([1, 1, 1]);
  /** @type {Image[]} */
  own = [];
  /** @type {Image[]} */
  pool = [];
  /** @type {Map<string, import("../types.js").Block>} */
  blocks = new Map();
  /** @type {Map<string | undefined, ReturnType<typeof restorer>>} by key of the network */
  restorers = new Map();
  selected = 0;
  restorations = 0;
  moving = false;
  opened = "";
  benchOf = "";
  stamp = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "denoise");
    this.queue = this.keep(new Queue(this.root, (left) => this.#sliced(left)));
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      ready: () => this.opened, changed: (change) => this.#changed(change), tell: () => this.#tell(),
      choices: ["kind", "show", "metric"], after: TELL_AFTER_MS,
    }));
    this.state = this.fields.state;
    this.table = new Table(this.find(".table"), (place) => this.#select(place));
    this.curves = new Curves(this.find(".curves"));
    this.painter = new Painter(this.find(".painter"), {
      wipe: (x, y, width) => this.#wipe(x, y, width),
      rest: () => this.fields.tell(),
      undo: () => this.bench.cleared(this.selected) && this.#clearOrUndo(),
      moved: () => this.#column(this.selected),
    });
    this.keep(store("lab").follow((topic, block) => this.#receive(topic, block)));
    const { fields, state } = this;
    fields.click(".dice", () => fields.set({ seed: Math.floor(Math.random() * 10000) }));
    fields.click(".others", () => fields.set({ first: (state.first + this.bench.images.length - this.own.length) % this.pool.length }));
    fields.click(".reset", () => fields.set(this.data.first));
    fields.click(".unpaint", () => this.#clearOrUndo());
  }

  /** Python's small data, and the newest way to answer it. @param {Component<Data>} component */
  update(component) {
    const first = !this.data.kinds;
    const { data } = component;
    super.update(component);
    this.data = data;
    this.fields.declare(data.fields);
    if (first) {
      Object.assign(this.state, data.first, data.start);
      const kinds = Object.entries(data.kinds).map(([name, { title, level }]) => ({ name, title, words: level }));
      this.fields.offer(this.find(".kinds"), "kind", [...kinds, NONE]);
    }
    this.#strength();
    this.#open();
  }

  answered() {
    this.draw();
  }

  #receive(/** @type {string} */ topic, /** @type {any} a block, or a drawing */ block) {
    if (topic === DRAWN) this.#drawn(block);
    if (!topic.startsWith("network/") && topic !== IMAGES) return;
    this.blocks.set(topic, block);
    if (this.data.rows) this.#open();
  }

  // The page's pad: its drawing is the first image, and follows the pen.
  #drawn(/** @type {{ pixels: Float32Array, shape: Shape, empty: boolean }} */ { pixels, shape, empty }) {
    if (!this.opened || empty || shape.join() !== this.bench.shape.join()) return; // Python takes the last stroke away
    const image = { name: DRAWING, pixels: Float32Array.from(pixels) };
    this.moving = true;
    const place = this.own.findIndex(({ name }) => name === DRAWING);
    if (place < 0) {
      this.own.unshift(image);
      this.#deal();
    } else {
      this.own[place] = image;
      this.bench.images[place] = image; // one's own come first
      this.#column(place);
    }
  }

  // ---- what there is -----------------------------------------------------------------------

  // All that Python named is here: networks by their keys, and the images.
  #open() {
    const { data } = this;
    const networks = data.rows.filter(({ slot }) => slot !== undefined);
    const block = (/** @type {Row} */ { slot, key }) => {
      const sent = this.blocks.get(`network/${slot}`);
      return sent?.header.key === key ? sent : undefined;
    };
    const images = this.blocks.get(IMAGES);
    if (!networks.every(block) || (data.images && images?.header.key !== data.images)) return;
    for (const row of networks) {
      const sent = block(row);
      if (sent && !this.restorers.has(row.key)) this.restorers.set(row.key, restorer(sent.header.network, sent.arrays));
    }
    called(this.root, block(networks[0])?.header.network.things);
    const key = JSON.stringify([data.images, networks.map((each) => each.key), data.own.map(({ pixels }) => pixels), data.shape]);
    if (key !== this.opened) {
      this.opened = key;
      const same = JSON.stringify([data.images, data.shape]);
      if (same !== this.benchOf) { // paint stays on its images as long as they can be meant
        this.bench = new Bench(data.shape);
        this.selected = 0;
      }
      this.benchOf = same;
      this.pool = data.images && images ? pool(images) : [];
      this.own = data.own.map(({ name, pixels }) => ({ name, pixels: floats(bytes(pixels)) }));
      this.moving = true;
      this.#deal();
      if (this.stamp) this.fields.tell(); // the filters' pictures are of other images
    }
    this.#filtered();
  }

  // The images of the columns: one's own first, then so many of the data set.
  #deal() {
    const { n, first } = this.state;
    const wanted = Math.min(this.pool.length, Math.max(0, n - this.own.length));
    const chosen = Array.from({ length: wanted }, (_, i) => this.pool[(first + i) % this.pool.length]);
    this.bench.images = [...this.own.slice(0, n), ...chosen];
    this.selected = Math.min(this.selected, Math.max(0, this.bench.images.length - 1));
    this.table.layOut(this.data.rows, this.bench.images.map(({ name }) => name), this.bench.shape);
    this.table.select(this.selected);
    this.find(".bench").dataset.empty = this.bench.images.length ? "no" : "yes";
    this.find(".source").textContent = this.data.source;
    this.draw();
    if (!this.bench.images.length) this.root.dataset.ready = "yes";
  }

  // ---- drawing -----------------------------------------------------------------------------

  /** Everything that depends on the state. */
  draw() {
    if (!this.opened) return;
    this.find("button.others").disabled = this.pool.length <= this.state.n;
    this.#showCurves();
    this.bench.images.forEach((_, place) => void this.#column(place));
  }

  #column(/** @type {number} */ place) {
    this.queue.put(`column/${place}`, () => this.#restore(place));
  }

  // Spoil one image and let every network restore it.
  #restore(/** @type {number} */ place) {
    if (place >= this.bench.images.length) return;
    const { pixels } = this.bench.images[place];
    const spoilt = this.bench.spoilt(place, this.state);
    this.table.put("original", place, pixels, null);
    this.#put("noisy", place, spoilt);
    for (const { id, key } of this.data.rows) {
      const restore = this.restorers.get(key);
      if (!restore) continue;
      const restored = restore(spoilt).map((v) => Math.min(1, Math.max(0, v)));
      this.restorations++;
      this.#put(id, place, restored);
      if (place === this.selected && id === this.#filler()?.id) this.#panes(spoilt, restored);
    }
    if (place === this.selected && !this.#filler()) this.#panes(spoilt, null);
    this.#stale();
  }

  /** @param {string} id @param {number} place @param {Float32Array} shown @param {Fidelity} [value] measured here unless given */
  #put(id, place, shown, value) {
    const { pixels } = this.bench.images[place];
    this.table.put(id, place, shown, value ?? fidelity(shown, pixels, this.bench.shape), this.state.show === "residuals" ? pixels : null);
  }

  // Clear what is wiped out; once more, bring it back.
  #clearOrUndo() {
    if (this.bench.cleared(this.selected)) this.bench.repaint(this.selected);
    else this.bench.unpaint(this.selected);
    this.#column(this.selected);
    this.fields.tell();
  }

  #filler() {
    return this.data.rows.find(({ key }) => this.restorers.has(key));
  }

  #panes(/** @type {Float32Array} */ spoilt, /** @type {Float32Array | null} */ restored) {
    this.painter.show(spoilt, restored, this.bench.shape);
    const filler = this.#filler();
    this.find(".by").textContent = filler ? `filled in by the ${filler.title.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}` : "";
    this.find(".filled").setAttribute("aria-label", "The same image, restored");
    const n = this.bench.nPainted(this.selected);
    const value = filler && this.table.values[filler.id][this.selected];
    this.find(".painter .readout").textContent = `${this.bench.images[this.selected].name}: ${n} of ${this.bench.area} pixels set to 0.5`
      + (value ? `; restored ${said(value)}` : "");
    const undo = this.bench.cleared(this.selected);
    Object.assign(this.find("button.unpaint"), { disabled: n === 0 && !undo, textContent: undo ? "Undo" : "Clear" });
  }

  // What the server filtered, if it is of what is on screen: of the state at rest.
  get #fitting() {
    const { restored } = this.data;
    return restored?.stamp === this.stamp && !this.moving ? restored : null;
  }

  // While it moves, the filters' rows are greyed.
  #stale() {
    for (const { id, filter } of this.data.rows) if (filter) this.table.pending(id, !this.#fitting);
  }

  #filtered() {
    const fitting = this.#fitting;
    this.#stale();
    if (!fitting) return;
    for (const { id, filter } of this.data.rows) {
      if (!filter || !fitting.rows[id]) continue;
      const { pixels, psnr, ssim, note } = fitting.rows[id];
      const content = bytes(pixels);
      const size = content.length / psnr.length;
      psnr.slice(0, this.bench.images.length).forEach((value, place) => {
        this.#put(id, place, floats(content.subarray(place * size, (place + 1) * size)), { psnr: value, ssim: ssim[place] });
      });
      this.table.note(id, note);
    }
    this.#means();
    this.root.dataset.filtered = fitting.stamp;
  }

  // Without noise the original stands in its own row, which no method can come nearer to.
  #means() {
    this.table.means(this.state.kind !== NONE.name);
  }

  #showCurves() {
    const { data } = this;
    const { kind, metric, level } = this.state;
    const measured = data.curves[kind];
    this.curves.show(measured ?? null, [...data.rows, ...data.lines], data.kinds[kind], metric);
    this.curves.at(level);
    const note = this.find(".curves .note");
    if (kind === NONE.name) note.textContent = data.unspoilt;
    else if (!measured) note.textContent = data.unmeasured;
    else {
      const drawn = data.lines.filter(({ id }) => measured.rows[id]);
      note.textContent = [`Means over ${measured.n.toLocaleString("en")} test images at each level.`, data.measured,
        ...drawn.map((line) => line.note)].join(" ");
    }
  }

  // ---- controls ----------------------------------------------------------------------------

  // What the level of this kind of noise may be, and is called.
  #strength() {
    const kind = this.data.kinds[this.state.kind];
    const strength = this.find(".strength");
    strength.style.visibility = kind ? "" : "hidden";
    if (!kind) return;
    const { low, high } = kind;
    strength.title = kind.level;
    this.find(".what").textContent = kind.axis;
    this.state.level = Math.min(high, Math.max(low, this.state.level));
    this.fields.bound({ level: { low, high } });
  }

  #changed(/** @type {Partial<State>} */ change) {
    const looks = Object.keys(change).every((name) => name === "show" || name === "metric"); // at the same numbers
    this.moving ||= !looks;
    if (change.kind) this.#strength();
    if ("n" in change || "first" in change) this.#deal();
    else this.draw();
    if (looks) this.#filtered();
  }

  #select(/** @type {number} */ place) {
    this.selected = place;
    this.table.select(place);
    this.#column(place);
  }

  #wipe(/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ width) {
    if (!this.bench.images.length || !this.bench.wipe(this.selected, x, y, width)) return;
    this.moving = true;
    this.#column(this.selected);
  }

  #sliced(/** @type {number} */ left) {
    this.root.dataset.restorations = String(this.restorations);
    this.#means();
    if (left) return;
    this.root.dataset.ready = "yes";
    if (!this.stamp) this.fields.tell(0); // the first state is at rest
  }

  // What is on screen, when it has come to rest: the link, and the filters, follow from it.
  #tell() {
    this.moving = false;
    this.stamp = `${Date.now()}`;
    const images = this.bench.images.map(({ name }) => name);
    this.component.setStateValue("shown", { ...this.state, stamp: this.stamp, images, paint: this.bench.paint() });
  }
}

/** @param {Uint8Array} content */
const floats = (content) => Float32Array.from(content, (v) => v / 255);

/** @param {import("../types.js").Block} block @returns {Image[]} */
function pool({ header: { count, names, size }, arrays }) {
  return Array.from({ length: count }, (_, i) => ({ name: names[i], pixels: floats(arrays.pixels.subarray(i * size, (i + 1) * size)) }));
}

export default mount(Denoiser);
