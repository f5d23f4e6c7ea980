// A component that is a class: made once for each place on the page, told of every change of data or theme.

/** @import { Component } from "../types.js" */
/** @typedef {{update: (component: Component) => void, close: () => void}} Mounted */
import { Hints } from "../controls/hints.js";
import { Spoken } from "../controls/spoken.js";
import { Wording } from "../controls/wording.js";
import { answered } from "../net/served.js";
import { find, finder } from "./find.js";

/** What Streamlit calls for a class. @param {new (root: HTMLElement) => Mounted} Class */
export function mount(Class) {
  /** @type {WeakMap<HTMLElement, {page: Mounted, aids: (Hints | Spoken | Wording)[]}>} */
  const pages = new WeakMap();
  return (/** @type {Component} */ component) => {
    const root = component.parentElement;
    const made = pages.get(root) ?? { page: new Class(root), aids: [new Hints(root), new Spoken(root), new Wording(root)] };
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

/** What such classes have in common. @template [Data=any] JSON that Python sends */
export class Page {
  component = /** @type {Component<Data>} */ ({}); // the newest way to answer Python
  /** @type {({close: () => void} | (() => void))[]} */ #parts = [];

  /** @param {HTMLElement} root @param {string} name the class of its element; by it tests and benchmarks find the page there */
  constructor(root, name) {
    /** @type {HTMLElement} */
    this.root = find(root, `.${name}`);
    Object.assign(this.root, { [name]: this });
    this.find = finder(this.root);
    this.keep(answered((latest) => this.component.data && this.answered(latest)));
  }

  /** What the server runs has answered: draw again what is made of that. @param {boolean} _latest whether that is only what is under the cursor */
  answered(_latest) {
    this.update(this.component);
  }

  /** A part that is closed with the page, or what is called then. @template {{close: () => void} | (() => void)} Part @param {Part} part */
  keep(part) {
    this.#parts.push(part);
    return part;
  }

  /** @param {Component<Data>} component */
  update(component) {
    this.component = component;
  }

  // The last ones first: they may still use what was there before them.
  close() {
    for (const part of this.#parts.reverse()) {
      if (typeof part === "function") part();
      else part.close();
    }
  }
}
