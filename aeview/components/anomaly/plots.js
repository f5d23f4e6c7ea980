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
    add(this.svg, "polyline", { class: "guess", points: guess.map(at).join(" ") });
    add(this.svg, "polyline", { class: "curve", points: points.map(at).join(" ") });
    this.point = add(this.svg, "circle", { r: 4, class: "point" });
  }

  mark(x, y, words) {
    if (!this.point) return;
    this.point.style.display = x === null || y === null ? "none" : "";
    this.point.setAttribute("cx", 100 * (x ?? 0));
    this.point.setAttribute("cy", 100 - 100 * (y ?? 0));
    this.svg.setAttribute("aria-label", words);
  }
}
