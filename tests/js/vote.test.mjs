// What a vote's card says, and what its key does: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { next, shares, words } = await import(new URL("desk/vote.js", home));
const { known } = await import(new URL("desk/hearing.js", home));

const OPEN = { stamp: "1", id: "a/1", round: 1, shown: false, ask: "Why?", choices: ["a", "b"], chart: null };

test("one key begins a vote, shows it and ends it", () => {
  assert.equal(next(null), "begin");
  assert.equal(next(OPEN), "reveal");
  assert.equal(next({ ...OPEN, shown: true }), "end");
});

test("bars are shares of their own vote, and of an empty one nothing", () => {
  assert.deepEqual(shares([1, 3, 0]), [0.25, 0.75, 0]);
  assert.deepEqual(shares([0, 0]), [0, 0]);
});

test("the wall counts, a student is told what to do, and both votes say how many there were", () => {
  assert.equal(words({ ...OPEN, n: 1 }), "1 has answered");
  assert.equal(words({ ...OPEN, n: 12 }), "12 have answered");
  assert.equal(words({ ...OPEN, mine: null }), "Tap an answer.");
  assert.equal(words({ ...OPEN, choices: [], chart: {}, mine: null }), "Tap the map.");
  assert.match(words({ ...OPEN, mine: 0 }), /is in/);
  const shown = { ...OPEN, shown: true, answers: [[1, 2], [0, 1]], mine: 0 };
  assert.equal(words(shown), "First vote: 3 answers · Second vote: 1 answer");
  assert.equal(words({ ...shown, choices: [], answers: [[[0.1, 0.2], [0, 1]]] }), "First vote: 2 answers");
});

test("a tab asks for news of turn and vote together", () => {
  assert.deepEqual(known(null), {});
  assert.deepEqual(known({ lead: "", turn: "7", title: "", told: "", vote: null }), { after: "7", told: "", vote: "" });
  assert.deepEqual(known({ lead: "", turn: "", title: "", told: "a/1", vote: { ...OPEN, stamp: "x.3" } }), { after: "", told: "a/1", vote: "x.3" });
});
