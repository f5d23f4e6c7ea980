// From scores to places 0 to 1 and back: logarithmic where they span more than a factor of 15.

const FACTOR = 15;

export class Axis {
  constructor(arrays) {
    let [low, high] = [Infinity, -Infinity];
    for (const values of arrays) {
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
    this.log = low > 0 && high / low > FACTOR;
    const margin = 0.03;
    const [a, b] = [this.#in(low), this.#in(high)];
    [this.start, this.end] = [a - margin * (b - a), b + margin * (b - a)];
  }

  #in(value) {
    return this.log ? Math.log(value) : value;
  }

  /** Infinite and far-off scores stand at the edges. */
  place(value) {
    if (value === Infinity) return 1;
    if (value === -Infinity || (this.log && value <= 0)) return 0;
    return Math.min(1, Math.max(0, (this.#in(value) - this.start) / (this.end - this.start)));
  }

  value(place) {
    const inside = this.start + place * (this.end - this.start);
    return this.log ? Math.exp(inside) : inside;
  }

  bin(value, n) {
    return Math.min(n - 1, Math.floor(this.place(value) * n));
  }

  /** Round numbers along the axis. */
  ticks() {
    const [low, high] = [this.value(0), this.value(1)];
    if (this.log) {
      const out = [];
      for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
        for (const m of [1, 2, 5]) {
          const value = m * 10 ** power;
          if (value >= low && value <= high) out.push(Number(value.toPrecision(6)));
        }
      }
      return out;
    }
    const step = [1, 2, 5, 10].map((m) => m * 10 ** Math.floor(Math.log10((high - low) / 5)))
      .find((s) => (high - low) / s <= 7);
    const out = [];
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) out.push(Number(value.toPrecision(6)));
    return out;
  }
}
