// What is written on a map: class names and axes. node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { grounds, peaks } = await import(new URL("map/peak.js", home));
const { marks } = await import(new URL("map/axes.js", home));
const { free, whole } = await import(new URL("map/layers.js", home));
const { isolated } = await import(new URL("latent_map/legend.js", home));
const { Camera } = await import(new URL("map/camera.js", home));

// A small generator of normal numbers, the same on every machine.
function normals(n, seed = 1) {
  let state = seed;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}

/** n points around (x, y). */
const cloud = (n, x, y, spread, seed) =>
  normals(2 * n, seed).map((value, i) => spread * value + (i % 2 ? y : x));

const where = (points, row) => [points[2 * row], points[2 * row + 1]];
const away = ([x, y], [a, b]) => Math.hypot(x - a, y - b);

test("a name is not cut by the edge of its map, and stays away where its place is", () => {
  assert.deepEqual(whole([10, 5], 60, 100), [32, 5]);
  assert.deepEqual(whole([95, 5], 60, 100), [68, 5]);
  assert.deepEqual(whole([50, 5], 60, 100), [50, 5]);
  assert.deepEqual(whole([-40, 5], 60, 100), [-40, 5]);
  assert.deepEqual(whole([10, 5], 120, 100), [10, 5]); // wider than the map
});

test("one class alone is isolated, however it came to that", () => {
  assert.equal(isolated([true, false, true]), 1);
  assert.equal(isolated([false, false, true]), -1);
  assert.equal(isolated([true, true, true]), -1);
  assert.equal(isolated([false]), -1); // there is no other
});

test("a class in two clusters is named in the larger one, never between", () => {
  for (const [large, small] of [[0.5, 0.5], [0.8, 0.3], [0.3, 0.8]]) {
    const points = Float32Array.from([...cloud(800, -5, 0, large, 3), ...cloud(200, 5, 0, small, 7)]);
    const [[row]] = peaks(points, new Uint8Array(1000), 1, 14);
    assert.ok(row < 800);
    assert.ok(away(where(points, row), [-5, 0]) < large);
  }
});

test("a ring is named on the ring, and each class at its own place", () => {
  const ring = Array.from({ length: 400 }, (_, i) => [Math.cos(i) * 4, Math.sin(i) * 4]).flat();
  const points = Float32Array.from([...ring, ...cloud(50, 0, 0, 0.2, 5), 9, 9]);
  const labels = Uint8Array.from({ length: 451 }, (_, i) => (i < 400 ? 0 : i < 450 ? 1 : 3));
  const [[first], [second, ...others], none, lone] = peaks(points, labels, 4, 10);
  assert.ok(Math.abs(Math.hypot(...where(points, first)) - 4) < 1e-5);
  for (const row of [second, ...others]) assert.equal(labels[row], 1);
  assert.deepEqual(none, []);
  assert.deepEqual(lone, [450]);
});

test("points that all lie in one place have a name there", () => {
  assert.ok(peaks(new Float32Array(20), new Uint8Array(10), 1, 0)[0][0] >= 0);
});

test("ticks stand where their numbers are, and follow zoom and pan", () => {
  const camera = new Camera();
  camera.resize(400, 400);
  camera.fit({ left: -3, right: 3, bottom: -3, top: 3 });
  const numbers = (list) => list.map(({ text }) => Number(text.replace("−", "-")));
  const check = () => {
    const { across, up } = marks(camera, ["z1", "z2"]);
    assert.ok(across.length >= 2 && up.length >= 2);
    for (const { text, at } of across) {
      assert.ok(Math.abs(camera.toPlane(at, 0)[0] - Number(text.replace("−", "-"))) < 1e-6);
    }
    for (const { text, at } of up) {
      assert.ok(Math.abs(camera.toPlane(0, at)[1] - Number(text.replace("−", "-"))) < 1e-6);
    }
    return numbers(across);
  };
  assert.deepEqual(check(), [-2, -1, 0, 1, 2]);
  camera.zoom(20, 10, 390);
  camera.pan(37, -12);
  check();
});

test("an axis that means nothing has no ticks", () => {
  const camera = new Camera();
  camera.resize(400, 400);
  camera.fit({ left: -3, right: 3, bottom: -3, top: 3 });
  assert.deepEqual(marks(camera, ["", ""]), { across: [], up: [] });
  assert.deepEqual(marks(camera, ["z1", ""]).up, []);
});

test("a name gives way to its own class's ground, never to another's", async () => {
  const points = Float32Array.from([...cloud(300, 0, 0, 1, 3), ...cloud(300, 0.2, 0, 1, 5), ...cloud(100, 8, 0, 0.5, 9)]);
  const labels = Uint8Array.from({ length: 700 }, (_, i) => (i < 300 ? 0 : i < 600 ? 1 : 1 - 1));
  const own = grounds(points, labels, 2, 12);
  assert.ok(own[0].some((row) => row >= 600), "the second cluster is of class 0 alone");
  assert.ok(own[1].length && own[1].every((row) => labels[row] === 1 && away(where(points, row), [0, 0]) < 4));
  assert.deepEqual(grounds(new Float32Array(0), new Uint8Array(0), 2, 1), [[], []]);
  const taken = [{ x: 0, y: 0, width: 8, size: 13 }];
  assert.deepEqual(free([[2, 3], [40, 0]], 8, 13, taken), { x: 40, y: 0, width: 8, size: 13 });
  assert.equal(free([[2, 3]], 8, 10, taken), undefined);
});
