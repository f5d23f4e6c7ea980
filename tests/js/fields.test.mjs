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
    dataset: {},
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
  return { root, field, fields, listeners, seen, type };
}

test("a field takes what fits its bounds and says why it refuses the rest", async () => {
  const { root, field, fields, seen, type } = page({ title: "The number", low: 1, whole: true, start: 4 });
  fields.bound({ n: { high: 2000 } });
  assert.deepEqual([field.min, field.max, field.value], ["1", "2000", 4]);
  assert.deepEqual(type("7"), [7, "7", ""]);
  for (const misfit of ["2001", "0", "1.5", ""]) {
    assert.deepEqual(type(misfit), [7, 7, "The number goes from 1 to 2,000, in whole numbers; it stays at 7."]);
  }
  fields.set(fields.starts);
  assert.equal(root.dataset.telling, "soon");
  await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(seen, [7, 4, "told"]);
  assert.deepEqual(root.dataset, {});
});

test("a field that is being typed into is left alone until it is known what was typed", () => {
  const { field, fields, listeners, type } = page({ low: 1, high: 9 });
  const typing = (value) => {
    field.value = value;
    listeners.input({ target: field });
  };
  typing("1");
  fields.set({ n: 6 }, false); // Python has answered something else
  assert.equal(field.value, "1");
  assert.deepEqual(type("12").slice(0, 2), [9, 9]);
  typing("");
  listeners.focusout(); // left as it was: nothing has changed
  assert.equal(field.value, 9);
});

test("a field without a title takes the nearest that fits", () => {
  const { type } = page({ low: -2, high: 5 });
  assert.deepEqual(type("9").slice(0, 2), [5, 5]);
  assert.deepEqual(type("").slice(0, 2), [5, 5]);
});
