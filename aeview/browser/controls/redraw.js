// Drawing at most once a frame, however often it is asked for.

export class Redraw {
  milliseconds = 0; // that the last drawing took
  /** @type {number | undefined} */
  #frame;
  #draw;

  /**
   * @param {() => void} draw
   * @param {HTMLElement} [told] carries the milliseconds
   */
  constructor(draw, told) {
    this.#draw = () => {
      const started = performance.now();
      this.#frame = undefined;
      draw();
      this.milliseconds = performance.now() - started;
      if (told) told.dataset.frameMs = this.milliseconds.toFixed(2);
    };
  }

  soon() {
    this.#frame ??= requestAnimationFrame(this.#draw);
  }

  close() {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }
}
