// What a saved web page runs first: it makes modules of what stands in the page as text, and starts
// them. It stands in the page itself (`web_page.py` among the view's `work` puts it there), and imports nothing.

/** What a script element holds: seven bits a character, gzipped. @type {(element: Element) => Promise<Uint8Array>} */
async function read(element) {
  const text = element.textContent ?? "";
  const zipped = new Uint8Array(Math.floor((text.length * 7) / 8));
  for (let i = 0, at = 0, bits = 0, held = 0; i < text.length; i++) {
    held = (held << 7) | (text.charCodeAt(i) & 127);
    bits += 7;
    if (bits < 8) continue;
    bits -= 8;
    zipped[at++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

try {
  const parts = (/** @type {string} */ kind) => Promise.all(Array.from(document.querySelectorAll(`script.${kind}`), read));
  const [[code], payloads] = await Promise.all([parts("code"), parts("payload")]);
  const { modules, sections } = JSON.parse(new TextDecoder().decode(code));
  /** @type {Record<string, string>} */
  const urls = {};
  for (const [name, source] of modules) {
    const linked = source.replace(/"module:([^"]+)"/g, (/** @type {string} */ _, /** @type {string} */ other) => `"${urls[other]}"`);
    urls[name] = URL.createObjectURL(new Blob([linked], { type: "text/javascript" }));
  }
  const load = async (/** @type {string} */ folder) => (await import(urls[`${folder}/main.js`])).default;
  await (await load("web_page"))(sections, load, payloads);
} catch (error) {
  const said = document.querySelector(".opening");
  if (said) said.textContent = "This page can't be opened here: the file is damaged, or the browser is older than 2023.";
  throw error;
}

export {}; // a module, so that it may wait
