// The row above the map: colour, layers, what dragging does, how unseen units are filled.

/** @import { Find, Model } from "../types.js" */
/** @typedef {{recolour: (name: string) => void, toggle: (layer: string) => void, refill: (name: string) => void, resetZoom: () => void, clear: () => void, toggleNetwork: () => void}} Tools */
import { all } from "../shell/find.js";

export class Toolbar {
  /** @param {Find} find below the explorer @param {Tools} on */
  constructor(find, on) {
    this.find = find;
    this.mode = "pan";
    this.#clicked(".reset-zoom", on.resetZoom);
    this.#clicked(".clear-selection", on.clear);
    this.#clicked(".show-network", on.toggleNetwork);
    this.colours = find("select.colour");
    this.fills = find("select.fill-choice");
    this.colours.addEventListener("change", () => on.recolour(this.colours.value));
    this.fills.addEventListener("change", () => on.refill(this.fills.value));
    for (const button of this.#all("layer")) {
      button.addEventListener("click", () => on.toggle(button.dataset.layer ?? ""));
    }
    for (const button of this.#all("mode")) {
      button.addEventListener("click", () => this.#drag(button));
    }
  }

  #all(/** @type {string} */ kind) {
    return all(this.find(".toolbar"), `button[data-${kind}]`);
  }

  /** @type {(selector: string, act: () => void) => void} */
  #clicked(selector, act) {
    this.find(selector).addEventListener("click", () => act());
  }

  #drag(/** @type {HTMLElement} */ chosen) {
    this.mode = chosen.dataset.mode ?? "pan";
    for (const each of this.#all("mode")) each.setAttribute("aria-pressed", String(each === chosen));
  }

  /** What this model and this map can show. @param {Model} model @param {boolean} classifier whether its data set has one */
  offer({ map, d, header, encodes }, classifier) {
    const linear = map.kind === "linear";
    const names = { class: "class", ...(encodes ? { error: "reconstruction error" } : {}), ...(header.has_posterior ? { kl: "KL" } : {}) };
    this.colours.replaceChildren(...Object.entries(names).map(([value, text]) => new Option(text, value)));
    this.find('[data-layer="prior"]').hidden = !linear;
    this.find('[data-layer="classifier"]').hidden = !classifier;
    this.find(".fill").hidden = !(linear && d > 2);
  }

  get fill() {
    return this.fills.value;
  }

  set colour(/** @type {string} */ name) {
    this.colours.value = name;
  }

  set network(/** @type {boolean} */ on) {
    this.find(".show-network").setAttribute("aria-pressed", String(on));
  }

  /** @type {(layer: string, on: boolean) => void} */
  press(layer, on) {
    this.find(`[data-layer="${layer}"]`).setAttribute("aria-pressed", String(on));
  }
}
