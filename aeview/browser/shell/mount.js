// What Streamlit calls for a component that is a class: at mount, and again when data or theme change.

import { Hints } from "../controls/hints.js";
import { Spoken } from "../controls/spoken.js";

/** @param Page a class with update(component) and close(), made once for each place on the page */
export function mount(Page) {
  const pages = new WeakMap();
  return (component) => {
    const root = component.parentElement;
    if (!pages.has(root)) pages.set(root, { page: new Page(root), aids: [new Hints(root), new Spoken(root)] });
    const { page, aids } = pages.get(root);
    page.update(component);
    return () => {
      page.close();
      for (const aid of aids) aid.close();
      pages.delete(root);
    };
  };
}
