// Time in a test's hand. Node's own mock of timers takes other words in Node 18, which Debian 12
// has, than in later ones, and holds no clock there.
import { mock } from "node:test";

const waiting = new Map();
let now = 0;
let last = 0;

/** From here on the clock moves, and timers fire, by `pass` alone. */
export function hold() {
  now = 1000;
  waiting.clear();
  mock.method(Date, "now", () => now);
  mock.method(globalThis, "setTimeout", (fire, milliseconds = 0) => {
    waiting.set(++last, { fire, at: now + Math.max(1, milliseconds) }); // as Node
    return last;
  });
  mock.method(globalThis, "clearTimeout", (timer) => waiting.delete(timer));
}

/** @param {number} milliseconds */
export function pass(milliseconds) {
  const end = now + milliseconds;
  for (;;) {
    const [next] = [...waiting].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
    if (!next) break;
    const [timer, { fire, at }] = next;
    waiting.delete(timer);
    now = at;
    fire();
  }
  now = end;
}

export function release() {
  mock.restoreAll();
}
