// In class mode: leading the class, and following. This tab is told of the teacher's turns (hearing.js)
// and has its own session go there, unless it has left, or one is typing.

/** @import { Told } from "./hearing.js" */
/** @import { Desk } from "./main.js" */
import { all } from "../shell/find.js";
import { typed } from "./keys.js";

const KEPT = "aeview.follow"; // in this tab alone
const LOST_MS = 2500; // a wish that got lost on its way is said again,
const MOST_TIMES = 8; // so often

/** @typedef {{ left: string, own: string, lead: string }} Kept the leading that this tab has left; the link that one had before, and before which leading */
/** @typedef {"" | "away" | "there" | "wanted" | "typing"} Stand of a follower: nobody leads; has left; is there; is to go; is to be asked first */

/**
 * How a tab stands to the teacher.
 * @param {Pick<Told, "lead" | "turn"> | null} told @param {Kept} kept @param {{ presents: boolean, followed: string }} session @param {boolean} typing
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

/** The question whose answer the class is told now: of a vote, or, for who is with the teacher, where the teacher is. @param {Told | null} told @param {Stand} how */
export const answered = (told, how) => told?.vote?.right !== undefined ? told.vote.id : how === "there" ? told?.told ?? "" : "";

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

export class Follow {
  said = /** @type {Stand} */ (""); // by the bar, last
  asked = { turn: "", at: 0, times: 0 };
  closed = false;
  revealed = ""; // the question whose answer was asked for just now

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.deeds = {
      lead: () => this.#lead(desk.data.leads ? "off" : "on"),
      here: () => this.#lead("here"),
      follow: () => this.#follow(),
      own: () => this.#back(),
    };
  }

  close() {
    this.closed = true;
  }

  get told() {
    return this.desk.hearing.told;
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
    this.heed();
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

  /** Go where the teacher is, or say so. */
  heed() {
    if (this.closed) return;
    const how = this.#how;
    if (how === "wanted") this.#go();
    this.#reveal(answered(this.told, how));
    this.said = how;
    const bar = this.desk.find(".follow");
    bar.hidden = !how;
    if (!how) return;
    const kept = remembered();
    this.desk.find(".follow span").textContent = words(how, this.told?.title ?? "");
    this.desk.find('[data-do="follow"]').textContent = how === "typing" ? "Go there" : how === "away" ? "Follow" : "Leave";
    this.desk.find('[data-do="own"]').hidden = how !== "away" || !kept.own;
  }

  // The step on screen shows what the class is told: once, as an answer of Python's may be on its way.
  #reveal(/** @type {string} */ question) {
    const { asks, presents } = this.desk.data;
    if (!question || question !== asks || presents || question === this.revealed) return;
    this.revealed = question;
    this.desk.ask({ kind: "told", address: question });
    setTimeout(() => {
      this.revealed = "";
      this.heed();
    }, LOST_MS);
  }

  // The first time one's own page is remembered, so that one can go back to it.
  #go(again = false) {
    const { lead, turn } = /** @type {Told} */ (this.told);
    const times = this.asked.turn === turn ? this.asked.times + 1 : 1;
    if (!again && times > 1 && (times > MOST_TIMES || Date.now() - this.asked.at < LOST_MS)) return;
    const leaves = remembered().lead !== lead;
    if (leaves) remember({ own: here(), lead, left: "" });
    this.asked = { turn, at: Date.now(), times };
    this.desk.ask({ kind: "led", address: again ? "" : turn, leaves });
    setTimeout(() => this.heed(), LOST_MS + 1);
  }

  #follow() {
    const how = this.said; // not as it is now: the press has taken the focus from what was typed
    if (how === "there" || how === "wanted") remember({ left: this.told?.lead ?? "" });
    else {
      if (how === "away") remember({ left: "", lead: "" });
      this.#go(true);
    }
    this.heed();
  }

  #back() {
    const { own } = remembered();
    remember({ own: "" });
    this.desk.ask({ kind: "own", address: own });
  }
}
