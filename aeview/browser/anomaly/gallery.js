// A strip of tiles: the first few of a list of images, with the list's size in its title.

import { count } from "./texts.js";

export class Gallery {
  /** @param home a section with h3 and .tiles; @param choose called with an image's number */
  constructor(home, choose) {
    this.title = home.querySelector("h3");
    this.tiles = home.querySelector(".tiles");
    this.choose = choose;
    this.shown = "";
    this.tiles.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) choose(Number(button.dataset.index));
    });
  }

  /**
   * @param list numbers of images, the most telling first
   * @param room { items, what, most, describe(index), sideOf(index), selected, version, total }
   */
  show(title, list, room) {
    const few = list.slice(0, room.most);
    const total = room.total ?? list.length;
    const text = total > few.length ? `${title}: ${few.length} of ${count(total)}` : `${title}: ${count(total)}`;
    if (this.title.textContent !== text) this.title.textContent = text;
    const shown = `${room.version}/${room.what}/${few.join(" ")}`;
    if (shown !== this.shown) {
      this.shown = shown;
      this.#fit(few.length, room.items.tileTag);
      few.forEach((index, place) => this.#tile(this.tiles.children[place], index, room));
    }
    for (const tile of this.tiles.children) tile.setAttribute("aria-pressed", Number(tile.dataset.index) === room.selected);
  }

  #fit(n, tag) {
    while (this.tiles.children.length > n) this.tiles.lastChild.remove();
    while (this.tiles.children.length < n) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "tile" });
      button.append(document.createElement(tag));
      this.tiles.append(button);
    }
  }

  #tile(button, index, { items, what, describe, sideOf }) {
    if (button.firstChild.localName !== items.tileTag) button.replaceChildren(document.createElement(items.tileTag));
    button.dataset.index = index;
    button.dataset.side = sideOf(index);
    button.title = describe(index);
    button.setAttribute("aria-label", button.title);
    items.tile(button.firstChild, index, what);
  }
}
