// The size of the code as a slider: what the same test images come back as from models of one
// recipe that differ in it alone, and from PCA. Letting go opens the model of that size.

/** @import { Block, Model, Network, Shape, Values } from "../types.js" */
/** @typedef {{ size: number, name: string, key: string, mse: number }} Size */
/**
 * What Python sends; the images are bytes in base64, n of them.
 * @typedef {{ sizes: Size[], inside: boolean, images: string, n: number, pca: string, tested: string }} Told
 */
/** @typedef {{ choose: (name: string) => void, compare: (on: boolean) => void }} On */
/** @typedef {Block<{ key: string, network: Network, sizes?: number[], mse?: number[] }>} Networks */
import { bytes, paint } from "../charts/paint.js";
import { make, picture } from "../controls/dom.js";
import { decoder, encoder } from "../net/net.js";
import { store } from "../payload/store.js";
import { find } from "../shell/find.js";
import { Part } from "../shell/part.js";

const PCA = "latent_map/pca";

/**
 * From picture to picture by the first k units of the code: all of a model's own, or so many directions of a PCA.
 * @type {(header: Network, weights: Record<string, Values>) => (pixels: Values, k: number) => Float32Array}
 */
export function squeezer(header, weights) {
  const [inwards, outwards] = [encoder(header, weights), decoder(header, weights)];
  return (pixels, k) => outwards.run(inwards.run(pixels).slice(0, header.code_dim).map((v, j) => (j < k ? v : 0)));
}

/** The place of the size nearest to d. @type {(sizes: { size: number }[], d: number) => number} */
export const nearestSize = (sizes, d) => sizes.reduce((best, { size }, i) => (Math.abs(size - d) < Math.abs(sizes[best].size - d) ? i : best), 0);

const counted = (/** @type {number} */ n) => `${n.toLocaleString("en")} ${n === 1 ? "number" : "numbers"}`;

/** @extends {Part<On>} */
export class Sizes extends Part {
  /** @type {Told | null} */ told = null;
  /** @type {Map<string, Networks>} */ blocks = new Map();
  /** @type {Map<string, ReturnType<typeof squeezer>>} */ squeezers = new Map(); // by key
  /** @type {Float32Array[]} */ images = [];
  compares = false;

  /** @param {HTMLElement} home the page's element @param {On} on */
  constructor(home, on) {
    super(home, on);
    this.slider = this.find("input.code-size");
    this.strip = this.find(".sizes");
    this.slider.addEventListener("input", () => (this.told?.inside ? this.draw() : this.#choose()));
    this.slider.addEventListener("change", () => this.#choose());
    this.button = find(this.strip, "button.compare-pca");
    this.button.addEventListener("click", () => {
      this.compares = !this.compares;
      this.on.compare(this.compares);
      this.draw();
    });
    this.unfollow = store("lab").follow((topic, block) => this.#receive(topic, block));
  }

  close() {
    this.unfollow();
  }

  /** @type {(topic: string, block: any) => void} */
  #receive(topic, block) {
    if (!topic.startsWith("network/") && topic !== PCA) return;
    this.blocks.set(block.header.key, block);
    if (this.told) this.draw();
  }

  /** @type {(told: Told | null, model: Model, shown: boolean) => void} */
  open(told, model, shown) {
    this.told = told;
    this.model = model;
    this.find("label.size").hidden = !told;
    this.strip.hidden = !told?.images || !shown;
    if (!told) return;
    Object.assign(this.slider, { max: String(told.sizes.length - 1), value: String(nearestSize(told.sizes, model.d)) });
    this.slider.title = told.inside ? "" : `Opens a small model of a recipe that ships at ${told.sizes.length} sizes`;
    const side = model.shape.reduce((a, b) => a * b, 1);
    const all = bytes(told.images);
    this.images = Array.from({ length: told.n }, (_, i) => Float32Array.from(all.subarray(i * side, (i + 1) * side), (v) => v / 255));
    this.draw();
    if (!told.inside) this.find("label.size output").textContent = counted(model.d);
  }

  #choose() {
    const chosen = this.chosen;
    if (chosen && chosen.name !== this.model?.header.name) this.on.choose(chosen.name);
  }

  get chosen() {
    return this.told?.sizes[Number(this.slider.value)];
  }

  /** The images as they come back at the slider's size; what has not arrived is left out. */
  draw() {
    const { told, chosen, model } = this;
    if (!told || !chosen || !model) return;
    const numbers = counted(chosen.size);
    this.find("label.size output").textContent = numbers;
    this.slider.setAttribute("aria-valuetext", numbers);
    if (this.strip.hidden) return;
    find(this.strip, "h3").textContent = `The same test ${model.things} from ${numbers}`;
    this.button.setAttribute("aria-pressed", String(this.compares));
    const pca = this.compares ? this.blocks.get(told.pca) : undefined;
    const own = this.blocks.get(chosen.key);
    const rows = [
      { name: "original", of: /** @type {(x: Float32Array) => Float32Array} */ ((x) => x) },
      ...(own ? [{ name: chosen.name, of: this.#squeeze(own, chosen) }] : []),
      ...(pca ? [{ name: "PCA", of: this.#squeeze(pca, chosen) }] : []),
    ];
    this.#pictures(rows, model.shape);
    const place = pca?.header.sizes?.indexOf(chosen.size) ?? -1;
    const rival = pca && place >= 0 ? `, PCA (below) ${(pca.header.mse ?? [])[place].toFixed(4)}` : "";
    find(this.strip, ".note").textContent = `Squared error per ${model.part}, ${told.tested}: ${chosen.mse.toFixed(4)}${rival}.`;
    this.strip.dataset.drawn = [chosen.size, ...rows.map(({ name }) => name)].join();
  }

  /** @type {(block: Networks, chosen: Size) => (x: Float32Array) => Float32Array} */
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
