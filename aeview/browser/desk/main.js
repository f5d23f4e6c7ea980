// The desk at the head of every page: share, keys, presenter mode. Keys and overlays need no rerun;
// Python is asked for the scenes, for code, and for the pattern of a QR code.

/** @import { Component } from "../types.js" */
/** @import { Offered } from "./editor.js" */
/** @import { Scene } from "./lecture.js" */
import { make } from "../controls/dom.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { Afresh } from "./afresh.js";
import { keepOneEntryAPage, settle } from "./back.js";
import { Editor } from "./editor.js";
import { Follow } from "./follow.js";
import { Hearing } from "./hearing.js";
import { deed, together } from "./keys.js";
import { PASS } from "./lecture.js";
import { mendMenu } from "./menu.js";
import { kept } from "./prepare.js";
import { Presenter } from "./presenter.js";
import { Route } from "./route.js";
import { Share } from "./share.js";
import { Voting } from "./vote.js";

/** @type {Record<string, string[]>} */
const CLOSES = { help: ["?"], qr: ["q", "Q"] }; // by the keys that open them; black by any key
const REPEATED = ["scene", "led"]; // by who asks for them
const AGAIN_MS = 4000;
const EARLY_MS = 4000; // a key pressed so long before the page knows that one has signed in counts
const TEACHERS = "Presenting needs the teacher's key: sign in at the foot of the sidebar, under Class.";

/** @typedef {{ stamp: string, scenes: Scene[], offered: Offered[], problem: string, link: string, code: string, note: string, address: string, join: string, rows: string[], file: string, name: string }} Answer of the fields those that were asked for */
/**
 * @typedef {{
 *   page: string, keys: [where: string, rows: [keys: string, words: string][]][], code: boolean, presents: boolean, opened: string,
 *   lesson: string, elsewhere: string, leads: boolean, followed: string, asks: string, figures: string[], routed: boolean, heeded: string, unsaved: string, token?: string, fresh?: boolean, answer?: Answer,
 * }} Data
 */

/** @extends {Page<Data>} */
export class Desk extends Page {
  data = /** @type {Data} */ ({}); // what Python sent last
  /** @type {string | undefined} */
  handed;
  early = 0; // when presenting was asked for too early
  /** @type {Map<string, (answer: Answer) => void>} */
  waiting = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "desk");
    this.abort = new AbortController();
    this.keep(() => this.abort.abort());
    this.share = this.keep(new Share(this));
    this.route = new Route(this);
    this.presenter = this.keep(new Presenter(this));
    this.following = this.keep(new Follow(this));
    this.voting = this.keep(new Voting(this));
    this.hearing = this.keep(new Hearing(this, () => this.#heard()));
    this.afresh = new Afresh(this);
    this.editor = new Editor(this);
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
    this.share.offer(data.unsaved);
    this.find(".present").hidden = this.find('[data-do="add"]').hidden = !data.presents;
    const other = (/** @type {(data: Data) => unknown} */ of) => JSON.stringify(of(before)) !== JSON.stringify(of(data));
    if (other(({ page, keys }) => [page, keys])) this.#keys(data.keys);
    if (other(({ page, opened, lesson }) => [page, opened, lesson])) this.presenter.arrive();
    if (data.presents && Date.now() - this.early < EARLY_MS) {
      this.early = 0;
      this.find(".said").hidePopover();
      this.presenter.begin();
    }
    const { answer, heeded } = data;
    if (answer) this.waiting.get(answer.stamp)?.(answer);
    for (const stamp of [answer?.stamp, heeded]) this.waiting.delete(stamp ?? "");
    this.#remember(data);
    this.following.update();
    this.voting.update();
    this.hearing.listen();
  }

  #heard() {
    this.following.heed();
    this.voting.update();
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

  /** Ask Python; the promise holds its answer, where there is one. @param {{ kind: string, address?: string, leaves?: boolean }} what @returns {Promise<Answer>} */
  ask(what) {
    const stamp = `${Date.now()}-${Math.random()}`;
    const send = () => this.component.setStateValue("ask", { ...what, stamp });
    return new Promise((resolve) => {
      this.waiting.set(stamp, resolve);
      send();
      if (!REPEATED.includes(what.kind)) this.#untilHeard(stamp, send);
    });
  }

  // A page that is still being drawn may not pass on what it is asked.
  #untilHeard(/** @type {string} */ stamp, /** @type {() => void} */ send) {
    setTimeout(() => {
      if (!this.waiting.has(stamp) || this.abort.signal.aborted) return;
      send();
      this.#untilHeard(stamp, send);
    }, AGAIN_MS);
  }

  /** Have Python answer no more what was asked last. */
  forget() {
    this.component.setStateValue("ask", null);
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
    const { presenter } = this;
    document.addEventListener("keydown", (event) => this.#key(event), { ...options, capture: true });
    this.find(".present").addEventListener("click", () => presenter.begin());
    this.find(".open-help").addEventListener("click", () => this.help());
    for (const dialog of this.root.querySelectorAll("dialog")) {
      dialog.querySelector(".close")?.addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
      });
    }
    for (const button of all(this.root, "button[data-do]")) button.addEventListener("click", () => this.#deeds[button.dataset.do ?? ""]());
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (kept(this.presenter.lecture, event)) return;
    const open = /** @type {HTMLDialogElement | null} */ (this.root.querySelector("dialog[open]"));
    if (open) return this.#inDialog(event, open);
    if (this.find(".share").matches(":popover-open") && (event.key === "Escape" || this.share.walk(event))) return;
    const at = this.presenter.takeBack(event) ? document.body : /** @type {Element} */ (event.composedPath()[0]);
    const what = deed(event, at, this.presenter.on);
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    if (what === "present" && !this.data.presents) {
      this.early = Date.now();
      return this.say(TEACHERS);
    }
    this.#deeds[what]();
  }

  // What keys and buttons ask for, by name.
  get #deeds() {
    const { share, presenter, following, voting, afresh, editor } = this;
    const own = { help: () => this.help(), present: () => presenter.begin() };
    return together(own, ...[share, presenter, following, voting, afresh, editor].map(({ deeds }) => deeds));
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
