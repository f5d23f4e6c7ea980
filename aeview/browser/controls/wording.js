// Texts are written about images. Where the model reads signals or rows of a table, a component says
// so instead: in its texts, hints and labels, those that come later among them, so that none is
// forgotten. `aecore.data.imageset.Things.say` is the same in Python.

/** @typedef {[one: string, many: string, part: string, drawn?: boolean]} Words "image", "images", "pixel"; whether draws stand where training images do elsewhere */

/** @type {Words} */
export const IMAGES = ["image", "images", "pixel"];
const LEARNT = /\btraining (image|code)(s?)\b/gi;
const SAID = /(?<![\w-])(?:(an )?(image|picture|pixel)(s?)|too (dark|bright))(?![\w-])/gi;
const ATTRIBUTES = ["title", "aria-label", "aria-description"];
const UNREAD = new Set(["STYLE", "SCRIPT", "TEXTAREA"]);
const CALLED = "aeview:called";

const isCapital = (/** @type {string} */ text) => text[0] !== text[0].toLowerCase();

const capital = (/** @type {string} */ text) => text[0].toUpperCase() + text.slice(1);

/** A text about images as one about these. @type {(text: string, words: Words) => string} */
export function say(text, [one, many, part, drawn]) {
  if (drawn) {
    return say(text.replace(LEARNT, (whole, /** @type {string} */ what, /** @type {string} */ plural) => {
      const said = `${what.toLowerCase() === "image" ? "draw" : "drawn code"}${plural}`;
      return isCapital(whole) ? capital(said) : said;
    }), [one, many, part]);
  }
  if (part === "pixel") return text; // of images it is said already
  return text.replace(SAID, (whole, /** @type {string | undefined} */ an, /** @type {string} */ word, /** @type {string} */ plural, /** @type {string | undefined} */ tone) => {
    if (tone) return whole.slice(0, 4) + (tone.toLowerCase() === "dark" ? "low" : "high");
    const pixel = word.toLowerCase() === "pixel";
    const said = pixel ? `${part}${plural}` : plural ? many : one;
    return `${an ? `${an[0]} ` : ""}${isCapital(word) ? capital(said) : said}`;
  });
}

/** Tell the component what its model reads. @type {(element: Element, words: Words | undefined) => void} */
export const called = (element, words) => void element.dispatchEvent(new CustomEvent(CALLED, { detail: words ?? IMAGES, bubbles: true }));

export class Wording {
  #words = IMAGES;
  /** @type {WeakMap<Node, {was: string, said: string}>} texts and attributes that were said anew */
  #anew = new WeakMap();

  /** @param {HTMLElement} root what holds the component */
  constructor(root) {
    this.root = root;
    this.abort = new AbortController();
    this.watch = new MutationObserver((changes) => this.#changed(changes));
    root.addEventListener(CALLED, (event) => this.#call(/** @type {CustomEvent<Words>} */ (event).detail), { signal: this.abort.signal });
  }

  close() {
    this.abort.abort();
    this.watch.disconnect();
  }

  /** @param {Words} words */
  #call(words) {
    if (words.join() === this.#words.join()) return;
    this.watch.disconnect();
    this.#words = words;
    for (const node of texts(this.root)) {
      const before = this.#anew.get(node);
      if (before && before.said === node.nodeValue) node.nodeValue = before.was;
      this.#say(node);
    }
    if (words.join() === IMAGES.join()) return;
    this.watch.observe(this.root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
  }

  /** @param {Node} node a text or an attribute */
  #say(node) {
    const was = node.nodeValue ?? "";
    const said = say(was, this.#words);
    if (said === was) return;
    this.#anew.set(node, { was, said });
    node.nodeValue = said;
  }

  /** @param {MutationRecord[]} changes */
  #changed(changes) {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (type === "characterData") this.#say(target);
      const attribute = attributeName && /** @type {Element} */ (target).getAttributeNode(attributeName);
      if (attribute) this.#say(attribute);
      for (const added of addedNodes) for (const node of texts(added)) this.#say(node);
    }
  }
}

/** The texts below a node and the attributes that are read. @param {Node} node @returns {Generator<Node>} */
function* texts(node) {
  if (node instanceof Text) yield node;
  if (UNREAD.has(node.nodeName)) return;
  for (const name of node instanceof Element ? ATTRIBUTES : []) { // what holds a component is no element
    const attribute = /** @type {Element} */ (node).getAttributeNode(name);
    if (attribute) yield attribute;
  }
  for (const child of node.childNodes) yield* texts(child);
}
