// The browser's ways between codes on their own, and against aecore's where Python hands them over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { DataGraph, along, crossFade, linear, rms, slerp } = await import(new URL("net/paths.js", home));

const size = (x) => Math.hypot(...x);
const at = (way, t, d) => way(t, new Float32Array(d));
const A = Float32Array.of(3, 0, 0);
const B = Float32Array.of(0, 0, 3);

test("ends are exact on every way", () => {
  const graph = new DataGraph(Float32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2), 3);
  for (const way of [linear(A, B), slerp(A, B), along(graph.corners(A, B))]) {
    assert.deepEqual(at(way, 0, 3), A);
    assert.deepEqual(at(way, 1, 3), B);
  }
});

test("slerp keeps the norm, and survives parallel, opposite and vanishing ends", () => {
  for (const t of [0.1, 0.5, 0.9]) assert.ok(Math.abs(size(at(slerp(A, B), t, 3)) - 3) < 1e-6);
  const opposite = slerp(A, Float32Array.of(-3, 0, 0));
  assert.ok(Math.abs(size(at(opposite, 0.5, 3)) - 3) < 1e-6);
  assert.deepEqual(Array.from(at(slerp(A, Float32Array.of(6, 0, 0)), 0.5, 3)), [4.5, 0, 0]);
  assert.deepEqual(Array.from(at(slerp(new Float32Array(3), B), 0.5, 3)), [0, 0, 1.5]);
  assert.deepEqual(Array.from(at(slerp(Float32Array.of(1), Float32Array.of(-1)), 0.5, 1)), [0]);
});

test("a way along corners goes by length; one without length stands still", () => {
  const corners = [[0, 0], [1, 0], [1, 3]].map((p) => Float32Array.from(p));
  assert.deepEqual(Array.from(at(along(corners), 0.25, 2)), [1, 0]);
  assert.deepEqual(Array.from(at(along(corners), 0.625, 2)), [1, 1.5]);
  assert.deepEqual(at(along([corners[0], corners[0]]), 0.5, 2), corners[0]);
});

test("pieces of a graph are bridged where they are nearest", () => {
  const left = Array.from({ length: 20 }, (_, i) => [i / 100, 0]);
  const right = left.map(([x]) => [x + 5, 0]);
  const graph = new DataGraph(Float32Array.from([...left, ...right].flat()), 2, 3);
  const way = graph.corners(Float32Array.of(0, 0), Float32Array.of(5.19, 0));
  const places = way.map(([x]) => x);
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
  assert.ok(way.some(([x]) => Math.abs(x - 0.19) < 1e-6) && way.some(([x]) => Math.abs(x - 5) < 1e-6));
});

test("every way from a code to itself stands still", () => {
  const graph = new DataGraph(Float32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2), 3);
  for (const way of [linear(A, A), slerp(A, A), along(graph.corners(A, A))]) assert.deepEqual(at(way, 0.5, 3), A);
});

test("a cross-fade is the mean of the pixels", () => {
  const faded = crossFade([0, 1], [1, 1], 0.5, new Float64Array(2));
  assert.deepEqual(Array.from(faded), [0.5, 1]);
  assert.equal(rms([0, 0], [1, 1]), 1);
});

test("what Python handed over comes out the same", { skip: !process.env.PATHS_JSON }, () => {
  const { codes, d, pairs, t } = JSON.parse(readFileSync(process.env.PATHS_JSON, "utf8"));
  const graph = new DataGraph(Float32Array.from(codes), d);
  for (const { a, b, want } of pairs.map((p) => ({ ...p, a: Float32Array.from(p.a), b: Float32Array.from(p.b) }))) {
    const ways = { linear: linear(a, b), slerp: slerp(a, b), data: along(graph.corners(a, b)) };
    for (const [name, way] of Object.entries(ways)) {
      t.forEach((share, i) => at(way, share, d).forEach((value, j) => {
        assert.ok(Math.abs(value - want[name][i][j]) <= 1e-4 * (1 + Math.abs(want[name][i][j])), `${name} ${i}`);
      }));
    }
  }
});
