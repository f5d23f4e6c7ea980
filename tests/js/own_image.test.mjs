// The pad's ink and what is said of a score, without a page: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { ink, mass } = await import(new URL("pad/ink.js", home));
const { difference } = await import(new URL("charts/errors.js", home));
const { Scale } = await import(new URL("charts/scale.js", home));
const { among, meanSquare, percentile } = await import(new URL("net/scores.js", home));
const { tint } = await import(new URL("your_image/errors.js", home));

const MNIST = { stroke: 2.4, edge: 1, centre: 14, fit: true };
const ring = (x, y, wide, high) => Array.from({ length: 40 }, (_, i) =>
  [x + wide * Math.cos((i * Math.PI) / 20), y + high * Math.sin((i * Math.PI) / 20)]);
const near = (a, b, within) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b} ± ${within}`);

function box(pixels, side) {
  const on = Array.from(pixels.keys()).filter((i) => pixels[i] > 0.5);
  const [xs, ys] = [on.map((i) => i % side), on.map((i) => Math.floor(i / side))];
  return { wide: Math.max(...xs) - Math.min(...xs) + 1, high: Math.max(...ys) - Math.min(...ys) + 1 };
}

test("a drawing fills 20 of 28 pixels with its aspect kept, however large and wherever it was drawn", () => {
  for (const [x, y, r] of [[0.5, 0.5, 0.4], [0.2, 0.8, 0.05], [0.9, 0.1, 0.1]]) {
    const { wide, high } = box(ink([ring(x, y, r / 2, r)], [28, 28], MNIST), 28);
    near(high, 20, 1);
    near(wide, 2.4 + (20 - 2.4) / 2, 1.5);
  }
  const [large, small] = [0.4, 0.04].map((r) => ink([ring(0.5, 0.5, r, r)], [28, 28], MNIST));
  large.forEach((value, i) => near(value, small[i], 1e-4));
});

test("its mass lies where the data set's does, to a fraction of a pixel", () => {
  const seven = [[[0.1, 0.1], [0.7, 0.1], [0.4, 0.9]]];
  for (const [side, centre] of [[28, 14], [28, 13.5], [32, 14], [64, 14]]) {
    const wanted = (centre + 0.5) * (side / 28) - 0.5;
    const [x, y] = mass(ink(seven, [side, side], { ...MNIST, centre }), [side, side]);
    near(x, wanted, 0.15);
    near(y, wanted, 0.15);
  }
});

test("a line is as wide as is asked, at every side of the picture", () => {
  for (const [side, stroke] of [[28, 2.4], [28, 4], [64, 2.4]]) {
    const pixels = ink([[[0.5, 0.1], [0.5, 0.9]]], [side, side], { ...MNIST, stroke });
    const row = pixels.slice(Math.floor(side / 2) * side, (Math.floor(side / 2) + 1) * side);
    near(row.reduce((a, b) => a + b), (stroke * side) / 28, 0.15);
  }
});

test("in a picture that is wider than high it is as large and lies in the middle, undistorted", () => {
  const cross = [[[0.1, 0.5], [0.3, 0.5]], [[0.2, 0.2], [0.2, 0.8]]]; // 0.2 of the width and 0.6 of the height: 16 and 24 pixels
  const [height, width] = [40, 80];
  const pixels = ink(cross, [height, width], MNIST);
  const { wide, high } = box(pixels, width);
  near(high, (20 * height) / 28, 1);
  near((wide - 3.4) / (high - 3.4), 16 / 24, 0.06);
  const [x, y] = mass(pixels, [height, width]);
  near(x, (MNIST.centre + 0.5) * (height / 28) - 0.5 + (width - height) / 2, 0.15);
  near(y, (MNIST.centre + 0.5) * (height / 28) - 0.5, 0.15);
});

test("a soft edge leaves more pixels grey and as much ink", () => {
  const [hard, soft] = [1, 2].map((edge) => ink([ring(0.5, 0.5, 0.3, 0.3)], [28, 28], { ...MNIST, stroke: 4, edge }));
  const grey = (pixels) => pixels.filter((v) => v > 0.1 && v < 0.9).length;
  assert.ok(grey(soft) > 1.3 * grey(hard));
  near(soft.reduce((a, b) => a + b) / hard.reduce((a, b) => a + b), 1, 0.06);
});

test("without fitting, size and place are as drawn; without strokes there is no ink", () => {
  const small = ink([ring(0.25, 0.25, 0.1, 0.1)], [28, 28], { ...MNIST, fit: false });
  const [x, y] = mass(small, [28, 28]);
  near(x, 6.5, 0.1);
  near(y, 6.5, 0.1);
  near(box(small, 28).wide, 5.6 + 2.4, 1);
  assert.equal(Math.max(...ink([], [28, 28], MNIST)), 0);
  assert.equal(Math.max(...ink([[]], [28, 28], MNIST)), 0);
  const dot = ink([[[0.3, 0.3]]], [28, 28], MNIST);
  near(mass(dot, [28, 28])[0], 14, 0.05);
  assert.ok(Math.max(...dot) === 1);
});

test("a percentile counts what is lower, and its words claim no more than was measured", () => {
  const normal = Float32Array.from({ length: 2000 }, (_, i) => i);
  assert.equal(percentile(normal, 0), 0);
  assert.equal(percentile(normal, 1000), 0.5);
  assert.equal(percentile(Float32Array.of(1, 1, 2), 1), 0);
  assert.equal(among(normal, 1900), "higher than 95 % of 2,000 held-out normal images");
  assert.equal(among(normal, 1999), "higher than 99.9 % of 2,000 held-out normal images");
  assert.equal(among(normal, 9e9), "higher than all 2,000 held-out normal images");
  assert.equal(among(normal, -1), "lower than all 2,000 held-out normal images");
});

test("the score is the mean of the squared differences", () => {
  near(meanSquare([0, 0.5, 1], [0, 0, 0]), 1.25 / 3, 1e-9);
});

test("a logarithmic histogram counts every value once", () => {
  const counts = new Scale(0.01, 1, { log: true }).counts([0.0001, 0.01, 0.011, 0.11, 5], 10);
  assert.deepEqual(Array.from(counts), [3, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.deepEqual(new Scale(0.004, 0.3, { log: true }).ticks(), [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]);
});

test("an error is blue where too dark, red where too bright, and unseen where right", () => {
  const errors = difference([1, 0, 0.5, 1, 0, 0.5], [0, 1, 0.5, 0, 1, 0.5], [2, 1, 3]);
  assert.deepEqual(Array.from(errors), [1, -1, 0]);
  const [[red, , , shown], [, , blue], [, , , unseen]] = Array.from(errors, tint);
  assert.ok(red > 200 && blue > 200 && shown === 255 && unseen === 0);
});
