// Where the points of the map are on the screen: where they belong, on their way there, or laid out
// otherwise for a while. A new way begins where they are.

/** @import { Camera, Model, Place } from "../types.js" */
import { Flight, carried, matched, still } from "../map/flight.js";

const MOST = 20_000; // points: more take longer than a frame

/** On the screen, x, y, x, y, … @type {(points: Float32Array, camera: Camera) => Float32Array} */
function placed(points, camera) {
  const out = new Float32Array(points.length);
  for (let i = 0; i < out.length; i += 2) {
    out[i] = camera.width / 2 + (points[i] - camera.x) * camera.scale; // as Camera.toScreen, without its arrays
    out[i + 1] = camera.height / 2 - (points[i + 1] - camera.y) * camera.scale;
  }
  return out;
}

const stays = (/** @type {Float32Array} */ places) => still() || places.length > 2 * MOST;

export class Motion {
  /** @type {Model | null} */ model = null;
  /** @type {Float32Array | null} */ laid = null; // another layout of its points, on its plane
  /** @type {Flight | null} */ flight = null;

  /** @param {Camera} camera of the map */
  constructor(camera) {
    this.camera = camera;
  }

  /** Whether the points are not where their map has them. */
  get away() {
    return this.flight !== null || this.laid !== null;
  }

  /** Where all points are. @param {number} now in milliseconds */
  places(now) {
    const to = placed(this.laid ?? this.model?.points ?? new Float32Array(), this.camera);
    return this.flight ? this.flight.at(to, now) : to;
  }

  /** Where one point belongs now, on the plane. @param {number} row @returns {Place} */
  point(row) {
    const points = this.laid ?? this.model?.points ?? [];
    return [points[2 * row], points[2 * row + 1]];
  }

  /** Where one point is. @type {(row: number, now: number) => Place} */
  place(row, now) {
    const to = this.camera.toScreen(...this.point(row));
    return this.flight ? this.flight.one(row, to, now) : to;
  }

  /** Whether the points have come to the end of their way just now. @param {number} now */
  landed(now) {
    if (!this.flight || this.flight.share(now) < 1) return false;
    this.flight = null;
    return true;
  }

  /**
   * Another map takes the place of the one on screen; called before the camera looks at it.
   * @type {(model: Model, now: number) => Float32Array | null} where its points are, in widths of the map; null where none was on it
   */
  change(model, now) {
    const before = this.model;
    let from = null;
    if (before && before.header.data === model.header.data) {
      const rows = matched(model.rows, before.rows);
      if (rows.some((row) => row >= 0)) from = carried(this.places(now), rows).map((value) => value / this.camera.width);
    }
    Object.assign(this, { model, laid: null, flight: null });
    return from;
  }

  /** Go from there to where the points belong. @param {Float32Array} from in widths of the map @param {ConstructorParameters<typeof Flight>[1]} [options] */
  fly(from, options) {
    if (stays(from)) return;
    this.flight = new Flight(from.map((value) => value * this.camera.width), options);
  }

  /** Lay the points out otherwise on the plane, or with null as they belong. @type {(points: Float32Array | null, now: number, options?: ConstructorParameters<typeof Flight>[1]) => void} */
  lay(points, now, options) {
    const from = this.places(now);
    this.laid = points;
    this.flight = stays(from) ? null : new Flight(from, options);
  }
}
