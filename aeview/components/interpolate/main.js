// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { Bench } from "./bench.js";

const shown = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!shown.has(root)) shown.set(root, new Bench(root));
  const bench = shown.get(root);
  bench.update(component);
  return () => {
    bench.close();
    shown.delete(root);
  };
}
