// Elements by selector that a component's own page is known to have.

/** @template {string} S @typedef {S extends `${string} ${infer Rest}` ? Last<Rest> : S} Last the innermost part */
/**
 * The tag that a part of a selector begins with.
 * @template {string} S
 * @typedef {S extends `${infer T}.${string}` ? Tag<T> : S extends `${infer T}[${string}` ? Tag<T>
 *   : S extends `${infer T}:${string}` ? Tag<T> : S} Tag
 */
/** @template {string} T @typedef {T extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[T]
 *   : T extends keyof SVGElementTagNameMap ? SVGElementTagNameMap[T] : HTMLElement} Made
 */
/** @template {string} S @typedef {Made<Tag<Last<S>>>} Found "canvas.map" finds a canvas, ".map" any element */

/** The first element; there is one. @type {<S extends string>(root: ParentNode, selector: S) => Found<S>} */
export const find = (root, selector) => /** @type {any} */ (root.querySelector(selector));

/** All elements. @type {<S extends string>(root: ParentNode, selector: S) => Found<S>[]} */
export const all = (root, selector) => /** @type {any} */ ([...root.querySelectorAll(selector)]);

/** Whether an element has the focus. @type {(element: Element) => boolean} */
export const focused = (element) => /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement === element;

/** @typedef {<S extends string>(selector: S) => Found<S>} Find */

/** `find` below one element. @type {(root: ParentNode) => Find} */
export const finder = (root) => (selector) => find(root, selector);
