// One way as a row of frames with its two numbers.

import { paint } from "../charts/paint.js";
import { rms } from "../net/paths.js";
import { percent } from "../controls/words.js";

const SVG = "http://www.w3.org/2000/svg";

export class Strip {
  /** @param on { choose(name), scrub(name, t, done) } */
  constructor(style, on) {
    this.style = style;
    this.on = on;
    this.turn = 0; // when it was drawn, among the others
    this.root = document.createElement("div");
    this.root.className = "way";
    this.root.dataset.way = style.name;
    this.cells = document.createElement("div");
    this.cells.className = "cells";
    this.root.append(this.#label(), this.cells);
    this.#listen();
  }

  #label() {
    const button = document.createElement("button");
    const [title, stray, step] = ["b", "small", "small"].map((tag) => document.createElement(tag));
    button.type = "button";
    button.className = "name";
    button.title = this.style.words;
    title.textContent = this.style.title;
    stray.title = "How far it strays: mean distance percentile, 100 % − support, over its frames";
    step.title = "How smooth it is: the largest root mean square difference of neighbouring frames; intensity runs from 0 to 1";
    button.append(line(this.style), title, stray, step);
    button.addEventListener("click", () => this.on.choose(this.style.name));
    Object.assign(this, { button, stray, step });
    return button;
  }

  #listen() {
    let pressed = false;
    const scrub = (event, done) => {
      const box = this.cells.getBoundingClientRect();
      const n = this.cells.childElementCount;
      const place = ((event.clientX - box.left) / box.width) * n - 0.5;
      this.on.scrub(this.style.name, Math.min(1, Math.max(0, place / (n - 1))), done);
    };
    this.cells.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      pressed = true;
      this.cells.setPointerCapture(event.pointerId);
      scrub(event, false);
    });
    this.cells.addEventListener("pointermove", (event) => pressed && scrub(event, false));
    for (const end of ["pointerup", "pointercancel"]) {
      this.cells.addEventListener(end, (event) => {
        if (pressed) scrub(event, true);
        pressed = false;
      });
    }
  }

  /** @param ways the ways between two ends; @returns how many frames were decoded */
  draw(ways, n) {
    Object.assign(this, { ways, n });
    this.#size(n);
    let before = null;
    let total = 0;
    let step = 0;
    Array.from(this.cells.children).forEach((cell, i) => {
      const { pixels, share } = ways.at(this.style.name, i / (n - 1));
      const [canvas, meter, text] = cell.children;
      paint(canvas, pixels, ways.model.shape);
      canvas.setAttribute("aria-label", `${this.style.title}, frame ${i + 1} of ${n}, support ${percent(share)}`);
      meter.value = share;
      text.textContent = Math.round(100 * share);
      if (before) step = Math.max(step, rms(before, pixels));
      before = pixels.slice();
      total += share;
    });
    this.#measure(1 - total / n, step);
    return n;
  }

  #measure(stray, step) {
    Object.assign(this.root.dataset, { stray: stray.toFixed(4), step: step.toFixed(4) });
    write(this.stray, "strays", `${Math.round(100 * stray)} %`);
    write(this.step, "largest step", step.toFixed(3));
  }

  #size(n) {
    while (this.cells.childElementCount > n) this.cells.lastChild.remove();
    while (this.cells.childElementCount < n) {
      const [cell, canvas, meter, text] = ["div", "canvas", "meter", "span"].map((tag) => document.createElement(tag));
      cell.className = "cell";
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", "still to be decoded");
      Object.assign(meter, { low: 0.1, high: 0.5, optimum: 1 });
      meter.setAttribute("aria-hidden", "true");
      cell.append(canvas, meter, text);
      this.cells.append(cell);
    }
  }

  press(chosen) {
    this.button.setAttribute("aria-pressed", chosen);
  }
}

function write(home, words, value) {
  const bold = document.createElement("b");
  bold.textContent = value;
  home.replaceChildren(`${words} `, bold);
}

// A sample of the line that the map draws.
function line({ colour, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  const sample = document.createElementNS(SVG, "line");
  const values = { x1: 1, x2: 60, y1: 2.5, y2: 2.5, stroke: colour, "stroke-width": 3, "stroke-dasharray": dash.join(" ") };
  for (const [name, value] of Object.entries(values)) sample.setAttribute(name, value);
  svg.setAttribute("aria-hidden", "true");
  svg.append(sample);
  return svg;
}
