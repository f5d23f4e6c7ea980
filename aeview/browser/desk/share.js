// Copy a link, copy code, download the view.

import { bytes } from "../charts/paint.js";
import { download } from "../controls/dom.js";
import { boxOf, zoom } from "../shell/zoom.js";
import { copied } from "./copy.js";
import { shared } from "./lecture.js";
import { figure, picture, raster } from "./view.js";

const REFUSED = "This browser did not let the page copy: select the text, or the address, and press Ctrl+C.";
const BY_BUTTON = "This browser did not let the page copy by itself: press Copy above the code.";

export class Share {
  saving = ""; // what saving as a web page gives

  /** @param {import("./main.js").Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.menu = desk.find(".share");
    this.deeds = {
      link: () => this.#link(),
      python: () => this.#python(),
      png: () => this.#download("png"),
      svg: () => this.#download("svg"),
      page: () => this.#page(),
    };
    desk.find(".open-share").addEventListener("click", () => this.#open());
    this.menu.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#giveBack();
    });
    desk.find(".code .copy").addEventListener("click", () => this.#copy(desk.find("pre").textContent ?? "", "The code is copied."));
  }

  close() {
    if (this.menu.matches(":popover-open")) this.menu.hidePopover();
  }

  #open() {
    if (this.menu.matches(":popover-open")) return this.menu.hidePopover();
    const button = boxOf(this.desk.find(".open-share"));
    this.menu.showPopover();
    const width = boxOf(this.menu).width;
    this.menu.style.left = `${Math.max(8, Math.min(button.left, innerWidth - width - 8)) / zoom()}px`;
    this.menu.style.top = `${(button.bottom + 6) / zoom()}px`;
    this.menu.querySelector("button")?.focus();
  }

  get #focus() {
    return /** @type {HTMLElement | null} */ (/** @type {ShadowRoot} */ (this.menu.getRootNode()).activeElement);
  }

  // The focus, unless it has gone elsewhere meanwhile.
  #giveBack() {
    const at = this.#focus;
    if (this.menu.contains(at) || document.activeElement === document.body) this.desk.find(".open-share").focus();
  }

  /** Up and down in the menu; returns whether the key was one of those. @param {KeyboardEvent} event */
  walk(event) {
    const by = Number(event.key === "ArrowDown") - Number(event.key === "ArrowUp");
    const lines = /** @type {HTMLElement[]} */ ([...this.menu.querySelectorAll("button:not([hidden])")]);
    const at = this.#focus ? lines.indexOf(this.#focus) : -1;
    if (!by || at < 0) return false;
    event.preventDefault();
    lines[(at + by + lines.length) % lines.length].focus();
    return true;
  }

  #link() {
    this.close();
    const address = shared(location.href, this.desk.data.elsewhere);
    this.#copy(address, address === location.href
      ? "The link is copied: it opens what is on screen."
      : `The link is copied, with the address that others can open: ${new URL(address).host}.`);
  }

  async #python() {
    this.close();
    const show = (/** @type {string} */ code, /** @type {string} */ note) => {
      this.desk.find("pre").textContent = code;
      this.desk.find(".code .note").textContent = note;
      this.desk.find(".code .copy").hidden = this.desk.find("pre").hidden = !code;
    };
    show("", "Writing …");
    this.desk.find("dialog.code").showModal();
    const answer = this.desk.ask({ kind: "python" }).then(({ code, note }) => {
      show(code, note);
      return code;
    });
    await this.#copy(answer, "The code is copied.", BY_BUTTON);
  }

  /** @param {string} unsaved why the model can't be saved as a page; nothing where it can be */
  offer(unsaved) {
    const item = this.desk.find('[data-do="page"]');
    const words = /** @type {HTMLElement} */ (item.lastElementChild);
    this.saving ||= words.textContent ?? "";
    item.ariaDisabled = unsaved ? "true" : null;
    words.textContent = unsaved ? `not this model: ${unsaved}` : this.saving;
  }

  async #page() {
    if (this.desk.data.unsaved) return;
    this.close();
    this.desk.say("Writing the page …");
    const { problem, file, name } = await this.desk.ask({ kind: "page" });
    this.desk.forget(); // it is large
    if (!problem) download(new Blob([bytes(file)], { type: "text/html" }), name);
    this.desk.say(problem || "The page is saved: it opens in a browser, without the app and without internet.");
  }

  async #copy(/** @type {string | Promise<string>} */ text, /** @type {string} */ words, refused = REFUSED) {
    const home = () => this.desk.root.querySelector("dialog[open]") ?? this.desk.root;
    const done = await copied(Promise.resolve(text), home);
    if (await text) this.desk.say(done ? words : refused);
  }

  async #download(/** @type {"png" | "svg"} */ kind) {
    this.close();
    const home = figure(document);
    if (!home) return this.desk.say("There is no figure on this page yet.");
    const text = picture(home);
    const blob = kind === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await raster(text);
    if (!blob) return; // larger than this browser draws
    download(blob, `${this.desk.data.page.toLowerCase().replace(/\s+/g, "-")}.${kind}`);
  }
}
