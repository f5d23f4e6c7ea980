// One image and what a model makes of it: whether it was drawn just now or came from Python.

import { Feed } from "../payload/feed.js";
import { figure } from "../controls/figure.js";
import { MiniMap } from "../map/minimap.js";
import { cross, ring } from "../map/marks.js";
import { decoder, encoder } from "../net/net.js";
import { bytes, paint } from "../charts/paint.js";
import { store } from "../payload/store.js";
import { number } from "../controls/words.js";
import { Chart } from "./chart.js";
import { differences, paintErrors } from "./errors.js";
import { among, judge } from "../net/scores.js";
import { showSteps } from "./steps.js";

const DRAWING = "drawing/own"; // where this page's pad tells of its drawing

export class Bench {
  constructor(root) {
    this.root = root.querySelector(".own");
    this.root.bench = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.input = null; // { pixels, empty, words, judged, moving }
    this.shown = 0;
    this.feed = new Feed((model) => this.#opened(model), () => this.#neighbours());
    this.map = new MiniMap(this.find(".minimap"), { over: (...pen) => this.#onMap(...pen) });
    this.chart = new Chart(this.find(".chart"));
    for (const button of this.root.querySelectorAll("[data-go]")) {
      button.addEventListener("click", () => this.component.setTriggerValue("go", { page: button.dataset.go, code: Array.from(this.code) }));
    }
    this.unfollow = store("lab").follow((topic, value) => {
      if (topic === DRAWING) this.#drawn(value);
      if (topic === "network/0") this.#network(value);
    });
  }

  close() {
    this.unfollow();
    this.feed.close();
    this.map.close();
    this.chart.close();
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.nextFrame);
  }

  /** Python's small data: { keys, picture, calibration, limit, rate, blank, denoiser: { name, key } or null, … }. */
  update(component) {
    const { data } = component;
    this.component = component;
    if (data.calibration !== this.packed) this.#calibrate(data);
    const { picture } = data;
    if (picture && picture.id !== this.picture?.id) this.#take(picture);
    else if (!picture && (this.picture || !this.input)) this.#drawn(store("lab").get(DRAWING));
    this.picture = picture;
    this.#made(picture);
    this.find(".denoised").hidden = !data.denoiser;
    this.find(".denoised .by").textContent = data.denoiser ? `by ${data.denoiser.name}` : "";
    this.feed.want(data.keys);
    this.#later();
    this.map.draw();
  }

  #calibrate({ calibration, limit, rate }) {
    this.packed = calibration;
    this.normal = new Float32Array(bytes(calibration).buffer);
    this.limit = limit;
    this.find(".chart").hidden = !this.normal.length;
    if (this.normal.length) this.chart.show(this.normal, limit, rate);
  }

  // ---- where images come from ---------------------------------------------------------------

  #take(picture) {
    this.input = {
      pixels: Float32Array.from(bytes(picture.image), (value) => value / 255),
      judged: picture.judged, words: picture.words, headline: picture.headline, empty: false,
    };
  }

  #drawn(drawing) {
    if (!drawing || !this.component || (drawing.empty && this.component.data.picture)) return;
    const { pixels, empty, moving, shape } = drawing;
    const { headline, words } = this.component.data.blank;
    this.input = {
      pixels, shape, moving, empty, judged: !empty, words: empty ? words : "",
      headline: empty ? headline : "",
    };
    this.find(".made").hidden = true;
    this.find(".crops").hidden = true;
    this.#later();
  }

  // ---- what is made of it -------------------------------------------------------------------

  #opened(model) {
    this.model = model;
    this.judged = null; // what was judged was another's
    this.map.show(model);
    this.find(".map .count").textContent = model.header.count;
    this.root.dataset.ready = "yes";
    this.#later();
  }

  #network({ header, arrays }) {
    this.denoiser = {
      key: header.key, shape: header.network.shape,
      encoder: encoder(header.network, arrays), decoder: decoder(header.network, arrays),
    };
    this.#later();
  }

  // At most once a frame, however often the pen moves.
  #later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.#show();
    });
  }

  #show() {
    const { model, input } = this;
    if (!model || !input || input.pixels.length !== model.shape.reduce((a, b) => a * b)) return;
    const started = performance.now();
    paint(this.find(".input canvas"), input.pixels, model.shape);
    this.judged = judge(model, input.pixels, this.normal, this.limit);
    const { code, reconstruction } = this.judged;
    this.code = code;
    this.place = model.plane.transform(code);
    paint(this.find(".reconstruction .picture"), reconstruction, model.shape);
    paintErrors(this.find(".error canvas"), differences(reconstruction, input.pixels, model.shape), model.shape);
    this.#denoise();
    this.#verdict();
    this.#neighbours();
    this.map.draw();
    this.milliseconds = performance.now() - started;
    this.root.dataset.shown = ++this.shown;
  }

  // A frame later than the rest: these networks are the larger ones.
  #denoise() {
    this.nextFrame ??= requestAnimationFrame(() => {
      this.nextFrame = null;
      const { denoiser, model, input } = this;
      const fits = denoiser && denoiser.key === this.component.data.denoiser?.key && denoiser.shape.join() === model.shape.join();
      if (fits && input) paint(this.find(".denoised canvas"), denoiser.decoder.run(denoiser.encoder.run(input.pixels)), model.shape);
    });
  }

  #verdict() {
    const { input, limit, normal } = this;
    const { score, anomalous } = this.judged;
    const judged = input.judged && normal.length > 0;
    const side = !judged || anomalous === null ? "none" : anomalous ? "out" : "in";
    const heads = { in: "In: like the model's training images.", out: "Out: an anomaly for this model.", none: "" };
    const score_ = `Score ${score.toFixed(4)} (MSE per pixel)`;
    const limits = limit === null ? "" : `; the limit for ${this.component.data.rate} false alarms is ${limit.toFixed(4)}`;
    const said = judged ? `${score_}: ${among(normal, score)}${limits}. ` : "";
    this.find(".headline b").textContent = [input.headline, heads[side]].filter(Boolean).join(" ");
    const unsaid = input.judged ? this.component.data.uncalibrated : "";
    this.find(".headline span").textContent = [said.trim(), unsaid, input.words].filter(Boolean).join(" ");
    this.root.dataset.verdict = side;
    this.root.dataset.judged = input.judged ? "yes" : "no";
    this.root.dataset.score = score;
    if (normal.length) this.chart.point(judged ? score : null, said || input.words);
    if (!input.moving) this.find(".readout").textContent = this.find(".headline").textContent;
  }

  #neighbours() {
    const { model } = this;
    if (!model || !this.judged) return;
    this.near = this.input.judged ? this.judged.near : [];
    this.find(".near").hidden = !this.near.length;
    const pictures = this.feed.pictures();
    this.find(".near .strip").replaceChildren(...this.near.map(({ row, distance }) =>
      figure(pictures?.get(row) ?? model.decode(model.codeOf(row)), model.shape,
        [model.labelOf(row), number(distance)],
        `Training image of class ${model.labelOf(row)} at distance ${number(distance)}`)));
    const title = document.createElement("span");
    title.textContent = ` class, distance in latent space${pictures ? "" : "; as reconstructions, the originals are not here"}`;
    this.find(".near h3").replaceChildren("Nearest training images", title);
    this.map.draw();
  }

  #onMap(pen, camera, colours) {
    if (!this.place || !this.model || !this.input.judged) return;
    for (const { row } of this.near ?? []) {
      ring(pen, camera.toScreen(...this.model.place(row)), 4, colours.text, this.model.colourOf(row));
    }
    const at = camera.toScreen(...this.place);
    const seen = [
      Math.min(camera.width - 8, Math.max(8, at[0])), Math.min(camera.height - 8, Math.max(8, at[1])),
    ];
    cross(pen, seen, 15, colours.text);
    ring(pen, seen, 7, colours.background, colours.accent);
  }

  // ---- how it was made ----------------------------------------------------------------------

  #made(picture) {
    const home = this.find(".made");
    const crops = this.find(".crops");
    home.hidden = !picture?.steps.length;
    crops.hidden = !picture?.crops.length;
    if (!picture) return;
    this.find(".made .note").textContent = picture.title;
    showSteps(this.find(".steps"), picture.steps, (name, value) => {
      const values = Object.fromEntries(picture.steps.filter((step) => step.choices.length).map((step) => [step.name, step.value]));
      this.component.setStateValue("switches", { of: picture.of, values: { ...values, [name]: value } });
    });
    crops.replaceChildren(...picture.crops.map((address, i) => {
      const button = document.createElement("button");
      const image = document.createElement("img");
      button.type = "button";
      button.setAttribute("aria-label", `Take drawing ${i + 1}`);
      image.src = address;
      image.alt = "";
      button.append(image);
      button.addEventListener("click", () => this.component.setTriggerValue("crop", i));
      return button;
    }));
  }
}
