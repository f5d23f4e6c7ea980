// Denoise: state, and what each control does to it.

import { bytes } from "../charts/paint.js";
import { Queue } from "../net/queue.js";
import { store } from "../payload/store.js";
import { number } from "../controls/words.js";
import { Bench, fidelity, Restorer } from "./bench.js";
import { between, Curves } from "./curves.js";
import { Painter } from "./painter.js";
import { Table } from "./table.js";

const TELL_AFTER_MS = 300;
const DRAWN = "drawing/denoise"; // where this page's pad tells of its drawing
const DRAWING = "your drawing";
const LIMITS = { seed: [0, 4294967295], n: [1, 12] };
const NAMES = { seed: "The seed", n: "The number of images", level: "The level" };

export class Denoiser {
  constructor(root) {
    this.root = root.querySelector(".denoise");
    this.root.denoise = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.queue = new Queue((slice) => this.#sliced(slice), () => {
      this.root.dataset.left = "some";
    });
    this.table = new Table(this.find(".table"), (place) => this.#select(place));
    this.curves = new Curves(this.find(".curves"));
    this.painter = new Painter(this.find(".painter"), (...place) => this.#wipe(...place), () => this.#tell());
    this.painter.undo = () => this.bench.cleared(this.selected) && this.#clearOrUndo();
    this.painter.moved = () => this.#column(this.selected);
    this.blocks = new Map();
    this.restorers = new Map(); // by key of the network
    this.selected = 0;
    this.restorations = 0;
    this.#listen();
  }

  close() {
    this.unfollow?.();
    this.queue.close();
    clearTimeout(this.timer);
  }

  /** Python's small data, and the newest way to answer it. */
  update(component) {
    const { data } = component;
    this.component = component;
    this.first ??= data.first;
    this.state ??= { ...data.first, ...data.start };
    this.#kinds();
    this.unfollow ??= store("lab").follow((topic, block) => this.#receive(topic, block));
    this.#open();
  }

  #receive(topic, block) {
    if (topic === DRAWN) this.#drawn(block);
    if (!topic.startsWith("network/") && topic !== "denoise/images") return;
    this.blocks.set(topic, block);
    if (this.component) this.#open();
  }

  // The page's pad: its drawing is the first image, and follows the pen.
  #drawn({ pixels, shape, empty }) {
    if (!this.bench || empty || shape.join() !== this.bench.shape.join()) return; // Python takes the last stroke away
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
    const { data } = this.component;
    const networks = data.rows.filter(({ slot }) => slot !== undefined);
    const here = networks.every(({ key, slot }) => this.blocks.get(`network/${slot}`)?.header.key === key);
    const images = this.blocks.get("denoise/images");
    if (!here || (data.images && images?.header.key !== data.images)) return;
    for (const { key, slot } of networks) {
      if (!this.restorers.has(key)) this.restorers.set(key, new Restorer(this.blocks.get(`network/${slot}`)));
    }
    const key = JSON.stringify([data.images, networks.map((each) => each.key), data.own.map(({ pixels }) => pixels), data.shape]);
    if (key !== this.opened) {
      this.opened = key;
      const same = JSON.stringify([data.images, data.shape]);
      if (same !== this.benchOf) { // paint stays on its images as long as they can be meant
        this.bench = new Bench(data.shape);
        this.selected = 0;
      }
      this.benchOf = same;
      this.pool = data.images ? this.#pool(images) : [];
      this.own = data.own.map(({ name, pixels }) => ({ name, pixels: Float32Array.from(bytes(pixels), (v) => v / 255) }));
      this.moving = true;
      this.#deal();
      if (this.stamp) this.#tell(); // the filters' pictures are of other images
    }
    this.#filtered();
  }

  #pool({ header, arrays }) {
    const size = header.size;
    return Array.from({ length: header.count }, (_, i) => ({
      name: header.names[i],
      pixels: Float32Array.from(arrays.pixels.subarray(i * size, (i + 1) * size), (v) => v / 255),
    }));
  }

  // The images of the columns: one's own first, then so many of the data set.
  #deal() {
    const { n, first } = this.state;
    const wanted = Math.min(this.pool.length, Math.max(0, n - this.own.length));
    const chosen = Array.from({ length: wanted }, (_, i) => this.pool[(first + i) % this.pool.length]);
    this.bench.images = [...this.own.slice(0, n), ...chosen];
    this.selected = Math.min(this.selected, Math.max(0, this.bench.images.length - 1));
    this.table.layOut(this.component.data.rows, this.bench.images.map(({ name }) => name), this.bench.shape);
    this.table.select(this.selected);
    this.find(".bench").dataset.empty = this.bench.images.length ? "no" : "yes";
    this.find(".source").textContent = this.component.data.source;
    this.draw();
    if (!this.bench.images.length) this.root.dataset.ready = "yes";
  }

  // ---- drawing -----------------------------------------------------------------------------

  /** Everything that depends on the state. */
  draw() {
    if (!this.bench) return;
    this.#fields();
    this.#showCurves();
    for (let place = 0; place < this.bench.images.length; place++) this.#column(place);
  }

  #column(place) {
    this.queue.put(`column/${place}`, () => this.#restore(place));
  }

  // Spoil one image and let every network restore it.
  #restore(place) {
    if (place >= this.bench.images.length) return;
    const { shape } = this.bench;
    const { pixels } = this.bench.images[place];
    const residual = this.state.show === "residuals";
    const spoilt = this.bench.spoilt(place, this.state);
    this.table.put("original", place, pixels, null);
    this.table.put("noisy", place, spoilt, fidelity(spoilt, pixels, shape), pixels, residual);
    for (const { id, key } of this.component.data.rows) {
      const restorer = this.restorers.get(key);
      if (!restorer) continue;
      const restored = restorer.restore(spoilt);
      this.restorations++;
      this.table.put(id, place, restored, fidelity(restored, pixels, shape), pixels, residual);
      if (place === this.selected && id === this.#filler()?.id) this.#panes(spoilt, restored);
    }
    if (place === this.selected && !this.#filler()) this.#panes(spoilt, null);
    this.#stale();
  }

  // Clear what is wiped out; once more, bring it back.
  #clearOrUndo() {
    if (this.bench.cleared(this.selected)) this.bench.repaint(this.selected);
    else this.bench.unpaint(this.selected);
    this.#column(this.selected);
    this.#tell();
  }

  #filler() {
    return this.component.data.rows.find(({ key }) => this.restorers.has(key));
  }

  #panes(spoilt, restored) {
    this.painter.show(spoilt, restored, this.bench.shape);
    const filler = this.#filler();
    this.find(".by").textContent = filler ? `filled in by the ${filler.title[0].toLowerCase()}${filler.title.slice(1)}` : "";
    this.find(".filled").setAttribute("aria-label", "The same image, restored");
    const n = this.bench.nPainted(this.selected);
    const value = filler && this.table.values[filler.id][this.selected];
    this.find(".painter .readout").textContent = `${this.bench.images[this.selected].name}: ${n} of ${this.bench.area} pixels wiped to grey`
      + (value ? `; restored ${number(value.psnr, 1)} dB, SSIM ${number(value.ssim, 3)}` : "");
    const undo = this.bench.cleared(this.selected);
    this.find(".unpaint").disabled = n === 0 && !undo;
    this.find(".unpaint").textContent = undo ? "Undo" : "Clear";
  }

  // What the server filters is of the state at rest; while it moves, those rows are greyed.
  #stale() {
    const fits = this.component.data.restored?.stamp === this.stamp && !this.moving;
    for (const { id, filter } of this.component.data.rows) if (filter) this.table.pending(id, !fits);
  }

  #filtered() {
    const { restored, rows } = this.component.data;
    if (!restored || restored.stamp !== this.stamp || this.moving) {
      this.#stale();
      return;
    }
    const residual = this.state.show === "residuals";
    for (const { id, filter } of rows) {
      if (!filter || !restored.rows[id]) continue;
      const { pixels, psnr, ssim, note } = restored.rows[id];
      const content = bytes(pixels);
      const size = content.length / psnr.length;
      psnr.forEach((value, place) => {
        if (place >= this.bench.images.length) return;
        const shown = Float32Array.from(content.subarray(place * size, (place + 1) * size), (v) => v / 255);
        this.table.put(id, place, shown, { psnr: value, ssim: ssim[place] }, this.bench.images[place].pixels, residual);
      });
      this.table.note(id, note);
    }
    this.#stale();
    this.table.means();
    this.root.dataset.filtered = restored.stamp;
  }

  #showCurves() {
    const { data } = this.component;
    const { kind, metric, level } = this.state;
    this.curves.show(data.curves[kind] ?? null, data.rows, data.kinds[kind], metric);
    this.curves.at(level);
    const measured = data.curves[kind];
    const note = this.find(".curves .note");
    if (kind === "none") note.textContent = "No noise is added; choose a kind to see the curves.";
    else if (!measured) note.textContent = data.unmeasured;
    else note.textContent = `Means over ${measured.n.toLocaleString("en")} test images at each level. ${data.measured}`;
  }

  #fields() {
    const { state } = this;
    const kind = this.component.data.kinds[state.kind];
    for (const button of this.root.querySelectorAll("[data-kind]")) button.setAttribute("aria-pressed", button.dataset.kind === state.kind);
    for (const name of ["show", "metric"]) {
      for (const button of this.root.querySelectorAll(`[data-${name}]`)) button.setAttribute("aria-pressed", button.dataset[name] === state[name]);
    }
    const strength = this.find(".strength");
    strength.style.visibility = kind ? "" : "hidden";
    if (kind) {
      strength.title = kind.level;
      this.find(".what").textContent = kind.axis;
      for (const field of [".level", ".level-typed"]) {
        const place = this.find(field);
        [place.min, place.max] = [kind.low, kind.high];
        if (place.valueAsNumber !== state.level) place.value = state.level;
      }
    }
    for (const name of ["seed", "n"]) if (this.find(`.${name}`).valueAsNumber !== state[name]) this.find(`.${name}`).value = state[name];
    this.find(".others").disabled = this.pool.length <= state.n;
  }

  #kinds() {
    const home = this.find(".kinds");
    if (home.childElementCount) return;
    for (const [name, { title, level }] of [...Object.entries(this.component.data.kinds), ["none", { title: "None", level: "The image as it is: for pictures that are noisy already, and for painting" }]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title, title: level });
      button.dataset.kind = name;
      button.addEventListener("click", () => this.#kind(name));
      home.append(button);
    }
  }

  // ---- controls ----------------------------------------------------------------------------

  #listen() {
    const range = this.find(".level");
    range.addEventListener("input", () => this.live({ level: range.valueAsNumber }));
    range.addEventListener("change", () => this.#tell());
    this.#typed("level", ".level-typed");
    this.#typed("seed", ".seed");
    this.#typed("n", ".n");
    const click = (selector, act) => this.find(selector).addEventListener("click", () => this.bench && act());
    click(".dice", () => this.set({ seed: Math.floor(Math.random() * 10000) }));
    click(".others", () => this.set({ first: (this.state.first + this.bench.images.length - this.own.length) % this.pool.length }, true));
    click(".reset", () => this.set({ ...this.first }, true));
    click(".unpaint", () => this.#clearOrUndo());
    for (const name of ["show", "metric"]) {
      for (const button of this.root.querySelectorAll(`[data-${name}]`)) {
        button.addEventListener("click", () => this.bench && this.#view({ [name]: button.dataset[name] }));
      }
    }
  }

  #kind(kind) {
    if (!this.bench || kind === this.state.kind) return;
    const limits = this.component.data.kinds[kind];
    const level = limits ? Math.min(limits.high, Math.max(limits.low, this.state.level)) : this.state.level;
    this.set({ kind, level });
  }

  #typed(name, selector) {
    const field = this.find(selector);
    field.addEventListener("change", () => {
      if (!this.bench) return;
      const value = field.valueAsNumber;
      const kind = this.component.data.kinds[this.state.kind];
      const [low, high] = name === "level" ? [kind?.low, kind?.high] : LIMITS[name];
      if (value >= low && value <= high && (name === "level" || Number.isInteger(value))) {
        this.set({ [name]: value }, name === "n");
        return;
      }
      this.#fields();
      this.#problem(`${NAMES[name]} goes from ${low.toLocaleString("en")} to ${high.toLocaleString("en")}`
        + `${name === "level" ? "" : ", in whole numbers"}; it stays at ${this.state[name]}.`);
    });
  }

  /** Change the state and draw it again. */
  live(change, deal = false) {
    if (!this.bench) return;
    Object.assign(this.state, change);
    this.moving = true;
    this.#problem("");
    if (deal) this.#deal();
    else this.draw();
  }

  /** The same, and Python hears of it when it has come to rest. */
  set(change, deal = false) {
    this.live(change, deal);
    this.#tell();
  }

  // Another way to look at the same numbers.
  #view(change) {
    Object.assign(this.state, change);
    this.draw();
    this.#filtered();
    this.#tell();
  }

  #select(place) {
    this.selected = place;
    this.table.select(place);
    this.#column(place);
  }

  #wipe(x, y, width) {
    if (!this.bench?.images.length || !this.bench.wipe(this.selected, x, y, width)) return;
    this.moving = true;
    this.#column(this.selected);
  }

  #problem(text) {
    const home = this.find(".problem");
    home.hidden = !text;
    home.textContent = text;
  }

  #sliced({ ms, left }) {
    this.root.dataset.restorations = this.restorations;
    this.root.dataset.frameMs = ms.toFixed(2);
    this.root.dataset.left = left;
    if (!this.bench) return;
    this.means = this.table.means();
    if (left) return;
    this.root.dataset.ready = "yes";
    if (!this.stamp) this.#tell(0); // the first state is at rest
  }

  // ---- Python ------------------------------------------------------------------------------

  // What is on screen, when it has come to rest: the link, and the filters, follow from it.
  #tell(after = TELL_AFTER_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.moving = false;
      this.stamp = `${Date.now()}`;
      const { kind, level, seed, n, first, show, metric } = this.state;
      this.component.setStateValue("shown", {
        kind, level, seed, n, first, show, metric,
        stamp: this.stamp, images: this.bench.images.map(({ name }) => name), paint: this.bench.paint(),
      });
    }, after);
  }
}

export { between };
