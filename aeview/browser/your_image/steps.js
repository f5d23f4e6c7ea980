// How a picture became the model's input: each step as a small picture, with its switch.

import { make } from "../controls/dom.js";

/** @typedef {{ name: string, title: string, words: string, applied: boolean, picture: string, choices: string[], value: string }} Step */
/** @typedef {(name: string, value: string) => void} Chosen */

/** @param {HTMLElement} home an empty element @param {Step[]} steps @param {Chosen} chosen */
export function showSteps(home, steps, chosen) {
  home.replaceChildren(...steps.map((step) => make("figure", { className: step.applied ? "applied" : "", dataset: { step: step.name } },
    make("img", { src: step.picture, alt: `The picture after the step “${step.title}”` }),
    ...(step.choices.length ? [select(step, chosen)] : []),
    make("figcaption", {}, make("b", {}, step.title), make("span", {}, step.words)))));
}

function select(/** @type {Step} */ { name, title, choices, value }, /** @type {Chosen} */ chosen) {
  const field = make("select", { ariaLabel: title }, ...choices.map((choice) => new Option(choice, choice, choice === value, choice === value)));
  field.addEventListener("change", () => chosen(name, field.value));
  return field;
}
