// Random numbers and distributions of the Generate page: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { normal, philox, quantile, uniform } = await import(new URL("net/noise.js", home));
const { Aggregate, Mixture } = await import(new URL("generate/sampling.js", home));
const { at, crossing } = await import(new URL("generate/neighbourhood.js", home));
const { place } = await import(new URL("generate/quantiles.js", home));
const { reach, Samples } = await import(new URL("generate/samples.js", home));
const { along } = await import(new URL("generate/outofnoise.js", home));
const { Queue } = await import(new URL("net/queue.js", home));

const packed = (values) => Buffer.from(Float32Array.from(values).buffer).toString("base64");

test("Philox gives its authors' answers", () => {
  const known = [
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
  ];
  for (const [counter, key, want] of known) assert.deepEqual(philox(counter, key), want);
});

test("the quantile is odd and inverts known probabilities", () => {
  assert.equal(quantile(0.5), 0);
  assert.ok(Math.abs(quantile(0.975) - 1.959963984540054) < 1e-12);
  assert.ok(Math.abs(quantile(1e-10) + 6.361340902404056) < 1e-10);
  for (const p of [0.001, 0.2, 0.49]) assert.ok(Math.abs(quantile(p) + quantile(1 - p)) < 1e-12);
});

test("numbers depend on seed, stream and sample alone", () => {
  assert.deepEqual(Array.from(normal(1, "codes", 3, 16).slice(0, 5)), Array.from(normal(1, "codes", 3, 5)));
  assert.notDeepEqual(normal(1, "codes", 3, 5), normal(1, "posterior", 3, 5));
  assert.notDeepEqual(normal(1, "codes", 3, 5), normal(2, "codes", 3, 5));
  const u = uniform(4294967295, "components", 0)[0];
  assert.ok(u > 0 && u < 1);
});

test("a mixture scales its noise by the temperature and chooses by cumulative weights", () => {
  const mixture = new Mixture({
    weights: packed([0.25, 0.75]), means: packed([0, 0, 10, 20]),
    factors: packed([1, 0, 0, 1, 2, 0, 1, 3]),
  });
  assert.deepEqual(Array.from(mixture.place([1, -1], 0.2, 1)), [1, -1]);
  assert.deepEqual(Array.from(mixture.place([1, -1], 0.3, 1)), [12, 18]);
  assert.deepEqual(Array.from(mixture.place([1, -1], 0.9999999, 0)), [10, 20]);
});

test("a diagonal source multiplies each unit by its deviation", () => {
  const source = new Mixture({ weights: packed([1]), means: packed([1, 2, 3]), factors: packed([1, 2, 0.5]) });
  assert.deepEqual(Array.from(source.place([1, 1, 1], 0.5, 2)), [3, 6, 4]);
});

test("the cells of the grid hold equal shares: their places are normal quantiles, not even steps", () => {
  const places = Array.from({ length: 15 }, (_, i) => place(i));
  assert.equal(places[7], 0);
  const steps = places.slice(1).map((value, i) => value - places[i]);
  assert.ok(steps[0] > 2 * steps[7]);
  assert.ok(Math.abs(places[14] - quantile(29 / 30)) < 1e-12);
});

test("the reach counts codes within the radius of 99 % of the draws", () => {
  const d = 2; // there the radius is 3.035
  const codes = Float32Array.of(0, 0, 3, 0, 0, 3.1, 40, 40);
  assert.equal(reach({ codes, n: 4, d }, 1), 0.5);
  assert.equal(reach({ codes, n: 4, d }, 2), 0.75);
});

test("the queue replaces waiting jobs without losing their place, and stops in time", () => {
  const frames = [];
  globalThis.requestAnimationFrame = (act) => frames.push(act); // never 0
  globalThis.cancelAnimationFrame = () => {};
  const done = [];
  const slices = [];
  const queue = new Queue({ dataset: {} }, (left) => slices.push(left));
  const slow = (name) => () => {
    done.push(name);
    for (const start = performance.now(); performance.now() - start < 20;);
  };
  queue.put("a", slow("a"));
  queue.put("b", slow("b"));
  queue.put("other", slow("other"));
  frames.shift()();
  assert.deepEqual(done, ["a"]);
  queue.put("a", slow("a again"));
  queue.put("b", slow("b again"));
  queue.drop("oth");
  while (frames.length) frames.shift()();
  assert.deepEqual(done, ["a", "b again", "a again"]);
  assert.deepEqual(slices, [2, 1, 0]);
});

test("support is counted when the last picture of a column is drawn, in whatever order they come", () => {
  const frames = [];
  globalThis.requestAnimationFrame = (act) => frames.push(act);
  const queue = new Queue({ dataset: {} });
  const place = (method) => ({ place: () => [method] });
  const view = {
    slot: 0, title: "", sampler: place, has: () => true, label: () => -1, as: () => view,
    about: (method) => ({ about: "", waiting: "", fitted: true, learnt: method === "flow" }),
    model: { d: 1, things: "images", told: false, says: (text) => text },
  };
  const n = 4;
  const tile = { // slow, so that each has a frame of its own
    show(_, [method]) {
      for (const start = performance.now(); performance.now() - start < 20;);
      return method === "flow" ? 1 : 0;
    },
  };
  const samples = new Samples(null, null, queue);
  const column = { view, note: {}, codes: [], shares: new Float32Array(n), tiles: Array(n).fill(tile), map: { draw() {} }, noise: [] };
  samples.columns = [column];
  samples.draw({ seed: 1, temperature: 1, method: "prior", label: -1 });
  frames.shift()(); // one of the prior is drawn, three wait, when the flow arrives
  samples.draw({ seed: 1, temperature: 1, method: "flow", label: -1 });
  while (frames.length) frames.shift()();
  assert.match(column.note.textContent, /^4 of 4 drawn codes/);
});

test("distances between measured levels lie on a line, and cross where the first becomes larger", () => {
  const [first, second] = [[[0, 1], [1, 2], [2, 8]], [[0, 2], [1, 3], [2, 5]]];
  assert.equal(at(first, 0), 1);
  assert.equal(at(first, 0.5), 1.5);
  assert.equal(at(first, 2), 8);
  assert.equal(crossing(first, second), 1.25); // 2 + 6 s = 3 + 2 s at s = .25
  assert.equal(crossing(second, first), undefined);
});

test("the aggregate posterior takes training rows alone, each for an equal share", () => {
  const codes = [[0, 0], [5, 6], [7, 8]];
  const model = { rows: { split: [2, 0, 0] }, codeOf: (row) => codes[row], spreadOf: () => [1, 2] };
  const source = new Aggregate(model);
  assert.equal(source.k, 2);
  assert.deepEqual(Array.from(source.place([1, 1], 0.49, 0.5)), [5.5, 7]);
  assert.deepEqual(Array.from(source.place([1, 1], 0.51, 0)), [7, 8]);
});

test("out of noise: a way is straight within a step, and heads for where the step's velocity leads", () => {
  const places = [[0, 4], [2, 2], [3, 2]].map((place) => Float32Array.from(place));
  assert.deepEqual(Array.from(along(places, 0.25).x), [1, 3]);
  assert.deepEqual(Array.from(along(places, 0.25).ahead), [4, 0]); // from (0, 4) by (4, −4) for the whole time
  assert.deepEqual(Array.from(along(places, 0.75).ahead), [3, 2]); // x + (1 − t)·v in the last step is its end
  const { x, ahead } = along(places, 1);
  assert.deepEqual([...x, ...ahead], [3, 2, 3, 2]);
});
