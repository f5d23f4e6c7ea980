// Reset for class: this tab begins a new session, as on a first visit. Models and runs stay, and so does
// what is no trace of a rehearsal: who one is, and where the lecture stands.

import { PASS, first } from "./lecture.js";

const OURS = "aeview.";
const STAY = [PASS, "aeview.lecture", "aeview.scenes", "aeview.follow", "aeview.toured"];

/** Forget what the tab keeps of drawings and lessons. @param {Storage} tab */
export function forgetTab(tab) {
  const names = Array.from({ length: tab.length }, (_, i) => tab.key(i) ?? "");
  for (const name of names) if (name.startsWith(OURS) && !STAY.includes(name)) tab.removeItem(name);
}

export class Afresh {
  /** @param {import("./main.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.dialog = /** @type {HTMLDialogElement} */ (desk.find("dialog.afresh"));
    this.deeds = { afresh: () => this.dialog.showModal(), renew: () => this.#renew() };
  }

  #renew() {
    const { presenter } = this.desk;
    try {
      forgetTab(sessionStorage);
    } catch {
      // a tab that may not remember has nothing to forget
    }
    if (presenter.on) presenter.again();
    location.replace(first(location.href));
  }
}
