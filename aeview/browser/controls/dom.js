// Making and finding the elements of a page.

/** @typedef {<T extends Element = HTMLElement>(selector: string, kind?: new () => T) => T} Find */

/**
 * An element with its properties (`ariaLabel` is one) and what is in it.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} kind
 * @param {Partial<HTMLElementTagNameMap[K]>} [values]
 * @param {...(Node | string)} inside
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(kind, values = {}, ...inside) {
  const made = Object.assign(document.createElement(kind), values);
  made.append(...inside);
  return made;
}

/**
 * The way to find an element that must be there; with a class, one of that class.
 * @param {ParentNode} root
 * @returns {Find}
 */
export const finder =
  (root) =>
  (selector, kind = /** @type {any} */ (HTMLElement)) => { // any: T is HTMLElement without a class
    const element = root.querySelector(selector);
    if (!(element instanceof kind)) throw new Error(`No ${kind.name} is found by ${selector}`);
    return element;
  };

/**
 * All elements that match.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [_kind] what they are
 * @returns {T[]}
 */
export const all = (root, selector, _kind) => Array.from(/** @type {NodeListOf<T>} */ (root.querySelectorAll(selector)));
