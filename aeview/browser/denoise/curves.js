// PSNR or SSIM of every method against the noise level, from figures that a benchmark measured.

import { number } from "../controls/words.js";
import { draw } from "../charts/svg.js";
import { ticks } from "../charts/ticks.js";

const [WIDTH, HEIGHT] = [420, 250];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 8, 8, 40];
const UNITS = { psnr: "PSNR, decibels", ssim: "SSIM" };

/** What a curve has at a level between two that were measured; null outside them. */
export function between(levels, values, level) {
  for (let i = 0; i + 1 < levels.length; i++) {
    if (level < levels[i] || level > levels[i + 1]) continue;
    const share = (level - levels[i]) / (levels[i + 1] - levels[i]);
    return values[i] + share * (values[i + 1] - values[i]);
  }
  return null;
}

export class Curves {
  constructor(home) {
    this.home = home;
    this.svg = home.querySelector("svg");
    this.note = home.querySelector(".note");
  }

  /**
   * @param measured { levels, n, rows: { id: { psnr: [], ssim: [] } } }, or null where there is none
   * @param rows as in the table; @param kind { title, level, axis, trained }
   */
  show(measured, rows, kind, metric) {
    this.svg.replaceChildren();
    this.marker = null;
    this.home.querySelector("h3").textContent = kind ? `${kind.title}: ${metric === "psnr" ? "PSNR" : "SSIM"} by level` : "By noise level";
    this.svg.toggleAttribute("hidden", !measured);
    this.svg.style.display = measured ? "" : "none";
    if (!measured) return;
    const drawn = rows.filter(({ id }) => measured.rows[id]);
    const values = drawn.flatMap(({ id }) => measured.rows[id][metric]);
    const { levels } = measured;
    this.x = (v) => LEFT + ((v - levels[0]) / (levels.at(-1) - levels[0])) * (WIDTH - LEFT - RIGHT);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    this.y = (v) => HEIGHT - BOTTOM - ((v - low) / (high - low)) * (HEIGHT - BOTTOM - TOP);
    Object.assign(this, { levels, metric });
    this.lines = drawn.map(({ id, title }) => ({ title, values: measured.rows[id][metric] }));
    this.#frame(low, high, kind, metric);
    for (const { id, colour, dash, strong } of drawn) {
      const points = measured.rows[id][metric].map((v, i) => `${this.x(levels[i]).toFixed(1)},${this.y(v).toFixed(1)}`);
      draw(this.svg, "polyline", { points: points.join(" "), stroke: colour, "stroke-dasharray": dash, "stroke-width": strong ? 3 : 1.6, "data-row": id });
    }
    this.marker = draw(this.svg, "line", { class: "now", y1: TOP, y2: HEIGHT - BOTTOM });
  }

  #frame(low, high, kind, metric) {
    const { svg, x, y, levels } = this;
    const bottom = HEIGHT - BOTTOM;
    if (kind.trained) {
      const end = Math.min(kind.trained, levels.at(-1));
      draw(svg, "rect", { class: "trained", x: LEFT, y: TOP, width: x(end) - LEFT, height: bottom - TOP });
      draw(svg, "text", { x: x(end) - 5, y: TOP + 12, "text-anchor": "end" }, "trained range");
    }
    for (const value of levels.filter((_, i) => levels.length < 8 || i % 2 === 0)) {
      draw(svg, "text", { x: x(value), y: bottom + 15, "text-anchor": "middle" }, number(value, 1));
    }
    for (const value of ticks(low, high)) {
      draw(svg, "line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) });
      draw(svg, "text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, metric === "ssim" ? number(value, 1) : `${value}`);
    }
    draw(svg, "text", { class: "title", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, kind.axis);
    draw(svg, "text", { class: "title", transform: `translate(12 ${(TOP + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, UNITS[metric]);
  }

  /** The line that stands at the level on screen. */
  at(level) {
    if (!this.marker) return;
    const inside = Math.min(this.levels.at(-1), Math.max(this.levels[0], level));
    for (const end of ["x1", "x2"]) this.marker.setAttribute(end, this.x(inside).toFixed(1));
    this.svg.setAttribute("aria-label", this.said(inside));
  }

  /** What the curves say at a level, in words. */
  said(level) {
    const figures = this.lines.map(({ title, values }) => `${title} ${number(between(this.levels, values, level), this.metric === "ssim" ? 3 : 1)}`);
    return `${UNITS[this.metric]}, at level ${number(level)}: ${figures.join("; ")}`;
  }
}
