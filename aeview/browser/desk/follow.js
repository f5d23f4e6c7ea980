// In class mode: leading the class, and following. This tab waits to be told of the teacher's turns
// (aeview/classroom/told.py) and has its own session go there, unless it has left, or one is typing.

/** @import { Desk } from "./main.js" */
import { all } from "../shell/find.js";
import { typed } from "./keys.js";

const KEPT = "aeview.follow"; // in this tab alone
const AGAIN_MS = 5000; // after an answer that did not come
const LOST_MS = 2500; // a wish that got lost on its way is said again,
const MOST_TIMES = 8; // so often
const LONGEST_MS = 20000; // an answer takes, however the network is
const TOLD = new URL("../../../class/led", import.meta.url);

/** @typedef {{ lead: string, turn: string, title: string }} Told names of the leading and of its turn, empty while nobody leads; and where it is */
/** @typedef {{ left: string, own: string, lead: string }} Kept the leading that this tab has left; the link that one had before, and before which leading */
/** @typedef {"" | "away" | "there" | "wanted" | "typing"} Stand of a follower: nobody leads; has left; is there; is to go; is to be asked first */

/**
 * How a tab stands to the teacher.
 * @param {Told | null} told @param {Kept} kept @param {{ presents: boolean, followed: string }} session @param {boolean} typing
 * @returns {Stand}
 */
export function stand(told, kept, { presents, followed }, typing) {
  if (!told?.lead || presents) return "";
  if (kept.left === told.lead) return "away";
  if (told.turn === followed) return "there";
  return typing ? "typing" : "wanted";
}

/** What the bar of a follower says. @param {Stand} how @param {string} title */
export function words(how, title) {
  if (how === "typing") return `The teacher has opened “${title}”.`;
  if (how === "wanted") return `The teacher opens “${title}” …`;
  return how === "away" ? "The teacher leads the class." : `You follow the teacher: “${title}”.`;
}

/** Whether a text that is being typed would be lost. */
function typing() {
  let at = /** @type {HTMLInputElement | null | undefined} */ (document.activeElement);
  while (at?.shadowRoot?.activeElement) at = /** @type {HTMLInputElement} */ (at.shadowRoot.activeElement);
  return Boolean(at && typed(at) && (at.value || (at.isContentEditable && at.textContent)));
}

/** @returns {Kept} */
function remembered() {
  const nothing = { left: "", own: "", lead: "" };
  try {
    return { ...nothing, ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return nothing; // a tab that may not remember follows on every page anew
  }
}

/** @param {Partial<Kept>} changes */
function remember(changes) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...remembered(), ...changes }));
  } catch {
    // as above
  }
}

/** The page's link, as Python reads it. */
function here() {
  const root = new URL("../../../", import.meta.url).pathname;
  return `${location.pathname.slice(root.length)}${location.search}`;
}

/** Ask where the teacher is; the answer waits for another turn than the known one. @param {string} token @param {string | null} known @param {AbortSignal} signal @returns {Promise<Told | null>} */
async function hear(token, known, signal) {
  const address = new URL(TOLD);
  if (known !== null) address.searchParams.set("after", known);
  const late = new AbortController();
  const bell = setTimeout(() => late.abort(), LONGEST_MS);
  const stop = () => late.abort();
  signal.addEventListener("abort", stop);
  try {
    const answer = await fetch(address, { headers: { "X-Class-Pass": token }, cache: "no-store", signal: late.signal });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the server is away for a moment, or this page is left
  } finally {
    clearTimeout(bell);
    signal.removeEventListener("abort", stop);
  }
}

export class Follow {
  /** @type {Told | null} */
  told = null;
  said = /** @type {Stand} */ (""); // by the bar, last
  asked = { turn: "", at: 0, times: 0 };
  closed = new AbortController();
  /** @type {AbortController | null} */
  listening = null;

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.deeds = {
      lead: () => this.#lead(desk.data.leads ? "off" : "on"),
      here: () => this.#lead("here"),
      follow: () => this.#follow(),
      own: () => this.#back(),
    };
    document.addEventListener("visibilitychange", () => this.#hidden(), { signal: this.closed.signal });
  }

  close() {
    this.closed.abort();
    this.listening?.abort();
  }

  // A tab that nobody sees waits for nothing: a browser has few connections to one server.
  #hidden() {
    if (document.hidden) this.listening?.abort();
    else this.#listen();
  }

  /** Python has sent something. */
  update() {
    const { presents, leads, token } = this.desk.data;
    const leader = Boolean(token && presents);
    for (const button of all(this.desk.root, 'button[data-do="lead"]')) {
      button.hidden = !leader;
      button.ariaPressed = String(Boolean(leads));
    }
    this.desk.find(".buttons .lead").textContent = leads ? "You lead the class" : "Lead the class";
    this.desk.find(".buttons .bring").hidden = !leads;
    this.#listen();
    this.#heed();
  }

  async #listen() {
    if (this.listening || document.hidden || !this.desk.data.token) return;
    const round = new AbortController();
    this.listening = round;
    while (!round.signal.aborted) {
      const before = Date.now();
      const told = await hear(this.desk.data.token ?? "", this.told?.turn ?? null, round.signal);
      const news = told && told.turn !== this.told?.turn;
      if (told) this.told = told;
      if (told) this.#heed();
      // An answer without news that did not wait is one of several tabs with the same pass.
      const rest = !told || (!news && Date.now() - before < AGAIN_MS);
      if (rest && !round.signal.aborted) await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
    this.listening = null;
    if (!this.closed.signal.aborted) this.#listen(); // seen again meanwhile
  }

  // ---- the teacher -----------------------------------------------------------------------------

  #lead(/** @type {string} */ how) {
    if (!this.desk.data.token) return this.desk.say("There is nobody to lead: this is not a class.");
    this.desk.ask({ kind: "lead", address: how });
  }

  // ---- a student -------------------------------------------------------------------------------

  get #how() {
    return stand(this.told, remembered(), this.desk.data, typing());
  }

  #heed() {
    if (this.closed.signal.aborted) return;
    const how = this.#how;
    if (how === "wanted") this.#go();
    this.said = how;
    const bar = this.desk.find(".follow");
    bar.hidden = !how;
    if (!how) return;
    const kept = remembered();
    this.desk.find(".follow span").textContent = words(how, this.told?.title ?? "");
    this.desk.find('[data-do="follow"]').textContent = how === "typing" ? "Go there" : how === "away" ? "Follow" : "Leave";
    this.desk.find('[data-do="own"]').hidden = how !== "away" || !kept.own;
  }

  // The first time one's own page is remembered, so that one can go back to it.
  #go(again = false) {
    const { lead, turn } = /** @type {Told} */ (this.told);
    const times = this.asked.turn === turn ? this.asked.times + 1 : 1;
    if (!again && times > 1 && (times > MOST_TIMES || Date.now() - this.asked.at < LOST_MS)) return;
    if (remembered().lead !== lead) remember({ own: here(), lead, left: "" });
    this.asked = { turn, at: Date.now(), times };
    this.desk.ask({ kind: "led", address: again ? "" : turn });
    setTimeout(() => this.#heed(), LOST_MS + 1);
  }

  #follow() {
    const how = this.said; // not as it is now: the press has taken the focus from what was typed
    if (how === "there" || how === "wanted") remember({ left: this.told?.lead ?? "" });
    else {
      if (how === "away") remember({ left: "", lead: "" });
      this.#go(true);
    }
    this.#heed();
  }

  #back() {
    const { own } = remembered();
    remember({ own: "" });
    this.desk.ask({ kind: "own", address: own });
  }
}
