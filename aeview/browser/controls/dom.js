// Making the elements of a page.

/**
 * An element with its properties (`ariaLabel` is one), its style as text, its data-attributes and what is in it.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} kind
 * @param {Partial<Omit<HTMLElementTagNameMap[K], "style" | "dataset">> & {style?: string, dataset?: Record<string, string>}} [values]
 * @param {...(Node | string)} inside
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(kind, { dataset, ...values } = {}, ...inside) {
  const made = Object.assign(document.createElement(kind), values);
  Object.assign(made.dataset, dataset);
  made.append(...inside);
  return made;
}

/** A canvas that is a picture of something. @param {string} ariaLabel */
export const picture = (ariaLabel, className = "") => make("canvas", { role: "img", ariaLabel, className });

/** Where a small map goes. @param {string} ariaLabel */
export const minimap = (ariaLabel) => make("div", { className: "minimap", tabIndex: 0, role: "application", ariaLabel },
  make("canvas", { className: "ground" }), make("canvas", { className: "overlay" }));

/** Save something as a file. @param {Blob} content @param {string} name */
export function download(content, name) {
  const link = make("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
