// What the components of one page tell each other in the browser: values by topic.
// Big constants (points, weights) arrive through one component, small changing ones through another.

/** @typedef {(topic: string, value: any) => void} Listener */

/** @type {Map<string, Store>} */
const stores = new Map();

/** @type {(name: string) => Store} */
export function store(name) {
  const known = stores.get(name) ?? new Store();
  stores.set(name, known);
  return known;
}

class Store {
  /** @type {Map<string, any>} */ #values = new Map();
  /** @type {Set<Listener>} */ #listeners = new Set();

  /** @param {string} topic */
  get(topic) {
    return this.#values.get(topic);
  }

  /** @type {Listener} */
  set(topic, value) {
    this.#values.set(topic, value);
    for (const listener of [...this.#listeners]) listener(topic, value);
  }

  /** Forget values, of which nobody is told. @param {(topic: string) => boolean} those */
  forget(those) {
    for (const topic of [...this.#values.keys()].filter(those)) this.#values.delete(topic);
  }

  /** Calls back at once for every value there is, then at every change; returns the way out. @type {(listener: Listener) => () => void} */
  follow(listener) {
    this.#listeners.add(listener);
    for (const [topic, value] of this.#values) listener(topic, value);
    return () => void this.#listeners.delete(listener);
  }
}
