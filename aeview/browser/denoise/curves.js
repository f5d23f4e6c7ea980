// PSNR or SSIM of every method against the noise level, from figures that a benchmark measured.

/** @import { Place } from "../types.js" */
/** @import { Kind, Row } from "./main.js" */
/** @typedef {Record<string, number[]>} Figures by metric, one a level */
/** @typedef {{levels: number[], n: number, rows: Record<string, Figures>}} Measured rows by method */
import { Scale } from "../charts/scale.js";
import { below, draw, levels as rules, names, polyline, upright } from "../charts/svg.js";
import { number } from "../controls/words.js";
import { find } from "../shell/find.js";

const AREA = { left: 46, right: 412, top: 8, bottom: 210 };
/** @type {Record<string, {short: string, title: string, digits: number}>} */
const METRICS = {
  psnr: { short: "PSNR", title: "PSNR, decibels", digits: 1 },
  ssim: { short: "SSIM", title: "SSIM", digits: 3 },
};

/** What a curve has at a level between two that were measured; null outside them. @type {(levels: number[], values: number[], level: number) => number | null} */
export function between(levels, values, level) {
  const i = levels.findIndex((start, at) => level >= start && level <= levels[at + 1]);
  if (i < 0) return null;
  const share = (level - levels[i]) / (levels[i + 1] - levels[i]);
  return values[i] + share * (values[i + 1] - values[i]);
}

export class Curves {
  /** @type {SVGLineElement | null} */ marker = null;
  x = new Scale(0, 1);
  /** @type {number[]} */ levels = [];
  /** @type {{title: string, values: number[]}[]} */ lines = [];
  metric = METRICS.psnr;

  /** @param {HTMLElement} home */
  constructor(home) {
    this.title = find(home, "h3");
    this.svg = find(home, "svg");
  }

  /** @type {(measured: Measured | null, rows: Row[], kind: Kind | undefined, metric: string) => void} null where there is none */
  show(measured, rows, kind, metric) {
    const { svg } = this;
    svg.replaceChildren();
    this.marker = null;
    this.metric = METRICS[metric];
    this.title.textContent = kind ? `${kind.title}: ${this.metric.short} by level` : "By noise level";
    svg.toggleAttribute("hidden", !measured);
    svg.style.display = measured ? "" : "none";
    if (!measured || !kind) return;
    const drawn = rows.filter(({ id }) => measured.rows[id]);
    const values = drawn.flatMap(({ id }) => measured.rows[id][metric]);
    const { levels } = measured;
    const x = new Scale(levels[0], levels[levels.length - 1], { from: AREA.left, to: AREA.right });
    const y = new Scale(Math.min(...values), Math.max(...values), { from: AREA.bottom, to: AREA.top });
    Object.assign(this, { levels, x });
    this.lines = drawn.map(({ id, title }) => ({ title, values: measured.rows[id][metric] }));
    this.#trained(kind, x);
    below(svg, x, levels.filter((_, i) => levels.length < 8 || i % 2 === 0), AREA, (value) => number(value, 1));
    rules(svg, y, AREA, metric === "ssim" ? (value) => number(value, 1) : undefined);
    names(svg, kind.axis, this.metric.title, AREA);
    for (const { id, colour, dash, strong } of drawn) {
      const places = measured.rows[id][metric].map((value, i) => /** @type {Place} */ ([x.place(levels[i]), y.place(value)]));
      polyline(svg, places, { stroke: colour, "stroke-dasharray": dash, "stroke-width": strong ? 3 : 1.6, "data-row": id });
    }
    this.marker = upright(svg, 0, AREA, { class: "now" });
  }

  /** @type {(kind: Kind, x: Scale) => void} */
  #trained({ trained }, x) {
    if (!trained) return;
    const end = x.place(trained);
    draw(this.svg, "rect", { class: "trained", x: AREA.left, y: AREA.top, width: end - AREA.left, height: AREA.bottom - AREA.top });
    draw(this.svg, "text", { x: end - 5, y: AREA.top + 12, "text-anchor": "end" }, "trained range");
  }

  /** The line that stands at the level on screen. @param {number} level */
  at(level) {
    if (!this.marker) return;
    for (const end of ["x1", "x2"]) this.marker.setAttribute(end, this.x.place(level).toFixed(1));
    this.svg.setAttribute("aria-label", this.#said(Math.min(this.levels[this.levels.length - 1], Math.max(this.levels[0], level))));
  }

  /** What the curves say at a level, in words. @param {number} level */
  #said(level) {
    const { digits, title: metric } = this.metric;
    const figures = this.lines.map(({ title, values }) => `${title} ${number(between(this.levels, values, level) ?? NaN, digits)}`);
    return `${metric}, at level ${number(level)}: ${figures.join("; ")}`;
  }
}
