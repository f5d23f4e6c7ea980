"""PSNR and SSIM of networks and classical filters against the noise level, on test images.

Every method restores the same spoilt test images. The linear Wiener filter is fitted on training
images for each level, each classical filter's parameter chosen on validation images for each level
(`--quick` leaves those filters out); the networks see neither kind nor level. `--write` keeps the
figures where the Denoise page reads them (`aeview/assets/denoising.json`); what was measured
before and is not now stays. `--headline` measures the two promised figures alone, on all test
images.
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from _report import arguments, machine, show

import aeview
from aecore import checkpoints
from aecore.arrays import ImageArray
from aecore.data.catalogue import load
from aecore.data.imageset import SPLITS, random_sample
from aecore.denoising import FILTERS
from aecore.models.base import Autoencoder
from aecore.noise import KINDS
from aecore.trials import Measured, Splits, compare, curves, trial

DATA = {
    "mnist": "mnist-dae-784d",
    "fashion_mnist": "fashion-dae-784d",
    "digits": "digits-dae-784d",
}
HEADLINES = {"mnist": (0.4, 22.0, 0.91), "fashion_mnist": (0.2, 23.5, 0.85)}
N_FIT = 10_000
N_TUNE = 60
TARGET = Path(aeview.__file__).parent / "assets" / "denoising.json"


def images(data: str, n_test: int) -> Splits:
    """Images of the three splits: to fit on, to choose parameters on, to measure on."""
    sizes = dict(zip(SPLITS, (N_FIT, N_TUNE, n_test), strict=True))

    def part(split: str) -> ImageArray:
        found = load(data, split)
        return found.take(random_sample(len(found), sizes[split])).images

    return Splits(*(part(split) for split in SPLITS))


def networks(data: str) -> dict[str, Autoencoder]:
    """The shipped networks of a data set, by name; the denoising one comes first."""
    shipped = sorted(checkpoints.shipped_folder().glob(f"*{checkpoints.SUFFIX}"))
    named = {path.stem: path for path in shipped if checkpoints.read_card(path).data == data}
    order = sorted(named, key=lambda name: name != DATA[data])
    return {name: checkpoints.load(named[name]).model for name in order}


def table(
    data: str, kinds: list[str], n_test: int, filters: Iterable[str]
) -> list[tuple[str, float, Measured]]:
    """Measure every method at every level of the slider."""
    found, models = images(data, n_test), networks(data)
    rows = []
    for kind in kinds:
        for level in KINDS[kind].levels:
            rows += [
                (kind, level, one) for one in compare(trial(kind, level, found), models, filters)
            ]
            print(data, kind, level, file=sys.stderr, flush=True)
    return rows


def row(data: str, kind: str, level: float, one: Measured) -> dict[str, Any]:
    """One measurement as a line of the table."""
    figures = {"psnr": round(one.psnr, 3), "ssim": round(one.ssim, 4)}
    return {"data": data, "kind": kind, "level": level, **one._asdict(), **figures}


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


def behind_wiener(rows: list[dict[str, Any]]) -> list[str]:
    """Where the denoising autoencoder does not beat the linear filter, by either figure."""
    by_place: dict[tuple[str, str, float], dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_place.setdefault((row["data"], row["kind"], row["level"]), {})[row["method"]] = row
    return [
        f"{data} {kind} {level:g}: {figure} {dae[figure]} against {linear[figure]}"
        for (data, kind, level), each in by_place.items()
        for dae, linear in [(each[DATA[data]], each["wiener"])]
        for figure in ("psnr", "ssim")
        if dae[figure] <= linear[figure]
    ]


def main() -> None:
    """Print a row for each method, kind and level, and whether the linear filter is beaten."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="*", default=list(DATA), choices=list(DATA))
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--n", type=int, default=1000, help="test images (default 1,000)")
    parser.add_argument("--headline", action="store_true", help="the promised figures alone")
    parser.add_argument("--write", action="store_true", help=f"keep the curves in {TARGET.name}")
    parser.add_argument("--quick", action="store_true", help="no filters but the linear one")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.headline:
        show(headlines(), options.json)
        return
    rows: list[dict[str, Any]] = []
    for data in options.data:
        made = table(data, options.kinds, options.n, () if options.quick else FILTERS)
        rows += [row(data, *each) for each in made]
        if options.write:
            keep(data, made)
    show(rows, options.json)
    behind = behind_wiener(rows)
    print(
        f"behind the linear filter: {'; '.join(behind) or 'at no level of the slider'}",
        file=sys.stderr if options.json else sys.stdout,
    )


if __name__ == "__main__":
    main()
