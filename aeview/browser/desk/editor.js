// Where a teacher chooses what is presented and makes a route: the lists of scenes, and what is on screen added.

import { download, make } from "../controls/dom.js";
import { all } from "../shell/find.js";
import { toml } from "./route.js";

/** @import { Desk } from "./main.js" */
/** @import { Scene } from "./lecture.js" */
/** @typedef {{ title: string, scenes: Scene[] }} Offered */

const FILE = "route.toml";
const READ = 2 ** 20; // bytes of a file: of a larger one Python needs no more to refuse it
const FIELDS = /** @type {const} */ ({ title: "Title", claim: "Sentence", look: "What to do", notes: "Notes" });

/** A list with one of its entries so many places on. @template T @param {T[]} list @param {number} at @param {number} by */
export function moved(list, at, by) {
  const rest = list.filter((_, i) => i !== at);
  rest.splice(Math.max(0, at + by), 0, list[at]);
  return rest;
}

/** @param {Scene[]} scenes */
const n = ({ length }) => length === 1 ? "1 scene" : `${length} scenes`;

/** A name that no other scene has. @param {number} now milliseconds */
export const fresh = (now) => `own-${now.toString(36)}`;

export class Editor {
  /** @type {Scene[]} */
  scenes = [];
  /** @type {Offered[]} */
  offered = [];
  own = false; // whether the list is of the own route, else of the scenes that ship

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.dialog = desk.find("dialog.route");
    this.form = /** @type {HTMLFormElement} */ (desk.find("dialog.add form"));
    this.deeds = {
      route: () => this.#open(),
      save: () => download(new Blob([toml(this.scenes)], { type: "application/toml" }), FILE),
      empty: () => this.#sure() && this.#write([]),
      ships: () => this.#choose(false),
      mine: () => this.#choose(true),
      copy: () => this.#copy(this.desk.route.scenes),
      add: () => this.#ask(),
    };
    const file = desk.find(".route input[type=file]");
    file.addEventListener("change", () => this.#read(file));
    desk.find(".route .offer").addEventListener("change", (event) => this.#append(event));
    this.form.addEventListener("submit", (event) => this.#add(event));
  }

  // ---- the list ----------------------------------------------------------------------------------

  async #open() {
    this.#problem("");
    this.dialog.showModal();
    const { offered, problem } = await this.desk.ask({ kind: "offered" });
    this.offered = offered;
    this.#problem(problem);
    this.own = this.desk.route.own;
    this.#draw(this.desk.route.scenes);
  }

  /** @param {Scene[]} scenes @param {number} [focus] the place of the one that was moved */
  #draw(scenes, focus) {
    this.scenes = scenes;
    const { own } = this;
    const find = this.desk.find;
    for (const [name, pressed] of [["ships", !own], ["mine", own]]) find(`.route [data-do=${name}]`).ariaPressed = String(pressed);
    for (const part of all(this.dialog, "[data-in]")) part.hidden = (part.dataset.in === "own") !== own;
    find(".route .note").textContent = !own ? `${n(scenes)} as they ship, which Present shows.`
      : scenes.length ? `${n(scenes)} of your own, which Present shows.` : "No scenes yet: add some below. Until then Present shows the scenes that ship.";
    find(".route button[data-do=save]").disabled = !scenes.length;
    find(".route .stops").replaceChildren(...scenes.map((scene, at) => own ? this.#line(scene, at) : this.#shipped(scene)));
    this.#offer();
    if (focus !== undefined) this.desk.find(`.stops li:nth-child(${focus + 1}) button:not(:disabled)`)?.focus();
  }

  /** Whether the teacher's own scenes may go; a file of them stays. */
  #sure() {
    return !this.scenes.length || confirm(`Your own route of ${n(this.scenes)} is forgotten in this browser. Download it first to keep it. Forget it?`);
  }

  /** Show the own route, or the scenes that ship, and have them presented. @param {boolean} own */
  async #choose(own) {
    const { route, presenter } = this.desk;
    this.#problem("");
    await route.choose(own);
    this.own = own;
    this.#draw(own && !route.own ? [] : route.scenes);
    presenter.changed();
  }

  // One that ships: as it is, to be copied.
  #shipped(/** @type {Scene} */ scene) {
    const words = Object.entries(FIELDS).filter(([name]) => name !== "title" && scene[/** @type {keyof typeof FIELDS} */ (name)]);
    return make("li", {},
      make("details", {}, make("summary", {}, scene.title), ...words.map(([name]) => make("p", {}, String(scene[/** @type {keyof typeof FIELDS} */ (name)])))),
      make("button", { type: "button", title: "Copy to my route", ariaLabel: `Copy to my route: ${scene.title}`, onclick: () => this.#copy([scene]) }, "+"));
  }

  // Into the own route, which need not be presented.
  async #copy(/** @type {Scene[]} */ scenes) {
    const mine = await this.desk.route.mine();
    const more = scenes.filter(({ id }) => !mine.some((each) => each.id === id));
    const problem = more.length ? await this.desk.route.take(toml([...mine, ...more])) : "";
    this.#problem(problem);
    if (!problem) this.desk.say(`Your route has ${n([...mine, ...more])} now.`);
  }

  #line(/** @type {Scene} */ scene, /** @type {number} */ at) {
    const last = this.scenes.length - 1;
    const button = (/** @type {string} */ sign, /** @type {string} */ words, /** @type {() => void} */ act, disabled = false) =>
      make("button", { type: "button", title: words, ariaLabel: `${words}: ${scene.title}`, disabled, onclick: act }, sign);
    const move = (/** @type {number} */ by) => this.#write(moved(this.scenes, at, by), at + by);
    return make("li", {},
      make("details", {}, make("summary", {}, scene.title), ...Object.entries(FIELDS).map(([name, words]) => this.#field(at, /** @type {keyof typeof FIELDS} */ (name), words))),
      button("↑", "Up", () => move(-1), !at),
      button("↓", "Down", () => move(1), at === last),
      button("×", "Remove", () => this.#write(this.scenes.filter((_, i) => i !== at), Math.max(0, Math.min(at, last - 1)))));
  }

  #field(/** @type {number} */ at, /** @type {keyof typeof FIELDS} */ name, /** @type {string} */ words) {
    const field = make("textarea", { value: this.scenes[at][name] ?? "", rows: name === "notes" ? 4 : name === "claim" ? 2 : 1 });
    field.addEventListener("change", async () => {
      const value = name === "notes" ? field.value : field.value.replace(/\s+/g, " ").trim();
      const scenes = this.scenes.map((scene, i) => i === at ? { ...scene, [name]: value } : scene);
      if (!await this.#kept(scenes)) return;
      this.scenes = scenes;
      const line = field.closest("details")?.querySelector("summary");
      if (line) line.textContent = scenes[at].title;
    });
    return make("label", {}, words, field);
  }

  #offer() {
    const list = this.desk.find(".route .offer");
    const there = new Set(this.scenes.map(({ id }) => id));
    const asks = make("option", { value: "", disabled: true, selected: true }, "Add a scene or a step of a lesson");
    list.replaceChildren(asks, ...this.offered.map(({ title, scenes }) => make("optgroup", { label: title },
      ...scenes.filter(({ id }) => !there.has(id)).map((scene) => make("option", { value: scene.id }, scene.title)))));
  }

  #append(/** @type {Event} */ event) {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    const scene = this.offered.flatMap(({ scenes }) => scenes).find(({ id }) => id === value);
    if (scene) this.#write([...this.scenes, scene]);
  }

  // ---- what becomes of it ------------------------------------------------------------------------

  /** @param {Scene[]} scenes @param {number} [focus] */
  async #write(scenes, focus) {
    if (await this.#kept(scenes)) this.#draw(scenes, focus);
  }

  async #kept(/** @type {Scene[]} */ scenes) {
    const problem = await this.desk.route.take(toml(scenes));
    this.#problem(problem);
    if (!problem) this.desk.presenter.changed();
    return !problem;
  }

  async #read(/** @type {HTMLInputElement} */ field) {
    const [file] = field.files ?? [];
    if (!file) return;
    const text = await file.slice(0, READ).text();
    field.value = ""; // the same file can be opened again
    const problem = await this.desk.route.take(text.trim() ? text : "# empty");
    if (problem) this.#problem(problem);
    else await this.#choose(true);
  }

  #problem(/** @type {string} */ text, where = ".route") {
    const home = this.desk.find(`${where} .refused`);
    home.textContent = text;
    home.hidden = !text;
  }

  // ---- what is on screen -------------------------------------------------------------------------

  #ask() {
    const { page, figures } = this.desk.data;
    this.desk.share.close();
    this.#problem("", ".add");
    this.form.reset();
    this.#of("title").value = page;
    const list = this.#of("subject");
    list.replaceChildren(...figures.map((name) => new Option(name.replaceAll("_", " "), name)), new Option("the whole page", ""));
    this.desk.find("dialog.add").showModal();
    this.#of("claim").focus();
  }

  #of(/** @type {string} */ name) {
    return /** @type {HTMLInputElement & HTMLSelectElement} */ (this.form.elements.namedItem(name));
  }

  async #add(/** @type {Event} */ event) {
    event.preventDefault();
    const { route } = this.desk;
    const { link } = await this.desk.ask({ kind: "here" });
    const said = Object.fromEntries(["title", "claim", "subject", "notes"].map((name) => [name, this.#of(name).value.trim()]));
    const scene = /** @type {Scene} */ ({ ...said, id: fresh(Date.now()), link });
    const mine = [...await route.mine(), scene];
    const problem = await route.take(toml(mine));
    this.#problem(problem, ".add");
    if (problem) return;
    this.desk.find("dialog.add").close();
    this.desk.say(`It is scene ${mine.length} of your route. ${route.own ? "Present (P) shows it." : "Present (P) shows the scenes that ship: there E changes to your route."}`);
  }
}
