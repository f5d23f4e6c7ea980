// Keys, the lecture's memory and codes of the desk; undo of Clear: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";
import { hold, pass, release } from "./held.mjs";

const home = new URL("../../aeview/browser/", import.meta.url);
const { Between } = await import(new URL("between/main.js", home));
const { deed, together, typed } = await import(new URL("desk/keys.js", home));
const { Lecture, clock, first, shared, shortLink, shown, shows, target } = await import(new URL("desk/lecture.js", home));
const { forgetTab } = await import(new URL("desk/afresh.js", home));
const { kept, verdict } = await import(new URL("desk/prepare.js", home));
const { lessonButton } = await import(new URL("desk/presenter.js", home));
const { step, toml } = await import(new URL("desk/route.js", home));
const { told } = await import(new URL("desk/speaker.js", home));
const { fresh, moved } = await import(new URL("desk/editor.js", home));
const { enlarged, settled } = await import(new URL("desk/sizes.js", home));
const { path } = await import(new URL("desk/qr.js", home));
const { Drawing } = await import(new URL("pad/drawing.js", home));
const { store } = await import(new URL("payload/store.js", home));
const { Bench } = await import(new URL("denoise/bench.js", home));

const element = (tagName, more = {}) => ({ tagName, getAttribute: () => more.role ?? null, ...more });
const key = (name, more = {}) => ({ key: name, ...more });
const PAGE = element("BODY");

test("two keys are heard everywhere, and none while somebody types", () => {
  assert.equal(deed(key("?"), PAGE, false), "help");
  assert.equal(deed(key("P"), PAGE, false), "present");
  assert.equal(deed(key("ArrowRight"), PAGE, false), null);
  assert.equal(deed(key("b"), PAGE, false), null);
  const fields = [
    element("INPUT", { type: "text" }), element("INPUT", { type: "number" }), element("INPUT", {}),
    element("TEXTAREA"), element("SELECT"), element("DIV", { isContentEditable: true }), element("DIV", { role: "combobox" }),
  ];
  for (const field of fields) {
    assert.ok(typed(field));
    for (const name of ["?", "p", "b", "ArrowRight", "PageDown", "Escape"]) {
      assert.equal(deed(key(name), field, true), null);
      assert.equal(deed(key(name), field, false), null);
    }
  }
  assert.equal(deed(key("p", { ctrlKey: true }), PAGE, false), null); // the browser's own: print
  assert.equal(deed(key("p", { repeat: true }), PAGE, false), null);
});

test("arrows belong to what they steer, the keys of a clicker always turn", () => {
  assert.equal(deed(key("ArrowRight"), PAGE, true), "next");
  assert.equal(deed(key("ArrowLeft"), PAGE, true), "previous");
  for (const steered of [element("INPUT", { type: "range" }), element("DIV", { role: "application" }), element("DIV", { role: "slider" })]) {
    assert.equal(deed(key("ArrowRight"), steered, true), null);
    assert.equal(deed(key("PageDown"), steered, true), "next");
    assert.equal(deed(key("PageUp"), steered, true), "previous");
    assert.equal(deed(key("Escape"), steered, true), "leave");
  }
  assert.deepEqual(["b", ".", "t", "0", "q", "h", "p"].map((name) => deed(key(name), PAGE, true)),
    ["black", "black", "clock", "reset", "code", "controls", "leave"]);
});

test("two parts of the desk can't have a deed of one name: a button would do the other's", () => {
  const one = () => 1;
  const two = () => 2;
  assert.deepEqual(together({ one }, { two }), { one, two });
  assert.throws(() => together({ own: one }, { lead: two }, { own: two }), /“own”/);
});

class Storage {
  kept = {};
  getItem(name) { return this.kept[name] ?? null; }
  setItem(name, value) { this.kept[name] = value; }
}

test("a lecture goes on in the next page of the tab, with its timer", () => {
  const storage = new Storage();
  let now = 1000;
  const lecture = new Lecture(storage, () => now);
  assert.ok(!lecture.on);
  lecture.begin("a");
  now += 65_000;
  lecture.turn("b");
  const next = new Lecture(storage, () => now);
  assert.ok(next.on);
  assert.equal(next.scene, "b");
  assert.equal(next.wanted, "b"); // until its page is there
  next.arrived();
  assert.equal(new Lecture(storage).wanted, null);
  assert.equal(clock(next.seconds), "1:05");
  next.pause();
  now += 10_000;
  assert.equal(clock(next.seconds), "1:05");
  next.pause();
  now += 5000;
  assert.equal(clock(next.seconds), "1:10");
  next.reset();
  assert.equal(clock(next.seconds), "0:00");
  next.leave();
  assert.ok(!new Lecture(storage).on);
  assert.equal(clock(3725), "1:02:05");
});

test("a tab that may not remember presents all the same, and nonsense is not believed", () => {
  const refusing = { getItem: () => { throw new Error("refused"); }, setItem: () => { throw new Error("refused"); } };
  const lecture = new Lecture(refusing);
  lecture.begin(null);
  assert.ok(lecture.on);
  assert.ok(!new Lecture({ getItem: () => "{nonsense", setItem: () => {} }).on);
});

test("a scene's address is behind the app's root, and is known again with more beside it", () => {
  const scene = { id: "x", link: "generate?seed=3&n=9" };
  assert.equal(target(scene, "http://lab:8501/base/traverse?z=1"), "http://lab:8501/base/generate?seed=3&n=9");
  assert.equal(target({ link: "?model=a" }, "http://lab/generate"), "http://lab/?model=a");
  const known = { ...scene, ships: true };
  assert.equal(shortLink(known, "http://lab/b/traverse?z=1"), "http://lab/b/?scene=x");
  assert.equal(shortLink(known, "http://lab/?join=a%26b"), "http://lab/?scene=x&join=a%26b");
  assert.equal(shortLink(scene, "http://lab/b/?join=a"), "http://lab/b/generate?seed=3&n=9&join=a"); // others don't know its name
  assert.ok(shows(scene, "http://lab/generate?n=9&seed=3&noise=2"));
  assert.ok(!shows(scene, "http://lab/generate?n=9&seed=4"));
  assert.ok(!shows(scene, "http://lab/traverse?n=9&seed=3"));
});

test("a link that is copied has the host that others know", () => {
  const here = "http://localhost:8501/generate?join=kiwi&n=9#x";
  assert.equal(shared(here, ""), here);
  assert.equal(shared(here, "http://10.0.0.7:8501"), "http://10.0.0.7:8501/generate?join=kiwi&n=9#x");
});

test("a reset forgets what a rehearsal left, and neither who one is nor where the lecture stands", () => {
  const kept = new Map(["aeview.pass", "aeview.lecture", "aeview.drawing", "aeview.lessons", "other"].map((name) => [name, "x"]));
  const tab = { get length() { return kept.size; }, key: (i) => [...kept.keys()][i], removeItem: (name) => kept.delete(name) };
  forgetTab(tab);
  assert.deepEqual([...kept.keys()], ["aeview.pass", "aeview.lecture", "other"]);
  assert.equal(first("http://lab/b/generate?seed=3&join=a%26b&n=9#x"), "http://lab/b/generate?join=a%26b");
  assert.equal(first("http://lab/?at=1"), "http://lab/");
});

test("preparing waits for a scene that is there and at rest, and says what is wrong or late", () => {
  const there = { there: true, works: false, wrong: "" };
  assert.deepEqual(verdict(there, 0, 0), { on: false, why: "" }); // work may begin between two looks
  assert.deepEqual(verdict(there, 1, 0), { on: true, why: "" });
  assert.equal(verdict({ ...there, works: true }, 1, 9000).on, false); // a t-SNE
  assert.deepEqual(verdict({ ...there, wrong: "It is ignored." }, 1, 0), { on: true, why: "It is ignored." });
  const late = verdict({ ...there, there: false }, 0, 61_000);
  assert.ok(late.on && /minute/.test(late.why));
});

test("while it is prepared Esc stops it, on any page, and other keys turn nothing", () => {
  const lecture = new Lecture(new Storage());
  const press = (name) => key(name, { preventDefault: () => {}, stopPropagation: () => {} });
  lecture.begin("a");
  assert.ok(!kept(lecture, press("Escape")));
  lecture.prepare({ at: 3, from: "a", failed: [] });
  assert.ok(kept(lecture, press("ArrowRight")) && !lecture.preparing.over);
  assert.ok(kept(lecture, press("Escape")) && lecture.preparing.over);
  lecture.leave();
  assert.ok(!kept(lecture, press("Escape")));
});

test("the notes are told what is on screen, and nothing of a scene that was left", () => {
  const scenes = [{ id: "a", title: "A", claim: "c", notes: "say this" }, { id: "b", title: "B" }];
  const presenter = {
    on: true, scenes, scene: scenes[0], elsewhere: false, lesson: "", lecture: { since: 5, spent: 0 },
    desk: { data: { page: "Train" }, find: () => ({ textContent: "scene 1 of 2" }) },
  };
  assert.deepEqual(told(presenter), {
    on: true, at: "scene 1 of 2", title: "A", claim: "c", notes: "say this", next: "B", since: 5, spent: 0,
  });
  const left = told({ ...presenter, elsewhere: true });
  assert.deepEqual([left.title, left.notes, left.next], ["Train", "", "B"]);
  assert.equal(told({ ...presenter, scene: scenes[1] }).next, "");
  assert.equal(told({ ...presenter, lesson: "lesson, step 1 of 5" }).next, "");
});

test("a route is a file of tables, in which every text is quoted", () => {
  const scenes = [
    { id: "own-1", title: "“A” \"b\"", claim: "c\\d", link: "?model=x", subject: "", controls: [], look: "", notes: "one\ntwo\u007f", ships: false },
    { id: "b", title: "t", claim: "c", link: "train", subject: "run", controls: ["Play"], look: "l", notes: "", ships: true },
  ];
  assert.equal(toml(scenes), `[[scene]]
id = "own-1"
title = "“A” \\"b\\""
claim = "c\\\\d"
link = "?model=x"
notes = "one\\ntwo\\u007F"

[[scene]]
id = "b"
title = "t"
claim = "c"
link = "train"
subject = "run"
controls = ["Play"]
look = "l"
`);
  assert.deepEqual(moved(["a", "b", "c"], 2, -1), ["a", "c", "b"]);
  assert.deepEqual(moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.match(fresh(1_800_000_000_000), /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

test("a larger window is drawn larger, a small one is at least a fifth larger", () => {
  assert.equal(enlarged(1024, 600), 1.2);
  assert.ok(Math.abs(enlarged(1366, 768) - 1.219) < 0.001);
  assert.ok(enlarged(1920, 1080) > 1.7);
  assert.ok(enlarged(3840, 2160) > 3.4);
});

test("outside presenter mode only a window larger than most screens is enlarged", () => {
  assert.equal(settled(1920, 1080), 1);
  assert.equal(settled(3440, 1000), 1); // wide, but no higher than others
  assert.equal(settled(3840, 2160), 2);
});

test("a code is drawn with the quiet zone it needs", () => {
  assert.equal(path(["10", "01"]), "M4 4h1v1h-1zM5 5h1v1h-1z");
});

test("Clear on the pad is taken back by undo, then the strokes one by one", () => {
  const drawing = new Drawing();
  for (const place of [[0, 0], [1, 1]]) {
    drawing.begin(place);
    drawing.end();
  }
  drawing.clear();
  assert.ok(drawing.empty && drawing.undoable);
  drawing.clear(); // an empty sheet has nothing more to clear
  assert.ok(new Drawing().undoable); // also when the page was left meanwhile
  drawing.undo();
  assert.equal(drawing.strokes.length, 2);
  drawing.undo();
  drawing.undo();
  assert.ok(drawing.empty && !drawing.undoable);
});

test("a drawing that was looked at comes back after a reload, in this tab alone", () => {
  const kept = new Map();
  const tab = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const loaded = (again = true) => {
    store("lab").set("strokes", undefined);
    return new Drawing(tab, () => again);
  };
  const drawing = loaded();
  assert.ok(drawing.empty && !drawing.cameBack);
  drawing.begin([0.25, 0.5]);
  drawing.end();
  drawing.watch(true);
  assert.deepEqual(loaded().strokes, [[[0.25, 0.5]]]);
  drawing.keep();
  const back = loaded();
  assert.ok(back.cameBack && new Drawing(tab, () => true).cameBack); // until Python is told
  back.cameBack = false;
  assert.ok(!new Drawing(tab, () => true).cameBack);
  drawing.keep();
  assert.ok(!loaded(false).cameBack); // a link was opened: that is what is looked at
  drawing.watch(false);
  assert.ok(!loaded().cameBack);
  for (const wrong of ["", "{", "null", '{"strokes":[[]],"cleared":[],"pen":1}', '{"strokes":[[["a",1]]],"cleared":[],"pen":1}']) {
    kept.set("aeview.drawing", wrong);
    assert.ok(loaded().empty);
  }
});

test("what was cleared of a painted image comes back, until it is painted again", () => {
  const bench = new Bench([1, 28, 28]);
  bench.images = [{ name: "one", pixels: new Float32Array(784) }];
  bench.wipe(0, 14, 14, 4);
  assert.ok(!bench.cleared(0));
  bench.unpaint(0);
  assert.ok(bench.cleared(0));
  bench.repaint(0);
  assert.equal(bench.nPainted(0), 12);
  assert.ok(!bench.cleared(0));
  bench.unpaint(0);
  bench.wipe(0, 3, 3, 2);
  bench.repaint(0);
  assert.equal(bench.nPainted(0), 4);
});

test("the next scene is counted from the one that is wanted, and there is none beyond the ends", () => {
  const scenes = ["a", "b", "c"].map((id) => ({ id }));
  assert.equal(step(scenes, "a", 1).id, "b");
  assert.equal(step(scenes, "c", 1).id, "c");
  assert.equal(step(scenes, "a", -1).id, "a");
  assert.equal(step(scenes, null, 1).id, "a");
  assert.equal(step(scenes, "gone", -1).id, "c");
  assert.equal(step([], null, 1), null);
});

test("an address shows the scene that its entry was given, else the one it asks for, else none", () => {
  const scenes = [{ id: "a", link: "?model=x" }, { id: "b", link: "train" }];
  assert.equal(shown(scenes, "b", "http://lab/?model=x").id, "b");
  assert.equal(shown(scenes, undefined, "http://lab/?model=x&at=1").id, "a");
  assert.equal(shown(scenes, "gone", "http://lab/generate"), null);
});

test("small numbers keep two digits that count, others two decimals", async () => {
  const { digits, shown } = await import(new URL("controls/words.js", home));
  assert.deepEqual([0, -0.0000001, 0.00321, 0.05, -0.034, 0.5, 12.345].map(digits), ["0.00", "0.00", "0.0032", "0.05", "-0.034", "0.50", "12.35"]);
  assert.equal(shown(-0.004), "−0.004");
});

test("in a lesson a key presses what can be pressed: first reveal, then next; from elsewhere the way back", () => {
  const button = (said) => ({ said: said.replace("unseen ", ""), checkVisibility: () => !said.startsWith("unseen") });
  const page = (...there) => ({ querySelectorAll: (what) => there.map(button).filter(({ said }) => what.includes(`lesson_${said}"`)) });
  assert.equal(lessonButton(1, page("next", "reveal", "previous")).said, "reveal");
  assert.equal(lessonButton(1, page("next", "previous")).said, "next");
  assert.equal(lessonButton(1, page("unseen reveal", "next")).said, "next"); // revealed a moment ago
  assert.equal(lessonButton(-1, page("next", "reveal", "previous")).said, "previous");
  assert.equal(lessonButton(1, page("return")).said, "return");
  assert.equal(lessonButton(1, page("previous")), null); // the last step
});

test("the empty page between two tells of each passage by its turn, and again where that was lost", () => {
  hold();
  const told = [];
  const home = {};
  const between = new Between({ querySelector: () => home });
  const shows = (turn) => between.update({ data: { title: "Latent map", turn }, setTriggerValue: (name, value) => told.push([name, value]) });
  shows("first");
  pass(100);
  assert.deepEqual(told, [["empty", "first"]]);
  assert.equal(home.textContent, "Latent map");
  shows("second"); // the browser never saw what was between the two: no new element, the same title
  pass(100);
  assert.deepEqual(told.slice(1), [["empty", "second"]]);
  pass(10_000);
  assert.deepEqual(told.slice(2), [["empty", "second"]]);
  between.close();
  pass(1e6);
  assert.equal(told.length, 3);
  release();
});
