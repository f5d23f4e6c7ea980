// KL across, reconstruction upwards, a button on each model.

/** @import { Place } from "../../types.js" */
/**
 * @typedef {{name: string, beta: number, beta_normalised: number, kl: number, reconstruction: number, mse: number, n: number,
 *   split: string, chosen: boolean}} Trained a model of the family
 */
import { Scale } from "../../charts/scale.js";
import { below, levels, names, polyline, upright } from "../../charts/svg.js";
import { make } from "../../controls/dom.js";
import { number } from "../../controls/words.js";
import { all, find } from "../../shell/find.js";

const [WIDTH, HEIGHT] = [420, 300];
const AREA = { left: 64, right: 394, top: 16, bottom: 254 };

/** @type {(values: number[], from: number, to: number) => Scale} */
const scale = (values, from, to) => new Scale(Math.min(...values), Math.max(...values), { from, to, margin: 1 / 8 });

/** @type {(home: HTMLElement, models: Trained[], choose: (name: string) => void) => void} models by ascending β */
export function curve(home, models, choose) {
  const svg = find(home, "svg");
  svg.replaceChildren();
  const x = scale(models.map(({ kl }) => kl), AREA.left, AREA.right);
  const y = scale(models.map(({ reconstruction }) => reconstruction), AREA.bottom, AREA.top);
  for (const value of x.ticks()) upright(svg, x.place(value), AREA);
  below(svg, x, x.ticks(), AREA);
  levels(svg, y, AREA);
  names(svg, "KL, nats an image (rate)", "reconstruction, nats an image", AREA);
  const places = models.map((model) => /** @type {Place} */ ([x.place(model.kl), y.place(model.reconstruction)]));
  polyline(svg, places, {});
  for (const button of all(home, "button")) button.remove();
  home.append(...models.map((model, i) => point(model, places[i], choose)));
}

/** @type {(model: Trained, place: Place, choose: (name: string) => void) => HTMLButtonElement} */
function point(model, [x, y], choose) {
  const button = make("button", {
    type: "button", title: describe(model), style: `left: ${(100 * x) / WIDTH}%; top: ${(100 * y) / HEIGHT}%`,
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
