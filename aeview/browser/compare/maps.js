// The maps side by side, one for each model, and the rings on them.

import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";

export class Maps {
  #maps = [];

  /** @param on { hover(slot, row), click(slot, row), leave() }; row −1 where no point is near */
  constructor(home, on) {
    this.home = home;
    this.on = on;
  }

  close() {
    for (const { map } of this.#maps) map.close();
  }

  /** @param titles [what, name] of each model: as many maps */
  offer(titles) {
    while (this.#maps.length > titles.length) {
      const { figure, map } = this.#maps.pop();
      map.close();
      figure.remove();
    }
    while (this.#maps.length < titles.length) this.#maps.push(this.#make(this.#maps.length));
    titles.forEach(([title, name], slot) => {
      const { find } = this.#maps[slot];
      find("h3").replaceChildren(title, " ", small(name));
      find(".minimap").setAttribute("aria-label", `Map of ${title}, ${name}. Arrow keys move the cursor, Enter pins.`);
    });
  }

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

  /** @param rows ringed in each map, @param pins pinned in each; −1 for none */
  ring(rows, pins) {
    this.#maps.forEach((each, slot) => {
      each.pin = pins[slot];
      each.map.ringed = rows[slot];
      each.find(".absent").hidden = rows[slot] >= 0;
      each.map.draw();
    });
  }

  camera(slot) {
    return this.#maps[slot].map.camera;
  }

  /** What the last drawing of all maps took. */
  get milliseconds() {
    return this.#maps.reduce((sum, { map }) => sum + map.milliseconds, 0);
  }

  #make(slot) {
    const figure = document.createElement("figure");
    figure.innerHTML = `<h3></h3>
      <div class="minimap" tabindex="0" role="application">
        <canvas class="ground"></canvas><canvas class="overlay"></canvas>
        <span class="axis axis-x"></span><span class="axis axis-y"></span>
      </div>
      <figcaption></figcaption>
      <p class="absent note" hidden>This sample is not among this model's images.</p>`;
    this.home.append(figure);
    const find = (selector) => figure.querySelector(selector);
    const made = { figure, find, pin: -1 };
    made.map = new MiniMap(find(".minimap"), {
      hover: ({ row }) => this.on.hover(slot, row),
      click: ({ row }) => this.on.click(slot, row),
      leave: () => this.on.leave(),
      over: (context, camera, colours) => {
        if (made.pin < 0) return;
        ring(context, camera.toScreen(...made.map.model.place(made.pin)), 8, colours.background, colours.accent);
      },
    });
    return made;
  }
}

function small(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}
