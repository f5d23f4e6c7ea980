// Loss curves: reconstruction and KL apart, training full, validation dashed, nats by epoch.

import { speak } from "../controls/spoken.js";
import { draw } from "../charts/svg.js";
import { ticks } from "../charts/ticks.js";
import { number } from "../controls/words.js";

const [LEFT, RIGHT, BOTTOM] = [46, 8, 34];
const BANDS = [
  { term: "reconstruction", title: "reconstruction, nats", from: 0, to: 0.52, colour: "var(--accent)" },
  { term: "regulariser", title: "KL, nats", from: 0.54, to: 1, colour: "#e76300" },
];

const LEAST = 0.01; // of its middle that a scale reaches over, so that its numbers are short

/** A scale for a band that fits what is shown; a few first epochs may not dwarf the rest. */
export function scale(values, top, bottom) {
  const finite = values.filter(Number.isFinite);
  const sorted = [...finite].sort((a, b) => a - b);
  const low = sorted[0] ?? 0;
  const high = Math.max(sorted[Math.max(1, Math.floor(0.97 * (sorted.length - 1)))] ?? low, low);
  const least = Math.max(1e-3, LEAST * Math.abs(low + high) / 2);
  const margin = Math.max((high - low) * 0.06, (least - (high - low)) / 2);
  const [start, end] = [low - margin, high + margin];
  const place = (value) => Math.max(top, bottom - ((value - start) / (end - start)) * (bottom - top));
  return { place, ticks: ticks(start, end) };
}

export class Losses {
  constructor(home) {
    this.svg = home.querySelector("svg");
    this.observer = new ResizeObserver(() => this.curves && this.show(this.curves, this.n, this.beside));
    this.observer.observe(this.svg);
    for (const kind of ["pointermove", "pointerdown"]) this.svg.addEventListener(kind, (event) => this.#hover(event));
    for (const kind of ["pointerleave", "blur"]) this.svg.addEventListener(kind, () => this.mark(this.marked));
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.key = home.querySelector(".key");
    this.key.replaceChildren(...["training", "validation"].map((name, i) => {
      const entry = Object.assign(document.createElement("span"), { textContent: name });
      entry.style.setProperty("--swatch", "var(--text)");
      entry.style.setProperty("--dash", i ? "dashed" : "solid");
      return entry;
    }), Object.assign(document.createElement("span"), { className: "other", hidden: true }),
      Object.assign(document.createElement("output"), { className: "values" }));
    this.other = this.key.querySelector(".other");
    this.other.style.setProperty("--swatch", "var(--quiet)");
    this.values = this.key.querySelector(".values");
  }

  close() {
    this.observer.disconnect();
  }

  /**
   * @param curves lists by "train reconstruction" and so on
   * @param n how many epochs there will be
   * @param beside { title, curves } of another run, drawn thin; null for none
   */
  show(curves, n, beside = null) {
    this.curves = curves;
    this.beside = beside;
    this.n = Math.max(2, n, beside?.curves["val reconstruction"]?.length ?? 0);
    this.count = curves["train reconstruction"]?.length ?? 0;
    this.width = this.svg.clientWidth || 420;
    this.height = this.svg.clientHeight || 400;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.replaceChildren();
    this.other.hidden = !beside;
    this.other.textContent = beside ? `validation of: ${beside.title}` : "";
    const room = this.height - BOTTOM;
    this.bands = BANDS.map((band) => ({ ...band, top: band.from * room + 18, bottom: band.to * room }));
    for (const band of this.bands) this.#band(band);
    const said = this.count ? `after ${this.count} epochs, validation reconstruction ${number(this.#last("val reconstruction"), 1)} nats` : "no epoch yet";
    this.svg.setAttribute("aria-label", `Losses: ${said}. Arrow keys read them epoch by epoch.`);
    this.mark(this.marked);
  }

  #last(name) {
    return this.curves[name].at(-1);
  }

  #x(epoch) {
    return LEFT + ((epoch - 1) / (this.n - 1)) * (this.width - LEFT - RIGHT);
  }

  #band({ term, title, top, bottom, colour }) {
    const { svg, curves } = this;
    const [train, val] = ["train", "val"].map((part) => curves[`${part} ${term}`] ?? []);
    const none = this.count && train.every((value) => value === 0);
    draw(svg, "text", { x: LEFT, y: top - 6 }, title);
    if (none) {
      draw(svg, "text", { class: "none", x: (LEFT + this.width) / 2, y: (top + bottom) / 2 }, "this model has no KL");
      return;
    }
    const other = this.beside?.curves[`val ${term}`] ?? [];
    const y = scale([...train, ...val, ...other], top, bottom);
    for (const value of this.count ? y.ticks : []) {
      draw(svg, "line", { x1: LEFT, x2: this.width - RIGHT, y1: y.place(value), y2: y.place(value) });
      draw(svg, "text", { x: LEFT - 6, y: y.place(value) + 4, "text-anchor": "end" }, `${value}`.replace("-", "−"));
    }
    draw(svg, "line", { x1: LEFT, x2: this.width - RIGHT, y1: bottom, y2: bottom });
    for (const [name, list] of [["train", train], ["val", val]]) {
      const points = list.map((value, i) => `${this.#x(i + 1).toFixed(1)},${y.place(value).toFixed(1)}`);
      draw(svg, "polyline", { class: name, points: points.join(" "), stroke: colour });
      if (points.length === 1) {
        const [x, at] = points[0].split(",");
        draw(svg, "circle", { cx: x, cy: at, r: 2.5, fill: colour });
      }
    }
    const points = other.map((value, i) => `${this.#x(i + 1).toFixed(1)},${y.place(value).toFixed(1)}`);
    if (other.length) draw(svg, "polyline", { class: "beside", points: points.join(" ") });
    if (term !== "regulariser") return;
    for (const epoch of new Set([1, Math.round(this.n / 2), this.n])) {
      draw(svg, "text", { x: this.#x(epoch), y: this.height - 16, "text-anchor": "middle" }, `${epoch}`);
    }
    draw(svg, "text", { x: (LEFT + this.width) / 2, y: this.height - 2, "text-anchor": "middle" }, "epoch");
  }

  #hover(event) {
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.width;
    const epoch = Math.round(1 + ((x - LEFT) / (this.width - LEFT - RIGHT)) * (this.n - 1));
    this.#point(Math.min(this.count, Math.max(1, epoch)));
  }

  #key(event) {
    const ends = { Home: 1, End: this.count };
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (!this.count || (!by && !(event.key in ends))) return;
    event.preventDefault();
    const next = ends[event.key] ?? (this.read ?? this.count) + by;
    this.#point(Math.min(this.count, Math.max(1, next)));
    speak(this.svg, this.values.textContent);
  }

  /** Mark an epoch; none where it is undefined. */
  mark(epoch) {
    this.marked = epoch;
    this.#point(epoch);
  }

  #point(epoch) {
    this.read = epoch;
    this.svg.querySelectorAll(".cursor").forEach((line) => line.remove());
    if (!epoch || !this.count) {
      this.values.textContent = "";
      return;
    }
    draw(this.svg, "line", { class: "cursor", x1: this.#x(epoch), x2: this.#x(epoch), y1: this.bands[0].top, y2: this.bands[1].bottom });
    const at = (name) => this.curves[name][epoch - 1];
    const pair = (term) => `${number(at(`train ${term}`), 1)} / ${number(at(`val ${term}`), 1)}`;
    const kl = at("train regulariser") === 0 && at("val regulariser") === 0 ? "" : `, KL ${pair("regulariser")}`;
    this.values.textContent = `epoch ${epoch}: reconstruction ${pair("reconstruction")}${kl}`;
  }
}
