// How a tab of a class stands to the teacher who leads: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { answered, stand, words } = await import(new URL("desk/follow.js", home));

const TOLD = { lead: "monday", turn: "2", title: "Code and reconstruction" };
const NOTHING = { left: "", own: "", lead: "" };
const STUDENT = { presents: false, followed: "1" };

test("a student is to go where the teacher is, once, and is asked first while typing", () => {
  assert.equal(stand(null, NOTHING, STUDENT, false), "");
  assert.equal(stand({ lead: "", turn: "", title: "" }, NOTHING, STUDENT, false), "");
  assert.equal(stand(TOLD, NOTHING, STUDENT, false), "wanted");
  assert.equal(stand(TOLD, NOTHING, STUDENT, true), "typing");
  assert.equal(stand(TOLD, NOTHING, { presents: false, followed: "2" }, true), "there");
});

test("who has left stays away until this leading ends, and who may present is led nowhere", () => {
  const left = { ...NOTHING, left: "monday" };
  assert.equal(stand(TOLD, left, STUDENT, false), "away");
  assert.equal(stand({ ...TOLD, turn: "3" }, left, STUDENT, false), "away");
  assert.equal(stand({ ...TOLD, lead: "tuesday" }, left, STUDENT, false), "wanted");
  assert.equal(stand(TOLD, NOTHING, { presents: true, followed: "" }, false), "");
});

test("the bar says how it is, with the place's title", () => {
  const said = ["away", "there", "wanted", "typing"].map((how) => words(how, "Noise"));
  assert.equal(new Set(said).size, 4);
  for (const text of said.slice(1)) assert.match(text, /“Noise”/);
});

test("the step on screen shows an answer that a vote tells, and to who is with the teacher one told there", () => {
  const told = { ...TOLD, told: "1-a/2", vote: null };
  assert.equal(answered(told, "there"), "1-a/2");
  assert.equal(answered(told, "away"), "");
  assert.equal(answered({ ...TOLD, told: "", vote: null }, "there"), "");
  assert.equal(answered({ ...told, vote: { id: "1-a/3" } }, "away"), "");
  assert.equal(answered({ ...told, vote: { id: "1-a/3", right: 1 } }, "away"), "1-a/3");
  assert.equal(answered(null, ""), "");
});
