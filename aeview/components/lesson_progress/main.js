// Shows nothing: keeps the progress of the lessons in this tab, so that a reload finds it again.
// The address stays free of it, so that a link that is sent to others holds nobody's answers.

import { mount } from "../mount.js";

const KEY = "aeview.lessons";

export class Keeper {
  constructor(_root, storage = globalThis.sessionStorage) {
    this.storage = storage;
  }

  /** A session that is new asks what was kept; one that knows has it kept. */
  update({ data, setStateValue }) {
    try {
      if (data.known) this.storage.setItem(KEY, data.progress);
      else if (!this.asked) setStateValue("kept", this.storage.getItem(KEY) ?? "");
    } catch {
      if (!data.known) setStateValue("kept", ""); // a tab that may not remember
    }
    this.asked = !data.known;
  }

  close() {}
}

export default mount(Keeper);
