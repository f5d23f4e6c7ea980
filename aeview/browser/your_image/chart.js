// The scores of normal images as a histogram, with the limit and this image's own score on it.

import { logHistogram, logTicks } from "../net/scores.js";

const BINS = 60;
const HIGH = 58; // css pixels
const LEAST_WIDE = 200;
const EDGE = 7; // so that the mark of a score off the scale is seen whole
const BEYOND = 12; // times the limit up to which scores are on the scale

const SVG = "http://www.w3.org/2000/svg";

function element(kind, attributes, text = "") {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

export class Chart {
  /** @param home an empty element */
  constructor(home) {
    this.home = home;
    this.observer = new ResizeObserver(() => this.normal && this.#wide() !== this.wide && this.#draw());
    this.observer.observe(home);
  }

  close() {
    this.observer.disconnect();
  }

  #wide() {
    return Math.max(LEAST_WIDE, Math.round(this.home.clientWidth));
  }

  /** Other scores of normal images, ascending; the limit for a rate may be null where there are too few. */
  show(normal, limit, rate) {
    this.rate = rate;
    this.normal = normal;
    const positive = normal.find((value) => value > 0) ?? 1e-6;
    this.low = Math.max(positive, normal[Math.floor(0.002 * normal.length)] || positive) * 0.8;
    this.high = Math.max((limit ?? normal.at(-1)) * BEYOND, this.low * 10);
    this.limit = limit;
    this.#draw();
  }

  #draw() {
    const { normal, limit } = this;
    this.wide = this.#wide();
    const bars = logHistogram(normal, this.low, this.high, BINS);
    const most = Math.max(...bars);
    const svg = element("svg", { width: this.wide, height: HIGH + 18, role: "img", "aria-label": "Scores of normal images, and this one's" });
    bars.forEach((n, i) => n && svg.append(this.#bar(i, n / most, limit)));
    svg.append(element("line", { class: "base", x1: 0, x2: this.wide, y1: HIGH, y2: HIGH }));
    for (const tick of logTicks(this.low, this.high)) svg.append(this.#tick(tick));
    if (limit !== null) svg.append(...this.#limit(limit));
    this.mark = element("g", { class: "score" });
    svg.append(this.mark);
    this.svg = svg;
    this.home.replaceChildren(svg);
    if (this.pointed) this.point(...this.pointed);
  }

  #x(value) {
    const t = Math.log(Math.max(value, 1e-9) / this.low) / Math.log(this.high / this.low);
    return this.wide * Math.min(1, Math.max(0, t));
  }

  #bar(i, share, limit) {
    const left = this.low * (this.high / this.low) ** ((i + 0.5) / BINS);
    const high = Math.max(1, share * (HIGH - 16));
    const kind = limit !== null && left > limit ? "bar beyond" : "bar";
    return element("rect", {
      class: kind, x: (i * this.wide) / BINS + 0.5, width: this.wide / BINS - 1, y: HIGH - high, height: high,
    });
  }

  #tick(value) {
    const x = this.#x(value);
    const anchor = x < 14 ? "start" : x > this.wide - 14 ? "end" : "middle";
    return element("text", { class: "tick", x, y: HIGH + 13, "text-anchor": anchor }, String(value));
  }

  #limit(limit) {
    const x = this.#x(limit);
    return [
      element("line", { class: "limit", x1: x, x2: x, y1: 2, y2: HIGH }),
      element("text", { class: "limit", x: x + 5, y: 11 }, `limit: ${this.rate} false alarms`),
    ];
  }

  /** Where this image's score lies; null for none. */
  point(score, words) {
    this.pointed = [score, words];
    this.svg.setAttribute("aria-label", words);
    if (score === null) return this.mark.replaceChildren();
    const x = Math.min(this.wide - EDGE, Math.max(EDGE, this.#x(score)));
    this.mark.replaceChildren(
      element("line", { x1: x, x2: x, y1: 22, y2: HIGH }),
      element("path", { d: `M ${x - 6} 16 L ${x + 6} 16 L ${x} 25 Z` }),
      ...(score > this.high ? [element("text", { x: this.wide - 18, y: 24, "text-anchor": "end" }, "→")] : []),
    );
  }
}
