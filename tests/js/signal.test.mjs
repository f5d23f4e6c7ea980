// Signals as lines: what is painted where.
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { bars, frame, height, isSignal, ruling, sideFor, trace } = await import(new URL("charts/signal.js", home));
const { columnAt, farthest, largest } = await import(new URL("charts/columns.js", home));
const { network } = await import(new URL("net/net.js", home));
const { spoil, HOLE } = await import(new URL("net/corruption.js", home));
const { ssim } = await import(new URL("net/fidelity.js", home));

const red = (pixels, side, row, column) => pixels[4 * (row * side + column)];
const column = (pixels, side, x) => Array.from({ length: side }, (_, y) => red(pixels, side, y, x));
// Centre of mass of the ink in a column, in pixels from the top.
function middle(pixels, side, x) {
  const ink = column(pixels, side, x).map((v) => Math.max(0, v - 60));
  return ink.reduce((sum, v, y) => sum + v * (y + 0.5), 0) / ink.reduce((a, b) => a + b, 0);
}

test("one row of many samples is a signal, pictures are not", () => {
  assert.ok(isSignal([1, 1, 140]));
  assert.ok(!isSignal([1, 28, 28]) && !isSignal([3, 32, 32]) && !isSignal([1, 1, 1]));
  assert.deepEqual(frame([1, 28, 20]), [28, 20]);
  assert.equal(...frame([1, 1, 140]));
});

test("the line lies where its value is, at every column, bytes and floats alike", () => {
  const side = 100;
  const values = Float32Array.from({ length: 140 }, (_, i) => 0.5 + 0.4 * Math.sin(i / 20));
  const drawn = trace(values, side);
  for (let x = 1; x < side - 1; x++) {
    const value = 0.5 + 0.4 * Math.sin((((x + 0.5) * 139) / side) / 20);
    assert.ok(Math.abs(middle(drawn, side, x) - height(value, side)) < 0.6, `column ${x}`);
  }
  const bytes = trace(Uint8Array.from(values, (v) => Math.round(255 * v)), side);
  for (let x = 1; x < side - 1; x++) {
    assert.ok(Math.abs(middle(bytes, side, x) - middle(drawn, side, x)) < 0.5);
  }
});

test("a peak of one sample is not lost where samples are denser than pixels, and beyond is cut off", () => {
  const values = new Float32Array(1000).fill(0.2);
  values[500] = 7;
  const ink = column(trace(values, 60), 60, 30);
  const top = Math.floor(height(1, 60));
  assert.ok(ink[top + 1] > 150, "up to the top");
  assert.ok(ink[0] < 60, "not above it");
  assert.ok(ink[30] > 150, "joined to the rest");
});

test("large drawings are ruled at round numbers of samples", () => {
  assert.deepEqual([140, 64, 10, 1000].map(ruling), [20, 10, 2, 200]);
  const flat = new Float32Array(101).fill(0.5);
  const large = trace(flat, 200);
  const rules = [20, 40, 60, 80].map((sample) => red(large, 200, 5, Math.floor(2 * sample)));
  assert.ok(rules.every((v) => v > red(large, 200, 5, 30)));
  assert.equal(sideFor(0), 112);
  assert.equal(sideFor(280, 2), 480);
});

test("bars stand on their base and reach as far as their value", () => {
  const side = 40;
  const up = bars([0.25, 1], side, () => [200, 0, 0], [0, 0, 0]);
  assert.equal(column(up, side, 5).filter((v) => v === 200).length, 10);
  assert.equal(column(up, side, 35).filter((v) => v === 200).length, 40);
  const both = bars([-0.5, 0.5], side, (v) => [v < 0 ? 100 : 200, 0, 0], [0, 0, 0], true);
  assert.deepEqual(column(both, side, 5).map((v, y) => (v ? y : -1)).filter((y) => y >= 0),
    Array.from({ length: 10 }, (_, i) => 20 + i));
  assert.deepEqual(column(both, side, 35).map((v, y) => (v ? y : -1)).filter((y) => y >= 0),
    Array.from({ length: 10 }, (_, i) => 10 + i));
});

test("along a row a transposed convolution is the adjoint of the convolution", () => {
  let state = 3;
  const draw = (n) => Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const weight = draw(2 * 3 * 6);
  const size = { kernel: 6, stride: 2, padding: 2 };
  const zero = new Float32Array(3);
  const down = network([{ kind: "row_conv", n_in: 3, n_out: 2, ...size }],
    { "e.0.weight": weight, "e.0.bias": zero }, "e", [3, 1, 20]);
  const up = network([{ kind: "row_conv_transpose", n_in: 2, n_out: 3, ...size }],
    { "d.0.weight": weight, "d.0.bias": zero }, "d", [2, 1, 10]);
  assert.deepEqual([down.shape, up.shape], [[2, 1, 10], [3, 1, 20]]);
  const [x, y] = [draw(60), draw(20)];
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  assert.ok(Math.abs(dot(down.run(x), y) - dot(x, up.run(y))) < 1e-5);
});

test("a patch of a signal is a stretch of it, and a signal is like itself", () => {
  const values = Float32Array.from({ length: 40 }, (_, i) => 0.9 - i / 100);
  const spoilt = spoil("patches", values, [1, 1, 40], 0.25, [0.9, 0.5]);
  const gone = Array.from(spoilt.keys()).filter((i) => spoilt[i] !== values[i]);
  assert.deepEqual(gone, [15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
  assert.ok(gone.every((i) => spoilt[i] === HOLE));
  assert.ok(Math.abs(ssim(values, values, [1, 1, 40]) - 1) < 1e-12);
  assert.ok(ssim(spoilt, values, [1, 1, 40]) < 0.9);
});

test("columns are named: under the pointer, the largest, the farthest from the mean", () => {
  const names = ["a", "b", "c"];
  assert.deepEqual([0, 0.5, 1].map((share) => columnAt(names, share)), names);
  assert.deepEqual(largest(names, [0.1, 0.3, 0.2], 2), ["b", "c"]);
  assert.equal(farthest(names, [0.4, 0.9, 0.7]), "farthest from the mean: b ↑, c ↑, a ↓");
});
