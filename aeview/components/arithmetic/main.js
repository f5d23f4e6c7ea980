// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { Arithmetic } from "./arithmetic.js";

const shown = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!shown.has(root)) shown.set(root, new Arithmetic(root));
  const arithmetic = shown.get(root);
  arithmetic.update(component);
  return () => {
    arithmetic.close();
    shown.delete(root);
  };
}
