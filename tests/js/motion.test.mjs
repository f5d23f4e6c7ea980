// How points go from one map to another. node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { FLIGHT_MS, Flight, fitted, matched, steady } = await import(new URL("map/flight.js", home));
const { disc, stamp } = await import(new URL("map/stamps.js", home));
const { Motion } = await import(new URL("latent_map/motion.js", home));
const { Camera } = await import(new URL("map/camera.js", home));

const model = (points, { data = "digits", index = points.map((_, i) => i), split = index.map(() => 0) } = {}) => ({
  header: { data }, rows: { split, index }, points: Float32Array.from(points.flat()),
});

/** A camera of 100 × 100 pixels that sees the unit square. */
function camera(box = { left: 0, right: 1, bottom: 0, top: 1 }) {
  const made = new Camera();
  made.resize(100, 100);
  made.fit(box, 1);
  return made;
}

/** A motion with a map on screen, and what happens when another one takes its place. */
function motion(first) {
  const moves = new Motion(camera());
  moves.change(first, 0);
  const open = (next, now, box) => {
    const from = moves.change(next, now);
    if (box) moves.camera.fit(box, 1);
    if (from) moves.fly(from);
    return from;
  };
  return { moves, open };
}

const places = (values) => Array.from(values, (value) => Math.round(100 * value) / 100 + 0); // no −0
const [here, there] = [[[0.1, 0.1], [0.5, 0.5]], [[0.9, 0.1], [0.5, 0.9]]];

test("the same images of another map are found by split and index, in any order", () => {
  const rows = matched({ split: [0, 1, 2, 0], index: [5, 5, 0, 9] }, { split: [1, 0, 2], index: [5, 5, 1] });
  assert.deepEqual([...rows], [1, 0, -1, -1]);
});

test("halfway a point is between where it was and where it belongs, and at the end it is there", () => {
  const flight = new Flight(Float32Array.of(0, 0));
  const to = Float32Array.of(10, 20);
  assert.deepEqual(places(flight.at(to, 1000)), [0, 0]); // its time begins at the first look
  assert.deepEqual(places(flight.at(to, 1000 + FLIGHT_MS / 2)), [5, 10]);
  const early = flight.at(to, 1000 + FLIGHT_MS / 10)[0];
  assert.ok(early > 0 && early < 1, "slow at first");
  assert.deepEqual(places(flight.at(to, 1000 + 2 * FLIGHT_MS)), [10, 20]);
  assert.ok(FLIGHT_MS >= 500 && FLIGHT_MS <= 700);
});

test("points go over the screen, whatever the axes of the new map", () => {
  const { moves, open } = motion(model(here));
  const before = places(moves.places(0));
  open(model([[900, 100], [500, 900]]), 0, { left: 0, right: 1000, bottom: 0, top: 1000 });
  assert.deepEqual(places(moves.places(0)), before);
  assert.deepEqual(places(moves.places(FLIGHT_MS / 2)), [50, 90, 50, 30]);
  assert.equal(moves.landed(FLIGHT_MS / 2), false);
  assert.equal(moves.landed(FLIGHT_MS), true);
  assert.equal(moves.away, false);
  assert.deepEqual(places(moves.places(FLIGHT_MS)), [90, 90, 50, 10]);
});

test("a new choice in mid-flight begins where the points are", () => {
  const { moves, open } = motion(model(here));
  open(model(there), 0);
  moves.places(0);
  const half = places(moves.places(FLIGHT_MS / 2));
  open(model(here), FLIGHT_MS / 2);
  assert.deepEqual(places(moves.places(FLIGHT_MS / 2)), half);
  assert.notDeepEqual(half, places(moves.places(FLIGHT_MS)));
});

test("only the same images of the same data set move; what is new appears where it belongs", () => {
  const { moves, open } = motion(model(here));
  assert.ok(open(model([[0.9, 0.9], [0.2, 0.2], [0.3, 0.3]], { index: [1, 7, 0] }), 0));
  assert.deepEqual([0, 1, 2].map((row) => moves.flight.has(row)), [true, false, true]);
  assert.deepEqual(places(moves.places(0)), [50, 50, 20, 80, 10, 90]);
  assert.equal(open(model(there, { data: "fashion_mnist" }), 10), null); // it has the same numbers
  assert.equal(open(model(here, { data: "fashion_mnist", index: [70, 71] }), 20), null);
  assert.equal(moves.away, false);
});

test("with less motion asked for, points are at once where they belong", (t) => {
  globalThis.matchMedia = () => ({ matches: true });
  t.after(() => delete globalThis.matchMedia);
  const { moves, open } = motion(model(here));
  open(model(there), 0);
  assert.equal(moves.away, false);
  assert.deepEqual(places(moves.places(0)), [90, 90, 50, 10]);
});

test("a disc that is stamped covers its area, wherever in a pixel its middle lies", () => {
  const image = { data: new Uint8ClampedArray(4 * 20 * 20), width: 20, height: 20 };
  for (const radius of [1.7, 2.6, 5.2]) {
    for (const place of [[10, 10], [10.25, 9.75], [9.9, 10.6]]) {
      image.data.fill(0);
      stamp(image, place, [0], [200, 100, 50, 255], disc(radius), () => 1);
      const alphas = image.data.filter((_, i) => i % 4 === 3);
      const area = alphas.reduce((sum, alpha) => sum + alpha / 255, 0);
      assert.ok(Math.abs(area / (Math.PI * radius ** 2) - 1) < 0.1, `${radius}: ${area}`);
      const x = alphas.reduce((sum, alpha, i) => sum + (alpha / 255) * ((i % 20) + 0.5), 0) / area;
      assert.ok(Math.abs(x - place[0]) < 0.2);
    }
  }
  stamp(image, [10, 10, 0, 0, Number.NaN, 5], [0, 1, 2], [0, 0, 255, 255], disc(2), () => 1); // at an edge, and nowhere
  assert.deepEqual([...image.data.subarray(4 * (20 * 10 + 10), 4 * (20 * 10 + 10) + 4)], [0, 0, 255, 255]);
});

test("a layout that forms is as large as the map, and its points go there without a stop", () => {
  const square = (/** @type {number} */ k) => Float32Array.of(-k, -k, k, -k, k, k, -k, k, 0, 0);
  const box = { left: 0, right: 2, bottom: 0, top: 2 };
  for (const k of [1e-4, 30000]) assert.deepEqual(places(fitted(square(k), box)), [0, 0, 2, 0, 2, 2, 0, 2, 1, 1]);
  const { moves } = motion(model(here));
  moves.lay(Float32Array.from(there.flat()), 0, { ms: 100, pace: steady });
  assert.equal(moves.away, true);
  const way = [0, 25, 50, 75].map((now) => moves.places(now)[0]);
  assert.deepEqual(places(way), [10, 30, 50, 70]);
  moves.lay(null, 75); // given up: back, from where they are
  assert.deepEqual(places(moves.places(75)), places([70, 90, 50, 20]));
  assert.equal(moves.landed(75 + FLIGHT_MS), true);
  assert.deepEqual([moves.away, ...places(moves.places(1000))], [false, 10, 90, 50, 50]);
});
