// What the traverse page computes, without a page: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { Spread } = await import(new URL("charts/spread.js", home));
const { along, fromSigma, inSigma, normal, places, uniform } =
  await import(new URL("traverse/scale.js", home));
const { ticks } = await import(new URL("charts/ticks.js", home));

test("a value goes to its scale and back", () => {
  const unit = { centre: -1.5, sigma: 2.5 };
  assert.equal(fromSigma(unit, 0), -1.5);
  assert.equal(fromSigma(unit, 2), 3.5);
  for (const t of [-3, 0.1, 7]) assert.ok(Math.abs(inSigma(unit, fromSigma(unit, t)) - t) < 1e-12);
});

test("a row goes from −3 σ to 3 σ through 0, symmetric and in equal steps", () => {
  assert.deepEqual(places(7), [-3, -2, -1, 0, 1, 2, 3]);
  for (const n of [11, 13]) {
    const row = places(n);
    assert.deepEqual([row.length, row[0], row[(n - 1) / 2], row[n - 1]], [n, -3, 0, 3]);
    row.forEach((t, i) => assert.equal(t, -row[n - 1 - i] || 0));
  }
});

test("the mark of a place stands over the middle of its picture, and stays on the row", () => {
  for (const n of [7, 11]) places(n).forEach((t, i) => assert.ok(Math.abs(along(t, n) - (i + 0.5) / n) < 1e-12));
  assert.equal(along(99, 7), along(3, 7));
});

test("the spread is the standard deviation of each pixel, mean over the channels", () => {
  const spread = new Spread([2, 1, 2]);
  spread.add([0, 0.5, 1, 0.25]);
  spread.add([1, 0.5, 1, 0.75]);
  const [left, right] = spread.result();
  assert.ok(Math.abs(left - (0.5 + 0) / 2) < 1e-6);
  assert.ok(Math.abs(right - (0 + 0.25) / 2) < 1e-6);
  spread.clear();
  spread.add([7, 1, 1, 1]);
  spread.add([-7, 1, 1, 1]);
  assert.ok(Math.abs(spread.result()[0] - 0.25) < 1e-6, "shown intensities, so 0.5 in one of two channels");
});

test("draws from a seed: the same again, another seed others, mean 0 and variance 1", () => {
  const many = (seed) => Array.from({ length: 20000 }, normal(seed));
  const draws = many(3);
  assert.deepEqual(draws, many(3));
  assert.notEqual(draws[0], many(4)[0]);
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const variance = draws.reduce((a, b) => a + b * b) / draws.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean} ${variance}`);
  const next = uniform(5);
  for (let i = 0; i < 1000; i++) assert.ok((([u]) => u >= 0 && u < 1)([next()]));
});

test("ticks are round numbers inside the axis", () => {
  assert.deepEqual(ticks(3.2, 21), [5, 10, 15, 20]);
  assert.deepEqual(ticks(-0.11, 0.11), [-0.1, -0.05, 0, 0.05, 0.1]);
  for (const value of ticks(70, 145)) assert.ok(value >= 70 && value <= 145 && value % 10 === 0);
});
