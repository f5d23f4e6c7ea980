// The rows of pictures: the original, the spoilt image, and what each method makes of it.

/** @import { Shape } from "../types.js" */
/** @import { Fidelity } from "./bench.js" */
/** @import { Row } from "./main.js" */
import { paint, shaped } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { number } from "../controls/words.js";
import { find } from "../shell/find.js";
import { Part } from "../shell/part.js";
import { EXACT } from "../net/fidelity.js";
import { best, mean } from "./bench.js";

const FIGURES = /** @type {const} */ ({ psnr: 1, ssim: 3 }); // decimals

/** @type {(figure: keyof Fidelity, value: number) => string} */
const written = (figure, value) => figure === "psnr" && value >= EXACT ? "∞" : number(value, FIGURES[figure]);
export const said = (/** @type {Fidelity} */ { psnr, ssim }) => `${written("psnr", psnr)} dB, SSIM ${written("ssim", ssim)}`;

/** @extends {Part<(place: number) => void>} */
export class Table extends Part {
  /** @type {Row[]} */
  rows = [];
  /** @type {Record<string, HTMLElement>} by row */
  lines = {};
  /** @type {Record<string, HTMLCanvasElement[]>} */
  cells = {};
  /** @type {Record<string, (Fidelity | null)[]>} */
  values = {};
  /** @type {Shape} */
  shape = [1, 1, 1];
  layout = "";

  /** @param {Row[]} rows @param {string[]} names of the images @param {Shape} shape */
  layOut(rows, names, shape) {
    const layout = JSON.stringify([rows, names]);
    if (layout === this.layout) return;
    Object.assign(this, { layout, shape, rows });
    this.home.style.setProperty("--n", String(names.length));
    this.lines = Object.fromEntries(rows.map((row) => [row.id, this.#row(row, names)]));
    this.home.replaceChildren(this.#head(), ...Object.values(this.lines));
    this.cells[rows[0].id].forEach((canvas, place) => void this.#button(canvas, place));
    this.values = Object.fromEntries(rows.map(({ id }) => [id, Array(names.length).fill(null)]));
  }

  #head() {
    return make("div", { className: "line head", innerHTML: `<span class="n"></span>
      <span class="figure" title="Peak signal-to-noise ratio, decibels: higher is better">PSNR</span>
      <span class="figure" title="Structural similarity (7×7 windows), −1 to 1: higher is better">SSIM</span><span class="pictures"></span>` });
  }

  #row(/** @type {Row} */ { id, title, note, colour, dash }, /** @type {string[]} */ names) {
    const line = make("div", { className: "line", dataset: { row: id }, innerHTML: `<span class="name"><svg viewBox="0 0 16 4" aria-hidden="true"><line x1="0" x2="16" y1="2" y2="2"></line></svg><b></b><small></small></span>
      <span class="figure psnr"></span><span class="figure ssim"></span><span class="pictures"></span>` });
    if (colour) {
      find(line, "line").setAttribute("stroke", colour);
      find(line, "line").setAttribute("stroke-dasharray", dash);
    } else find(line, "svg").remove();
    find(line, "b").textContent = title;
    find(line, "small").textContent = note;
    find(line, ".name").title = `${title} ${note}`.trim();
    this.cells[id] = names.map((name, place) => this.#cell(`${title}: ${name}`, place));
    find(line, ".pictures").append(...this.cells[id]);
    return line;
  }

  #cell(/** @type {string} */ what, /** @type {number} */ place) {
    const canvas = make("canvas", { role: "img", ariaLabel: what, dataset: { what }, onclick: () => this.on(place) });
    shaped(canvas, this.shape); // as large before it is painted as afterwards
    return canvas;
  }

  // A click on any picture chooses its column; by keys the first row does.
  #button(/** @type {HTMLCanvasElement} */ canvas, /** @type {number} */ place) {
    Object.assign(canvas, { tabIndex: 0, role: "button", ariaLabel: `${canvas.ariaLabel}. Choose it to paint a patch away.` });
    canvas.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.on(place);
    });
  }

  /**
   * Show one picture.
   * @param {string} id @param {number} place @param {Float32Array} pixels @param {Fidelity | null} value null for the original
   * @param {Float32Array | null} original where the difference from it is wanted
   */
  put(id, place, pixels, value, original = null) {
    const canvas = this.cells[id][place];
    paint(canvas, original ? pixels.map((v, i) => Math.abs(v - original[i])) : pixels, this.shape);
    this.values[id][place] = value;
    canvas.title = value ? said(value) : "";
    if (value) canvas.ariaLabel = `${canvas.dataset.what}: ${canvas.title}`;
  }

  /** Rows that have yet to be computed for what is on screen. @param {string} id @param {boolean} waiting */
  pending(id, waiting) {
    this.lines[id]?.classList.toggle("pending", waiting);
  }

  /** @param {string} id @param {string} text */
  note(id, text) {
    const small = this.lines[id] && find(this.lines[id], "small");
    if (small && small.textContent !== text) small.textContent = text;
  }

  /** Write the means, and mark the best of them. @param {boolean} judged whether there is noise to judge by */
  means(judged) {
    if (!this.rows.length) return;
    const means = Object.fromEntries(this.rows.map(({ id }) => [id, mean(this.values[id])]));
    const rivals = Object.fromEntries(Object.entries(means).filter(([id]) => id !== "original" && !this.lines[id].classList.contains("pending")));
    const n = means[this.rows[1].id]?.n ?? 0;
    find(this.home, ".head .n").textContent = n === 1 ? "of 1 image" : `means of ${n} images`;
    for (const figure of /** @type {(keyof Fidelity)[]} */ (Object.keys(FIGURES))) {
      const top = judged ? best(rivals, figure) : [];
      for (const [id, values] of Object.entries(means)) {
        const place = find(this.lines[id], `.${figure}`);
        place.textContent = values ? written(figure, values[figure]) : "";
        place.classList.toggle("best", top.includes(id));
        place.title = top.includes(id) ? "the best of these rows" : "";
      }
    }
  }

  /** @param {number} place of the chosen column */
  select(place) {
    for (const row of Object.values(this.cells)) row.forEach((canvas, i) => void canvas.classList.toggle("chosen", i === place));
    this.cells[this.rows[0]?.id]?.forEach((canvas, i) => {
      canvas.ariaPressed = String(i === place);
    });
  }
}
