// Says when nothing else is on the page any more.

/** @import { Component } from "../types.js" */
import { Page, mount } from "../shell/mount.js";

const WAIT_MS = 60; // the browser has painted the empty page by then
const AGAIN_MS = 10_000; // then it was lost; sooner, it would be asked of the page that comes

/** @typedef {{ title: string, turn: string }} Data */

/** @extends {Page<Data>} */
export class Between extends Page {
  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "between");
    this.keep(() => clearTimeout(this.timer));
  }

  /** @param {Component<Data>} component */
  update(component) {
    super.update(component);
    this.root.textContent = component.data.title;
    this.#tell(WAIT_MS);
  }

  #tell(/** @type {number} */ wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.component.setTriggerValue("empty", this.component.data.turn);
      this.#tell(Math.max(AGAIN_MS, 2 * wait));
    }, wait);
  }
}

export default mount(Between);
