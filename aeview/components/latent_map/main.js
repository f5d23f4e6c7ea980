// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { Explorer } from "./explorer.js";

const explorers = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!explorers.has(root)) explorers.set(root, new Explorer(root));
  const explorer = explorers.get(root);
  explorer.update(component);
  return () => {
    explorer.close();
    explorers.delete(root);
  };
}
