// What Streamlit calls for a component that is a class: at mount, and again when data or theme change.

/** @import { Component } from "../types.js" */
/** @typedef {{update: (component: Component) => void, close: () => void}} Page */
import { Hints } from "../controls/hints.js";
import { Spoken } from "../controls/spoken.js";

/** @param {new (root: HTMLElement) => Page} Page a class that is made once for each place on the page */
export function mount(Page) {
  /** @type {WeakMap<HTMLElement, {page: Page, aids: (Hints | Spoken)[]}>} */
  const pages = new WeakMap();
  return (/** @type {Component} */ component) => {
    const root = component.parentElement;
    const made = pages.get(root) ?? { page: new Page(root), aids: [new Hints(root), new Spoken(root)] };
    pages.set(root, made);
    const { page, aids } = made;
    page.update(component);
    return () => {
      page.close();
      for (const aid of aids) aid.close();
      pages.delete(root);
    };
  };
}
