// A part of a page: its element, what is found in it, and what it tells or needs.

import { finder } from "./find.js";

/** @template [On=undefined] */
export class Part {
  /** @param {HTMLElement} home @param {On} on */
  constructor(home, on) {
    this.home = home;
    this.on = on;
    this.find = finder(home);
  }
}
