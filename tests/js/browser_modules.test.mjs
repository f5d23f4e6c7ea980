// The browser's modules on their own: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { network } = await import(new URL("net/net.js", home));
const { Grid, bounds, crowd, nearest } = await import(new URL("net/neighbours.js", home));
const { plane } = await import(new URL("net/plane.js", home));
const { support, words } = await import(new URL("net/support.js", home));
const { store } = await import(new URL("payload/store.js", home));
const { Camera } = await import(new URL("map/camera.js", home));
const { pinch } = await import(new URL("map/gestures.js", home));

// A small generator, so that the tests draw the same numbers everywhere.
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const draw = (n, seed = 1) => Float32Array.from({ length: n }, random(seed));

test("a convolution with a unit kernel is the identity", () => {
  const layer = { kind: "conv", n_in: 1, n_out: 1, kernel: 3, stride: 1, padding: 1 };
  const weight = new Float32Array(9);
  weight[4] = 1;
  const net = network([layer], { "decoder.0.weight": weight, "decoder.0.bias": [0] }, "decoder", [1, 5, 4]);
  const image = draw(20);
  assert.deepEqual(net.run(image), image);
});

test("a transposed convolution is the adjoint of the convolution", () => {
  const shape = { kernel: 4, stride: 2, padding: 1 };
  const weight = draw(2 * 3 * 16, 2);
  const zero = new Float32Array(3);
  const down = network([{ kind: "conv", n_in: 3, n_out: 2, ...shape }],
    { "e.0.weight": weight, "e.0.bias": zero }, "e", [3, 8, 6]);
  const up = network([{ kind: "conv_transpose", n_in: 2, n_out: 3, ...shape }],
    { "d.0.weight": weight, "d.0.bias": zero }, "d", [2, 4, 3]);
  const x = draw(3 * 8 * 6, 3);
  const y = draw(2 * 4 * 3, 4);
  const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  assert.deepEqual(up.shape, [3, 8, 6]);
  assert.ok(Math.abs(dot(down.run(x), y) - dot(x, up.run(y))) < 1e-4);
});

test("upsampling repeats pixels, a reshape changes nothing", () => {
  const net = network([{ kind: "reshape", shape: [1, 2, 2] }, { kind: "upsample", factor: 2 }], {}, "d", [4]);
  assert.deepEqual(Array.from(net.run([1, 2, 3, 4])), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

test("the grid finds what brute force finds, inside and outside, and with points left out", () => {
  const points = draw(2 * 500, 5);
  const grid = new Grid(points);
  const next = random(6);
  for (let i = 0; i < 200; i++) {
    const [x, y] = [3 * next() - 1, 3 * next() - 1];
    const keep = i % 2 ? null : (row) => row % 3 !== 0;
    const want = nearest(points, 2, [x, y], 8, keep);
    const got = grid.nearest(x, y, 8, keep);
    assert.deepEqual(got.index, want.index);
  }
});

test("a grid of one point, and of points in one place", () => {
  assert.equal(new Grid(Float32Array.of(1, 2)).nearest(5, 5, 1).index[0], 0);
  const same = new Grid(new Float32Array(20));
  assert.equal(new Set(same.nearest(0, 0, 10).index).size, 10);
});

test("a linear plane gives a place back, whatever fills the rest", () => {
  const d = 4;
  const codes = draw(40 * d, 7);
  const arrays = {
    origin: draw(d, 8), basis: Float32Array.of(1, 0, 0, 1, 0, 0, 0, 0), codes,
    points: Float32Array.from({ length: 80 }, (_, i) => codes[(i >> 1) * d + (i % 2)]),
  };
  const map = plane("linear", arrays, d);
  for (const fill of ["mean", "image", "neighbours"]) {
    map.fill = fill;
    map.anchor = 3;
    const [x, y] = map.transform(map.inverse(0.3, -0.2, new Float32Array(d)));
    assert.ok(Math.abs(x - 0.3) < 1e-6 && Math.abs(y + 0.2) < 1e-6, fill);
  }
});

test("a plane by neighbours gives a point its own code", () => {
  const codes = draw(30 * 3, 9);
  const points = draw(60, 10);
  const map = plane("neighbours", { codes, points }, 3);
  const code = map.inverse(points[8], points[9], new Float32Array(3));
  for (let j = 0; j < 3; j++) assert.ok(Math.abs(code[j] - codes[12 + j]) < 1e-3);
});

test("support falls from the data outwards, and words follow it", () => {
  const codes = draw(200 * 2, 11);
  const reference = Float32Array.from({ length: 200 }, (_, i) => i / 220);
  const near = support(codes, [1, 1], reference, { near: 5, around: 50 });
  const shares = [0.5, 1.5, 2, 9].map((x) => near.share([x, 0.5]));
  assert.ok(shares[0] > shares[1] && shares[1] >= shares[2]);
  assert.equal(shares[3], 0);
  assert.equal(words(shares[3]), "no training image near here");
  assert.equal(words(0.9), "as near as most training images");
  assert.equal(words(0.14), "more isolated than most training images"); // of 86 % of them
});

test("the view follows a cursor over its edge, by as much as it has to", () => {
  const camera = new Camera();
  camera.resize(500, 500);
  camera.fit({ left: -2, right: 2, bottom: -1, top: 1 });
  const [x, y] = camera.toPlane(530, 200);
  assert.deepEqual(camera.follow(530, 200), [488, 200]);
  const [sx, sy] = camera.toScreen(x, y);
  assert.ok(Math.abs(sx - 488) < 1e-9 && Math.abs(sy - 200) < 1e-9);
});

test("two fingers: apart zooms, together moves", () => {
  const { factor, at, by } = pinch([[100, 100], [200, 100]], [[80, 120], [280, 120]]);
  assert.equal(factor, 2);
  assert.deepEqual(at, [180, 120]);
  assert.deepEqual(by, [30, 20]);
});

test("zooming keeps the place under the cursor, and a view survives another size", () => {
  const camera = new Camera();
  camera.resize(500, 500);
  camera.fit({ left: -2, right: 2, bottom: -1, top: 1 });
  const before = camera.toPlane(120, 300);
  camera.zoom(1.7, 120, 300);
  const after = camera.toPlane(120, 300);
  assert.ok(Math.abs(before[0] - after[0]) < 1e-9 && Math.abs(before[1] - after[1]) < 1e-9);
  const other = new Camera();
  other.resize(800, 800);
  other.view = camera.view;
  assert.ok(Math.abs(other.box.left - camera.box.left) < 1e-9);
  assert.ok(Math.abs(other.box.top - camera.box.top) < 1e-9);
});

test("a store tells late and early followers, and forgets those who left", () => {
  const seen = [];
  const values = store("test");
  values.set("a", 1);
  const leave = values.follow((topic, value) => seen.push([topic, value]));
  store("test").set("a", 2);
  leave();
  values.set("a", 3);
  assert.deepEqual(seen, [["a", 1], ["a", 2]]);
});

test("a few outliers do not shrink the crowd, and without any all points are in the box", () => {
  const points = draw(2000, 5);
  assert.deepEqual(crowd(points), bounds(points));
  points.set([50, -70], 0);
  const { left, right, bottom, top } = crowd(points);
  assert.ok(right < 1.3 && bottom > -0.3 && left >= 0 && top <= 1);
});

const { difference, diverging } = await import(new URL("charts/errors.js", home));
const { Links, nameOf, same, sampleOf } = await import(new URL("map/links.js", home));

test("an error in colour has the sign of the brightness and the size of all channels: they don't cancel", () => {
  const shape = [3, 1, 3];
  const original = Uint8Array.of(0, 255, 0, 0, 255, 255, 0, 255, 255);
  const values = difference(Float32Array.of(0.3, 1, 1, 0.6, 1, 0, 0, 0.4, 1), original, shape);
  const sizes = Array.from(values, (value) => 3 * value ** 2);
  [0.3 ** 2 + 0.6 ** 2, 0.6 ** 2, 2].forEach((size, i) => assert.ok(Math.abs(sizes[i] - size) < 1e-6));
  assert.ok(values[0] > 0 && values[1] < 0);
});

test("the scale of errors is white at 0, blue below, red above, and ends at ±1", () => {
  assert.deepEqual(diverging(0), [255, 255, 255]);
  const [low, high] = [diverging(-1), diverging(1)];
  assert.ok(low[2] > 2 * low[0] && high[0] > 2 * high[2]);
  assert.deepEqual(diverging(-7), low);
  assert.deepEqual(diverging(7), high);
  for (let i = 0; i < 10; i++) assert.ok(diverging(i / 10)[1] > diverging((i + 1) / 10)[1]);
});

test("rows of models correspond by split and position, whatever their order", () => {
  const links = new Links();
  const rows = { split: [0, 0, 2], index: [5, 9, 5] };
  links.set(0, rows);
  links.set(1, { split: [2, 0], index: [5, 9] });
  assert.equal(links.row(1, sampleOf(rows, 1)), 1);
  assert.equal(links.row(1, sampleOf(rows, 2)), 0);
  assert.equal(links.row(1, sampleOf(rows, 0)), -1);
  assert.equal(links.row(3, [0, 5]), -1);
  assert.equal(links.row(0, null), -1);
  assert.equal(nameOf([2, 5]), "test image 5");
  assert.ok(same([2, 5], [2, 5]) && !same([2, 5], [0, 5]) && !same(null, [0, 5]) && same(null, null));
});

test("the scale of one loss reaches around it, so that its numbers are short", async () => {
  const { scale } = await import(new URL("train/losses.js", home));
  const one = scale([233.8563], 0, 100);
  assert.equal(Math.round(one.place(233.8563)), 50);
  assert.ok(one.ticks().every((tick) => `${tick}`.length <= 5), `${one.ticks()}`);
  const two = scale([10, 20], 0, 100);
  assert.ok(two.place(20) < two.place(10) && two.place(10) > 90 && two.place(20) < 10);
});
