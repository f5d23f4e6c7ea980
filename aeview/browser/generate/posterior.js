// q(z|x) of one image: μ ± σ as a picture, a dozen draws, and where 200 draws differ.

import { MiniMap } from "../map/minimap.js";
import { outline, ring } from "../map/marks.js";
import { normal } from "../net/noise.js";
import { isSignal, paint, paintBars, viridis } from "../charts/paint.js";
import { number } from "../controls/words.js";
import { Tile } from "./tile.js";

const DRAWS = 12;
const MANY = 200;
const CHUNK = 5;
const ANGLES = Array.from({ length: 48 }, (_, i) => (2 * Math.PI * i) / 48);
const NONE = "This model has no posterior: its encoder gives each image one point and says "
  + "nothing of how sure it is, and nothing in its training asks for that. There is nothing to draw from.";

export class Posterior {
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
    this.maps = [];
  }

  close() {
    this.maps.forEach((map) => map.close());
    this.maps = [];
  }

  redraw() {
    this.maps.forEach((map) => map.draw());
  }

  /** Lay out a column for each model. */
  layOut(views) {
    this.close();
    this.columns = views.map((view) => {
      const column = document.createElement("section");
      column.className = "column";
      column.append(Object.assign(document.createElement("h3"), { textContent: view.title }));
      const body = document.createElement("div");
      column.append(body);
      return { view, column, body };
    });
    this.home.replaceChildren(...this.columns.map(({ column }) => column));
    for (const column of this.columns) {
      if (column.view.model.logVar.length) this.#frame(column);
      else column.body.append(Object.assign(document.createElement("p"), { className: "nothing", textContent: NONE }));
    }
  }

  #frame(column) {
    const { view, body } = column;
    body.className = "q";
    const flat = view.model.d === 2;
    body.innerHTML = `<figure class="where">${flat
      ? '<div class="minimap" tabindex="0" role="application" aria-label="Latent map with the ellipse of the posterior"><canvas class="ground"></canvas><canvas class="overlay"></canvas></div>'
      : '<svg class="bars" role="img" aria-label="Posterior of each unit"></svg>'}<figcaption></figcaption></figure>
      <figure class="mean"><figcaption>decoded μ</figcaption></figure>
      <figure class="unsure"><canvas role="img" aria-label="What the model is unsure about"></canvas><figcaption></figcaption></figure>
      <div class="draws"></div>`;
    column.mean = new Tile(body.querySelector(".mean"));
    column.draws = Array.from({ length: DRAWS }, () => new Tile(body.querySelector(".draws")));
    if (!flat) return;
    const map = new MiniMap(body.querySelector(".minimap"), { over: (...on) => this.#over(column, ...on) });
    map.show(view.model);
    this.maps.push(map);
  }

  #over({ q }, context, camera, colours) {
    if (!q) return;
    for (const sigmas of [1, 2]) {
      outline(context, ANGLES.map((a) => camera.toScreen(
        q.mean[0] + sigmas * q.spread[0] * Math.cos(a), q.mean[1] + sigmas * q.spread[1] * Math.sin(a))), colours.text);
    }
    ring(context, camera.toScreen(...q.mean), 3, colours.text, colours.accent);
  }

  /** @param rows for each slot the chosen image's row, or −1 */
  draw(seed, rows) {
    this.queue.drop("posterior");
    for (const column of this.columns) {
      const { view } = column;
      const spread = rows[view.slot] < 0 ? null : view.model.spreadOf(rows[view.slot]);
      if (!spread) continue;
      column.q = { mean: view.model.codeOf(rows[view.slot]), spread };
      this.#words(column);
      this.#draws(column, seed);
      this.#unsure(column, seed);
    }
    this.redraw();
  }

  #code({ mean, spread }, seed, i) {
    const noise = normal(seed, "posterior", i, mean.length);
    return Float32Array.from(mean, (m, j) => m + spread[j] * noise[j]);
  }

  #words({ view, body, q }) {
    const caption = body.querySelector(".where figcaption");
    if (view.model.d === 2) {
      const said = [0, 1].map((j) => `z${j + 1} = ${number(q.mean[j])} ± ${number(q.spread[j])}`);
      caption.textContent = `${said.join(", ")}; ellipses: 1 and 2 σ`;
    } else {
      caption.textContent = "μ ± σ of each unit; ± 1 (the prior) is the grey band";
      bars(body.querySelector(".bars"), q);
    }
  }

  #draws({ view, draws, mean, q }, seed) {
    const key = `posterior/${view.slot}`;
    this.queue.put(`${key}/mean`, () => mean.show(view, q.mean, "The decoded mean of the posterior"));
    draws.forEach((tile, i) => this.queue.put(`${key}/draw${i}`, () =>
      tile.show(view, this.#code(q, seed, i), `Draw ${i + 1} from the posterior`)));
  }

  // Welford's running mean and sum of squares, a few draws a frame.
  #unsure({ view, body, q }, seed) {
    const n = view.model.shape.reduce((a, b) => a * b, 1);
    const mean = new Float64Array(n);
    const squares = new Float64Array(n);
    for (let start = 0; start < MANY; start += CHUNK) {
      this.queue.put(`posterior/${view.slot}/many${start}`, () => {
        for (let i = start; i < start + CHUNK; i++) {
          const pixels = view.decode(this.#code(q, seed, i));
          for (let p = 0; p < n; p++) {
            const away = pixels[p] - mean[p];
            mean[p] += away / (i + 1);
            squares[p] += away * (pixels[p] - mean[p]);
          }
        }
        if (start + CHUNK >= MANY) this.#heat(view, body, squares);
      });
    }
  }

  #heat({ model }, body, squares) {
    const [channels, height, width] = model.shape;
    const n = height * width;
    const std = Float32Array.from({ length: n }, (_, p) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += Math.sqrt(squares[c * n + p] / (MANY - 1));
      return sum / channels;
    });
    const largest = std.reduce((a, b) => Math.max(a, b), 1e-9);
    const canvas = body.querySelector(".unsure canvas");
    const colour = (share) => viridis(share).match(/\d+/g).map(Number);
    if (isSignal(model.shape)) {
      paintBars(canvas, std.map((value) => value / largest), colour, colour(0));
    } else {
      const coloured = new Uint8Array(3 * n);
      std.forEach((value, p) => colour(value / largest).forEach((v, c) => {
        coloured[c * n + p] = v;
      }));
      paint(canvas, coloured, [3, height, width]);
    }
    canvas.setAttribute("aria-label", `Standard deviation of each ${model.part} over ${MANY} draws, up to ${number(largest)}`);
    body.querySelector(".unsure figcaption").textContent =
      `what it is unsure about: standard deviation of each ${model.part} over ${MANY} draws, 0 to ${number(largest)} (yellow)`;
    body.dataset.unsure = largest;
  }
}

/** μ ± σ of every unit as a column of whiskers. */
function bars(svg, { mean, spread }) {
  const d = mean.length;
  const reach = Math.max(3, ...Array.from(mean, (m, j) => Math.abs(m) + spread[j]));
  const y = (v) => (50 - (46 * v) / reach).toFixed(2);
  const x = (j) => ((100 * (j + 0.5)) / d).toFixed(2);
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-label", `Posterior of ${d} units: ${Array.from(mean, (m, j) => `z${j + 1} = ${number(m)} ± ${number(spread[j])}`).join("; ")}`);
  const lines = Array.from(mean, (m, j) =>
    `<line class="spread" x1="${x(j)}" x2="${x(j)}" y1="${y(m - spread[j])}" y2="${y(m + spread[j])}"><title>z${j + 1} = ${number(m)} ± ${number(spread[j])}</title></line>`
    + `<line class="mid" x1="${x(j - 0.3)}" x2="${x(j + 0.3)}" y1="${y(m)}" y2="${y(m)}"/>`);
  svg.innerHTML = `<rect class="prior" x="0" width="100" y="${y(1)}" height="${(y(-1) - y(1)).toFixed(2)}"/>`
    + `<line class="zero" x1="0" x2="100" y1="50" y2="50"/>${lines.join("")}`;
}
