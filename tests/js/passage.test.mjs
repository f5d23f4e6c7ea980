// The row above the map: how layers are laid out, what enters, the tour. node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { binned, panels, share } = await import(new URL("latent_map/funnel.js", home));
const { REACH, caption, entering } = await import(new URL("latent_map/entering.js", home));
const { liveliest, ranges } = await import(new URL("latent_map/knobs.js", home));
const { joined } = await import(new URL("latent_map/passage.js", home));
const { at, stops } = await import(new URL("latent_map/tour.js", home));
const { network } = await import(new URL("net/net.js", home));

test("what was seen in the last run is what a trace says", () => {
  const layers = [{ kind: "linear", n_in: 3, n_out: 2 }, { kind: "activation", name: "relu" }, { kind: "reshape", shape: [1, 1, 2] }];
  const weights = { "e.0.weight": Float32Array.of(1, 2, 3, -4, 5, -6), "e.0.bias": Float32Array.of(0.5, 0) };
  const net = network(layers, weights, "e", [3]);
  assert.deepEqual(net.seen(), []); // nothing has run
  const traced = net.trace([1, 0, 2]);
  net.run([0, 0, 0]);
  assert.notDeepEqual(net.seen().map(({ values }) => Array.from(values)), traced.map(({ values }) => Array.from(values)));
  net.run([1, 0, 2]);
  assert.deepEqual(net.seen().map(({ values }) => Array.from(values)), traced.map(({ values }) => Array.from(values)));
  assert.deepEqual(net.seen().map(({ shape }) => shape), [[2], [2], [1, 1, 2]]);
});

test("few numbers stay as they are, many become means of neighbours, maps keep their places", () => {
  const few = Float32Array.of(1, 2, 3);
  assert.equal(binned(few, 3), few);
  assert.deepEqual(Array.from(binned(Float32Array.of(1, 3, 5, 7, 9), 3)), [2, 6, 9]); // the last bin has one
  assert.deepEqual(Array.from(binned(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2, 2)), [2, 3, 6, 7]);
  const many = Float32Array.from({ length: 5000 }, (_, i) => i);
  const means = binned(many, 1000);
  assert.equal(means.length, 1000);
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  assert.ok(Math.abs(mean(means) - mean(many)) < 1e-2);
});

test("layers stand in their order inside their canvas, and fewer numbers are lower", () => {
  const size = { width: 310, height: 92 };
  for (const shapes of [[[512], [256], [128]], [[32, 14, 14], [64, 7, 7], [256]], Array(7).fill([48, 14, 14]), [[8, 1, 70], [24]], []]) {
    const made = panels(shapes.map((shape) => ({ shape })), 784, size);
    let left = 0;
    for (const [i, panel] of made.entries()) {
      assert.ok(panel.left > left && panel.left + panel.width < size.width && panel.width > 0, `${shapes[i]}`);
      assert.ok(panel.top >= 0 && panel.top + panel.height <= size.height + 0.5);
      const count = shapes[i].reduce((a, b) => a * b, 1);
      assert.ok(panel.grid.columns * panel.grid.rows * panel.size >= Math.min(count, 64 * panel.size), "every map has its place");
      left = panel.left + panel.width;
    }
  }
  assert.ok(share(784, 784) === 1 && share(512, 784) > share(128, 784) && share(128, 784) > share(2, 784) && share(1, 1e6) > 0);
});

test("the pinned image enters, or the nearest one within reach, and it is said which", () => {
  const plane = { d: 2, codes: [], map: { kind: "linear" } };
  assert.deepEqual(entering(plane, { nearest: 4, away: REACH }, [0, 0], 0), { row: 4, own: false });
  assert.deepEqual(entering(plane, { nearest: 4, away: REACH + 1 }, [0, 0], 1), { row: -1, own: false });
  assert.equal(entering(plane, { nearest: -1, away: Infinity }, [0, 0], 1).row, -1); // all classes are hidden
  // On a map that shows 2 of 3 units the nearest point may have another code: that with the nearest code enters.
  const more = { d: 3, codes: [0, 0, 9, 1, 1, 0, 1, 1, 0.1], map: { kind: "linear" } };
  assert.equal(entering(more, { nearest: 0, away: 1 }, [0, 0, 0], 0.5).row, 1);
  assert.equal(entering(more, { nearest: 0, away: 1 }, [0, 0, 0], 0.5, (row) => row !== 1).row, 2);
  assert.equal(entering(more, { nearest: 0, away: 1 }, [0, 0, 0], 0).row, -1); // no image is near
  assert.equal(caption({ row: -1, own: false }, false, "", "signal"), "no signal near here");
  assert.equal(caption({ row: 3, own: true }, true, "7", "image"), "image: 7");
  assert.equal(caption({ row: 3, own: false }, false, "7", "image"), "nearest: 7, reconstruction");
});

test("handles reach over all codes, bars are of the units that vary most", () => {
  const codes = Float32Array.of(0, 5, -1, 1, 5, 4, 2, 5, -7);
  assert.deepEqual(liveliest(codes, 3, 2), [2, 0]);
  assert.deepEqual(liveliest(codes, 3, 9), [2, 0, 1]);
  const [first, constant] = ranges(codes, 3);
  assert.ok(first.low === 0 && first.high === 2);
  assert.ok(constant.low < 5 && constant.high > 5);
});

test("layers of one size are counted", () => {
  assert.equal(joined(["512", "256"]), "512 → 256");
  assert.equal(joined(["8", "4×2", "4×2", "4×2", "8"]), "8 → 3 × (4×2) → 8");
});

test("the tour begins and ends at the pin and rests at each of its classes", () => {
  const places = [[5, 0], [0.1, 0], [0, 5], [-5, 0], [0, -4]];
  const way = stops([0, 0], places);
  assert.equal(way.length, 5);
  assert.deepEqual([way[0], way[4]], [[0, 0], [0, 0]]);
  for (const stop of way.slice(1, 4)) assert.ok(places.includes(stop) && Math.hypot(...stop) > 1, "far from the pin");
  assert.equal(new Set(way.slice(1, 4)).size, 3);
  for (const [i, stop] of way.entries()) assert.deepEqual(at(way, i / 4), stop);
  assert.deepEqual(at(way, 0.24), way[1]); // it has arrived before the leg is over
  let before = way[0];
  for (let t = 0; t <= 1; t += 1 / 250) { // no jump: at most a few times its mean pace
    const here = at(way, t);
    assert.ok(Math.hypot(here[0] - before[0], here[1] - before[1]) < 0.4);
    before = here;
  }
  assert.deepEqual(stops([1, 1], [[1, 1]]), []);
  assert.deepEqual(stops([0, 0], []), []);
});
