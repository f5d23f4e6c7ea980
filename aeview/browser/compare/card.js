// One card for the sample that is ringed: its original and what every model makes of it.

import { paint } from "../charts/paint.js";

const ABSENT = "not among this model's images";

export class Card {
  /** @param home its element */
  constructor(home) {
    this.home = home;
    this.cells = [];
  }

  /** @param titles of the models, in the order of their slots */
  offer(titles) {
    this.cells = ["original", ...titles].map((title) => cell(title));
    this.home.classList.toggle("many", this.cells.length > 4);
    this.home.querySelector(".pictures").replaceChildren(...this.cells.map(({ home }) => home));
  }

  /**
   * @param sample { title, state, original, absent, shape, results: [{ pixels, error } or null] }
   * @returns the same in words
   */
  show({ title, state, original, absent, shape, results }) {
    this.home.querySelector("h3").textContent = title;
    this.home.querySelector(".state").textContent = state;
    const [first, ...cells] = this.cells;
    fill(first, original, shape, original ? "" : absent);
    const lowest = Math.min(...results.map((result) => result?.error ?? Infinity));
    const alone = results.filter((result) => result?.error === lowest).length === 1;
    const words = results.map((result, i) => {
      const note = result ? `MSE ${result.error.toFixed(4)}` : ABSENT;
      fill(cells[i], result?.pixels, shape, note);
      const best = result && results.length > 1 && alone && result.error === lowest;
      cells[i].home.classList.toggle("best", Boolean(best));
      cells[i].mark.hidden = !best;
      return `${cells[i].title}: ${note}${best ? ", the lowest" : ""}`;
    });
    return `${title} ${state}. ${words.join("; ")}`;
  }
}

function cell(title) {
  const home = document.createElement("figure");
  const canvas = document.createElement("canvas");
  const caption = document.createElement("figcaption");
  const [name, note, mark] = ["b", "span", "em"].map((tag) => document.createElement(tag));
  name.textContent = title;
  mark.textContent = "lowest";
  mark.hidden = true;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", title === "original" ? "Original" : `Reconstruction by ${title}`);
  caption.append(name, note, mark);
  home.append(canvas, caption);
  return { home, canvas, note, mark, title };
}

function fill({ canvas, note }, pixels, shape, words) {
  canvas.classList.toggle("none", !pixels);
  if (pixels) paint(canvas, pixels, shape);
  else canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  note.textContent = words;
}
