// KL across, reconstruction upwards, a button on each model.

import { number } from "../../controls/words.js";
import { draw } from "../../charts/svg.js";
import { ticks } from "../../charts/ticks.js";

const [WIDTH, HEIGHT] = [420, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 26, 16, 46];

// From a value to a place between two ends, with a margin of an eighth of the range.
function axis(values, from, to) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = (high - low || 1) / 8;
  const [start, end] = [low - margin, high + margin];
  return {
    place: (value) => from + ((value - start) / (end - start)) * (to - from),
    ticks: ticks(start, end),
  };
}

/** @param home holds an svg; @param models by ascending β; @param choose called with a name */
export function curve(home, models, choose) {
  const svg = home.querySelector("svg");
  svg.replaceChildren();
  const x = axis(models.map(({ kl }) => kl), LEFT, WIDTH - RIGHT);
  const y = axis(models.map(({ reconstruction }) => reconstruction), HEIGHT - BOTTOM, TOP);
  for (const value of x.ticks) {
    draw(svg, "line", { x1: x.place(value), x2: x.place(value), y1: TOP, y2: HEIGHT - BOTTOM });
    draw(svg, "text", { x: x.place(value), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, `${value}`.replace("-", "−"));
  }
  for (const value of y.ticks) {
    draw(svg, "line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y.place(value), y2: y.place(value) });
    draw(svg, "text", { x: LEFT - 7, y: y.place(value) + 4, "text-anchor": "end" }, `${value}`.replace("-", "−"));
  }
  draw(svg, "text", { class: "title", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, "KL, nats an image (rate)");
  draw(svg, "text", { class: "title", transform: `translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`, "text-anchor": "middle" }, "reconstruction, nats an image");
  const places = models.map((model) => [x.place(model.kl), y.place(model.reconstruction)]);
  draw(svg, "polyline", { points: places.map((place) => place.join(",")).join(" ") });
  home.querySelectorAll("button").forEach((button) => button.remove());
  models.forEach((model, i) => home.append(point(model, places[i], choose)));
}

function point(model, [x, y], choose) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  Object.assign(button.style, { left: `${(100 * x) / WIDTH}%`, top: `${(100 * y) / HEIGHT}%` });
  button.setAttribute("aria-pressed", model.chosen);
  button.title = describe(model);
  button.setAttribute("aria-label", button.title);
  const label = document.createElement("span");
  label.textContent = `β = ${model.beta}`;
  button.append(label);
  button.addEventListener("click", () => model.chosen || choose(model.name));
  return button;
}

export const describe = ({ name, beta, beta_normalised, kl, reconstruction, chosen }) =>
  `β = ${beta} (normalised ${number(beta_normalised, 3)}): KL ${number(kl, 1)} nats, reconstruction ${number(reconstruction, 1)} nats. ${chosen ? `${name} is loaded.` : `Load ${name}.`}`;
