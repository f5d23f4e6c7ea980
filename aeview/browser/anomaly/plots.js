// ROC and precision–recall curves with the working point.

/** @import { Place } from "../types.js" */
import { draw, level, polyline, upright } from "../charts/svg.js";
import { find } from "../shell/find.js";

const AREA = { left: -2, right: 100, top: 0, bottom: 102 };

/** In percent, as the svg counts. @type {(point: Place) => Place} */
const at = ([x, y]) => [100 * x, 100 - 100 * y];

export class Plot {
  /** @type {SVGCircleElement | undefined} */ point;

  /** @param {HTMLElement} home a figure with an svg of 100 × 100 */
  constructor(home) {
    this.svg = find(home, "svg");
  }

  /** @param {Place[]} points @param {Place[]} guess the level or line of guessing */
  show(points, guess) {
    this.svg.replaceChildren();
    for (const place of [0, 50, 100]) {
      upright(this.svg, place, AREA);
      level(this.svg, place, AREA);
      draw(this.svg, "text", { x: place, y: 112, "text-anchor": "middle" }, `${place}`);
      draw(this.svg, "text", { x: -4, y: 103.5 - place, "text-anchor": "end" }, `${place}`);
    }
    polyline(this.svg, guess.map(at), { class: "guess" });
    polyline(this.svg, points.map(at), { class: "curve" });
    this.point = draw(this.svg, "circle", { r: 4, class: "point" });
  }

  /** @type {(x: number | null, y: number | null, words: string) => void} */
  mark(x, y, words) {
    if (!this.point) return;
    const [cx, cy] = at([x ?? 0, y ?? 0]);
    this.point.style.display = x === null || y === null ? "none" : "";
    this.point.setAttribute("cx", String(cx));
    this.point.setAttribute("cy", String(cy));
    this.svg.setAttribute("aria-label", words);
  }
}
