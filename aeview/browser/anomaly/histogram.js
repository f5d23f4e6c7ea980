// Normal scores upwards, strange ones downwards, and the threshold as a line that is dragged.

/** @import { Colours } from "../types.js" */
/** @import { Pen } from "../charts/canvas.js" */
/** @import { Scale } from "../charts/scale.js" */
/** @typedef {[number, number]} Edges scores between which a bar stands */
/** @typedef {{lines: {value: number, name: string}[], wrong: Iterable<number>[]}} ByClass a threshold for each class, and the scores of each side that are judged wrongly */
/** @typedef {{drag: (value: number) => void, rest: () => void, choose: (edges: Edges | null) => void}} Actions */
import { clear, fit, path } from "../charts/canvas.js";
import { theme } from "../charts/paint.js";
import { focusByPointer, shareOf } from "../controls/point.js";
import { find } from "../shell/find.js";
import { least, resized } from "../shell/zoom.js";
import { short } from "./texts.js";

const BINS = 60;
const BOTTOM = 22;
const [LABEL_ROWS, LABEL_HEIGHT] = [5, 13]; // of the names of classes
const MOVED = 4; // css pixels before a press counts as a drag
/** @type {Record<string, number>} shares of the axis */
const STEPS = { ArrowLeft: -0.002, ArrowRight: 0.002, ArrowDown: -0.002, ArrowUp: 0.002, PageDown: -0.03, PageUp: 0.03 };

export class Histogram {
  /** @type {Scale | null} */ axis = null; // none as long as nothing is shown
  /** @type {number | null} */ chosen = null; // a bar
  /** @type {{x: number, dragging: boolean} | null} */ press = null;
  threshold = 0;
  /** @type {Uint32Array[]} */ counts = []; // by side: normal, strange
  /** @type {number[]} */ sizes = [];
  /** @type {ByClass | null} */ byClass = null;

  /** @param {HTMLElement} home @param {string[]} colours of the sides @param {Actions} on */
  constructor(home, colours, on) {
    this.home = home;
    this.canvas = find(home, "canvas");
    this.line = find(home, ".line");
    this.colours = colours;
    this.on = on;
    this.#listen();
    this.close = resized(home, () => this.draw(this.threshold, this.byClass));
  }

  /** @param {Float64Array[]} sides scores: normal, strange @param {Scale} axis */
  show(sides, axis) {
    this.axis = axis;
    this.chosen = null;
    this.counts = sides.map((values) => axis.counts(values, BINS));
    this.sizes = sides.map((values) => values.length);
  }

  /** @type {(axis: Scale, bin: number) => Edges} */
  #edges(axis, bin) {
    return [bin === 0 ? -Infinity : axis.value(bin / BINS), bin === BINS - 1 ? Infinity : axis.value((bin + 1) / BINS)];
  }

  /** @param {number} threshold @param {ByClass | null} byClass where there is more than one line */
  draw(threshold, byClass = null) {
    this.threshold = threshold;
    this.byClass = byClass;
    this.line.hidden = Boolean(byClass);
    const size = { width: this.home.clientWidth, height: this.home.clientHeight };
    if (!size.width || !this.axis) return;
    fit(this.canvas, size);
    this.#bars(clear(this.canvas, size), this.axis, size);
    this.#place(this.axis, threshold);
    this.#said(this.axis);
  }

  /** @type {(g: Pen, axis: Scale, size: {width: number, height: number}) => void} */
  #bars(g, axis, { width, height }) {
    const looks = theme(this.home);
    const alone = !this.sizes[1];
    const room = height - BOTTOM - 6;
    const middle = alone ? 6 + room : 6 + room / 2;
    const share = Math.max(...this.counts.map((counts, side) => Math.max(...counts) / Math.max(1, this.sizes[side])));
    const cut = axis.place(this.threshold) * width;
    const wrong = this.byClass?.wrong.map((values) => axis.counts(values, BINS));
    this.counts.forEach((counts, side) => {
      counts.forEach((count, bin) => {
        if (!count) return;
        const long = Math.max(1.5, (count / this.sizes[side] / share) * (alone ? room : room / 2 - 2));
        const [x, w] = [(bin * width) / BINS, width / BINS - 1];
        const y = side ? middle + 1 : middle - long;
        const bad = wrong ? (long * wrong[side][bin]) / count : (side ? x + w <= cut : x >= cut) ? long : 0;
        const good = long - bad; // stands at the middle, what is judged wrongly beyond it
        if (good) this.#bar(g, { x, y: side ? y : y + bad, w, h: good }, this.colours[side], false);
        if (bad) this.#bar(g, { x, y: side ? y + good : y, w, h: bad }, this.colours[side], true);
        if (this.chosen === bin) {
          g.strokeStyle = looks.text;
          g.lineWidth = 2;
          g.strokeRect(x, y, w, long);
        }
      });
    });
    this.#scale(g, axis, { width, height, middle }, looks);
    if (this.byClass) this.#lines(g, axis, { width, height }, looks);
  }

  // The threshold of each class, its name where there is room for it.
  /** @type {(g: Pen, axis: Scale, size: {width: number, height: number}, looks: Colours) => void} */
  #lines(g, axis, { width, height }, looks) {
    const lines = (this.byClass?.lines ?? []).filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.value - b.value);
    const ends = Array.from({ length: LABEL_ROWS }, () => -Infinity);
    g.strokeStyle = g.fillStyle = looks.text;
    g.lineWidth = 1;
    g.textAlign = "left";
    g.setLineDash([4, 3]);
    for (const { value, name } of lines) {
      const x = Math.round(axis.place(value) * width) + 0.5;
      const wide = g.measureText(name).width;
      const row = ends.findIndex((end) => end < x);
      path(g, [[x, row < 0 ? 0 : row * LABEL_HEIGHT], [x, height - BOTTOM]]);
      g.stroke();
      if (row < 0) continue;
      g.fillText(name, Math.min(x + 3, width - wide), 11 + row * LABEL_HEIGHT);
      ends[row] = x + wide + 6;
    }
    g.setLineDash([]);
  }

  // What is judged wrongly is hatched.
  /** @type {(g: Pen, bar: {x: number, y: number, w: number, h: number}, colour: string, wrong: boolean) => void} */
  #bar(g, { x, y, w, h }, colour, wrong) {
    g.globalAlpha = wrong ? 0.35 : 1;
    g.fillStyle = colour;
    g.fillRect(x, y, w, h);
    g.globalAlpha = 1;
    if (!wrong) return;
    g.save();
    g.beginPath();
    g.rect(x, y, w, h);
    g.clip();
    g.strokeStyle = colour;
    g.lineWidth = 1.4;
    g.beginPath();
    for (let at = -h; at < w + h; at += 5) {
      g.moveTo(x + at, y + h);
      g.lineTo(x + at + h, y);
    }
    g.stroke();
    g.restore();
  }

  /** @type {(g: Pen, axis: Scale, at: {width: number, height: number, middle: number}, looks: Colours) => void} */
  #scale(g, axis, { width, height, middle }, looks) {
    g.strokeStyle = looks.rule;
    g.fillStyle = looks.text;
    g.lineWidth = 1;
    g.font = `${Math.max(12, least())}px ${looks.font}`;
    g.textAlign = "center";
    path(g, [[0, middle + 0.5], [width, middle + 0.5]]);
    g.stroke();
    let last = -Infinity;
    for (const value of axis.ticks(7)) {
      const x = axis.place(value) * width;
      const text = short(value);
      const half = g.measureText(text).width / 2;
      if (x - half < Math.max(last + 8, 0) || x + half > width) continue;
      g.fillText(text, x, height - 5);
      g.fillRect(x, height - BOTTOM, 1, 4);
      last = x + half;
    }
  }

  /** @type {(axis: Scale, threshold: number) => void} */
  #place(axis, threshold) {
    const place = axis.place(threshold);
    this.line.style.left = `${100 * place}%`;
    this.line.classList.toggle("far", place > 0.8);
    const values = { valuemin: axis.value(0), valuemax: axis.value(1), valuenow: axis.value(place) };
    for (const [name, value] of Object.entries(values)) this.line.setAttribute(`aria-${name}`, `${Number(value.toPrecision(4))}`);
    this.line.setAttribute("aria-valuetext", `threshold ${short(threshold)}`);
    find(this.line, "output").textContent = short(threshold);
  }

  // ---- hand ----------------------------------------------------------------------------------

  #listen() {
    const at = (/** @type {PointerEvent} */ event) => Math.min(1, Math.max(0, shareOf(this.home, event)[0]));
    this.home.addEventListener("pointerdown", (event) => {
      if (!this.axis || event.button) return;
      const onLine = event.composedPath().includes(this.line);
      this.press = { x: event.clientX, dragging: onLine };
      this.home.setPointerCapture(event.pointerId);
      focusByPointer(this.line);
      event.preventDefault();
    });
    this.home.addEventListener("pointermove", (event) => {
      if (!this.press || !this.axis) return;
      this.press.dragging ||= Math.abs(event.clientX - this.press.x) > MOVED;
      if (this.press.dragging) this.on.drag(this.axis.value(at(event)));
    });
    this.home.addEventListener("pointerup", (event) => {
      if (!this.press) return;
      const { dragging } = this.press;
      this.press = null;
      if (dragging) this.on.rest();
      else this.#choose(Math.min(BINS - 1, Math.floor(at(event) * BINS)));
    });
    this.home.addEventListener("pointercancel", () => {
      this.press = null;
    });
    this.line.addEventListener("keydown", (event) => this.axis && this.#key(this.axis, event));
    this.canvas.addEventListener("keydown", (event) => this.axis && this.#walk(this.axis, event));
  }

  // By keys: from one bar to the next that is not empty.
  /** @type {(axis: Scale, event: KeyboardEvent) => void} */
  #walk(axis, event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (event.key === "Escape" && this.chosen !== null) this.#choose(this.chosen);
    else if (!by) return;
    event.preventDefault();
    const bins = Array.from({ length: BINS }, (_, bin) => bin).filter((bin) => this.#counted(bin));
    const at = bins.indexOf(this.chosen ?? -1);
    const next = at < 0 ? bins.find((bin) => bin >= axis.place(this.threshold) * BINS) ?? bins[bins.length - 1] : bins[at + (by ?? 0)];
    if (by && next !== undefined) this.#choose(next);
  }

  #counted(/** @type {number} */ bin) {
    return this.counts.some((counts) => counts[bin]);
  }

  /** @type {(axis: Scale, event: KeyboardEvent) => void} */
  #key(axis, event) {
    const place = axis.place(this.threshold);
    const by = STEPS[event.key] * (event.shiftKey ? 10 : 1);
    const next = { Home: 0, End: 1 }[event.key] ?? place + by;
    if (Number.isNaN(next)) return;
    event.preventDefault();
    this.on.drag(axis.value(Math.min(1, Math.max(0, next))));
    this.on.rest();
  }

  #choose(/** @type {number} */ bin) {
    if (!this.axis) return;
    this.chosen = !this.#counted(bin) || this.chosen === bin ? null : bin;
    this.on.choose(this.chosen === null ? null : this.#edges(this.axis, bin));
    this.draw(this.threshold, this.byClass);
  }

  // A slider over the bars; what a bar holds is its value in words.
  #said(/** @type {Scale} */ axis) {
    const { canvas, chosen } = this;
    const [low, high] = chosen === null ? [] : this.#edges(axis, chosen).map(short);
    const [normal, strange] = this.counts.map((counts) => counts[chosen ?? 0]);
    const held = this.sizes[1] ? `${normal} normal, ${strange} strange` : `${normal}`;
    canvas.setAttribute("aria-valuenow", `${(chosen ?? -1) + 1}`);
    canvas.setAttribute("aria-valuetext", chosen === null ? "no bar chosen" : `scores ${low} to ${high}: ${held}`);
  }

  /** What the whole of it shows, for those who don't see it. @param {string} text */
  label(text) {
    this.canvas.setAttribute("aria-label", `${text} Arrow keys choose a bar and show what stands in it, Escape none.`);
  }
}
