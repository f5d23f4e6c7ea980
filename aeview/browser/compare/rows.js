// The same images in rows: originals, and under them each model's reconstructions with their
// errors. A click on a picture pins its sample.

import { paint } from "../charts/paint.js";
import { difference, diverging, paintError } from "../charts/errors.js";
import { nameOf, same } from "./links.js";

export class Rows {
  #errors = []; // { canvas, values, shape }
  #buttons = []; // { button, sample }

  /** @param home its element; @param pin called with a sample */
  constructor(home, pin) {
    this.home = home;
    this.pin = pin;
  }

  /**
   * @param samples what is shown
   * @param models { title, name, shape, result(sample) → { pixels, error } or null }
   * @param original (sample) → bytes or null
   * @param label (sample) → class
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

  #line(title, name, samples, cell) {
    const line = document.createElement("div");
    const head = document.createElement("div");
    line.className = "line";
    head.className = "head";
    const [strong, small] = ["b", "span"].map((tag) => document.createElement(tag));
    strong.textContent = title;
    small.textContent = name;
    head.append(strong, small);
    line.append(head, ...samples.map(cell));
    return line;
  }

  #picture(pixels, shape, sample, alt) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = `${alt}: ${nameOf(sample)}`;
    button.setAttribute("aria-label", `${button.title}. Press to pin it on the maps.`);
    const canvas = document.createElement("canvas");
    if (pixels) paint(canvas, pixels, shape);
    button.append(canvas);
    button.addEventListener("click", () => this.pin(sample));
    this.#buttons.push({ button, sample });
    return button;
  }

  #error(result, original, shape, title) {
    const home = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = result ? result.error.toFixed(4) : "–";
    if (result && original) {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Error map of ${title}, MSE ${caption.textContent}`);
      this.#errors.push({ canvas, shape, values: difference(result.pixels, original, shape) });
      home.append(canvas);
    }
    home.append(caption);
    return home;
  }

  /** Paint all error maps; how many there are. */
  paintErrors(gain) {
    for (const { canvas, values, shape } of this.#errors) paintError(canvas, values, shape, gain);
    return this.#errors.length;
  }

  mark(sample) {
    for (const each of this.#buttons) each.button.classList.toggle("pinned", same(each.sample, sample));
  }
}

/** The scale of the error maps: a canvas from −1 to 1. */
export function paintLegend(canvas) {
  canvas.width = 101;
  canvas.height = 1;
  const image = new ImageData(101, 1);
  for (let i = 0; i <= 100; i++) image.data.set([...diverging(i / 50 - 1), 255], 4 * i);
  canvas.getContext("2d").putImageData(image, 0, 0);
}
