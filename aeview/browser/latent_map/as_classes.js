// What a conditional model draws of the same code as each class: one style, all classes.

import { paint } from "../charts/paint.js";
import { make, picture } from "../controls/dom.js";

/** @import { Model } from "../types.js" */

export class AsClasses {
  /** @type {Model | null} */
  model = null;
  /** @type {HTMLCanvasElement[]} by class */
  canvases = [];

  /** @param {HTMLElement} home @param {(label: number) => void} choose called with the class that is to be told */
  constructor(home, choose) {
    this.home = home;
    this.choose = choose;
  }

  /** Lay out another model's classes; there is none to choose where the model is told none. @param {Model} model @param {boolean} tells whether another one can be told */
  reset(model, tells) {
    this.model = model.told ? model : null;
    this.home.hidden = !this.model;
    const classes = this.model?.header.classes ?? [];
    const told = model.header.label ?? -1;
    this.canvases = classes.map((name) => picture(`The code as class ${name}`));
    this.home.querySelector(".strip")?.replaceChildren(...this.canvases.map((canvas, label) => {
      const button = make("button", { type: "button", disabled: !tells, title: tells ? `Tell the model ${classes[label]}` : "" }, canvas, classes[label]);
      button.setAttribute("aria-pressed", String(label === told));
      button.addEventListener("click", () => this.choose(label));
      return button;
    }));
  }

  /** @param {Float32Array} code */
  show(code) {
    const { model } = this;
    if (!model) return;
    for (const [label, canvas] of this.canvases.entries()) paint(canvas, model.decodeAs(code, label), model.shape);
  }
}
