// The maps side by side, one for each model, and the rings on them.

import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";
import { make, minimap } from "../controls/dom.js";
import { finder } from "../shell/find.js";
import { Part } from "../shell/part.js";

/** @import { Model } from "../types.js" */
/** @typedef {{ figure: HTMLElement, find: ReturnType<typeof finder>, map: MiniMap, pin: number }} Made */

/** @extends {Part<{ hover: (slot: number, row: number) => void, click: (slot: number, row: number) => void, leave: () => void }>} */
export class Maps extends Part {
  /** @type {Made[]} */
  #maps = [];

  close() {
    for (const { map } of this.#maps) map.close();
  }

  /** @param {[string, string][]} titles what each model is, and its name: as many maps */
  offer(titles) {
    for (const { figure, map } of this.#maps.splice(titles.length)) {
      map.close();
      figure.remove();
    }
    while (this.#maps.length < titles.length) this.#maps.push(this.#make(this.#maps.length));
    for (const [slot, [title, name]] of titles.entries()) {
      const { find } = this.#maps[slot];
      find("h3").replaceChildren(title, " ", make("span", { textContent: name }));
      find(".minimap").ariaLabel = `Map of ${title}, ${name}. Arrow keys move the cursor, Enter pins.`;
    }
  }

  /** @param {number} slot @param {Model} model */
  show(slot, model) {
    const { map, find } = this.#maps[slot];
    if (map.model === model) {
      map.draw();
      return;
    }
    find(".axis-x").textContent = model.map.axes[0];
    find(".axis-y").textContent = model.map.axes[1];
    find("figcaption").textContent = model.header.count;
    map.show(model);
  }

  /** @param {number[]} rows ringed in each map @param {number[]} pins pinned in each; −1 for none */
  ring(rows, pins) {
    for (const [slot, each] of this.#maps.entries()) {
      each.pin = pins[slot];
      each.map.ringed = rows[slot];
      each.find(".absent").hidden = rows[slot] >= 0;
      each.map.draw();
    }
  }

  /** @param {number} slot */
  camera(slot) {
    return this.#maps[slot].map.camera;
  }

  /** What the last drawing of all maps took. */
  get milliseconds() {
    return this.#maps.reduce((sum, { map }) => sum + map.frame.milliseconds, 0);
  }

  /** @type {(slot: number) => Made} */
  #make(slot) {
    const home = minimap("");
    home.append(make("span", { className: "axis axis-x" }), make("span", { className: "axis axis-y" }));
    const figure = make("figure", {}, make("h3"), home, make("figcaption"),
      make("p", { className: "absent note", hidden: true, textContent: "This sample is not among this model's images." }));
    this.home.append(figure);
    const map = new MiniMap(home, {
      hover: ({ row }) => this.on.hover(slot, row),
      click: ({ row }) => this.on.click(slot, row),
      leave: () => this.on.leave(),
      over: (context, camera, colours) => {
        const { pin, map: { model } } = this.#maps[slot];
        if (pin >= 0 && model) ring(context, camera.toScreen(...model.place(pin)), 8, colours.background, colours.accent);
      },
    });
    return { figure, find: finder(figure), map, pin: -1 };
  }
}
