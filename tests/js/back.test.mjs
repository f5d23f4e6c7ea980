import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { keepOneEntryAPage, settle } = await import(new URL("desk/back.js", home));

test("only another page makes an entry of the history", () => {
  const done = [];
  const location = { href: "http://lab/generate?seed=1", pathname: "/generate" };
  const history = {
    pushState: (...each) => done.push(["push", each[2]]),
    replaceState: (...each) => done.push(["replace", each[2]]),
  };
  let presenting = false;
  keepOneEntryAPage(history, location, () => presenting);
  keepOneEntryAPage(history, location, () => presenting); // each page's desk asks for it
  history.pushState({}, "", "?seed=2");
  history.pushState({}, "", "/generate?seed=3");
  history.pushState({}, "", "/");
  presenting = true;
  history.pushState({}, "", "?seed=4");
  assert.deepEqual(done, [["replace", "?seed=2"], ["replace", "/generate?seed=3"], ["push", "/"], ["push", "?seed=4"]]);
});

test("in a lesson each step has its entry", () => {
  const done = [];
  const location = new URL("http://lab/lessons");
  const go = (what) => (_state, _title, address) => {
    location.href = new URL(address, location.href).href;
    done.push([what, address]);
  };
  const history = { pushState: go("push"), replaceState: go("replace") };
  keepOneEntryAPage(history, location, () => false);
  const steps = ["?lesson=a", "?lesson=a&step=1", "?lesson=a&step=1&z=2", "?lesson=a&step=2&z=2", "?"];
  for (const address of steps) history.pushState({}, "", address);
  assert.deepEqual(done.map(([what]) => what), ["push", "replace", "replace", "push", "push"]);
  settle(history); // the list was seen: it stays behind the next page, where a page that opens passes it
  history.pushState({}, "", "/train");
  history.pushState({}, "", "/lessons?lesson=a");
  history.pushState({}, "", "?");
  history.pushState({}, "", "/");
  assert.deepEqual(done.slice(5).map(([what]) => what), ["push", "push", "push", "replace"]);
});
