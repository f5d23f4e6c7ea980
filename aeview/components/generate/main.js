// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { Generator } from "./generator.js";

const generators = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!generators.has(root)) generators.set(root, new Generator(root));
  const generator = generators.get(root);
  generator.update(component);
  return () => {
    generator.close();
    generators.delete(root);
  };
}
