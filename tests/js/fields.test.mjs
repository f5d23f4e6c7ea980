// What is typed into a field, without a page: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const { Fields } = await import(new URL("../../aeview/browser/controls/fields.js", import.meta.url));

class Input {
  dataset = {};
  type = "number";
  min = "";
  get valueAsNumber() {
    return this.value === "" ? NaN : Number(this.value);
  }
}
globalThis.HTMLElement = globalThis.HTMLInputElement = Input;

function page(bounds) {
  const field = Object.assign(new Input(), { dataset: { number: "n" } });
  const problem = new Input();
  const listeners = {};
  const root = {
    addEventListener: (kind, act) => { listeners[kind] = act; },
    querySelector: () => problem,
    querySelectorAll: (selector) => (selector.includes("data-number") ? [field] : []),
  };
  const seen = [];
  const fields = new Fields(root, { n: bounds }, {
    ready: () => true, changed: (change) => seen.push(change.n), tell: () => seen.push("told"), after: 0,
  });
  fields.state.n = 4;
  fields.show();
  const type = (value) => {
    field.value = value;
    listeners.change({ target: field });
    return [fields.state.n, field.value, problem.textContent ?? ""];
  };
  return { field, fields, seen, type };
}

test("a field takes what fits its bounds and says why it refuses the rest", async () => {
  const { field, fields, seen, type } = page({ title: "The number", low: 1, whole: true, start: 4 });
  fields.bound({ n: { high: 2000 } });
  assert.deepEqual([field.min, field.max, field.value], ["1", "2000", 4]);
  assert.deepEqual(type("7"), [7, "7", ""]);
  for (const misfit of ["2001", "0", "1.5", ""]) {
    assert.deepEqual(type(misfit), [7, 7, "The number goes from 1 to 2,000, in whole numbers; it stays at 7."]);
  }
  fields.set(fields.starts);
  await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(seen, [7, 4, "told"]);
});

test("a field without a title takes the nearest that fits", () => {
  const { type } = page({ low: -2, high: 5 });
  assert.deepEqual(type("9").slice(0, 2), [5, 5]);
  assert.deepEqual(type("").slice(0, 2), [5, 5]);
});
