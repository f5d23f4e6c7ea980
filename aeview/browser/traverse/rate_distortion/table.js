// The same images in rows: originals where they are here, then each model's reconstructions.

import { figure } from "../../controls/figure.js";
import { bytes } from "../../charts/paint.js";
import { number } from "../../controls/words.js";
import { describe } from "./curve.js";

/** @param pictures null while they are being made */
export function table(home, models, pictures, choose) {
  const lines = models.map((model, i) =>
    line(title(model, choose), pictures?.rows[i] ?? [], pictures, `Reconstruction with β = ${model.beta}`));
  if (pictures?.originals.length) {
    const name = heading("span", "originals", "");
    lines.unshift(line(name, pictures.originals, pictures, "Original"));
  }
  home.replaceChildren(...lines);
}

function heading(kind, strong, rest) {
  const home = document.createElement(kind);
  home.className = "name";
  const bold = document.createElement("b");
  bold.textContent = strong;
  const small = document.createElement("small");
  small.textContent = rest;
  home.append(bold, small);
  return home;
}

function title(model, choose) {
  const button = heading("button", `β = ${model.beta}`, `normalised ${number(model.beta_normalised, 3)}`);
  button.title = `Mean squared error of a pixel: ${number(model.mse, 4)}. β normalised is β times the number of units over the number of pixels (Higgins et al. 2017).`;
  button.type = "button";
  button.setAttribute("aria-pressed", model.chosen);
  button.setAttribute("aria-label", describe(model));
  button.addEventListener("click", () => model.chosen || choose(model.name));
  return button;
}

function line(name, images, pictures, words) {
  const home = document.createElement("div");
  home.className = "line";
  const row = document.createElement("div");
  row.className = "images";
  row.style.setProperty("--n", images.length);
  row.append(...images.map((image, i) =>
    figure(bytes(image), pictures.shape, [], `${words}, class ${pictures.labels[i]}`)));
  home.append(name, row);
  return home;
}
