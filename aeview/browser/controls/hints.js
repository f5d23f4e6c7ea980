// What an element's title says, for those who have no mouse to rest on it: a tap shows it, a long
// press on what is itself pressed, and the focus when it comes by keys. Escape takes it away.

import { all } from "../shell/find.js";
import { make } from "./dom.js";
import { boxOf, zoom } from "../shell/zoom.js";

const LOOK = "position:fixed;inset:auto;margin:0;max-width:300px;padding:5px 9px;border-radius:6px;pointer-events:none;"
  + "font:13px/1.35 var(--st-font,system-ui,sans-serif);color:var(--st-background-color,#fff);background:var(--st-text-color,#1b1f24);border:0";
const PRESSED = "button, a, input, select, summary";
const GAP = 6; // css pixels
const HOLD_MS = 500;
const JUST_MS = 300; // from a press to the focus that it brings
const SLOP = 10; // css pixels that a resting finger may wander

const within = (/** @type {Event} */ { target }) => (target instanceof Element ? target : null);

export class Hints {
  /** @type {number | undefined} */ timer;
  /** @type {[number, number] | null} */ holding = null; // where a finger rests
  pressed = -Infinity; // when, as events count
  read = false;

  /** @param {HTMLElement} root what holds the component */
  constructor(root) {
    this.tip = make("p", { popover: "manual", className: "hint-of", style: LOOK, ariaHidden: "true" }); // the title itself is read
    root.append(this.tip);
    for (const term of all(root, "dt[title]")) term.tabIndex = 0;
    this.abort = new AbortController();
    /** @type {<K extends keyof HTMLElementEventMap>(kind: K, act: (event: HTMLElementEventMap[K]) => void) => void} */
    const on = (kind, act) => root.addEventListener(kind, act, { signal: this.abort.signal, capture: true });
    on("click", (event) => void (event.pointerType === "touch" && this.#tapped(event)));
    on("contextmenu", (event) => void (this.holding && event.preventDefault()));
    on("pointerdown", (event) => this.#touched(event));
    for (const kind of /** @type {const} */ (["pointerup", "pointercancel"])) on(kind, () => clearTimeout(this.timer));
    on("pointermove", (event) => this.#moved(event));
    on("focusin", (event) => this.#focused(event));
    on("focusout", () => this.#hide());
    on("keydown", () => this.#hide());
  }

  close() {
    this.abort.abort();
    clearTimeout(this.timer);
    this.tip.remove();
  }

  // A field that is clicked has a visible focus, too.
  /** @param {FocusEvent} event */
  #focused({ target, timeStamp }) {
    const clicked = timeStamp - this.pressed < JUST_MS;
    if (!clicked && target instanceof Element && target.matches(":focus-visible")) this.#show(target.closest("[title]"));
  }

  // A finger that rests on what is pressed reads its hint, and then does not press it.
  /** @param {PointerEvent} event */
  #touched(event) {
    this.#hide();
    clearTimeout(this.timer);
    this.pressed = event.timeStamp;
    this.holding = event.pointerType === "touch" ? [event.clientX, event.clientY] : null;
    this.read = false;
    const named = within(event)?.closest(PRESSED)?.closest("[title]");
    if (!this.holding || !named) return;
    this.timer = setTimeout(() => {
      this.read = true;
      this.#show(named);
    }, HOLD_MS);
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    if (this.holding && Math.hypot(event.clientX - this.holding[0], event.clientY - this.holding[1]) > SLOP) clearTimeout(this.timer);
  }

  /** @param {PointerEvent} event */
  #tapped(event) {
    if (this.read) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const named = within(event)?.closest(`[title], ${PRESSED}`);
    if (named && !named.matches(PRESSED)) this.#show(named);
  }

  /** @param {Element | null} named */
  #show(named) {
    if (!(named instanceof HTMLElement) || !named.title) return;
    this.#hide();
    this.tip.textContent = named.title;
    this.tip.showPopover();
    const [at, mine] = [boxOf(named), boxOf(this.tip)];
    const left = Math.max(GAP, Math.min(at.left, innerWidth - mine.width - GAP));
    const below = at.bottom + GAP;
    const top = below + mine.height < innerHeight ? below : Math.max(GAP, at.top - mine.height - GAP);
    Object.assign(this.tip.style, { left: `${left / zoom()}px`, top: `${top / zoom()}px` });
  }

  #hide() {
    if (this.tip.matches(":popover-open")) this.tip.hidePopover();
  }
}
