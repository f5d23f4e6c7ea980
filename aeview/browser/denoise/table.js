// The rows of pictures: the original, the spoilt image, and what each method makes of it.

import { paint } from "../charts/paint.js";
import { number } from "../controls/words.js";
import { best, mean } from "./bench.js";

export class Table {
  /** @param choose called with the place of the column that was clicked */
  constructor(home, choose) {
    this.home = home;
    this.choose = choose;
    this.cells = {};
    this.values = {};
  }

  /** @param rows [{ id, title, note, colour, dash }]; @param names of the images */
  layOut(rows, names, shape) {
    const layout = JSON.stringify([rows, names]);
    if (layout === this.layout) return;
    this.layout = layout;
    this.shape = shape;
    this.rows = rows;
    this.home.style.setProperty("--n", names.length);
    this.home.replaceChildren(this.#head(), ...rows.map((row) => this.#row(row, names)));
    this.cells[rows[0].id].forEach((canvas, place) => this.#button(canvas, place));
    this.values = Object.fromEntries(rows.map(({ id }) => [id, Array(names.length).fill(null)]));
  }

  #head() {
    const line = document.createElement("div");
    line.className = "line head";
    line.innerHTML = `<span class="n"></span><span class="figure" title="Peak signal-to-noise ratio, decibels: higher is better">PSNR</span>
      <span class="figure" title="Structural similarity (7×7 windows), −1 to 1: higher is better">SSIM</span><span class="pictures"></span>`;
    return line;
  }

  #row({ id, title, note, colour, dash }, names) {
    const line = document.createElement("div");
    line.className = "line";
    line.dataset.row = id;
    line.innerHTML = `<span class="name"><svg viewBox="0 0 16 4" aria-hidden="true"><line x1="0" x2="16" y1="2" y2="2"></line></svg><b></b><small></small></span>
      <span class="figure psnr"></span><span class="figure ssim"></span><span class="pictures"></span>`;
    const mark = line.querySelector("line");
    if (colour) {
      mark.setAttribute("stroke", colour);
      mark.setAttribute("stroke-dasharray", dash);
    } else line.querySelector("svg").remove();
    line.querySelector("b").textContent = title;
    line.querySelector("small").textContent = note;
    line.querySelector(".name").title = `${title} ${note}`.trim();
    this.cells[id] = names.map((name, place) => this.#cell(line, title, name, place));
    return line;
  }

  #cell(line, title, name, place) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.dataset.what = `${title}: ${name}`;
    canvas.setAttribute("aria-label", canvas.dataset.what);
    canvas.addEventListener("click", () => this.choose(place));
    line.querySelector(".pictures").append(canvas);
    return canvas;
  }

  // A click on any picture chooses its column; by keys the first row does.
  #button(canvas, place) {
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "button");
    canvas.setAttribute("aria-label", `${canvas.getAttribute("aria-label")}. Choose it to paint a patch away.`);
    canvas.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.choose(place);
    });
  }

  /** Show one picture; `value` is null for the original. */
  put(id, place, pixels, value, original, residual) {
    const canvas = this.cells[id][place];
    const shown = residual && value ? pixels.map((v, i) => Math.abs(v - original[i])) : pixels;
    paint(canvas, shown, this.shape);
    this.values[id][place] = value;
    canvas.title = value ? `${number(value.psnr, 1)} dB, SSIM ${number(value.ssim, 3)}` : "";
    if (value) canvas.setAttribute("aria-label", `${canvas.dataset.what}: ${canvas.title}`);
  }

  /** Rows that have yet to be computed for what is on screen. */
  pending(id, waiting) {
    this.home.querySelector(`[data-row="${id}"]`)?.classList.toggle("pending", waiting);
  }

  note(id, text) {
    const small = this.home.querySelector(`[data-row="${id}"] small`);
    if (small && small.textContent !== text) small.textContent = text;
  }

  /** Write the means, and mark the best of them. */
  means() {
    const means = Object.fromEntries(this.rows.map(({ id }) => [id, mean(this.values[id])]));
    const waiting = (id) => this.home.querySelector(`[data-row="${id}"]`).classList.contains("pending");
    const judged = Object.fromEntries(Object.entries(means).filter(([id]) => id !== "original" && !waiting(id)));
    const n = means[this.rows[1].id]?.n ?? 0;
    this.home.querySelector(".head .n").textContent = n === 1 ? "of 1 image" : `means of ${n} images`;
    for (const [figure, digits] of [["psnr", 1], ["ssim", 3]]) {
      const top = best(judged, figure);
      for (const { id } of this.rows) {
        const place = this.home.querySelector(`[data-row="${id}"] .${figure}`);
        place.textContent = means[id] ? number(means[id][figure], digits) : "";
        place.classList.toggle("best", top.includes(id));
        place.title = top.includes(id) ? "the best of these rows" : "";
      }
    }
    return means;
  }

  select(place) {
    for (const row of Object.values(this.cells)) row.forEach((canvas, i) => canvas.classList.toggle("chosen", i === place));
    this.cells[this.rows?.[0].id]?.forEach((canvas, i) => canvas.setAttribute("aria-pressed", i === place));
  }
}
