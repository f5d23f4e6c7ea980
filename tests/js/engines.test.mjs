// What browsers' engines do in their own ways: boxes under zoom, double-clicks, the clipboard. node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { placeOf, shareOf } = await import(new URL("controls/point.js", home));
const { boxOf, top } = await import(new URL("shell/zoom.js", home));
const { twice } = await import(new URL("map/gestures.js", home));
const { copied } = await import(new URL("desk/copy.js", home));

// A window with the page's zoom; an engine tells boxes in pixels of the window (Chromium, Firefox) or of the page (WebKit).
function engine(zoom, ofPage) {
  const rect = (left, top, width, height, by) => {
    const told = ofPage ? 1 : by;
    return { left: told * left, top: told * top, width: told * width, height: told * height };
  };
  globalThis.document = {
    documentElement: { dataset: { zoom: String(zoom) } },
    body: { append() {} },
    createElement: () => ({ style: {}, remove() {}, getBoundingClientRect: () => rect(0, 0, 8, 8, 2) }),
  };
  return { getBoundingClientRect: () => rect(30, 100, 400, 200, zoom) }; // 400 by 200 css pixels
}

test("a pointer's place is the same in every engine, whatever the zoom", () => {
  for (const zoom of [1, 1.219, 3]) {
    for (const ofPage of [false, true]) {
      const element = engine(zoom, ofPage);
      for (const [x, y] of [[0.25, 0.8], [0.5, 0.1], [1, 1]]) {
        const event = { clientX: zoom * (30 + 400 * x), clientY: zoom * (100 + 200 * y) };
        const near = (told, said) => told.forEach((value, i) => assert.ok(Math.abs(value - said[i]) < 1e-9, `${told} ${said}`));
        near(shareOf(element, event), [x, y]);
        near(placeOf(element, event), [400 * x, 200 * y]);
      }
      assert.ok(Math.abs(boxOf(element).right - zoom * 430) < 1e-9);
      assert.ok(Math.abs(top(element) - 100) < 1e-9);
    }
  }
  delete globalThis.document;
});

test("two clicks are a double-click if they are near in time and place", () => {
  const first = { at: [10, 10], when: 1000 };
  assert.ok(!twice(null, first, 8));
  assert.ok(twice(first, { at: [14, 13], when: 1480 }, 8));
  assert.ok(!twice(first, { at: [14, 13], when: 1520 }, 8));
  assert.ok(!twice(first, { at: [19, 10], when: 1100 }, 8));
});

test("a text still to come is asked onto the clipboard at once", async () => {
  const asked = [];
  globalThis.ClipboardItem = class {
    constructor(items) {
      this.items = items;
    }
  };
  const clipboard = { write: async ([item]) => asked.push(await (await item.items["text/plain"]).text()) };
  const write = (given) => Object.defineProperty(globalThis, "navigator", { value: { clipboard: given }, configurable: true });
  write({ write: (items) => (asked.push("asked"), clipboard.write(items)) });
  let arrive;
  const copying = copied(new Promise((resolve) => { arrive = resolve; }), () => null);
  assert.deepEqual(asked, ["asked"]);
  arrive("import aecore");
  assert.ok(await copying);
  assert.deepEqual(asked, ["asked", "import aecore"]);
  assert.ok(!await copied(Promise.resolve(""), () => null)); // no text, nothing copied
  write(undefined);
  assert.ok(!await copied(Promise.resolve(""), () => null));
});
