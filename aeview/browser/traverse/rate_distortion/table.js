// The same images in rows: originals where they are here, then each model's reconstructions.

/** @import { Shape } from "../../types.js" */
/** @import { Trained } from "./curve.js" */
/** @typedef {{rows: string[][], originals: string[], shape: Shape, labels: string[], note: string}} Drawn pictures in base64 */
import { bytes } from "../../charts/paint.js";
import { figure } from "../../controls/figure.js";
import { number } from "../../controls/words.js";
import { choosing } from "./curve.js";

/** @type {(home: HTMLElement, models: Trained[], pictures: Drawn | null, choose: (name: string) => void) => void} null while they are being made */
export function table(home, models, pictures, choose) {
  const lines = models.map((model, i) =>
    line(title(model, choose), pictures?.rows[i] ?? [], pictures, `Reconstruction with β = ${model.beta}`));
  if (pictures?.originals.length) {
    lines.unshift(line(heading(document.createElement("span"), "originals", ""), pictures.originals, pictures, "Original"));
  }
  home.replaceChildren(...lines);
}

/** @type {<Home extends HTMLElement>(home: Home, strong: string, rest: string) => Home} */
function heading(home, strong, rest) {
  home.className = "name";
  home.append(
    Object.assign(document.createElement("b"), { textContent: strong }),
    Object.assign(document.createElement("small"), { textContent: rest }),
  );
  return home;
}

/** @type {(model: Trained, choose: (name: string) => void) => HTMLButtonElement} */
function title(model, choose) {
  const button = heading(document.createElement("button"), `β = ${model.beta}`, `normalised ${number(model.beta_normalised, 3)}`);
  button.title = `Mean squared error of a pixel: ${number(model.mse, 4)}. β normalised is β times the number of units over the number of pixels (Higgins et al. 2017).`;
  button.type = "button";
  return choosing(button, model, choose);
}

/** @type {(name: HTMLElement, images: string[], pictures: Drawn | null, words: string) => HTMLElement} */
function line(name, images, pictures, words) {
  const home = Object.assign(document.createElement("div"), { className: "line" });
  const row = Object.assign(document.createElement("div"), { className: "images" });
  row.style.setProperty("--n", String(images.length));
  if (pictures) row.append(...images.map((image, i) => figure(bytes(image), pictures.shape, [], `${words}, class ${pictures.labels[i]}`)));
  home.append(name, row);
  return home;
}
