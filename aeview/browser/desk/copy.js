// Text put on the clipboard, also a text that is still to come.

import { make } from "../controls/dom.js";

/**
 * Browsers let a page write at a click, and WebKit not once it has waited for the text: so it is asked for at once,
 * and the text follows. Over http, as in a class, they give no clipboard, and what is selected is copied.
 * @param {Promise<string>} text of which an empty one is not copied
 * @param {() => Element} home where a field may stand that is selected
 * @returns {Promise<boolean>} whether it was
 */
export async function copied(text, home) {
  const blob = text.then((words) => words ? new Blob([words], { type: "text/plain" }) : Promise.reject(new Error("no text")));
  blob.catch(() => {}); // without a clipboard nobody else hears it
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    const words = await text;
    return Boolean(words) && selected(words, home());
  }
}

/** @type {(words: string, home: Element) => boolean} */
function selected(words, home) {
  const field = make("textarea", { value: words });
  home.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
