// The row above the map: an image, the layers of the encoder, its code, the layers of the decoder,
// the image that comes out. What it draws are the real networks' own numbers of the last pass. The
// encoder of a conditional model is told the class of the image that enters, as for its stored code;
// the decoder the one that is chosen.

/** @import { Colours, Model, Pictures } from "../types.js" */
/** @import { Runnable } from "../net/net.js" */
/** @import { On } from "./knobs.js" */
/** @import { Entering } from "./entering.js" */
import { paint } from "../charts/paint.js";
import { stages } from "../net/stages.js";
import { Part } from "../shell/part.js";
import { resized } from "../shell/zoom.js";
import { caption } from "./entering.js";
import { Funnel } from "./funnel.js";
import { Knobs } from "./knobs.js";

const SLOW_MS = 6; // to encode an image; what takes longer waits while the cursor moves
const AGAIN = 0.85; // of that time counts with the next frame
const REST_MS = 90;
const DEEP = 3; // layers; the words below more of them, or below as many and a class, need the room beside the images
const N_SEEN = 4; // codes whose passes say at which numbers colours are full
const SLOW_PASS_MS = 100; // through both networks; from there on one code has to do

/** @extends {Part<On>} */
export class Passage extends Part {
  /** @type {Model} */ model = /** @type {any} */ (null);
  /** @type {Float32Array | null} */ answered = null; // the code of the image that entered
  /** @type {Runnable} of the image that entered */ reader = /** @type {any} */ (null);
  entered = ""; // what is drawn at the left
  wide = 0;
  milliseconds = 0; // that the last image took
  timer = 0;

  /** @param {HTMLElement} home @param {On} on @param {() => void} again called when it has another size */
  constructor(home, on, again) {
    super(home, on);
    this.funnels = { encoder: new Funnel(this.find("canvas.encoder"), true), decoder: new Funnel(this.find("canvas.decoder"), false) };
    this.knobs = new Knobs(this.find(".knobs"), on);
    this.again = again;
    this.unwatch = resized(home, () => {
      if (!this.model || home.clientWidth === this.wide) return;
      this.#lay(false);
      again();
    });
  }

  close() {
    this.unwatch();
    clearTimeout(this.timer);
  }

  get shown() {
    return !this.home.hidden;
  }

  /** Another model. @type {(model: Model, sentence: string) => void} */
  open(model, sentence) {
    this.model = model;
    this.reader = model.encoder;
    this.entered = "";
    this.answered = null;
    this.find(".sentence").textContent = sentence;
    this.knobs.open(model);
    this.find(".code figcaption").textContent = this.knobs.words ?? "";
    const started = performance.now();
    model.decode(model.encode(new Float32Array(model.shape.reduce((a, b) => a * b, 1))).slice()); // so that both have run
    const n = performance.now() - started < SLOW_PASS_MS ? N_SEEN : 1;
    this.#name("encoder", -1);
    this.#name("decoder", model.header.label ?? -1);
    this.#lay(true);
    for (let i = 0; i < n; i++) {
      model.encode(model.decode(model.codeOf(Math.floor(((i + 0.5) * model.n) / n))).slice());
      for (const side of /** @type {const} */ (["encoder", "decoder"])) this.funnels[side].reach(this.#hidden(side));
    }
  }

  #lay(/** @type {boolean} */ anew) {
    this.wide = this.home.clientWidth;
    const { model } = this;
    const sides = /** @type {const} */ (["encoder", "decoder"]).map((side) => ({ side, layers: this.#hidden(side) }));
    const counts = sides.flatMap(({ layers }) => layers.map(({ values }) => values.length));
    const most = Math.max(model.shape.reduce((a, b) => a * b, 1), ...counts);
    for (const { side, layers } of sides) this.funnels[side].lay(layers, most, model.d, anew);
    this.knobs.lay();
    this.entered = "";
  }

  /** Below a network stand its layers, and the class that it is told. @type {(side: "encoder" | "decoder", label: number) => void} */
  #name(side, label) {
    const canvas = this.find(`canvas.${side}`);
    const words = this.#hidden(side).map(({ shape }) => size(shape));
    const told = this.model.told && label >= 0 ? `, told ${this.model.header.classes[label]}` : "";
    const said = `${side}${told}${words.length ? `: ${joined(words)}` : ", one layer"}`;
    /** @type {HTMLElement} */ (canvas.nextElementSibling).textContent = said;
    canvas.ariaLabel = `What comes out of the layers of the ${said}`;
    if (side === "encoder") this.home.classList.toggle("deep", words.length + Number(Boolean(this.model.told)) > DEEP);
  }

  /** What came out of the layers between image and code in the last pass. @param {"encoder" | "decoder"} side */
  #hidden(side) {
    return stages((side === "encoder" ? this.reader : this.model.decoder).seen()).slice(0, -1);
  }

  /**
   * An image enters, or none. Only another one than before is encoded; where that takes long, every
   * few frames and once the cursor rests.
   * @type {(entering: Entering, pictures: Pictures | null, colours: Colours, how?: { moving: boolean }) => void}
   */
  enter(entering, pictures, colours, { moving } = { moving: false }) {
    clearTimeout(this.timer);
    const { row } = entering;
    const original = row < 0 ? undefined : pictures?.get(row);
    const entered = row < 0 ? "" : [this.model.header.key, row, entering.own, Boolean(original), colours.background].join();
    if (entered && entered === this.entered) return;
    if (row >= 0 && moving && this.milliseconds > SLOW_MS) {
      this.milliseconds *= AGAIN; // every few frames all the same, and soon where only the first was slow
      this.timer = setTimeout(() => {
        this.enter(entering, pictures, colours);
        this.again();
      }, REST_MS);
      return;
    }
    this.entered = entered;
    this.home.classList.toggle("empty", row < 0);
    this.home.dataset.entered = String(row);
    this.#say(entering, Boolean(original));
    if (row < 0) this.answered = null;
    else this.#encode(row, original, colours);
    if (this.model.told) this.#name("encoder", row < 0 ? -1 : this.model.labels[row]);
  }

  /** @type {(row: number, original: Uint8Array | undefined, colours: Colours) => void} */
  #encode(row, original, colours) {
    const started = performance.now();
    const { model } = this;
    const pixels = original ? Float32Array.from(original, (v) => v / 255) : model.reconstruction(row).slice();
    this.reader = model.networkAs("encoder", model.labels[row]);
    this.answered = this.reader.run(pixels).slice(0, model.d);
    paint(this.find("canvas.entering"), pixels, model.shape);
    this.funnels.encoder.draw(this.#hidden("encoder"), colours);
    this.milliseconds = performance.now() - started;
  }

  /** @type {(entering: Entering, original: boolean) => void} */
  #say(entering, original) {
    const { model } = this;
    const words = caption(entering, original, entering.row < 0 ? "" : model.labelOf(entering.row), model.thing);
    Object.assign(this.find(".enters figcaption"), { textContent: words, title: words });
    this.find("canvas.entering").ariaLabel = `The ${model.thing} that enters: ${words}`;
  }

  /** What the decoder has just made of a code; how many of its units were filled in. @type {(code: Float32Array, pixels: Float32Array, colours: Colours, filled?: number) => void} */
  leave(code, pixels, colours, filled = 0) {
    this.find(".leaves .thing").textContent = this.model.thing;
    this.find(".leaves .filled").textContent = filled ? `, ${filled} units filled in` : "";
    this.funnels.decoder.draw(this.#hidden("decoder"), colours);
    this.knobs.show(code, this.answered, colours);
    paint(this.find("canvas.leaving"), pixels, this.model.shape);
  }
}

/** "512" or "32×14×14": maps × width × height. @param {number[]} shape */
const size = ([n, ...map]) => [n, ...map.reverse()].map((each) => each.toLocaleString("en")).join("×");

/** Sizes of layers, one after the other; of several that are alike how many there are. @param {string[]} sizes */
export function joined(sizes) {
  /** @type {{ size: string, n: number }[]} */
  const runs = [];
  for (const each of sizes) {
    const last = runs[runs.length - 1];
    if (last?.size === each) last.n++;
    else runs.push({ size: each, n: 1 });
  }
  return runs.map(({ size: each, n }) => (n > 1 ? `${n} × (${each})` : each)).join(" → ");
}
