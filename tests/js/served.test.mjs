// Networks that the server runs: what is asked, how often, and in what order. node --test tests/js
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { hold, pass as tick, release } from "./held.mjs";

const home = new URL("../../aeview/browser/", import.meta.url);
const { Answers, Turns, served } = await import(new URL("net/served.js", home));
const { store } = await import(new URL("payload/store.js", home));

const EVERY = 50; // milliseconds from one request to the next
const MOST = 4;
const settled = async () => { for (let i = 0; i < 20; i++) await Promise.resolve(); };

async function pass(milliseconds) {
  for (let i = 0; i < milliseconds; i++) {
    tick(1);
    await settled();
  }
}

/** A network of one number that doubles it, with what it was asked and when. */
function network(turns, answer = (values) => values.map((v) => 2 * v)) {
  const seen = { asked: [], at: [], came: [] };
  const answers = new Answers(turns, {
    n: 1, size: 1, most: MOST, came: (latest) => seen.came.push(latest),
    ask: async (values) => {
      seen.asked.push([...values]);
      seen.at.push(Date.now());
      return answer(values);
    },
  });
  return { answers, seen };
}

function timed(name, body) {
  test(name, async () => {
    hold();
    try {
      await body();
    } finally {
      release();
    }
  });
}

timed("what several parts want goes in one request, and is known from then on", async () => {
  const { answers, seen } = network(new Turns(EVERY));
  for (const x of [1, 2, 3, 2]) assert.deepEqual([...answers.run([x])], [0]);
  await pass(1);
  assert.deepEqual(seen.asked, [[1, 3, 2]]);
  assert.deepEqual([1, 2, 3].map((x) => answers.run([x])[0]), [2, 4, 6]);
  await pass(200);
  assert.equal(seen.asked.length, 1, "what is known is not asked for again");
  assert.deepEqual(seen.came, [false]);
});

timed("more than a request may hold are asked for one request after the other, the newest first", async () => {
  const { answers, seen } = network(new Turns(EVERY));
  for (let x = 1; x <= 6; x++) answers.run([x]);
  await pass(2 * EVERY);
  assert.deepEqual(seen.asked, [[3, 4, 5, 6], [1, 2]]);
});

timed("under a cursor that moves the latest place alone is asked for, so many times a second", async () => {
  const { answers, seen } = network(new Turns(EVERY));
  for (let x = 1; x <= 1000; x++) {
    answers.run([x], "hover");
    await pass(1);
  }
  assert.ok(seen.asked.length >= 15 && seen.asked.length <= 20, `${seen.asked.length} in a second`);
  assert.ok(seen.asked.every((asked) => asked.length === 1));
  assert.ok(seen.at.slice(1).every((at, i) => at - seen.at[i] >= EVERY));
  await pass(EVERY);
  assert.deepEqual(seen.asked.at(-1), [1000], "where the cursor rests is asked for at last");
  assert.ok(seen.came.every(Boolean));
});

timed("a place that isn't wanted any more is dropped when the one before it is known", async () => {
  const { answers, seen } = network(new Turns(EVERY));
  answers.run([1], "hover");
  await pass(1);
  answers.run([2], "hover");
  answers.run([1], "hover"); // back, before the next request
  await pass(200);
  assert.deepEqual(seen.asked, [[1]]);
});

timed("all networks of a page share one pace, one request at a time", async () => {
  const turns = new Turns(EVERY);
  let open = () => {};
  const slow = network(turns, (values) => new Promise((done) => { open = () => done(values); }));
  const other = network(turns);
  slow.answers.run([1]);
  other.answers.run([1]);
  await pass(500);
  assert.deepEqual([slow.seen.asked.length, other.seen.asked.length], [1, 0]);
  open();
  await pass(EVERY);
  assert.equal(other.seen.asked.length, 1);
});

timed("a request that comes too early is made again, and one that can't be answered isn't", async () => {
  const replies = [null, new Float32Array([7])];
  const early = network(new Turns(EVERY), () => replies.shift());
  early.answers.run([1]);
  await pass(2 * EVERY);
  assert.deepEqual(early.seen.asked, [[1], [1]]);
  assert.equal(early.answers.run([1])[0], 7);
  const gone = network(new Turns(EVERY), () => new Float32Array());
  gone.answers.run([1]);
  await pass(200);
  assert.equal(gone.seen.asked.length, 1);
  assert.deepEqual(gone.seen.came, []);
});

timed("nothing is asked before the page has its pass, and everything then", async () => {
  const passes = [];
  const fetched = mock.method(globalThis, "fetch", async (_, { headers }) => {
    passes.push(headers["X-Class-Pass"]);
    return { ok: true, arrayBuffer: async () => new Float32Array([5]).buffer };
  });
  const header = { served: { digest: "d", a_second: 20, most: MOST }, code_dim: 1, shape: [1, 1, 1] };
  const net = served(header, "decoder");
  net.run([1]);
  await pass(10 * EVERY);
  assert.deepEqual(passes, []);
  store("lab").set("pass", { header: { pass: "mine" } });
  await pass(3 * EVERY);
  assert.deepEqual(passes, ["mine"]);
  assert.equal(net.run([1])[0], 5);
  fetched.mock.restore();
});
