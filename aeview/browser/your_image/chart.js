// The scores of normal images as a histogram, with the limit and this image's own score on it.

/** @import { Values } from "../types.js" */
import { Scale } from "../charts/scale.js";
import { draw, level, upright } from "../charts/svg.js";
import { resized } from "../shell/zoom.js";

const BINS = 60;
const HIGH = 58; // css pixels
const LEAST_WIDE = 200;
const EDGE = 7; // so that the mark of a score off the scale is seen whole
const BEYOND = 12; // times the limit up to which scores are on the scale

export class Chart {
  x = new Scale(1, 2);
  wide = 0;
  high = 0;
  /** @type {number[]} */ normal = [];
  /** @type {number | null} */ limit = null;
  rate = "";
  /** @type {[number | null, string]} */ pointed = [null, ""];
  /** @type {SVGSVGElement | undefined} */ svg;

  /** @param {HTMLElement} home an empty element */
  constructor(home) {
    this.home = home;
    this.close = resized(home, () => this.normal.length && this.#wide() !== this.wide && this.#draw());
  }

  #wide() {
    return Math.max(LEAST_WIDE, Math.round(this.home.clientWidth));
  }

  /**
   * Other scores of normal images, ascending; the limit for a rate may be null where there are too few.
   * @type {(normal: number[], limit: number | null, rate: string) => void}
   */
  show(normal, limit, rate) {
    Object.assign(this, { normal, limit, rate });
    this.#draw();
  }

  #draw() {
    const { normal, limit } = this;
    const positive = normal.find((value) => value > 0) ?? 1e-6;
    const low = Math.max(positive, normal[Math.floor(0.002 * normal.length)] || positive) * 0.8;
    this.high = Math.max((limit ?? normal[normal.length - 1]) * BEYOND, low * 10);
    this.wide = this.#wide();
    this.x = new Scale(low, this.high, { to: this.wide, log: true });
    this.home.replaceChildren();
    this.svg = draw(this.home, "svg", { width: this.wide, height: HIGH + 18, role: "img" });
    this.#bars(this.svg);
    level(this.svg, HIGH, { left: 0, right: this.wide, top: 0, bottom: HIGH }, { class: "base" });
    for (const tick of this.x.ticks()) this.#tick(this.svg, tick);
    if (limit !== null) {
      const x = this.x.place(limit);
      upright(this.svg, x, { left: 0, right: 0, top: 2, bottom: HIGH }, { class: "limit" });
      draw(this.svg, "text", { class: "limit", x: x + 5, y: 11 }, `limit: ${this.rate} false alarms`);
    }
    this.point(...this.pointed);
  }

  /** @param {SVGSVGElement} svg */
  #bars(svg) {
    const counts = this.x.counts(this.normal, BINS);
    const [most, wide] = [Math.max(...counts), this.wide / BINS];
    for (const [i, n] of counts.entries()) {
      if (!n) continue;
      const height = Math.max(1, (n / most) * (HIGH - 16));
      const beyond = this.limit !== null && this.x.value((i + 0.5) * wide) > this.limit;
      draw(svg, "rect", { class: beyond ? "bar beyond" : "bar", x: i * wide + 0.5, width: wide - 1, y: HIGH - height, height });
    }
  }

  /** @type {(svg: SVGSVGElement, value: number) => void} */
  #tick(svg, value) {
    const x = this.x.place(value);
    const anchor = x < 14 ? "start" : x > this.wide - 14 ? "end" : "middle";
    draw(svg, "text", { class: "tick", x, y: HIGH + 13, "text-anchor": anchor }, String(value));
  }

  /** Where this image's score lies; null for none. @type {(score: number | null, words: string) => void} */
  point(score, words) {
    this.pointed = [score, words];
    if (!this.svg) return;
    this.svg.setAttribute("aria-label", words || "Scores of normal images, and this one's");
    this.svg.querySelector(".score")?.remove();
    if (score === null) return;
    const mark = draw(this.svg, "g", { class: "score" });
    const x = Math.min(this.wide - EDGE, Math.max(EDGE, this.x.place(score)));
    upright(mark, x, { left: 0, right: 0, top: 22, bottom: HIGH });
    draw(mark, "path", { d: `M ${x - 6} 16 L ${x + 6} 16 L ${x} 25 Z` });
    if (score > this.high) draw(mark, "text", { x: this.wide - 18, y: 24, "text-anchor": "end" }, "→");
  }
}
