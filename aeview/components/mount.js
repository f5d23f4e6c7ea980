// What Streamlit calls for a component that is a class: at mount, and again when data or theme change.

import { Spoken } from "./spoken.js";

/** @param Page a class with update(component) and close(), made once for each place on the page */
export function mount(Page) {
  const pages = new WeakMap();
  return (component) => {
    const root = component.parentElement;
    if (!pages.has(root)) pages.set(root, { page: new Page(root), spoken: new Spoken(root) });
    const { page, spoken } = pages.get(root);
    page.update(component);
    return () => {
      page.close();
      spoken.close();
      pages.delete(root);
    };
  };
}
