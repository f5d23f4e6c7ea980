// What the components of one page tell each other in the browser: values by topic.
// Big constants (points, weights) arrive through one component, small changing ones through another.

const stores = new Map();

export function store(name) {
  if (!stores.has(name)) stores.set(name, new Store());
  return stores.get(name);
}

class Store {
  #values = new Map();
  #listeners = new Set();

  get(topic) {
    return this.#values.get(topic);
  }

  set(topic, value) {
    this.#values.set(topic, value);
    for (const listener of [...this.#listeners]) listener(topic, value);
  }

  /** Calls back at once for every value there is, then at every change; returns the way out. */
  follow(listener) {
    this.#listeners.add(listener);
    for (const [topic, value] of this.#values) listener(topic, value);
    return () => this.#listeners.delete(listener);
  }
}
