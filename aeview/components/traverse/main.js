// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { Traverse } from "./traverse.js";

const pages = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!pages.has(root)) pages.set(root, new Traverse(root));
  const page = pages.get(root);
  page.update(component);
  return () => {
    page.close();
    pages.delete(root);
  };
}
