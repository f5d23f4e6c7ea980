"""The least change after which an image is seen as another class: is it found, how far is it?

1,000 test images of MNIST (355 of the digits), each asked for one class that it is not seen as.

- found: share with an end that the classifier takes for the class and that has a support of 10 %.
- distance: from code to end, mean; `of rival's`: its mean share of the rival's distance, where
  both are found.
- as the engine: share of searches whose end in Chromium is as far off as the engine's, to 1 %.
- way supported: share of ways that have at least 10 % at ten places, or what the image itself has.
- of best: of two units, the distance over that of the nearest such place of a fine grid, median.
- ms: of the page's own thread for a search in Chromium (and to ask for it), median and p95, and
  the share within 100 ms; `by the clock`, which holds what else runs on the machine.

The rival in the same run is the straight line to the nearest training image of the class, by the
code that the checkpoint stores.

A second table tells how long the map's layer takes in Chromium: milliseconds by the clock until
each picture from 8×8 to 128×128 cells, those of the page's own thread for all of them, how many
places are asked, and the share of all 129 × 129 places with the class that the last one shows.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from _report import arguments, show
from browser import processor, running_app
from playwright.sync_api import Page

from aecore import classifier_files
from aecore.arrays import CodeArray
from aecore.checkpoints import build, find, read
from aecore.classifier import load
from aecore.data import catalogue
from aecore.data.imageset import random_sample
from aecore.latents import counterfactual
from aecore.latents.counterfactual import FLOOR, PROBABILITY, Bench
from aecore.latents.support import Support
from aeview.work import browser_files

MODELS = ("digits-vae-2d", "digits-vae-16d", "mnist-vae-2d", "mnist-ae-16d", "mnist-vae-16d")
N, FRAMES, SIDE, MOST_MS = 1000, 11, 220, 100

SEARCH = """async (root, [address, code, label]) => {
  const { find } = await import(`${address}/net/counterfactual.js`);
  const start = performance.now();
  const found = find(root.explorer.change.classifier, code, label);
  return [performance.now() - start, found ? found.distance : -1];
}"""
REGIONS = """async (root, address) => {
  const { finer } = await import(`${address}/map/regions.js`);
  const { largest } = await import(`${address}/net/classifier.js`);
  const { model, camera: { box }, change: { classifier } } = root.explorer;
  const [right, down] = [(box.right - box.left) / 128, (box.top - box.bottom) / 128];
  const ask = (column, row) =>
    classifier.answer(model.codeAt(box.left + column * right, box.top - row * down));
  const ms = {};
  let asked = 0, last = null;
  const start = performance.now();
  for (const level of finer((column, row) => (asked++, ask(column, row)))) {
    if (!level) continue;
    ms[128 / level.wide] = performance.now() - start;
    last = level;
  }
  const label = (square) => largest(last.cornersOf(square)[0]);
  const squares = last.squares.map((each) => [each.x, each.y, each.side, label(each)]);
  return { ms, asked, box, squares };
}"""


class Asked(NamedTuple):
    """Codes of test images, the class that each is asked for, and what they are asked of."""

    codes: CodeArray
    labels: np.ndarray
    bench: Bench


def asked(name: str) -> Asked:
    """A random sample of a model's test images, and a random other class for each."""
    stored = read(find(name))
    model = build(stored)
    file = classifier_files.find(stored.card.data)
    assert file is not None
    judge = load(file).network
    test = catalogue.load(stored.card.data, "test")
    images = torch.from_numpy(test.take(random_sample(len(test), N)).images)
    with torch.no_grad():
        codes = model.encode(images).mean
        seen = judge(model.decode(codes)).argmax(1).numpy()
    n_classes = len(stored.card.classes)
    labels = (seen + np.random.default_rng(0).integers(1, n_classes, len(seen))) % n_classes
    bench = Bench(model, judge, stored.latents, Support.of(stored.latents))
    return Asked(codes.numpy(), labels, bench)


def supported_way(codes: CodeArray, bench: Bench) -> bool:
    """Whether a way from its first code to its last one has support."""
    share = bench.support.share(codes)
    return bool(share[1:].min() >= min(FLOOR, share[0]))


def rival(code: np.ndarray, label: int, bench: Bench) -> tuple[float, bool, bool]:
    """To the nearest image of the class: distance, success, whether the way is supported."""
    end = counterfactual.candidates(code, label, bench.table)[0]
    land = counterfactual.terrain(bench, label)
    good = land.odds(end) >= counterfactual.wanted() and land.support(end) >= FLOOR
    way = np.linspace(0, 1, FRAMES, dtype=np.float32)[:, None] * (end - code) + code
    return float(np.linalg.norm(end - code)), good, supported_way(way, bench)


def measured(name: str, given: Asked) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Both rows of a model, and the distances that the engine finds, −1 for none."""
    own, other = [], []
    for code, label in zip(given.codes, given.labels.tolist(), strict=True):
        found = counterfactual.find(code, label, given.bench, FRAMES)
        own.append(
            (found.distance, True, supported_way(found.codes, given.bench))
            if found else (-1.0, False, False)
        )  # fmt: skip
        other.append(rival(code, label, given.bench))
    ours, theirs = np.array(own), np.array(other)
    best = distances_on_grid(given) if given.codes.shape[1] == 2 else None
    rows = [
        row(name, "least change (ours)", ours, best),
        row(name, "line to the nearest image", theirs, best),
    ]
    both = (ours[:, 1] > 0) & (theirs[:, 1] > 0)
    rows[0]["of rival's"] = float((ours[both, 0] / theirs[both, 0]).mean())
    return rows, ours[:, 0]


def row(name: str, way: str, values: np.ndarray, best: np.ndarray | None) -> dict[str, Any]:
    """What is told of one way."""
    good = values[:, 1] > 0
    told = {
        "model": name, "way": way, "n": len(values), "found": float(good.mean()),
        "distance": float(values[good, 0].mean()), "way supported": float(values[good, 2].mean()),
    }  # fmt: skip
    if best is not None:
        told["of best"] = float(np.median(values[good, 0] / best[good]))
    return told


def distances_on_grid(given: Asked) -> np.ndarray:
    """From each code to the nearest place of a grid that is seen as the class and supported."""
    training = given.bench.table.training_codes
    ends = zip(training.min(0), training.max(0), strict=True)
    axes = [np.linspace(low, high, SIDE) for low, high in ends]
    places = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2).astype(np.float32)
    seen, share = [], []
    for part in np.array_split(places, 100):
        with torch.no_grad():
            images = given.bench.model.decode(torch.from_numpy(part))
            seen.append(given.bench.classifier(images).softmax(1).numpy())
        share.append(given.bench.support.share(part))
    good = np.concatenate(seen) >= PROBABILITY
    good &= (np.concatenate(share) >= FLOOR)[:, None]
    return np.array([
        np.linalg.norm(places[good[:, label]] - code, axis=1).min(initial=np.inf)
        for code, label in zip(given.codes, given.labels, strict=True)
    ])  # fmt: skip


# ---- in the browser ----------------------------------------------------------------------------


def in_browser(page: Page, url: str, name: str, given: Asked) -> tuple[np.ndarray, dict[str, Any]]:
    """Milliseconds, those of the processor and distances, n × 3; and a row on the layer."""
    page.goto(f"{url}/?model={name}&towards=1&view=0,0,8")
    page.wait_for_selector('.least-change:not([data-state="waits"])[data-state]', timeout=60_000)
    root = page.locator(".explorer")
    address = f"{url}/browser/{browser_files.version()}"
    busy = processor(page)
    searches = []
    for code, label in zip(given.codes.tolist(), given.labels.tolist(), strict=True):
        before = busy()
        ms, distance = root.evaluate(SEARCH, [address, code, label])
        searches.append((ms, busy() - before, distance))
    times = np.array(searches)
    if given.codes.shape[1] != 2:
        return times, {}
    before = busy()
    regions = root.evaluate(REGIONS, address)
    worked = busy() - before
    told = {f"{side}×{side}": ms for side, ms in regions["ms"].items()}
    told["processor"] = worked
    told["asked"], told["right"] = regions["asked"], right(regions, given)
    return times, {"model": name} | told


def right(regions: dict[str, Any], given: Asked) -> float:
    """Share of all places that are seen as the class of the square that they lie in."""
    box = regions["box"]
    ends = (box["left"], box["right"]), (box["top"], box["bottom"])
    across, down = (np.linspace(*each, 129) for each in ends)
    places = np.stack(np.meshgrid(across, down), -1).reshape(-1, 2).astype(np.float32)
    with torch.no_grad():
        seen = [
            given.bench.classifier(given.bench.model.decode(torch.from_numpy(part))).argmax(1)
            for part in np.array_split(places, 100)
        ]
    classes = torch.cat(seen).numpy().reshape(129, 129)
    told = classes.copy()  # where squares are as small as cells, all corners were asked
    for x, y, side, label in regions["squares"]:
        if side > 1:
            told[y : y + side + 1, x : x + side + 1] = label
    return float((told == classes).mean())


def main() -> None:
    """Measure each model."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=MODELS)
    options = parser.parse_args()
    rows, layers = [], []
    with running_app() as (page, url):
        for name in options.models:
            given = asked(name)
            own, distances = measured(name, given)
            times, layer = in_browser(page, url, name, given)
            alike = np.isclose(times[:, 2], distances, rtol=0.01)
            own[0] |= {
                "ms": float(np.median(times[:, 1])), "p95": float(np.quantile(times[:, 1], 0.95)),
                f"within {MOST_MS} ms": float((times[:, 1] <= MOST_MS).mean()),
                "by the clock": float((times[:, 0] <= MOST_MS).mean()),
                "as the engine": float(alike.mean()),
            }  # fmt: skip
            rows += own
            layers += [layer] if layer else []
    show(rows, options.json)
    if layers:
        show(layers, options.json)


if __name__ == "__main__":
    main()
