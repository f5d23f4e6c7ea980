// The desk at the head of every page: share, keys, presenter mode. Keys and overlays need no rerun;
// Python is asked for the scenes, for code, and for the pattern of a QR code.

import { keepOneEntryAPage, settle } from "./back.js";
import { deed } from "./keys.js";
import { mendMenu } from "./menu.js";
import { Presenter } from "./presenter.js";
import { Share } from "./share.js";

const PASS = "aeview.pass"; // in this tab alone
const TEACHERS = "Presenting needs the teacher's key: sign in at the foot of the sidebar, under Class.";

export class Desk {
  constructor(root) {
    this.root = root.querySelector(".desk");
    this.root.desk = this; // for tests
    this.find = (selector) => this.root.querySelector(selector);
    this.waiting = new Map();
    this.abort = new AbortController();
    this.share = new Share(this);
    this.presenter = new Presenter(this);
    this.unmend = mendMenu();
    const { dataset } = document.documentElement;
    keepOneEntryAPage(history, location, () => "presenting" in dataset && !("lesson" in dataset));
    this.#listen();
  }

  close() {
    this.abort.abort();
    this.unmend();
    this.share.close();
    this.presenter.close();
  }

  /** Python's data: { page, keys: [[where, [[key, words]]]], code, presents, opened, lesson, answer: { stamp, … } }. */
  update(component) {
    const { data } = component;
    const before = this.component?.data;
    const other = before?.page !== data.page;
    this.component = component;
    settle(history);
    this.root.dataset.ready = "yes";
    this.find('[data-do="python"]').hidden = !data.code;
    this.find(".present").hidden = !data.presents;
    if (other || JSON.stringify(before.keys) !== JSON.stringify(data.keys)) this.#keys(data.keys);
    if (other || before.opened !== data.opened || before.lesson !== data.lesson) this.presenter.arrive();
    const answer = data.answer;
    const told = answer && this.waiting.get(answer.stamp);
    if (told) {
      this.waiting.delete(answer.stamp);
      told(answer);
    }
    this.#remember(data);
  }

  // So that a reload keeps who one is: a new session is handed the pass that this tab had before.
  #remember({ token, fresh }) {
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

  /** Ask Python; the promise holds its answer. */
  ask(what) {
    const stamp = `${Date.now()}-${Math.random()}`;
    return new Promise((resolve) => {
      this.waiting.set(stamp, resolve);
      this.component.setStateValue("ask", { ...what, stamp });
    });
  }

  say(text) {
    const home = this.find(".said");
    home.textContent = text;
    home.showPopover();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => home.hidePopover(), 2500);
  }

  // ---- keys ----------------------------------------------------------------------------------

  #listen() {
    const options = { signal: this.abort.signal };
    const { share, presenter } = this;
    document.addEventListener("keydown", (event) => this.#key(event), { ...options, capture: true });
    this.find(".present").addEventListener("click", () => presenter.begin());
    this.find(".open-help").addEventListener("click", () => this.help());
    for (const dialog of this.root.querySelectorAll("dialog")) {
      dialog.querySelector(".close")?.addEventListener("click", () => dialog.close());
      dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    }
    const deeds = { ...share.deeds, ...presenter.deeds };
    for (const button of this.root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => deeds[button.dataset.do]());
    }
  }

  #key(event) {
    if (this.root.querySelector("dialog[open]")) return this.#inDialog(event);
    if (this.find(".share").matches(":popover-open") && (event.key === "Escape" || this.share.walk(event))) return;
    const at = this.presenter.takeBack(event) ? document.body : event.composedPath()[0];
    const what = deed(event, at, this.presenter.on);
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    if (what === "present" && !this.component.data.presents) return this.say(TEACHERS);
    const acts = { help: () => this.help(), present: () => this.presenter.begin(), ...this.presenter.deeds };
    acts[what]();
  }

  // A dialog closes itself by Escape; the key that opened it closes it, too.
  #inDialog(event) {
    const open = this.root.querySelector("dialog[open]");
    const closes = { help: ["?"], black: null, qr: ["q", "Q"] }[open.className];
    if (open.className !== "black" && !closes?.includes(event.key)) {
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

  #keys(lists) {
    this.find(".help .lists").replaceChildren(...lists.map(([where, rows]) => {
      const section = document.createElement("section");
      const [title, list] = [document.createElement("h3"), document.createElement("dl")];
      title.textContent = where;
      for (const [keys, words] of rows) {
        const [term, said] = [document.createElement("dt"), document.createElement("dd")];
        keys.split(" ").forEach((key, i) => {
          const cap = document.createElement("kbd");
          cap.textContent = key;
          term.append(i ? " " : "", cap);
        });
        said.textContent = words;
        list.append(term, said);
      }
      section.append(title, list);
      return section;
    }));
  }
}
