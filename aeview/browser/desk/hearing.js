// In class mode a tab waits to be told where the teacher leads, and what is voted on
// (aeview/classroom/told.py): by one request, as a browser has few connections to one server.

/** @import { Desk } from "./main.js" */
/** @import { Vote } from "./vote.js" */

const AGAIN_MS = 5000; // after an answer that did not come
const LONGEST_MS = 20000; // an answer takes, however the network is
const TOLD = new URL("../../../class/led", import.meta.url);
const VOTE = new URL("../../../class/vote", import.meta.url);

/** @typedef {{ lead: string, turn: string, title: string, told: string, vote: Vote | null }} Told names of the leading and of its turn, empty while nobody leads; where it is; the question there that is answered, empty for none; and what is voted on */

/** What is known, as the server is told it. @param {Told | null} told @returns {Record<string, string>} */
export const known = (told) => told ? { after: told.turn, told: told.told, vote: told.vote?.stamp ?? "" } : {};

export class Hearing {
  /** @type {Told | null} */
  told = null;
  /** @type {AbortController | null} */
  listening = null;
  closed = new AbortController();

  /** @param {Desk} desk @param {() => void} heard is called with news */
  constructor(desk, heard) {
    this.desk = desk;
    this.heard = heard;
    document.addEventListener("visibilitychange", () => this.#hidden(), { signal: this.closed.signal });
  }

  close() {
    this.closed.abort();
    this.listening?.abort();
  }

  // A tab that nobody sees waits for nothing: it hears the news when it is seen again.
  #hidden() {
    if (document.hidden) this.listening?.abort();
    else this.listen();
  }

  async listen() {
    if (this.listening || document.hidden || !this.desk.data.token) return;
    const round = new AbortController();
    this.listening = round;
    while (!round.signal.aborted) {
      const before = Date.now();
      const asked = new URLSearchParams(known(this.told)).toString();
      const told = await this.#hear(asked, round.signal);
      const news = told && new URLSearchParams(known(told)).toString() !== asked;
      if (told) this.told = told;
      if (told && !this.closed.signal.aborted) this.heard();
      // An answer without news that did not wait is one of several tabs with the same pass.
      const rest = !told || (!news && Date.now() - before < AGAIN_MS);
      if (rest && !round.signal.aborted) await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
    this.listening = null;
    if (!this.closed.signal.aborted) this.listen(); // seen again meanwhile
  }

  get #pass() {
    return { "X-Class-Pass": this.desk.data.token ?? "" };
  }

  /** Ask where the class is; the answer waits for something else than what is known. @param {string} asked @param {AbortSignal} signal @returns {Promise<Told | null>} */
  async #hear(asked, signal) {
    const late = new AbortController();
    const bell = setTimeout(() => late.abort(), LONGEST_MS);
    const stop = () => late.abort();
    signal.addEventListener("abort", stop);
    try {
      const answer = await fetch(`${TOLD}?${asked}`, { headers: this.#pass, cache: "no-store", signal: late.signal });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null; // the server is away for a moment, or this page is left
    } finally {
      clearTimeout(bell);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Answer a vote, or steer it; what is then known of it comes back at once. @param {Record<string, unknown>} what */
  async vote(what) {
    const headers = { ...this.#pass, "Content-Type": "application/json" };
    try {
      const answer = await fetch(VOTE, { method: "POST", headers, body: JSON.stringify(what), signal: AbortSignal.timeout(LONGEST_MS) });
      if (!answer.ok) return this.desk.say(await answer.text());
      const { vote } = await answer.json();
      if (this.told) this.told = { ...this.told, vote };
      if (!this.closed.signal.aborted) this.heard();
    } catch {
      this.desk.say("The server can't be reached: try again.");
    }
  }
}
