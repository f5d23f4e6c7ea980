// The same images in rows: originals, and under them each model's reconstructions with their
// errors. A click on a picture pins its sample.

import { paint, paintValues } from "../charts/paint.js";
import { difference, diverging, paintError } from "../charts/errors.js";
import { make, picture } from "../controls/dom.js";
import { nameOf, same } from "../map/links.js";
import { Part } from "../shell/part.js";

/** @import { Pixels, Sample, Shape } from "../types.js" */
/** @import { Result } from "./card.js" */
/** @typedef {{ title: string, name: string, shape: Shape, result: (sample: Sample) => Result | null }} Row of a model */

/** @extends {Part<(sample: Sample) => void>} */
export class Rows extends Part {
  /** @type {{ canvas: HTMLCanvasElement, values: Float32Array, shape: Shape }[]} */
  #errors = [];
  /** @type {{ button: HTMLButtonElement, sample: Sample }[]} */
  #buttons = [];

  /**
   * @param {Sample[]} samples what is shown @param {Row[]} models
   * @param {(sample: Sample) => Pixels | null} original @param {(sample: Sample) => string} label its class
   */
  show(samples, models, original, label) {
    this.#errors = [];
    this.#buttons = [];
    const { shape } = models[0];
    const lines = [];
    const originals = samples.map((sample) => original(sample));
    if (originals.some(Boolean)) {
      lines.push(this.#line("original", "", samples, (sample, i) =>
        this.#picture(originals[i], shape, sample, `Original, class ${label(sample)}`)));
    }
    for (const model of models) {
      const results = samples.map((sample) => model.result(sample));
      lines.push(this.#line(model.title, model.name, samples, (sample, i) =>
        this.#picture(results[i]?.pixels, shape, sample, `Reconstruction by ${model.title}`)));
      lines.push(this.#line("", "error", samples, (_, i) =>
        this.#error(results[i], originals[i], shape, model.title)));
    }
    this.home.replaceChildren(...lines);
  }

  /** @type {(title: string, name: string, samples: Sample[], cell: (sample: Sample, i: number) => HTMLElement) => HTMLElement} */
  #line(title, name, samples, cell) {
    const head = make("div", { className: "head" }, make("b", { textContent: title }), make("span", { textContent: name }));
    return make("div", { className: "line" }, head, ...samples.map(cell));
  }

  /** @type {(pixels: Pixels | null | undefined, shape: Shape, sample: Sample, alt: string) => HTMLElement} */
  #picture(pixels, shape, sample, alt) {
    const canvas = make("canvas");
    if (pixels) paint(canvas, pixels, shape);
    const title = `${alt}: ${nameOf(sample)}`;
    const button = make("button", {
      type: "button", title, ariaLabel: `${title}. Press to pin it on the maps.`, onclick: () => this.on(sample),
    }, canvas);
    this.#buttons.push({ button, sample });
    return button;
  }

  /** @type {(result: Result | null, original: Pixels | null, shape: Shape, title: string) => HTMLElement} */
  #error(result, original, shape, title) {
    const caption = make("figcaption", { textContent: result ? result.error.toFixed(4) : "–" });
    if (!result || !original) return make("figure", {}, caption);
    const canvas = picture(`Error map of ${title}, MSE ${caption.textContent}`);
    this.#errors.push({ canvas, shape, values: difference(result.pixels, original, shape) });
    return make("figure", {}, canvas, caption);
  }

  /** Paint all error maps; how many there are. @param {number} gain */
  paintErrors(gain) {
    for (const { canvas, values, shape } of this.#errors) paintError(canvas, values, shape, gain);
    return this.#errors.length;
  }

  /** @param {Sample} sample */
  mark(sample) {
    for (const each of this.#buttons) each.button.classList.toggle("pinned", same(each.sample, sample));
  }
}

/** The scale of the error maps: a canvas from −1 to 1. @param {HTMLCanvasElement} canvas */
export const paintLegend = (canvas) => paintValues(canvas, Array.from({ length: 101 }, (_, i) => i / 50 - 1), [1, 1, 101], diverging);
