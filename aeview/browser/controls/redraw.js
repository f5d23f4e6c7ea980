// Drawing at most once a frame, however often it is asked for.

export class Redraw {
  /** @type {number | undefined} */
  #frame;
  #draw;

  /**
   * @param {() => void} draw
   * @param {HTMLElement} [told] carries how many milliseconds the last drawing took
   */
  constructor(draw, told) {
    this.#draw = () => {
      const started = performance.now();
      this.#frame = undefined;
      draw();
      if (told) told.dataset.frameMs = (performance.now() - started).toFixed(2);
    };
  }

  soon() {
    this.#frame ??= requestAnimationFrame(this.#draw);
  }

  close() {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }
}
