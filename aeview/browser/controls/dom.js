// Making the elements of a page.

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
