// Shows nothing: keeps the progress of the lessons in this tab, so that a reload finds it again.
// The address stays free of it, so that a link that is sent to others holds nobody's answers.
// And it hears when the menu's own link to this page is clicked: Streamlit takes that for staying
// where one is, with the address as it was.

import { mount } from "../shell/mount.js";

const KEY = "aeview.lessons";

/** @typedef {import("../types.js").Component<{ known: boolean, progress: string, open: boolean }>} Component */

export class Keeper {
  /** @param {HTMLElement} _root */
  constructor(_root, storage = globalThis.sessionStorage) {
    this.storage = storage;
    this.abort = new AbortController();
    document.addEventListener("click", (event) => this.#clicked(event), { capture: true, signal: this.abort.signal });
  }

  /** A session that is new asks what was kept; one that knows has it kept. @param {Component} component */
  update(component) {
    const { data, setStateValue } = component;
    this.component = component;
    try {
      if (data.known) this.storage.setItem(KEY, data.progress);
      else if (!this.asked) setStateValue("kept", this.storage.getItem(KEY) ?? "");
    } catch {
      if (!data.known) setStateValue("kept", ""); // a tab that may not remember
    }
    this.asked = !data.known;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    /** @type {HTMLAnchorElement | null} */
    const link = /** @type {Element} */ (event.target).closest?.('[data-testid="stSidebarNavLink"]');
    if (!link || !this.component?.data.open || new URL(link.href).pathname !== location.pathname) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.component.setTriggerValue("list", true);
  }

  close() {
    this.abort.abort();
  }
}

export default mount(Keeper);
