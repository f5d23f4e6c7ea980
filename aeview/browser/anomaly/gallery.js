// A strip of tiles: the first few of a list of images, with the list's size in its title.

/** @import { Images } from "./images.js" */
/** @import { Rows } from "./rows.js" */
import { make } from "../controls/dom.js";
import { all, find } from "../shell/find.js";
import { count } from "./texts.js";

/**
 * @typedef {object} Room
 * @property {Images | Rows} items
 * @property {string} what images show: "original", "reconstruction" or "error"
 * @property {number} most tiles
 * @property {number} total images, of which the list has the first
 * @property {number | null} selected
 * @property {string} version names what the numbers of images mean
 * @property {(index: number) => string} describe
 * @property {(index: number) => number} sideOf 0 normal, 1 strange
 */

export class Gallery {
  shown = "";

  /** @param {HTMLElement} home a section with h3 and .tiles @param {(index: number) => void} choose an image */
  constructor(home, choose) {
    this.title = find(home, "h3");
    this.tiles = find(home, ".tiles");
    this.tiles.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("button");
      if (button) choose(Number(button.dataset.index));
    });
  }

  /** @param {string} title @param {number[]} list of images, the most telling first @param {Room} room */
  show(title, list, room) {
    const few = list.slice(0, room.most);
    const { total } = room;
    const text = total > few.length ? `${title}: ${few.length} of ${count(total)}` : `${title}: ${count(total)}`;
    if (this.title.textContent !== text) this.title.textContent = text;
    const shown = `${room.version}/${room.what}/${few.join(" ")}`;
    if (shown !== this.shown) {
      this.shown = shown;
      while (this.tiles.children.length > few.length) this.tiles.lastElementChild?.remove();
      while (this.tiles.children.length < few.length) this.tiles.append(make("button", { type: "button", className: "tile" }));
      all(this.tiles, "button").forEach((button, place) => void this.#tile(button, few[place], room));
    }
    for (const tile of all(this.tiles, "button")) tile.ariaPressed = String(Number(tile.dataset.index) === room.selected);
  }

  #tile(/** @type {HTMLButtonElement} */ button, /** @type {number} */ index, /** @type {Room} */ { items, what, describe, sideOf }) {
    const said = describe(index);
    Object.assign(button, { title: said, ariaLabel: said });
    Object.assign(button.dataset, { index, side: sideOf(index) });
    if (button.firstElementChild?.localName !== items.tileTag) button.replaceChildren(document.createElement(items.tileTag));
    items.tile(/** @type {any} of items.tileTag */ (button.firstElementChild), index, what);
  }
}
