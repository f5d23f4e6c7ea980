// The code in the row, as numbers: a handle for each of a few units, else bars of those that vary most.

/** @import { Colours, Model, Values } from "../types.js" */
/** @typedef {{ turned: (code: Float32Array) => void, settled: (code: Float32Array) => void }} On a handle is being moved; it was let go */
import { clear, fit } from "../charts/canvas.js";
import { make } from "../controls/dom.js";
import { shown, unitName } from "../controls/words.js";
import { Part } from "../shell/part.js";

const HANDLES = 4; // units up to which each has a handle
const BARS = 32;
const FULL = 2.5; // root mean squares of the widest unit that a bar has room for

/**
 * The units that vary most among the codes, at most so many, the widest first.
 * @type {(codes: Values, d: number, most: number) => number[]}
 */
export function liveliest(codes, d, most) {
  const n = codes.length / d;
  const spread = Array.from({ length: d }, (_, j) => {
    let [sum, squares] = [0, 0];
    for (let i = j; i < codes.length; i += d) {
      sum += codes[i];
      squares += codes[i] ** 2;
    }
    return squares / n - (sum / n) ** 2;
  });
  const order = Array.from({ length: d }, (_, j) => j).sort((a, b) => spread[b] - spread[a] || a - b);
  return order.slice(0, most);
}

/** @type {(codes: Values, d: number, j: number) => number} */
function rootMeanSquare(codes, d, j) {
  let squares = 0;
  for (let i = j; i < codes.length; i += d) squares += codes[i] ** 2;
  return Math.sqrt((squares * d) / codes.length);
}

/** The smallest and the largest number of each unit, never the same. @type {(codes: Values, d: number) => { low: number, high: number }[]} */
export function ranges(codes, d) {
  const found = Array.from({ length: d }, () => ({ low: Infinity, high: -Infinity }));
  for (let i = 0; i < codes.length; i++) {
    const range = found[i % d];
    range.low = Math.min(range.low, codes[i]);
    range.high = Math.max(range.high, codes[i]);
  }
  return found.map(({ low, high }) => (high > low ? { low, high } : { low: low - 1, high: high + 1 }));
}

/** @extends {Part<On>} */
export class Knobs extends Part {
  /** @type {{ input: HTMLInputElement, mark: HTMLElement, value: HTMLElement, low: number, high: number }[]} */ handles = [];
  /** @type {number[]} */ units = []; // that have a bar
  /** @type {Float32Array} */ code = new Float32Array(0);
  size = { width: 0, height: 0 };

  /** @param {Model} model */
  open(model) {
    this.handles = model.d <= HANDLES ? ranges(model.codes, model.d).map((range, j) => this.#handle(range, j)) : [];
    this.units = this.handles.length ? [] : liveliest(model.codes, model.d, BARS);
    this.most = FULL * Math.max(1e-6, ...this.units.map((j) => rootMeanSquare(model.codes, model.d, j)));
    this.canvas = make("canvas", { role: "img" });
    this.home.replaceChildren(...(this.handles.length ? this.handles.map(({ input }) => /** @type {HTMLElement} */ (input.closest("label"))) : [this.canvas]));
    const few = this.units.length < model.d ? `, the ${this.units.length} liveliest` : "";
    this.words = model.d === 1 ? "code: one number" : `code: ${model.d.toLocaleString("en")} numbers${this.units.length ? few : ""}`;
    this.lay();
  }

  lay() {
    if (!this.canvas?.isConnected) return;
    this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    fit(this.canvas, this.size);
  }

  /** @type {(range: { low: number, high: number }, j: number) => Knobs["handles"][number]} */
  #handle({ low, high }, j) {
    const input = make("input", { type: "range", min: String(low), max: String(high), step: "any", ariaLabel: `${unitName(j)}, handle` });
    const [mark, value] = [make("i", { title: "What the encoder answers to this image" }), make("output")];
    make("label", { className: "knob" }, make("b", {}, unitName(j)), make("span", {}, input, mark), value);
    const turned = () => this.code.map((v, k) => (k === j ? input.valueAsNumber : v));
    input.addEventListener("input", () => this.on.turned(turned()));
    input.addEventListener("change", () => this.on.settled(turned()));
    return { input, mark, value, low, high };
  }

  /** @type {(code: Float32Array, answered: Values | null, colours: Colours) => void} answered: the code of the image that entered */
  show(code, answered, colours) {
    this.code = code;
    for (const [j, { input, mark, value, low, high }] of this.handles.entries()) {
      input.value = String(code[j]);
      input.setAttribute("aria-valuetext", shown(code[j]));
      value.textContent = shown(code[j]);
      mark.hidden = !answered;
      if (answered) mark.style.left = `${100 * Math.min(1, Math.max(0, (answered[j] - low) / (high - low)))}%`;
    }
    if (!this.handles.length) this.#bars(code, answered, colours);
  }

  /** @type {(code: Values, answered: Values | null, colours: Colours) => void} */
  #bars(code, answered, { accent, text }) {
    const { canvas, size: { width, height }, units, most = 1 } = this;
    if (!canvas || !width) return;
    canvas.ariaLabel = units.slice(0, 6).map((j) => `${unitName(j)} ${shown(code[j])}`).join(", ");
    const context = clear(canvas, this.size);
    const [wide, middle] = [width / units.length, height / 2];
    const to = (/** @type {number} */ value) => middle - (Math.max(-1, Math.min(1, value / most)) * (height - 4)) / 2;
    for (const [i, j] of units.entries()) {
      context.fillStyle = accent;
      context.fillRect(i * wide + 1, Math.min(middle, to(code[j])), Math.max(1, wide - 2), Math.abs(to(code[j]) - middle));
      context.fillStyle = text;
      if (answered) context.fillRect(i * wide, to(answered[j]) - 0.75, wide, 1.5);
    }
    context.globalAlpha = 0.4;
    context.fillRect(0, middle - 0.5, width, 1);
    context.globalAlpha = 1;
  }
}
