// What presenter mode remembers from page to page: that it is on, the scene, the timer. It lives in
// this tab alone, so that no link carries it to a student.

const KEPT = "aeview.lecture";
export const PASS = "aeview.pass"; // who one is in class mode
/** @typedef {{ id: string, link: string, title: string, claim?: string, look?: string, subject?: string, controls?: string[], notes?: string, ships?: boolean }} Scene as Python sends it; `ships` where every server knows its name */

/** Seconds as "12:05", or "1:02:05". @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds that a timer shows. @param {{ since: number | null, spent: number }} timer @param {number} now */
export const elapsed = ({ since, spent }, now) => (spent + (since === null ? 0 : now - since)) / 1000;

/** Whether an address shows what a scene's link asks for: its page, and each of its parameters. @param {Scene} scene @param {string} address */
export function shows(scene, address) {
  const [wanted, here] = [new URL(target(scene, address)), new URL(address)];
  return wanted.pathname === here.pathname
    && [...wanted.searchParams].every(([name, value]) => here.searchParams.get(name) === value);
}

/**
 * The scene that an address shows, or null.
 * @param {Scene[]} scenes @param {string | null | undefined} mark the id that the entry of the browser's history was given, if it was
 * @param {string} address
 */
export function shown(scenes, mark, address) {
  return scenes.find(({ id }) => id === mark) ?? scenes.find((scene) => shows(scene, address)) ?? null;
}

/** The whole address of a scene, on the server that an address is on. @param {Scene} scene @param {string} address */
export function target(scene, address) {
  return new URL(scene.link.replace(/^\/+/, ""), new URL(".", address)).href;
}

/** The address of a scene for others, short where its name is known; where one has to join, the code comes along. @param {Scene} scene @param {string} address */
export function shortLink(scene, address) {
  const link = new URL(scene.ships ? `?scene=${encodeURIComponent(scene.id)}` : scene.link, new URL(".", address));
  const join = new URL(address).searchParams.get("join");
  if (join) link.searchParams.set("join", join);
  return link.href;
}

/** A page's address as a first visit has it; who has joined stays so. @param {string} address */
export function first(address) {
  const here = new URL(address);
  const join = here.searchParams.get("join");
  here.search = join ? `?${new URLSearchParams({ join })}` : "";
  here.hash = "";
  return here.href;
}

/** The address as others can open it: `elsewhere` is the host they know, or empty for the same. @param {string} address @param {string} [elsewhere] */
export function shared(address, elsewhere) {
  if (!elsewhere) return address;
  const { pathname, search, hash } = new URL(address);
  return `${elsewhere}${pathname}${search}${hash}`;
}

/** Its public fields are what is remembered. */
export class Lecture {
  on = false;
  controls = false;
  /** @type {string | null} */
  scene = null;
  /** @type {string | null} */
  wanted = null;
  /** @type {import("./prepare.js").Preparing | null} */
  preparing = null;
  notes = ""; // the name of the channel to the window with the notes, once it was opened
  lesson = false; // whether the keys turn the steps of a lesson
  /** @type {number | null} milliseconds, while the timer runs */
  since = null;
  spent = 0; // milliseconds before
  #storage;
  #now;

  /** @param {Pick<Storage, "getItem" | "setItem"> | null | undefined} storage */
  constructor(storage, now = () => Date.now()) {
    this.#storage = storage;
    this.#now = now;
    try {
      Object.assign(this, JSON.parse(storage?.getItem(KEPT) ?? "{}"));
    } catch {
      // a tab that may not remember presents all the same, page by page
    }
  }

  get running() {
    return this.since !== null;
  }

  /** Seconds since presenter mode began, without pauses. */
  get seconds() {
    return elapsed(this, this.#now());
  }

  /** @param {string | null} scene */
  begin(scene) {
    this.#keep({ on: true, controls: false, scene, since: this.#now(), spent: 0 });
  }

  leave() {
    this.#keep({ on: false, controls: false, wanted: null, preparing: null, lesson: false, since: null, spent: 0 });
  }

  /** Turn to a scene, which is wanted until its page is there. @param {string} scene */
  turn(scene) {
    this.#keep({ scene, wanted: scene, controls: false, lesson: false });
  }

  /** The address shows this scene. @param {string} scene */
  stand(scene) {
    if (scene !== this.scene) this.#keep({ scene });
  }

  /** @param {boolean} lesson */
  teach(lesson) {
    if (lesson !== this.lesson) this.#keep({ lesson });
  }

  /** @param {Lecture["preparing"]} preparing */
  prepare(preparing) {
    this.#keep({ preparing });
  }

  /** @param {string} notes */
  name(notes) {
    this.#keep({ notes });
  }

  arrived() {
    this.#keep({ wanted: null });
  }

  /** @param {boolean} controls */
  show(controls) {
    this.#keep({ controls });
  }

  pause() {
    if (this.running) this.#keep({ spent: 1000 * this.seconds, since: null });
    else this.#keep({ since: this.#now() });
  }

  reset() {
    this.#keep({ spent: 0, since: this.running ? this.#now() : null });
  }

  #keep(/** @type {Partial<Lecture>} */ changes) {
    Object.assign(this, changes);
    try {
      this.#storage?.setItem(KEPT, JSON.stringify(this));
    } catch {
      // as above
    }
  }
}
