// A scene's figure alone on the screen, as large as it can be: what leads to it is marked, and whatever
// is not marked is put away by the style (frame.css, base.css).

import { enlarged } from "./sizes.js";

/** @typedef {import("./lecture.js").Scene} Scene */

const LEAST = 18; // pixels of a window of 1366×768, of the smallest text
const MATTER = 40; // of numbers that matter
const FIRST = { width: 1366, height: 768 };
const FULL = 0.9; // a figure of this share of the height is large enough
const FINER = [1, 1.05, 1.12, 1.2, 1.3, 1.4, 1.5, 1.65, 1.8, 2];
const SMALLER = [0.94, 0.88, 0.82];
const SMALLEST = 0.76;
const NARROWER = [1, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72, 0.68, 0.64, 0.6]; // shares of the window
const [TRIES, TRIED_MS] = [30, 600];
const UNSEEN_MS = 4000; // after which a page that has no such figure is shown whole

/** All elements of a selector, in shadow roots, too. @param {ParentNode} root @param {string} selector @returns {HTMLElement[]} */
export function deep(root, selector) {
  const found = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);
  for (const each of root.querySelectorAll("*")) if (each.shadowRoot) found.push(...deep(each.shadowRoot, selector));
  return found;
}

const above = (/** @type {Element} */ element) => element.parentElement ?? /** @type {ShadowRoot} */ (element.getRootNode()).host ?? null;

/** What stands for a figure of this name. @param {string} name */
export const figure = (name) => `[data-figure~="${CSS.escape(name)}"], .st-key-figure_${CSS.escape(name)}`;

/** What is shown with a control: its label, or what Streamlit has around it. @param {HTMLElement} element */
function whole(element) {
  return element.closest('[data-testid="stElementContainer"], .field') ?? element.closest("label") ?? element;
}

/** The controls of these accessible names. @param {ParentNode} main @param {string[]} names */
function controls(main, names) {
  const wanted = names.map((name) => `[aria-label="${CSS.escape(name)}"]`).join(", ");
  const found = wanted ? deep(main, wanted) : [];
  const buttons = deep(main, "button, button p, label, label p").filter(({ textContent }) => names.includes(textContent?.trim() ?? ""));
  return [...found, ...buttons].map(whole);
}

export class Cinema {
  factor = 1; // by what the page is enlarged beyond what presenter mode does
  /** @type {Scene | null} */
  scene = null;
  /** @type {Set<Element>} */
  #lit = new Set();
  #as = "";
  #small = false; // whether all did not fit at the usual size
  #fitted = 0;
  #tries = 0;
  #since = 0;

  /** @param {() => void} sized draws the page by the factor; maps measure their place again */
  constructor(sized) {
    this.sized = sized;
  }

  get #main() {
    return /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stMain"]'));
  }

  /** Show a scene's figure alone; null shows the page whole. @param {Scene | null} scene */
  show(scene) {
    const wanted = scene?.subject ? scene : null;
    if (wanted?.id !== this.scene?.id) this.#since = Date.now();
    if (!wanted && !this.scene) return;
    this.scene = wanted;
    if (!wanted) this.#dark();
    this.look();
  }

  /** Mark the figure again: Streamlit draws what was there anew. */
  look() {
    const main = this.#main;
    if (!this.scene || !main) return;
    const page = document.documentElement;
    const figures = deep(main, figure(this.scene.subject ?? "")).filter((each) => !each.closest("[hidden]"));
    const before = this.#lit;
    const lit = new Map(/** @type {[Element, string][]} */ ([]));
    if (figures.length) {
      for (const each of [...main.querySelectorAll(".st-key-page_head")]) this.#way(each, "head", main, lit);
      for (const each of controls(main, this.scene.controls ?? [])) this.#way(each, "control", main, lit);
      for (const each of figures) this.#way(each, "figure", main, lit);
    }
    for (const each of before) if (!lit.has(each)) each.removeAttribute("data-lit");
    for (const [each, as] of lit) if (each.getAttribute("data-lit") !== as) each.setAttribute("data-lit", as);
    this.#lit = new Set(lit.keys());
    page.toggleAttribute("data-cinema", Boolean(figures.length));
    page.toggleAttribute("data-dark", !figures.length && Date.now() - this.#since < UNSEEN_MS);
    if (figures.length) this.#fit(main);
  }

  /** @param {Element} element @param {string} as @param {HTMLElement} main @param {Map<Element, string>} lit */
  #way(element, as, main, lit) {
    if (lit.get(element) !== "figure") lit.set(element, as);
    for (let at = above(element); at && at !== main; at = above(at)) if (!lit.has(at)) lit.set(at, "way");
  }

  #dark() {
    for (const each of this.#lit) each.removeAttribute("data-lit");
    this.#lit.clear();
    this.#as = "";
    const page = document.documentElement;
    for (const name of ["data-cinema", "data-dark"]) page.removeAttribute(name);
    for (const name of ["--least", "--matter", "--wide"]) page.style.removeProperty(name);
    this.#draw(1);
  }

  // ---- how large -----------------------------------------------------------------------------------

  /** @param {number} factor @param {number} [wide] share of the window's width */
  #draw(factor, wide = 1) {
    this.factor = factor;
    const { style } = document.documentElement;
    if (this.scene) {
      style.setProperty("--wide", `${100 * wide}%`);
      const large = enlarged(innerWidth, innerHeight) * factor;
      const grown = Math.max(1, Math.min(innerWidth / FIRST.width, innerHeight / FIRST.height)) / large;
      style.setProperty("--least", `${(LEAST * grown).toFixed(2)}px`);
      style.setProperty("--matter", `${(MATTER * grown).toFixed(2)}px`);
    }
    this.sized();
  }

  /** @param {HTMLElement} main */
  #room(main) {
    const left = main.clientHeight - main.scrollHeight;
    const block = main.querySelector('[data-testid="stMainBlockContainer"]');
    const content = block?.firstElementChild?.scrollHeight ?? 0;
    return { fits: left >= -1 && main.scrollWidth <= main.clientWidth + 1, share: content / (main.clientHeight || 1) };
  }

  /** @param {HTMLElement} main */
  #state(main) {
    const { fits, share } = this.#room(main);
    return [this.scene?.id, innerWidth, innerHeight, this.#lit.size, fits, share.toFixed(2)].join();
  }

  /** Find the largest size at which nothing has to be scrolled. @param {HTMLElement} main */
  #fit(main) {
    const known = this.#state(main) === this.#as;
    // Charts and pictures may take their size later: what had to be small is tried anew.
    const later = this.#small && this.#tries < TRIES && Date.now() - this.#fitted > TRIED_MS;
    if (known && !later) return;
    this.#tries = known ? this.#tries + 1 : 0;
    const fits = (/** @type {number} */ factor, wide = 1) => {
      this.#draw(factor, wide);
      return this.#room(main).fits;
    };
    this.#small = !fits(1);
    if (this.#small) this.#shrink(fits);
    else if (this.#room(main).share < FULL) this.#grow(fits);
    this.#as = this.#state(main);
    this.#fitted = Date.now();
  }

  /** Of factors at which all fits the one with the largest pictures. @param {(factor: number, wide?: number) => boolean} fits */
  #grow(fits) {
    let [best, largest] = [1, 0];
    for (const factor of FINER) {
      if (!fits(factor)) break;
      const seen = this.#pictures();
      if (seen < largest) continue;
      [best, largest] = [factor, seen];
    }
    fits(best);
  }

  /** Pictures as wide as can be, then letters as large. @param {(factor: number, wide?: number) => boolean} fits */
  #shrink(fits) {
    const wide = NARROWER.find((share) => fits(SMALLEST, share));
    if (!wide) fits(1);
    else if (![1, ...SMALLER].some((factor) => fits(factor, wide))) fits(SMALLEST, wide);
  }

  /** Pixels of the screen that are pictures. */
  #pictures() {
    const found = [...this.#lit].filter((each) => each.getAttribute("data-lit") === "figure");
    const pictures = found.flatMap((each) => each.matches("canvas") ? [each] : deep(each, "canvas, img, svg"));
    return pictures.reduce((sum, each) => {
      const { width, height } = each.getBoundingClientRect();
      return sum + width * height;
    }, 0);
  }
}
