// In class mode: a lesson's question that is voted on. A student answers on a card that lies over whatever page
// is open; the teacher's has how many have answered, and what, once that is shown. No rerun is needed.

/** @import { Desk } from "./main.js" */
import { make } from "../controls/dom.js";
import { all } from "../shell/find.js";
import { boxOf, height, zoom } from "../shell/zoom.js";
import { chart } from "./vote_chart.js";

/** @typedef {[number, number]} Share a place on the map: shares of its sides from the top left */
/** @typedef {{ points: [number, number, number][], names: [number, number, string][], palette: string[], image: string }} Chart with the class of each point */
/**
 * What is told of a vote.
 * @typedef {{
 *   stamp: string, id: string, round: number, shown: boolean, ask: string, choices: string[], chart: Chart | null,
 *   mine?: number | Share | null, n?: number, again?: boolean, answers?: (number[] | Share[])[], right?: number, landed?: Share | null,
 * }} Vote a student's has `mine`, the teacher's `n` and `again`; `answers` are there once they are shown, `right` and `landed` once these are told
 */

const ROUNDS = ["First vote", "Second vote"];
const MARK = "✓";

/** What the key of votes does. @param {Vote | null} vote */
export const next = (vote) => !vote ? "begin" : vote.shown ? "end" : "reveal";

/** @param {number} n */
const answers = (n) => n === 1 ? "1 answer" : `${n} answers`;

/** How often each choice was chosen, as shares of its vote. @param {number[]} counts */
export function shares(counts) {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => n ? count / n : 0);
}

/** What the card says below the answers. @param {Vote} vote */
export function words(vote) {
  const count = `${vote.n} ${vote.n === 1 ? "has" : "have"} answered`;
  if (vote.n !== undefined && !vote.shown) return vote.round > 1 ? `${ROUNDS[vote.round - 1]}: ${count}` : count;
  if (vote.shown) return vote.answers?.map((each, round) => {
    const n = vote.choices.length ? /** @type {number[]} */ (each).reduce((sum, count) => sum + count, 0) : each.length;
    return `${ROUNDS[round]}: ${answers(n)}`;
  }).join(" · ") ?? "";
  const given = vote.mine === null || vote.mine === undefined;
  if (given) return vote.chart ? "Tap the map." : "Tap an answer.";
  return "Your answer is in; another tap changes it.";
}

export class Voting {
  drawn = ""; // what the card shows, but for the number of answers and one's own
  closed = false;
  sought = ""; // the vote whose card, and answer, have been brought into view

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    for (const moved of ["scroll", "resize"]) addEventListener(moved, () => this.place(), { signal: desk.abort.signal, capture: true });
    this.deeds = { vote: () => this.#act(next(this.vote)), again: () => this.vote?.again && this.#act("again") };
  }

  close() {
    this.closed = true;
    delete document.documentElement.dataset.voting;
  }

  get vote() {
    return this.desk.hearing.told?.vote ?? null;
  }

  /** Python has sent something, or the class was told something. */
  update() {
    const card = this.desk.find(".vote");
    if (this.closed || !card.isConnected) return;
    const { vote } = this;
    for (const button of all(this.desk.root, 'button[data-do="vote"]')) button.hidden = !this.#asks || Boolean(vote);
    if (!vote) {
      if (card.matches(":popover-open")) card.hidePopover();
      this.drawn = "";
      return this.place();
    }
    const stamp = [vote.stamp.split(".")[0], vote.again, this.desk.presenter.on].join();
    if (stamp !== this.drawn) this.#draw(vote);
    this.drawn = stamp;
    this.#fill(vote);
    if (!card.matches(":popover-open")) card.showPopover();
    this.place();
  }

  /** On the wall the card lies in the room that the lesson leaves below its question: it covers neither figure nor answer. */
  place() {
    const { vote } = this;
    const [card, page] = [this.desk.find(".vote"), document.documentElement];
    if (this.closed || !card.isConnected) return;
    const wall = vote && vote.n !== undefined && this.desk.presenter.on;
    const room = wall ? all(document, ".vote-room").find((each) => each.checkVisibility()) : null;
    if (room) page.dataset.voting = vote?.shown && !vote.chart ? "shown" : "counts";
    else delete page.dataset.voting;
    card.dataset.docked = room ? "yes" : "no";
    if (!vote || !room) return card.removeAttribute("style");
    page.style.setProperty("--vote-room", `${card.scrollHeight + 8}px`);
    const wanted = `${this.drawn}${vote.right !== undefined}`;
    const seen = vote.right === undefined ? room : room.closest('[class*="st-key-lesson_words"]')?.querySelector('[data-testid="stAlert"]');
    if (wanted !== this.sought && seen) {
      this.sought = wanted;
      seen.scrollIntoView({ block: "nearest" });
    }
    const { left, top, width } = boxOf(room);
    const css = [left, top, width].map((pixels) => pixels / zoom());
    Object.assign(card.style, { left: `${css[0]}px`, top: `${css[1]}px`, width: `${css[2]}px`, maxHeight: `${height() - css[1] - 4}px` });
  }

  // The question on screen that may be put to the class.
  get #asks() {
    const { asks, token, presents } = this.desk.data;
    return token && presents ? asks : "";
  }

  #act(/** @type {string} */ deed) {
    const id = this.vote?.id ?? this.#asks;
    if (!this.desk.data.token || !id) return this.desk.say("Here is no lesson's question to put to a class.");
    this.desk.hearing.vote({ do: deed, id });
  }

  #answer(/** @type {number | Share} */ answer) {
    this.desk.hearing.vote({ do: "answer", stamp: this.vote?.stamp, answer });
  }

  #draw(/** @type {Vote} */ vote) {
    const find = this.desk.find;
    find("details.vote").open = true;
    find(".vote summary").textContent = vote.round > 1 ? `${ROUNDS[1]}: ${vote.ask}` : vote.ask;
    find(".vote .answers").replaceChildren(this.#body(vote));
    const acts = vote.n === undefined ? [] : this.#acts(vote);
    find(".vote .acts").replaceChildren(...acts);
  }

  #body(/** @type {Vote} */ vote) {
    if (vote.n !== undefined && !vote.shown) return ""; // the lesson has the question, and its map
    if (vote.chart) return chart(vote, (place) => this.#answer(place));
    if (vote.shown) return bars(vote);
    return make("div", { className: "choices" }, ...vote.choices.map((text, i) => {
      const button = make("button", { type: "button", dataset: { choice: String(i) } }, text);
      button.addEventListener("click", () => this.#answer(i));
      return button;
    }));
  }

  #acts(/** @type {Vote} */ vote) {
    const acts = [[next(vote), vote.shown ? "End the vote" : "Show the answers", "V"], ...(vote.again ? [["again", "Second vote", "2"]] : [])];
    return acts.map(([deed, text, key]) => {
      const button = make("button", { type: "button", title: `${text} (${key})` }, text, ...(this.desk.presenter.on ? [make("kbd", {}, key)] : []));
      button.addEventListener("click", () => this.#act(deed));
      return button;
    });
  }

  // What changes while one answers: so that the button that was pressed keeps the focus.
  #fill(/** @type {Vote} */ vote) {
    this.desk.find(".vote [role=status]").textContent = words(vote);
    for (const button of all(this.desk.root, ".vote button[data-choice]")) button.ariaPressed = String(Number(button.dataset.choice) === vote.mine);
    const mark = this.desk.find(".vote .pointed b");
    if (mark && Array.isArray(vote.mine)) Object.assign(mark.style, { display: "block", left: `${100 * vote.mine[0]}%`, top: `${100 * vote.mine[1]}%` });
  }
}

/** Both votes' bars side by side. @param {Vote} vote */
function bars({ choices, answers, right, mine }) {
  const votes = /** @type {number[][]} */ (answers ?? []);
  const heads = votes.length > 1 ? [make("span"), ...votes.map((_, round) => make("b", {}, ROUNDS[round]))] : [];
  const rows = choices.flatMap((text, i) => {
    const name = make("span", { className: i === right ? "right" : "" }, i === right ? `${MARK} ${text}` : text, mine === i ? " (yours)" : "");
    return [name, ...votes.map((counts) => {
      const percent = Math.round(100 * shares(counts)[i]);
      return make("span", { className: "bar-of" }, make("i", { style: `width: ${percent}%` }), make("span", {}, `${percent} % (${counts[i]})`));
    })];
  });
  return make("div", { className: "bars", style: `--votes: ${votes.length}` }, ...heads, ...rows);
}
