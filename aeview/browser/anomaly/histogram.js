// Normal scores upwards, strange ones downwards, and the threshold as a line that is dragged.

import { theme } from "../charts/paint.js";
import { density, resized } from "../shell/zoom.js";
import { short } from "./texts.js";

const BINS = 60;
const BOTTOM = 22;
const MOVED = 4; // css pixels before a press counts as a drag
const STEPS = { ArrowLeft: -0.002, ArrowRight: 0.002, ArrowDown: -0.002, ArrowUp: 0.002, PageDown: -0.03, PageUp: 0.03 };

export class Histogram {
  /** @param on { drag(value), rest(), choose(bin from, bin to) } */
  constructor(home, colours, on) {
    this.home = home;
    this.canvas = home.querySelector("canvas");
    this.line = home.querySelector(".line");
    this.colours = colours;
    this.on = on;
    this.chosen = null;
    this.#listen();
    this.unwatch = resized(home, () => this.axis && this.draw(this.threshold));
  }

  close() {
    this.unwatch();
  }

  /** @param sides arrays of scores: normal, strange */
  show(sides, axis) {
    this.axis = axis;
    this.chosen = null;
    this.counts = sides.map((values) => {
      const counts = new Uint32Array(BINS);
      for (const value of values) counts[axis.bin(value, BINS)]++;
      return counts;
    });
    this.sizes = sides.map((values) => values.length);
  }

  /** The scores between which a bar stands. */
  edges(bin) {
    const { axis } = this;
    return [bin === 0 ? -Infinity : axis.value(bin / BINS), bin === BINS - 1 ? Infinity : axis.value((bin + 1) / BINS)];
  }

  draw(threshold) {
    this.threshold = threshold;
    const [width, height] = [this.home.clientWidth, this.home.clientHeight];
    const ratio = density();
    if (!width) return;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const g = this.canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    this.#bars(g, width, height, threshold);
    this.#place(threshold);
    this.#said();
  }

  #bars(g, width, height, threshold) {
    const looks = theme(this.home);
    const alone = !this.sizes[1];
    const room = height - BOTTOM - 6;
    const middle = alone ? 6 + room : 6 + room / 2;
    const share = Math.max(...this.counts.map((counts, side) => Math.max(...counts) / Math.max(1, this.sizes[side])));
    const cut = this.axis.place(threshold) * width;
    this.counts.forEach((counts, side) => {
      counts.forEach((count, bin) => {
        if (!count) return;
        const long = Math.max(1.5, (count / this.sizes[side] / share) * (alone ? room : room / 2 - 2));
        const [x, w] = [(bin * width) / BINS, width / BINS - 1];
        const y = side ? middle + 1 : middle - long;
        this.#bar(g, { x, y, w, h: long }, this.colours[side], side ? x + w <= cut : x >= cut);
        if (this.chosen === bin) {
          g.strokeStyle = looks.text;
          g.lineWidth = 2;
          g.strokeRect(x, y, w, long);
        }
      });
    });
    this.#scale(g, width, height, middle, looks);
  }

  // What is judged wrongly is hatched.
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

  #scale(g, width, height, middle, looks) {
    g.strokeStyle = looks.rule;
    g.fillStyle = looks.text;
    g.lineWidth = 1;
    g.font = `12px ${looks.font}`;
    g.textAlign = "center";
    g.beginPath();
    g.moveTo(0, middle + 0.5);
    g.lineTo(width, middle + 0.5);
    g.stroke();
    let last = -Infinity;
    for (const value of this.axis.ticks()) {
      const [x, text] = [this.axis.place(value) * width, short(value)];
      const half = g.measureText(text).width / 2;
      if (x - half < Math.max(last + 8, 0) || x + half > width) continue;
      g.fillText(text, x, height - 5);
      g.fillRect(x, height - BOTTOM, 1, 4);
      last = x + half;
    }
  }

  #place(threshold) {
    const place = this.axis.place(threshold);
    this.line.style.left = `${100 * place}%`;
    this.line.classList.toggle("far", place > 0.8);
    const values = { valuemin: this.axis.value(0), valuemax: this.axis.value(1), valuenow: this.axis.value(place) };
    for (const [name, value] of Object.entries(values)) this.line.setAttribute(`aria-${name}`, Number(value.toPrecision(4)));
    this.line.setAttribute("aria-valuetext", `threshold ${short(threshold)}`);
    this.line.querySelector("output").textContent = short(threshold);
  }

  // ---- hand ----------------------------------------------------------------------------------

  #listen() {
    const at = (event) => {
      const box = this.home.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    };
    this.home.addEventListener("pointerdown", (event) => {
      if (!this.axis || event.button) return;
      const onLine = event.composedPath().includes(this.line);
      this.press = { x: event.clientX, dragging: onLine };
      this.home.setPointerCapture(event.pointerId);
      this.line.focus({ preventScroll: true });
      event.preventDefault();
    });
    this.home.addEventListener("pointermove", (event) => {
      if (!this.press) return;
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
    this.line.addEventListener("keydown", (event) => this.axis && this.#key(event));
    this.canvas.addEventListener("keydown", (event) => this.axis && this.#walk(event));
  }

  // By keys: from one bar to the next that is not empty.
  #walk(event) {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (event.key === "Escape" && this.chosen !== null) this.#choose(this.chosen);
    else if (!by) return;
    event.preventDefault();
    const bins = Array.from({ length: BINS }, (_, bin) => bin).filter((bin) => this.#counted(bin));
    const at = bins.indexOf(this.chosen);
    const next = at < 0 ? bins.find((bin) => bin >= this.axis.place(this.threshold) * BINS) ?? bins.at(-1) : bins[at + by];
    if (by && next !== undefined) this.#choose(next);
  }

  #counted(bin) {
    return this.counts.some((counts) => counts[bin]);
  }

  #key(event) {
    const place = this.axis.place(this.threshold);
    const by = STEPS[event.key] * (event.shiftKey ? 10 : 1);
    const next = { Home: 0, End: 1 }[event.key] ?? place + by;
    if (Number.isNaN(next)) return;
    event.preventDefault();
    this.on.drag(this.axis.value(Math.min(1, Math.max(0, next))));
    this.on.rest();
  }

  #choose(bin) {
    this.chosen = !this.#counted(bin) || this.chosen === bin ? null : bin;
    this.on.choose(this.chosen === null ? null : this.edges(bin));
    this.draw(this.threshold);
  }

  // A slider over the bars; what a bar holds is its value in words.
  #said() {
    const { canvas, chosen } = this;
    const [low, high] = chosen === null ? [] : this.edges(chosen).map(short);
    const [normal, strange] = this.counts.map((counts) => counts[chosen ?? 0]);
    const held = this.sizes[1] ? `${normal} normal, ${strange} strange` : `${normal}`;
    canvas.setAttribute("aria-valuenow", (chosen ?? -1) + 1);
    canvas.setAttribute("aria-valuetext", chosen === null ? "no bar chosen" : `scores ${low} to ${high}: ${held}`);
  }

  /** What the whole of it shows, for those who don't see it. */
  label(text) {
    this.canvas.setAttribute("aria-label", `${text} Arrow keys choose a bar and show what stands in it, Escape none.`);
  }
}
