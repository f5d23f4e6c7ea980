// The models of a sweep as a slider: alike but for the size of their code, or for β. Pulled, the
// map, the same images and the curve follow it; letting go opens the model.

/** @import { Block, Model, Network, Shape, Values } from "../types.js" */
/** @import { Trained } from "../charts/rate_distortion.js" */
/** @typedef {{ name: string, key: string, value: number, words: string, heading: string, size: number, mse: number }} Member and where there is a curve, all of Trained */
/** @typedef {{ title: string, hint: string, inside: boolean, own: string, value: number, curve: boolean, members: Member[] }} Sweep value: of the page's model */
/**
 * What Python sends; the images are bytes in base64, n of them; the first sweep is the one that is shown.
 * @typedef {{ sweeps: Sweep[], images: string, n: number, part: string, pca: string, tested: string }} Told
 */
/** @typedef {{ choose: (name: string) => void, compare: (on: boolean) => void, lay: (layout: Values | null) => void,
 *   see: (back: ((pixels: Float32Array) => Float32Array) | null, heading: string) => void }} On `see`: what another model makes of a picture; null for the page's own */
/** @typedef {Block<{ key: string, network: Network, sizes?: number[], mse?: number[] }>} Networks */
/** @typedef {Block<{ of: string, names: string[] }, Record<string, Int16Array>>} Layouts of the points of a map, by model */
import { bytes, paint } from "../charts/paint.js";
import { curve } from "../charts/rate_distortion.js";
import { make, picture } from "../controls/dom.js";
import { decoder, encoder } from "../net/net.js";
import { store } from "../payload/store.js";
import { find } from "../shell/find.js";
import { Part } from "../shell/part.js";

const PCA = "latent_map/pca";
const LAYOUTS = "latent_map/layouts";
const CURVE = { width: 300, height: 156, of: "" };
const PARTS = { test: "test", train: "training" };

/**
 * From picture to picture by the first k units of the code: all of a model's own, or so many directions of a PCA.
 * @type {(header: Network, weights: Record<string, Values>) => (pixels: Values, k: number) => Float32Array}
 */
export function squeezer(header, weights) {
  const [inwards, outwards] = [encoder(header, weights), decoder(header, weights)];
  return (pixels, k) => outwards.run(inwards.run(pixels).slice(0, header.code_dim).map((v, j) => (j < k ? v : 0)));
}

/** The place of the member with the nearest value. @type {(members: { value: number }[], to: number) => number} */
export const nearest = (members, to) => members.reduce((best, { value }, i) => (Math.abs(value - to) < Math.abs(members[best].value - to) ? i : best), 0);

/** One slider. @extends {Part<{ pulled: () => void, let_go: () => void }>} */
class Slider extends Part {
  /** @param {Sweep} sweep @param {Slider["on"]} on */
  constructor(sweep, on) {
    super(make("label", { className: "member", title: sweep.hint }), on);
    this.sweep = sweep;
    this.input = make("input", {
      type: "range", min: "0", step: "1", max: String(sweep.members.length - 1), value: String(nearest(sweep.members, sweep.value)),
      ariaLabel: sweep.title,
    });
    this.output = make("output", {}, sweep.own);
    this.home.append(`${sweep.title} `, this.input, this.output);
    this.input.addEventListener("input", () => on.pulled());
    this.input.addEventListener("change", () => on.let_go());
  }

  get chosen() {
    return this.sweep.members[Number(this.input.value)];
  }

  say() {
    this.output.textContent = this.chosen.words;
    this.input.setAttribute("aria-valuetext", this.chosen.words);
  }
}

/** @extends {Part<On>} */
export class Sweeps extends Part {
  /** @type {Told | null} */ told = null;
  /** @type {Slider[]} */ sliders = [];
  /** @type {Slider | null} */ shown = null; // the one that is pulled; at first that of the first sweep
  /** @type {Map<string, Networks>} */ blocks = new Map();
  /** @type {Layouts | null} */ layouts = null;
  /** @type {Map<string, ReturnType<typeof squeezer>>} */ squeezers = new Map(); // by key
  /** @type {Float32Array[]} */ images = [];
  compares = false;

  /** @param {HTMLElement} home the page's element @param {On} on */
  constructor(home, on) {
    super(home, on);
    this.strip = this.find(".sweep");
    this.button = find(this.strip, "button.compare-pca");
    this.button.addEventListener("click", () => {
      this.compares = !this.compares;
      this.on.compare(this.compares);
      this.draw();
    });
    this.close = store("lab").follow((topic, block) => this.#receive(topic, block));
  }

  /** @type {(topic: string, block: any) => void} */
  #receive(topic, block) {
    if (topic === LAYOUTS) {
      this.layouts = block;
      if (this.shown && this.shown.chosen.name !== this.model?.header.name) this.#lay(this.shown.chosen); // it was pulled before
    }
    if (!topic.startsWith("network/") && topic !== PCA) return;
    this.blocks.set(block.header.key, block);
    if (this.told) this.draw();
  }

  /** @type {(told: Told | null, model: Model, shown: boolean) => void} */
  open(told, model, shown) {
    this.told = told;
    this.model = model;
    this.sliders = (told?.sweeps ?? []).map((sweep) => new Slider(sweep, { pulled: () => this.#pull(sweep), let_go: () => this.#choose(sweep) }));
    this.find(".members").replaceChildren(...this.sliders.map(({ home }) => home));
    this.shown = this.sliders.find(({ sweep }) => sweep.inside) ?? null;
    this.strip.hidden = !told || !this.shown || !shown || !(told.images || this.shown.sweep.curve);
    if (!told) return;
    const side = model.shape.reduce((a, b) => a * b, 1);
    const all = bytes(told.images);
    this.images = Array.from({ length: told.n }, (_, i) => Float32Array.from(all.subarray(i * side, (i + 1) * side), (v) => v / 255));
    this.draw();
  }

  #of(/** @type {Sweep} */ sweep) {
    return this.sliders.find((slider) => slider.sweep === sweep);
  }

  /** @param {Sweep} sweep */
  #pull(sweep) {
    const slider = this.#of(sweep);
    if (!slider) return;
    if (!sweep.inside) return slider.say();
    this.shown = slider;
    this.draw();
    this.#lay(slider.chosen);
    const { name, key, heading } = slider.chosen;
    const block = name === this.model?.header.name ? undefined : this.blocks.get(key);
    this.on.see(block ? this.#squeeze(block, slider.chosen) : null, heading);
  }

  // Where that model puts the points, if they are the ones of this map.
  #lay(/** @type {Member} */ { name }) {
    const { model, layouts } = this;
    if (name === model?.header.name) return this.on.lay(null);
    if (!layouts || layouts.header.of !== model?.header.pictures) return;
    const layout = layouts.arrays[String(layouts.header.names.indexOf(name))];
    if (layout) this.on.lay(layout);
  }

  /** @param {Sweep} sweep */
  #choose(sweep) {
    const chosen = this.#of(sweep)?.chosen;
    if (chosen && chosen.name !== this.model?.header.name) this.on.choose(chosen.name);
  }

  /** The images as they come back with what the slider says; what has not arrived is left out. */
  draw() {
    const { told, model, shown } = this;
    if (!told || !shown || !model) return;
    shown.say();
    if (this.strip.hidden) return;
    const { chosen, sweep } = shown;
    const part = PARTS[/** @type {keyof typeof PARTS} */ (told.part)] ?? "";
    find(this.strip, "h3").textContent = `The same ${part} ${model.things} ${chosen.heading}`;
    this.button.hidden = !told.pca;
    this.button.setAttribute("aria-pressed", String(this.compares));
    const pca = this.compares ? this.blocks.get(told.pca) : undefined;
    const own = this.blocks.get(chosen.key);
    const rows = [
      { name: "original", of: /** @type {(x: Float32Array) => Float32Array} */ ((x) => x) },
      ...(own ? [{ name: chosen.name, of: this.#squeeze(own, chosen) }] : []),
      ...(pca ? [{ name: "PCA", of: this.#squeeze(pca, chosen) }] : []),
    ];
    this.#pictures(told.n ? rows : [], model.shape);
    this.#figures(chosen, sweep, told, pca);
    this.strip.dataset.drawn = [chosen.value, ...rows.map(({ name }) => name)].join();
  }

  /** @type {(chosen: Member, sweep: Sweep, told: Told, pca: Networks | undefined) => void} */
  #figures(chosen, sweep, told, pca) {
    const place = pca?.header.sizes?.indexOf(chosen.size) ?? -1;
    const rival = pca && place >= 0 ? `, PCA (below) ${(pca.header.mse ?? [])[place].toFixed(4)}` : "";
    find(this.strip, ".note").textContent = `Squared error per ${this.model?.part}, ${told.tested}: ${chosen.mse.toFixed(4)}${rival}.`;
    const plot = find(this.strip, ".plot");
    plot.hidden = !sweep.curve;
    if (plot.hidden) return;
    const members = /** @type {(Member & Trained)[]} */ (sweep.members);
    curve(plot, members.map((each) => ({ ...each, chosen: each === chosen })), (name) => this.on.choose(name), CURVE);
  }

  /** @type {(block: Networks, chosen: Member) => (x: Float32Array) => Float32Array} */
  #squeeze({ header, arrays }, { size }) {
    const known = this.squeezers.get(header.key) ?? squeezer(header.network, arrays);
    this.squeezers.set(header.key, known);
    return (x) => known(x, size);
  }

  /** @type {(rows: { name: string, of: (x: Float32Array) => Float32Array }[], shape: Shape) => void} */
  #pictures(rows, shape) {
    const strip = find(this.strip, ".strip");
    const count = rows.length * this.images.length;
    while (strip.children.length > count) strip.lastElementChild?.remove();
    while (strip.children.length < count) strip.append(make("figure", {}, picture("")));
    for (const [r, { name, of }] of rows.entries()) {
      for (const [i, image] of this.images.entries()) {
        const canvas = /** @type {HTMLCanvasElement} */ (strip.children[r * this.images.length + i].firstElementChild);
        paint(canvas, of(image), shape);
        canvas.ariaLabel = `${name}, image ${i + 1}`;
      }
    }
  }
}
