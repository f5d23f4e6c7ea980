// What a screen reader says of a component, of itself: the newest of its live texts, once things
// have come to rest. A text that follows a dragged slider would be read without end otherwise.

import { make } from "./dom.js";

const REST_MS = 700;
const LIVE = '[aria-live="polite"]:not([role]), [data-spoken]';
const ASKED = "aeview:speak";
const HIDDEN = "position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap";

/**
 * Say something that is not written anywhere, such as where the cursor of a map is.
 * @type {(element: Element, text: string | null) => void}
 */
export const speak = (element, text) => element.dispatchEvent(new CustomEvent(ASKED, { detail: text ?? "", bubbles: true }));

export class Spoken {
  /** @type {number | undefined} */ timer;

  /** @param {HTMLElement} root what holds the component: its texts with aria-live="polite" are spoken here instead */
  constructor(root) {
    this.home = make("p", { ariaLive: "polite", role: "status", className: "spoken", style: HIDDEN });
    root.append(this.home);
    this.abort = new AbortController();
    root.addEventListener(ASKED, (event) => this.#soon(() => /** @type {CustomEvent<string>} */ (event).detail), { signal: this.abort.signal });
    this.watch = new MutationObserver((changes) => this.#changed(changes));
    this.watch.observe(root, { childList: true, characterData: true, subtree: true });
  }

  close() {
    clearTimeout(this.timer);
    this.abort.abort();
    this.watch.disconnect();
    this.home.remove();
  }

  /** @param {MutationRecord[]} changes */
  #changed(changes) {
    for (const { target } of changes) {
      const text = (target instanceof Element ? target : target.parentElement)?.closest(LIVE);
      if (!(text instanceof HTMLElement)) continue;
      text.setAttribute("aria-live", "off");
      text.dataset.spoken = "";
      this.#soon(() => (text.checkVisibility() ? text.textContent.replace(/\s+/g, " ").trim() : ""));
    }
  }

  // Nothing is said before the first key or press: a page that opens is read by the reader itself.
  /** @param {() => string} words */
  #soon(words) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const text = words();
      if (text && text !== this.home.textContent && navigator.userActivation?.hasBeenActive !== false) {
        this.home.textContent = text;
      }
    }, REST_MS);
  }
}
