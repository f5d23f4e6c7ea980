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

/** A canvas that is a picture of something. @param {string} ariaLabel */
export const picture = (ariaLabel, className = "") => make("canvas", { role: "img", ariaLabel, className });

/** Where a small map goes. @param {string} ariaLabel */
export const minimap = (ariaLabel) => make("div", { className: "minimap", tabIndex: 0, role: "application", ariaLabel },
  make("canvas", { className: "ground" }), make("canvas", { className: "overlay" }));

/** What draws on a canvas. @param {HTMLCanvasElement} canvas */
export const pen = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
