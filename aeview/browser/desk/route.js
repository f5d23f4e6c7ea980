// The route: the scenes that are presented, those that ship or a teacher's own, whichever was chosen. The own
// one is a TOML file in this browser, in the format of lessons/scenes.toml; Python alone reads it, and says what
// is wrong with it.

/** @import { Desk } from "./main.js" */
/** @import { Scene } from "./lecture.js" */

const KEPT = "aeview.route"; // TOML, until it is changed or put away
const CHOSEN = "aeview.presented"; // whether that is presented: "own", else the scenes that ship
const SCENES = "aeview.scenes"; // as Python has read them, in this tab
const FIELDS = /** @type {const} */ (["id", "title", "claim", "link", "subject", "controls", "look", "notes"]);

/** Text in quotes as TOML has it: as in JSON, but for one letter. @param {unknown} value */
const quoted = (value) => JSON.stringify(value).replaceAll("\x7f", "\\u007F");

/** Scenes as the text of a file. @param {Scene[]} scenes */
export function toml(scenes) {
  return scenes.map((scene) => ["[[scene]]", ...FIELDS.filter((name) => scene[name]?.length)
    .map((name) => `${name} = ${quoted(scene[name])}`), ""].join("\n")).join("\n");
}

/** @returns {Scene[] | null} null in a tab that may not remember */
export const stored = () => {
  try {
    return JSON.parse(sessionStorage.getItem(SCENES) ?? "[]");
  } catch {
    return null;
  }
};

/** The scene so many places on; from nowhere the first, or the last. @param {Scene[]} scenes @param {string | null} from @param {number} by */
export function step(scenes, from, by) {
  const place = scenes.findIndex(({ id }) => id === from);
  const wanted = place < 0 ? (by > 0 ? 0 : scenes.length - 1) : place + by;
  return scenes[Math.max(0, Math.min(wanted, scenes.length - 1))] ?? null;
}

/** What this browser keeps, or null where it may not. @param {string} name */
function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return null;
  }
}

/** Have it kept; empty is nothing. @param {string} name @param {string} text */
function keep(name, text) {
  try {
    if (text) localStorage.setItem(name, text);
    else localStorage.removeItem(name);
  } catch {
    // then it is known on this page alone
  }
}

export class Route {
  /** @type {Scene[]} */
  #known = [];
  #here = { text: "", chosen: "" }; // where the browser may not remember

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
  }

  /** The scenes that are presented. */
  get scenes() {
    return stored() ?? this.#known;
  }

  /** The teacher's own, as text; empty for none. */
  get text() {
    return kept(KEPT) ?? this.#here.text;
  }

  /** Whether the own one is presented. */
  get own() {
    return this.text !== "" && (kept(CHOSEN) ?? this.#here.chosen) === "own";
  }

  get #presented() {
    return this.own ? this.text : "";
  }

  /** Have the session present what this browser says. */
  async read() {
    const problem = await this.#present(this.#presented);
    if (problem) this.desk.say(problem);
  }

  /** The same, where the session is new and has not read it. */
  async hand() {
    if (this.#presented && !this.desk.data.routed) await this.read();
  }

  /** Present the own route, or the scenes that ship. @param {boolean} own */
  async choose(own) {
    this.#here.chosen = own ? "own" : "";
    keep(CHOSEN, this.#here.chosen);
    await this.read();
  }

  /** The scenes of the own route, whichever is presented. */
  async mine() {
    if (this.own || !this.text) return this.own ? this.scenes : [];
    const { scenes } = await this.#ask(this.text);
    await this.read();
    return scenes;
  }

  /** Keep a file's text as the own route; empty for none. What is presented stays so. @param {string} text @returns {Promise<string>} what is wrong with it; empty for nothing */
  async take(text) {
    const { problem } = await this.#ask(text);
    if (!problem) {
      this.#here.text = text;
      keep(KEPT, text);
    }
    await this.read();
    return problem;
  }

  // Python tells the scenes of a text, and presents them until another one is asked for.
  #ask(/** @type {string} */ text) {
    return this.desk.ask({ kind: "route", address: text });
  }

  async #present(/** @type {string} */ text) {
    const { scenes, problem } = await this.#ask(text);
    this.#known = scenes;
    try {
      sessionStorage.setItem(SCENES, JSON.stringify(scenes));
    } catch {
      // as above
    }
    return problem;
  }
}
