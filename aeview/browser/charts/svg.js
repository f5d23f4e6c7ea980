// Elements of an svg.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Add an element to another one; returns it.
 * @template {keyof SVGElementTagNameMap} Kind
 * @param {Element} home @param {Kind} kind @param {Record<string, string | number>} values
 * @returns {SVGElementTagNameMap[Kind]}
 */
export function draw(home, kind, values, text = "") {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, String(value));
  element.textContent = text;
  home.append(element);
  return element;
}
