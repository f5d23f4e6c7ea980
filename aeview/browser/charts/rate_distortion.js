// KL across, reconstruction upwards, a button on each model.

/** @import { Place } from "../types.js" */
/**
 * @typedef {{name: string, beta: number, beta_normalised: number, kl: number, reconstruction: number, mse: number, n: number,
 *   split: string, chosen: boolean}} Trained a model of the sweep
 */
import { Scale } from "./scale.js";
import { below, levels, names, polyline, upright } from "./svg.js";
import { make } from "../controls/dom.js";
import { number } from "../controls/words.js";
import { all, find } from "../shell/find.js";

/** @typedef {{ width: number, height: number, of: string }} Look of: what stands behind "nats" */
/** @type {Look} */
const LARGE = { width: 420, height: 300, of: " an image" }; // in the svg's units
const AROUND = { left: 64, right: 26, top: 16, bottom: 46 }; // the area of the lines

/** @type {(values: number[], from: number, to: number) => Scale} */
const scale = (values, from, to) => new Scale(Math.min(...values), Math.max(...values), { from, to, margin: 1 / 8 });

/** @type {(home: HTMLElement, models: Trained[], choose: (name: string) => void, look?: Look) => void} models by ascending β */
export function curve(home, models, choose, { width, height, of } = LARGE) {
  const svg = find(home, "svg");
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const area = { left: AROUND.left, right: width - AROUND.right, top: AROUND.top, bottom: height - AROUND.bottom };
  const x = scale(models.map(({ kl }) => kl), area.left, area.right);
  const y = scale(models.map(({ reconstruction }) => reconstruction), area.bottom, area.top);
  for (const value of x.ticks()) upright(svg, x.place(value), area);
  below(svg, x, x.ticks(), area);
  levels(svg, y, area);
  names(svg, `KL, nats${of} (rate)`, `reconstruction, nats${of}`, area);
  const places = models.map((model) => /** @type {Place} */ ([x.place(model.kl), y.place(model.reconstruction)]));
  polyline(svg, places, {});
  for (const button of all(home, "button")) button.remove();
  const shares = places.map(([left, top]) => /** @type {Place} */ ([left / width, top / height]));
  home.append(...models.map((model, i) => point(model, shares[i], choose)));
}

/** @type {(model: Trained, share: Place, choose: (name: string) => void) => HTMLButtonElement} */
function point(model, [x, y], choose) {
  const button = make("button", {
    type: "button", title: describe(model), style: `left: ${100 * x}%; top: ${100 * y}%`,
  }, make("span", {}, `β = ${model.beta}`));
  return choosing(button, model, choose);
}

/** Let a button say and choose a model. @type {(button: HTMLButtonElement, model: Trained, choose: (name: string) => void) => HTMLButtonElement} */
export function choosing(button, model, choose) {
  return Object.assign(button, {
    ariaPressed: String(model.chosen), ariaLabel: describe(model), onclick: () => model.chosen || choose(model.name),
  });
}

/** @type {(model: Trained) => string} */
const describe = ({ name, beta, beta_normalised, kl, reconstruction, chosen }) =>
  `β = ${beta} (normalised ${number(beta_normalised, 3)}): KL ${number(kl, 1)} nats, reconstruction ${number(reconstruction, 1)} nats. ${chosen ? `${name} is loaded.` : `Load ${name}.`}`;
