// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { Comparison } from "./comparison.js";

const comparisons = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!comparisons.has(root)) comparisons.set(root, new Comparison(root));
  const comparison = comparisons.get(root);
  comparison.update(component);
  return () => {
    comparison.close();
    comparisons.delete(root);
  };
}
