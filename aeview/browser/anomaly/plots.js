// ROC and precision–recall curves with the working point.

const SVG = "http://www.w3.org/2000/svg";

function add(home, kind, values) {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
  home.append(element);
  return element;
}

const at = ([x, y]) => `${(100 * x).toFixed(2)},${(100 - 100 * y).toFixed(2)}`;

export class Plot {
  /** @param home a figure with an svg of 100 × 100 */
  constructor(home) {
    this.svg = home.querySelector("svg");
  }

  /** @param diagonal the level or line of guessing: [[x, y], [x, y]] */
  show(points, guess) {
    this.svg.replaceChildren();
    this.#axes();
    add(this.svg, "polyline", { class: "guess", points: guess.map(at).join(" ") });
    add(this.svg, "polyline", { class: "curve", points: points.map(at).join(" ") });
    this.point = add(this.svg, "circle", { r: 4, class: "point" });
  }

  #axes() {
    for (const share of [0, 0.5, 1]) {
      const place = 100 * share;
      const text = `${place}`;
      add(this.svg, "line", { x1: place, x2: place, y1: 0, y2: 102 });
      add(this.svg, "line", { x1: -2, x2: 100, y1: place, y2: place });
      add(this.svg, "text", { x: place, y: 112, "text-anchor": "middle" }).textContent = text;
      add(this.svg, "text", { x: -4, y: 103.5 - place, "text-anchor": "end" }).textContent = text;
    }
  }

  mark(x, y, words) {
    if (!this.point) return;
    this.point.style.display = x === null || y === null ? "none" : "";
    this.point.setAttribute("cx", 100 * (x ?? 0));
    this.point.setAttribute("cy", 100 - 100 * (y ?? 0));
    this.svg.setAttribute("aria-label", words);
  }
}
