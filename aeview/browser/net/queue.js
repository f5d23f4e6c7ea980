// Decoding many pictures without stopping the page: so many milliseconds a frame, oldest first.

const BUDGET_MS = 18;

export class Queue {
  /** @type {Map<string, () => void>} */ #jobs = new Map();
  #frame = 0;
  #told;
  #after;

  /**
   * @param {Pick<HTMLElement, "dataset">} told carries how many pictures are left, and the milliseconds of the last slice
   * @param {(left: number) => void} [after] called after each slice
   */
  constructor(told, after) {
    this.#told = told;
    this.#after = after;
  }

  /**
   * Do this with one of the next frames; a job under the same key that has not run is replaced.
   * @type {(key: string, job: () => void) => void}
   */
  put(key, job) {
    this.#jobs.set(key, job); // a waiting job keeps its place, so that none starves during a drag
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => this.#slice());
    this.#told.dataset.left = "some";
  }

  /** Forget the jobs whose key starts with this. @param {string} prefix */
  drop(prefix) {
    for (const key of this.#jobs.keys()) if (key.startsWith(prefix)) this.#jobs.delete(key);
  }

  close() {
    cancelAnimationFrame(this.#frame);
    this.#jobs.clear();
  }

  #slice() {
    const start = performance.now();
    this.#frame = 0;
    for (const [key, job] of this.#jobs) {
      this.#jobs.delete(key);
      job();
      if (performance.now() - start > BUDGET_MS) break;
    }
    const left = this.#jobs.size;
    if (left) this.#frame ||= requestAnimationFrame(() => this.#slice());
    Object.assign(this.#told.dataset, { frameMs: (performance.now() - start).toFixed(2), left });
    this.#after?.(left);
  }
}
