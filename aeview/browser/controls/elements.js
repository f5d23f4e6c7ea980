// Elements of a component: found by a selector, made, and pressed.

/**
 * The element that a selector means, as its last part says: "input.level" is an HTMLInputElement.
 * @template {string} S
 * @typedef {S extends `${string} ${infer Rest}` ? Named<Rest>
 *   : S extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[S]
 *   : S extends keyof SVGElementTagNameMap ? SVGElementTagNameMap[S]
 *   : S extends `${infer Tag extends keyof HTMLElementTagNameMap}${"." | "["}${string}` ? HTMLElementTagNameMap[Tag]
 *   : HTMLElement} Named
 */
/** @typedef {<S extends string>(selector: S) => Named<S>} Find what is known to be there */

/** @param {ParentNode} root @returns {Find} */
export const finder = (root) => (selector) => /** @type {any} the HTML has it */ (root.querySelector(selector));

/**
 * An element with its properties and what stands in it.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Partial<HTMLElementTagNameMap[K]>} properties @param {(Node | string)[]} children
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Of the buttons with data-NAME the one that is chosen is pressed. @param {ParentNode} root @param {string} name @param {string} value */
export function press(root, name, value) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[data-${name}]`))) {
    button.setAttribute("aria-pressed", String(button.dataset[name] === value));
  }
}

/** Call back with data-NAME of the button that is clicked. @param {ParentNode} root @param {string} name @param {(value: string) => void} act */
export function choose(root, name, act) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(`[data-${name}]`))) {
    button.addEventListener("click", () => act(/** @type {string} */ (button.dataset[name])));
  }
}
