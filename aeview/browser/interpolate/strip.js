// One way as a row of frames with its two numbers.

import { paint } from "../charts/paint.js";
import { draw } from "../charts/svg.js";
import { rms } from "../net/paths.js";
import { make, picture } from "../controls/dom.js";
import { pressed, shareOf } from "../controls/point.js";
import { percent } from "../controls/words.js";

/** @import { Ways } from "./ways.js" */
/** @typedef {{ name: string, title: string, words: string, colour: string, dash: number[] }} Style of a way */
/** @typedef {{ cell: HTMLElement, canvas: HTMLCanvasElement, meter: HTMLMeterElement, text: HTMLElement }} Cell */

export class Strip {
  turn = 0; // when it was drawn, among the others
  n = 0;
  /** @type {Ways | undefined} */
  ways;
  /** @type {Cell[]} */
  all = [];

  /**
   * @param {Style} style
   * @param {{ choose: (name: string) => void, scrub: (name: string, t: number, done: boolean) => void }} on
   */
  constructor(style, on) {
    this.style = style;
    this.on = on;
    this.stray = make("small", { title: "How far it strays: 100 % − support, the mean over its frames" });
    this.step = make("small", {
      title: "How smooth it is: the largest root mean square difference of neighbouring frames; intensity runs from 0 to 1",
    });
    this.button = make("button", { type: "button", className: "name", title: style.words, onclick: () => on.choose(style.name) },
      line(style), make("b", { textContent: style.title }), this.stray, this.step);
    this.cells = make("div", { className: "cells" });
    this.root = make("div", { className: "way", dataset: { way: style.name } }, this.button, this.cells);
    this.#listen();
  }

  #listen() {
    const scrub = (/** @type {PointerEvent} */ event, done = false) => {
      const { n } = this;
      const place = shareOf(this.cells, event)[0] * n - 0.5;
      this.on.scrub(this.style.name, Math.min(1, Math.max(0, place / (n - 1))), done);
    };
    pressed(this.cells, { down: scrub, move: scrub, up: (event) => scrub(event, true) });
  }

  /** @param {Ways} ways between two ends @param {number} n @returns how many frames were decoded */
  draw(ways, n) {
    this.ways = ways;
    this.n = n;
    this.#size(n);
    /** @type {Float32Array | null} */
    let before = null;
    let total = 0;
    let step = 0;
    for (const [i, { canvas, meter, text }] of this.all.entries()) {
      const { pixels, share } = ways.at(this.style.name, i / (n - 1));
      paint(canvas, pixels, ways.model.shape);
      canvas.ariaLabel = `${this.style.title}, frame ${i + 1} of ${n}, support ${percent(share)}`;
      meter.value = share;
      text.textContent = String(Math.round(100 * share));
      if (before) step = Math.max(step, rms(before, pixels));
      before = pixels.slice();
      total += share;
    }
    this.#measure(1 - total / n, step);
    return n;
  }

  /** @param {number} stray @param {number} step */
  #measure(stray, step) {
    Object.assign(this.root.dataset, { stray: stray.toFixed(4), step: step.toFixed(4) });
    this.stray.replaceChildren("strays ", make("b", { textContent: `${Math.round(100 * stray)} %` }));
    this.step.replaceChildren("largest step ", make("b", { textContent: step.toFixed(3) }));
  }

  /** @param {number} n */
  #size(n) {
    while (this.all.length > n) this.all.pop()?.cell.remove();
    while (this.all.length < n) {
      const canvas = picture("still to be decoded");
      const meter = make("meter", { low: 0.1, high: 0.5, optimum: 1, ariaHidden: "true" });
      const text = make("span");
      const cell = make("div", { className: "cell" }, canvas, meter, text);
      this.all.push({ cell, canvas, meter, text });
      this.cells.append(cell);
    }
  }

  /** @param {boolean} chosen */
  press(chosen) {
    this.button.ariaPressed = String(chosen);
  }
}

/** A sample of the line that the map draws. @param {Style} style */
function line({ colour, dash }) {
  const svg = draw(make("span"), "svg", { "aria-hidden": "true" });
  draw(svg, "line", { x1: 1, x2: 60, y1: 2.5, y2: 2.5, stroke: colour, "stroke-width": 3, "stroke-dasharray": dash.join(" ") });
  return svg;
}
