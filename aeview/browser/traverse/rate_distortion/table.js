// The same images in rows: originals where they are here, then each model's reconstructions.

/** @import { Shape } from "../../types.js" */
/** @import { Trained } from "../../charts/rate_distortion.js" */
/** @typedef {{rows: string[][], originals: string[], shape: Shape, labels: string[], note: string}} Drawn pictures in base64 */
import { bytes } from "../../charts/paint.js";
import { make } from "../../controls/dom.js";
import { figure } from "../../controls/figure.js";
import { number } from "../../controls/words.js";
import { choosing } from "../../charts/rate_distortion.js";

/** @type {(home: HTMLElement, models: Trained[], pictures: Drawn | null, choose: (name: string) => void) => void} null while they are being made */
export function table(home, models, pictures, choose) {
  const lines = models.map((model, i) =>
    line(title(model, choose), pictures?.rows[i] ?? [], pictures, `Reconstruction with β = ${model.beta}`));
  if (pictures?.originals.length) {
    lines.unshift(line(make("span", { className: "name" }, ...heading("originals", "")), pictures.originals, pictures, "Original"));
  }
  home.replaceChildren(...lines);
}

/** @type {(strong: string, rest: string) => HTMLElement[]} */
const heading = (strong, rest) => [make("b", {}, strong), make("small", {}, rest)];

/** @type {(model: Trained, choose: (name: string) => void) => HTMLButtonElement} */
function title(model, choose) {
  return choosing(make("button", {
    type: "button", className: "name",
    title: `Mean squared error of a pixel: ${number(model.mse, 4)}. β normalised is β times the number of units over the number of pixels (Higgins et al. 2017).`,
  }, ...heading(`β = ${model.beta}`, `normalised ${number(model.beta_normalised, 3)}`)), model, choose);
}

/** @type {(name: HTMLElement, images: string[], pictures: Drawn | null, words: string) => HTMLElement} */
function line(name, images, pictures, words) {
  const row = make("div", { className: "images", style: `--n: ${images.length}` });
  if (pictures) row.append(...images.map((image, i) => figure(bytes(image), pictures.shape, [], `${words}, class ${pictures.labels[i]}`)));
  return make("div", { className: "line" }, name, row);
}
