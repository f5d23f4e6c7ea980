// Thresholds, figures and the axis of the Anomaly page: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { bestF1, byClass, conformal, curves, deviations, figures, interval, margins, quantile, Sorted } = await import(new URL("anomaly/thresholds.js", home));
const { axisOf } = await import(new URL("anomaly/axis.js", home));
const { short, share } = await import(new URL("anomaly/texts.js", home));

const sorted = (...values) => new Sorted(Float32Array.from(values));

test("sorting keeps the places, and counting is exact at ties", () => {
  const values = sorted(3, 1, 2, 2);
  assert.deepEqual(values.order, [1, 2, 3, 0]);
  assert.equal(values.below(2), 1);
  assert.equal(values.below(2, true), 3);
  assert.equal(values.above(2), 1);
  assert.equal(values.above(-Infinity), 4);
  assert.equal(values.above(Infinity), 0);
});

test("the conformal threshold is its order statistic, or infinite where n is too small", () => {
  const held = new Sorted(Float32Array.from({ length: 19 }, (_, i) => 19 - i));
  assert.equal(conformal(held, 0.05), 19);
  assert.equal(conformal(held, 0.5), 10);
  assert.equal(conformal(held, 0.01), Infinity);
});

test("within each class each has a threshold, and what is above it has a margin above 0", () => {
  const [scores, classes] = [[1, 2, 3, 10, 20, 30], [0, 0, 0, 1, 1, 1]];
  const limits = byClass((held) => conformal(held, 0.5), scores, classes, 3);
  assert.deepEqual(limits, [2, 20, Infinity]); // none is of the third class
  const above = margins(scores, classes, limits);
  assert.deepEqual(above.order.slice(-above.above(0)), [2, 5]);
});

test("quantile and deviations", () => {
  const held = sorted(1, 2, 3, 4);
  assert.equal(quantile(held, 0.75), 3);
  assert.equal(quantile(held, 0), 1);
  assert.equal(quantile(held, 1), 4);
  assert.ok(Math.abs(deviations(held, 2) - (2.5 + 2 * Math.sqrt(1.25))) < 1e-12);
});

test("figures count what is above the threshold, and shares of nothing are null", () => {
  const got = figures(sorted(1, 2, 3), sorted(2, 4, 5, 6), 2);
  assert.deepEqual([got.hits, got.misses, got.alarms, got.passed], [3, 1, 1, 2]);
  assert.deepEqual([got.recall, got.precision], [0.75, 0.75]);
  const alone = figures(sorted(1, 2, 3), sorted(), 9);
  assert.deepEqual([alone.recall, alone.precision, alone.f1], [null, null, null]);
  assert.equal(share(alone.recall), "–");
});

test("the best F1 is the best of all thresholds", () => {
  const [normal, strange] = [sorted(1, 2, 3, 4, 9), sorted(3.5, 5, 6, 7)];
  const best = figures(normal, strange, bestF1(normal, strange)).f1;
  for (const t of [-1, 1, 2, 3, 3.5, 4, 5, 6, 7, 9]) assert.ok(figures(normal, strange, t).f1 <= best);
  assert.equal(bestF1(sorted(1), sorted(0)), -Infinity);
});

test("a perfect score has area 1, equal scores one half, and curves end at the corners", () => {
  const perfect = curves(sorted(1, 2), sorted(3, 4));
  assert.equal(perfect.auroc, 1);
  assert.equal(perfect.averagePrecision, 1);
  assert.equal(curves(sorted(1, 1), sorted(1)).auroc, 0.5);
  assert.deepEqual(perfect.roc.at(-1), [1, 1]);
  assert.deepEqual(perfect.pr.at(-1), [1, 0.5]);
});

test("Wilson's interval: 0 of 10 and 5 of 100", () => {
  const [low, high] = interval(0, 10);
  assert.ok(low < 1e-9 && Math.abs(high - 0.2775) < 1e-3);
  const five = interval(5, 100);
  assert.ok(Math.abs(five[0] - 0.0215) < 1e-3 && Math.abs(five[1] - 0.1118) < 1e-3);
});

test("the axis is logarithmic for wide positive scores, and its inverse is exact", () => {
  const wide = axisOf([[0.001, 0.01], [1]]);
  assert.ok(wide.log);
  const narrow = axisOf([[-1, 3]]);
  assert.ok(!narrow.log);
  for (const axis of [wide, narrow]) {
    for (const place of [0, 0.25, 0.9, 1]) assert.ok(Math.abs(axis.place(axis.value(place)) - place) < 1e-9);
    assert.equal(axis.place(Infinity), 1);
    assert.equal(axis.place(-Infinity), 0);
    const ticks = axis.ticks(7);
    assert.ok(ticks.length >= 3 && ticks.length <= 14);
    for (const tick of ticks) assert.ok(tick >= axis.value(0) && tick <= axis.value(1));
  }
  assert.equal(wide.bin(5, 60), 59);
  const same = axisOf([[2, 2]]);
  assert.ok(same.place(2) > 0.4 && same.place(2) < 0.6);
});

test("numbers are short and have a real minus", () => {
  assert.equal(short(0.0123456), "0.0123");
  assert.equal(short(-1.5), "−1.5");
  assert.equal(short(1234.5), "1235");
  assert.equal(short(Infinity), "∞");
});
