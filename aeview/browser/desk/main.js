// The desk at the head of every page: share, keys, presenter mode. Keys and overlays need no rerun;
// Python is asked for the scenes, for code, and for the pattern of a QR code.

/** @import { Component } from "../types.js" */
/** @import { Scene } from "./lecture.js" */
import { make } from "../controls/dom.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { keepOneEntryAPage, settle } from "./back.js";
import { Follow } from "./follow.js";
import { deed } from "./keys.js";
import { mendMenu } from "./menu.js";
import { Presenter } from "./presenter.js";
import { Share } from "./share.js";

/** @type {Record<string, string[]>} */
const CLOSES = { help: ["?"], qr: ["q", "Q"] }; // by the keys that open them; black by any key
const PASS = "aeview.pass"; // in this tab alone
const TEACHERS = "Presenting needs the teacher's key: sign in at the foot of the sidebar, under Class.";

/** @typedef {{ stamp: string, scenes: Scene[], code: string, note: string, address: string, join: string, rows: string[] }} Answer of the fields those that were asked for */
/**
 * @typedef {{
 *   page: string, keys: [where: string, rows: [keys: string, words: string][]][], code: boolean, presents: boolean, opened: string,
 *   lesson: string, elsewhere: string, leads: boolean, followed: string, token?: string, fresh?: boolean, answer?: Answer,
 * }} Data
 */

/** @extends {Page<Data>} */
export class Desk extends Page {
  data = /** @type {Data} */ ({}); // what Python sent last
  /** @type {string | undefined} */
  handed;
  /** @type {Map<string, (answer: Answer) => void>} */
  waiting = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "desk");
    this.abort = new AbortController();
    this.keep(() => this.abort.abort());
    this.share = this.keep(new Share(this));
    this.presenter = this.keep(new Presenter(this));
    this.following = this.keep(new Follow(this));
    this.keep(mendMenu());
    const { dataset } = document.documentElement;
    keepOneEntryAPage(history, location, () => "presenting" in dataset && !("lesson" in dataset));
    this.#listen();
  }

  /** @param {Component<Data>} component */
  update(component) {
    const { data } = component;
    const before = this.data;
    super.update(component);
    this.data = data;
    settle(history);
    this.root.dataset.ready = "yes";
    this.find('[data-do="python"]').hidden = !data.code;
    this.find(".present").hidden = !data.presents;
    const other = (/** @type {(data: Data) => unknown} */ of) => JSON.stringify(of(before)) !== JSON.stringify(of(data));
    if (other(({ page, keys }) => [page, keys])) this.#keys(data.keys);
    if (other(({ page, opened, lesson }) => [page, opened, lesson])) this.presenter.arrive();
    const { answer } = data;
    if (answer) this.waiting.get(answer.stamp)?.(answer);
    if (answer) this.waiting.delete(answer.stamp);
    this.#remember(data);
    this.following.update();
  }

  // So that a reload keeps who one is: a new session is handed the pass that this tab had before.
  #remember(/** @type {Data} */ { token, fresh }) {
    if (!token) return;
    try {
      const kept = sessionStorage.getItem(PASS);
      if (!fresh || !kept) sessionStorage.setItem(PASS, token);
      else if (kept !== token && this.handed !== token) {
        this.handed = token;
        this.ask({ kind: "back", address: kept });
      }
    } catch {
      // a tab that may not remember is somebody else after a reload
    }
  }

  /** Ask Python; the promise holds its answer. @param {{ kind: string, address?: string }} what @returns {Promise<Answer>} */
  ask(what) {
    const stamp = `${Date.now()}-${Math.random()}`;
    return new Promise((resolve) => {
      this.waiting.set(stamp, resolve);
      this.component.setStateValue("ask", { ...what, stamp });
    });
  }

  say(/** @type {string} */ text) {
    const home = this.find(".said");
    home.textContent = text;
    home.showPopover();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => home.hidePopover(), 2500);
  }

  // ---- keys ----------------------------------------------------------------------------------

  #listen() {
    const options = { signal: this.abort.signal };
    const { share, presenter, following } = this;
    document.addEventListener("keydown", (event) => this.#key(event), { ...options, capture: true });
    this.find(".present").addEventListener("click", () => presenter.begin());
    this.find(".open-help").addEventListener("click", () => this.help());
    for (const dialog of this.root.querySelectorAll("dialog")) {
      dialog.querySelector(".close")?.addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
      });
    }
    /** @type {Record<string, () => void>} */
    const deeds = { ...share.deeds, ...presenter.deeds, ...following.deeds };
    for (const button of all(this.root, "button[data-do]")) button.addEventListener("click", () => deeds[button.dataset.do ?? ""]());
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const open = /** @type {HTMLDialogElement | null} */ (this.root.querySelector("dialog[open]"));
    if (open) return this.#inDialog(event, open);
    if (this.find(".share").matches(":popover-open") && (event.key === "Escape" || this.share.walk(event))) return;
    const at = this.presenter.takeBack(event) ? document.body : /** @type {Element} */ (event.composedPath()[0]);
    const what = deed(event, at, this.presenter.on);
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    if (what === "present" && !this.data.presents) return this.say(TEACHERS);
    /** @type {Record<string, () => void>} */
    const acts = { help: () => this.help(), present: () => this.presenter.begin(), ...this.presenter.deeds, ...this.following.deeds };
    acts[what]();
  }

  // A dialog closes itself by Escape; the key that opened it closes it, too.
  #inDialog(/** @type {KeyboardEvent} */ event, /** @type {HTMLDialogElement} */ open) {
    if (open.className !== "black" && !CLOSES[open.className]?.includes(event.key)) {
      if (event.key === "Escape") event.stopPropagation();
      return;
    }
    if (/^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    open.close();
  }

  help() {
    this.find("dialog.help").showModal();
  }

  #keys(/** @type {Data["keys"]} */ lists) {
    this.find(".help .lists").replaceChildren(...lists.map(([where, rows]) => make("section", {}, make("h3", {}, where),
      make("dl", {}, ...rows.flatMap(([keys, words]) => [
        make("dt", {}, ...keys.split(" ").flatMap((key, i) => [i ? " " : "", make("kbd", {}, key)])),
        make("dd", {}, words),
      ])))));
  }
}

export default mount(Desk);
