// Play: there and back between the ends. With reduced motion, from frame to frame.

const WAY_MS = 3500; // from one end to the other
const FRAME_MS = 700; // between frames, where motion is reduced

export class Player {
  way = 1;
  /** @type {number | undefined} */
  timer;
  /** @type {number | undefined} */
  frame;

  /**
   * @param {HTMLElement} button
   * @param {{ frames: () => number, place: () => number, go: (t: number) => void, stopped: () => void }} on `frames` is their number
   */
  constructor(button, on) {
    this.button = button;
    this.on = on;
    button.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
  }

  get playing() {
    return Boolean(this.timer || this.frame);
  }

  play() {
    this.#say("Pause");
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.timer = setInterval(() => this.#step(1 / (this.on.frames() - 1)), FRAME_MS);
      return;
    }
    let before = 0;
    const go = (/** @type {number} */ now) => {
      this.frame = requestAnimationFrame(go);
      if (before) this.#step((now - before) / WAY_MS);
      before = now;
    };
    this.frame = requestAnimationFrame(go);
  }

  stop() {
    if (!this.playing) return;
    if (this.frame) cancelAnimationFrame(this.frame);
    clearInterval(this.timer);
    this.frame = this.timer = undefined;
    this.#say("Play");
    this.on.stopped();
  }

  close() {
    this.stop();
  }

  /** @param {string} text */
  #say(text) {
    this.button.textContent = text;
    this.button.ariaPressed = String(text === "Pause");
  }

  /** @param {number} by */
  #step(by) {
    const t = this.on.place();
    if (t >= 1) this.way = -1;
    if (t <= 0) this.way = 1;
    this.on.go(Math.min(1, Math.max(0, t + this.way * by)));
  }
}
