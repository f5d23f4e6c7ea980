// The prior of a model with two units as a grid: equal shares of probability, not equal steps.

import { frame, imageData, shaped, smooth } from "../charts/paint.js";
import { pen } from "../charts/canvas.js";
import { make } from "../controls/dom.js";
import { pointAt } from "../controls/point.js";
import { quantile } from "../net/noise.js";
import { find } from "../shell/find.js";
import { shapeWords } from "../net/stages.js";
import { words } from "../net/support.js";
import { number, percent, unitName } from "../controls/words.js";

/** @import { Queue } from "../types.js" */
/** @import { View } from "./main.js" */

const CELLS = 15;

/** The middle of the i-th of n equal shares of the standard normal distribution. @param {number} i */
export const place = (i, n = CELLS) => quantile((i + 0.5) / n);

export class Quantiles {
  /** @param {HTMLElement} home @param {Queue} queue @param {(text: string) => void} say */
  constructor(home, queue, say) {
    this.home = home;
    this.queue = queue;
    this.say = say;
  }

  /** @param {View[]} views */
  show(views) {
    this.queue.drop("cell");
    const plane = views.filter(({ model }) => model.d === 2);
    find(this.home, ".note").textContent = plane.length
      ? `${CELLS} × ${CELLS} codes on the quantiles of N(0, 1): every cell stands for the same share, `
        + `1/${CELLS * CELLS}, of what the prior draws. Point at a cell for its support.`
      : `${views.map(({ title, model }) => `${title} has ${shapeWords([model.d])}`).join(", ")}: a flat grid shows the prior of 2. `
        + "Choose a model with 2 units to see one.";
    find(this.home, ".columns").replaceChildren(...plane.map((view) => this.#grid(view)));
  }

  /** @param {View} view */
  #grid(view) {
    const [height, width] = frame(view.model.shape);
    const canvas = make("canvas", {
      className: "grid", role: "application", width: CELLS * width, height: CELLS * height,
      ariaLabel: `The prior of ${view.title}, decoded on ${CELLS} × ${CELLS} quantiles. Arrow keys go from cell to cell.`,
    });
    smooth(canvas, view.model.shape);
    shaped(canvas, view.model.shape);
    const pointed = make("div", { className: "pointed" }, canvas);
    const context = pen(canvas);
    /** @type {(row: number, at: number) => Float32Array} */
    const code = (row, at) => Float32Array.of(place(at), place(CELLS - 1 - row));
    for (let row = 0; row < CELLS; row++) {
      this.queue.put(`cell/${view.slot}/${row}`, () => {
        for (let at = 0; at < CELLS; at++) {
          const pixels = view.decode(code(row, at));
          context.putImageData(imageData(pixels, view.model.shape), at * width, row * height);
        }
      });
    }
    pointAt(canvas, CELLS, CELLS, (at, row) => {
      const z = code(row, at);
      const share = view.model.support.share(z);
      this.say(view.model.says(`${view.title}: z = (${number(z[0])}, ${number(z[1])}) · support ${percent(share)}, ${words(share)}`));
    });
    return make("section", { className: "column" }, make("h3", { textContent: view.title }), pointed,
      make("p", { className: "note", textContent: `${unitName(0)} →, ${unitName(1)} ↑` }));
  }
}
