// Pictures from the clipboard: by the keys that paste, anywhere on the page, and by a button.

const NONE = "There is no picture on the clipboard: copy one (or take a screenshot) and paste again.";
const BY_KEYS = "This browser lets a page read the clipboard by the keys alone: press Ctrl+V (⌘V).";
const FIELDS = "input, textarea, [contenteditable]";

export class Clipboard {
  #abort = new AbortController();

  /**
   * @param {HTMLElement} button
   * @param {{pasted: (picture: {name: string, content: string}) => void, problem: (text: string) => void,
   *   limit: () => number}} on content in base64, limit in bytes
   */
  constructor(button, on) {
    this.on = on;
    const options = { signal: this.#abort.signal };
    document.addEventListener("paste", (event) => this.#event(event), options);
    button.addEventListener("click", () => this.#ask(), options);
  }

  close() {
    this.#abort.abort();
  }

  // What is pasted into a field of text is that field's matter, unless it is a picture.
  #event(/** @type {ClipboardEvent} */ event) {
    const files = [...(event.clipboardData?.files ?? [])];
    const [inside] = event.composedPath();
    const typing = inside instanceof Element && inside.matches(FIELDS);
    if (files.length) event.preventDefault();
    if (files.length || !typing) this.#take(files[0]);
  }

  async #ask() {
    if (!navigator.clipboard?.read) return this.on.problem(BY_KEYS);
    try {
      const items = await navigator.clipboard.read();
      for (const item of items) {
        const type = item.types.find((each) => each.startsWith("image/"));
        if (type) return this.#take(await item.getType(type));
      }
      this.on.problem(NONE);
    } catch {
      this.on.problem(BY_KEYS);
    }
  }

  async #take(/** @type {File | Blob | undefined} */ file) {
    if (!file) return this.on.problem(NONE);
    if (file.size > this.on.limit()) {
      const megabytes = Math.round(this.on.limit() / 1e6);
      return this.on.problem(`The pasted picture has over ${megabytes} MB: paste a smaller one.`);
    }
    this.on.problem("");
    this.on.pasted({ name: "name" in file && file.name ? file.name : "The pasted picture", content: base64(new Uint8Array(await file.arrayBuffer())) });
  }
}

const CHUNK = 0x8000; // as many arguments as a function takes everywhere

function base64(/** @type {Uint8Array} */ bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
