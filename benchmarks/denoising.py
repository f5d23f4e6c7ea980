"""PSNR and SSIM of networks and classical filters against the noise level, on test images.

Every method restores the same spoilt test images. The linear Wiener filter is fitted for each
level on all training images. Of the other filters the strength is chosen for each level on
validation images, on which the tone curve behind every filter is fitted, too. The networks see
neither kind nor level. `--write` keeps the figures where the Denoise page reads them
(`aeview/assets/denoising.json`); what was measured before and is not now stays. `--methods` says
what is measured. BM3D is measured where it is named, on Gaussian noise, for which it is made: `pip
install bm3d` (Tampere University's, free for non-commercial use alone, so the app does not depend
on it). `--headline` measures the two promised figures alone, on all test images.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from _report import arguments, machine, show

import aeview
from aecore import checkpoints
from aecore.data.catalogue import load
from aecore.data.imageset import SPLITS, random_sample
from aecore.denoising import BM3D, Filter, Plane, filters_for
from aecore.models.base import Autoencoder
from aecore.noise import KINDS
from aecore.trials import N_TUNE, Measured, Splits, Trial, curves, trial

DATA = {
    "mnist": "mnist-dae-784d",
    "fashion_mnist": "fashion-dae-784d",
    "digits": "digits-dae-784d",
}
HEADLINES = {"mnist": (0.4, 22.0, 0.91), "fashion_mnist": (0.2, 23.5, 0.85)}
METHODS = ("networks", "wiener", "filters", "bm3d")
TARGET = Path(aeview.__file__).parent / "assets" / "denoising.json"


def images(data: str, n_test: int) -> Splits:
    """Images of the three splits: to fit on, to choose parameters on, to measure on."""
    train, val, test = (load(data, split) for split in SPLITS)
    tuned, measured = (
        part.take(random_sample(len(part), n)).images
        for part, n in ((val, N_TUNE), (test, n_test))
    )
    return Splits(train.pixels, tuned, measured)


def networks(data: str) -> dict[str, Autoencoder]:
    """The shipped networks of a data set that take an image alone, by name; the denoiser first."""
    shipped = sorted(checkpoints.shipped_folder().glob(f"*{checkpoints.SUFFIX}"))
    cards = {path: checkpoints.read_card(path) for path in shipped}
    named = {
        p.stem: p
        for p, card in cards.items()
        if card.data == data and card.encodes and not card.model.n_classes
    }
    order = sorted(named, key=lambda name: name != DATA[data])
    return {name: checkpoints.load(named[name]).model for name in order}


def bm3d(level: float) -> Filter:
    """BM3D (Dabov, Foi, Katkovnik & Egiazarian 2007), whose strength is the σ that it assumes."""
    from bm3d import BM3DProfile, bm3d

    def restore(image: Plane, parameter: float) -> Plane:
        profile = BM3DProfile()
        profile.nf = 0  # as published, without the later exact variances: 25 times as fast
        profile.num_threads = 1
        return bm3d(image, parameter, profile)

    shares = (0, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.1, 1.4, 1.8)
    grid = tuple(round(share * level, 3) for share in shares)
    return Filter(title=BM3D.title, means="σ", parameters=grid, restore=restore, short="σ = {}")


def measure(
    made: Trial, level: float, models: dict[str, Autoencoder], methods: Sequence[str]
) -> Iterator[Measured]:
    """Measure the spoilt images and what is named of `METHODS`."""
    yield made.of_noisy()
    if "networks" in methods:
        yield from (made.of_network(name, model) for name, model in models.items())
    if "wiener" in methods:
        yield made.of_wiener()
    if "filters" in methods:
        yield from map(made.of_filter, filters_for(made.test.clean.shape[1:]))
    if "bm3d" in methods:
        yield made.of_filter("bm3d", bm3d(level))


def table(data: str, options: argparse.Namespace) -> list[tuple[str, float, Measured]]:
    """Measure every method that is named at every level of the slider, or those that are."""
    found, models = images(data, options.n), networks(data)
    rows = []
    for kind in options.kinds:
        for level in options.levels or KINDS[kind].levels:
            made = trial(kind, level, found)
            rows += [(kind, level, one) for one in measure(made, level, models, options.methods)]
            print(data, kind, level, file=sys.stderr, flush=True)
    return rows


def row(data: str, kind: str, level: float, one: Measured) -> dict[str, Any]:
    """One measurement as a line of the table."""
    figures = {"psnr": round(one.psnr, 3), "ssim": round(one.ssim, 4)}
    told = {key: value for key, value in one._asdict().items() if key != "tone"}
    return {"data": data, "kind": kind, "level": level, **told, **figures}


def keep(data: str, rows: list[tuple[str, float, Measured]]) -> None:
    """Write the curves; what was measured before and was not now stays."""
    before = json.loads(TARGET.read_text(encoding="utf-8"))["data"] if TARGET.is_file() else {}
    kinds = before.get(data, {}).get("kinds", {})
    for kind, made in curves(rows).items():
        old = kinds.get(kind, {"levels": [], "rows": {}})
        stay = old["rows"] if old["levels"] == made["levels"] else {}
        kinds[kind] = {"levels": made["levels"], "rows": {**stay, **made["rows"]}}
    before[data] = {"n": rows[0][2].n, "kinds": kinds}
    values = {
        "command": "python benchmarks/denoising.py --write",
        "machine": machine(),
        "data": before,
    }
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")


def headlines() -> list[dict[str, Any]]:
    """The two promised figures on all test images, beside the linear filter's."""
    rows = []
    for data, (level, psnr, ssim) in HEADLINES.items():
        found = images(data, 10_000)
        made = trial("gaussian", level, found)
        name = DATA[data]
        for one in (made.of_network(name, networks(data)[name]), made.of_wiener()):
            wanted = f"≥ {psnr} / {ssim}" if one.method == name else ""
            rows.append(row(data, "gaussian", level, one) | {"wanted": wanted})
    return rows


def behind(rows: list[dict[str, Any]]) -> list[str]:
    """Where a filter is above the denoising autoencoder, by either figure."""
    filters = {"wiener", "bm3d", *filters_for((1, 28, 28))}
    places = {(row["data"], row["kind"], row["level"], row["method"]): row for row in rows}
    ours = {key[:3]: row for key, row in places.items() if key[3] == DATA[key[0]]}
    return [
        f"{data} {kind} {level:g}: {method} {figure} {one[figure]} against {own[figure]}"
        for (data, kind, level, method), one in places.items()
        if method in filters and (own := ours.get((data, kind, level)))
        for figure in ("psnr", "ssim")
        if own[figure] <= one[figure]
    ]


def main() -> None:
    """Print a row for each method, kind and level, and where the denoiser is behind a filter."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="*", default=list(DATA), choices=list(DATA))
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--n", type=int, default=1000, help="test images (default 1,000)")
    parser.add_argument("--headline", action="store_true", help="the promised figures alone")
    parser.add_argument("--write", action="store_true", help=f"keep the curves in {TARGET.name}")
    parser.add_argument("--methods", nargs="*", default=METHODS[:3], choices=METHODS)
    parser.add_argument("--levels", nargs="*", type=float, help="these alone, not to be kept")
    options = parser.parse_args()
    if options.levels and options.write:
        parser.error("curves are kept of all levels: leave out --levels or --write")
    torch.set_num_threads(1)
    if options.headline:
        show(headlines(), options.json)
        return
    rows: list[dict[str, Any]] = []
    for data in options.data:
        made = table(data, options)
        rows += [row(data, *each) for each in made]
        if options.write:
            keep(data, made)
    show(rows, options.json)
    if "networks" in options.methods:
        print(
            f"above the denoiser: {'; '.join(behind(rows)) or 'no filter at any level'}",
            file=sys.stderr if options.json else sys.stdout,
        )


if __name__ == "__main__":
    main()
