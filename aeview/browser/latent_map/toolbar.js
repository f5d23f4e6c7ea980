// The row above the map: colour, layers, what dragging does, how unseen units are filled.

export class Toolbar {
  /**
   * @param find the explorer's querySelector
   * @param on what to do: { recolour(name), toggle(layer), refill(name), resetZoom(), clear() }
   */
  constructor(find, on) {
    this.find = find;
    this.mode = "pan";
    this.#clicked(".reset-zoom", on.resetZoom);
    this.#clicked(".clear-selection", on.clear);
    this.#chosen(".colour", on.recolour);
    this.#chosen(".fill-choice", on.refill);
    for (const button of this.#all("layer")) {
      button.addEventListener("click", () => on.toggle(button.dataset.layer));
    }
    for (const button of this.#all("mode")) {
      button.addEventListener("click", () => this.#drag(button));
    }
  }

  #all(kind) {
    return this.find(".toolbar").querySelectorAll(`[data-${kind}]`);
  }

  #clicked(selector, act) {
    this.find(selector).addEventListener("click", () => act());
  }

  #chosen(selector, act) {
    this.find(selector).addEventListener("change", (event) => act(event.target.value));
  }

  #drag(chosen) {
    this.mode = chosen.dataset.mode;
    for (const each of this.#all("mode")) each.setAttribute("aria-pressed", each === chosen);
  }

  /** What this model and this map can show. */
  offer({ map, d, header }) {
    const linear = map.kind === "linear";
    const names = { class: "class", error: "reconstruction error", ...(header.has_posterior ? { kl: "KL" } : {}) };
    this.find(".colour").replaceChildren(...Object.entries(names).map(([value, text]) => new Option(text, value)));
    this.find('[data-layer="prior"]').hidden = !linear;
    this.find(".fill").hidden = !(linear && d > 2);
  }

  get fill() {
    return this.find(".fill-choice").value;
  }

  set colour(name) {
    this.find(".colour").value = name;
  }

  press(layer, on) {
    this.find(`[data-layer="${layer}"]`).setAttribute("aria-pressed", on);
  }
}
