"""The pages of Apply as code."""

import base64
import textwrap
import zlib

import numpy as np
import streamlit as st

from aecore.anomaly.threshold import RULES
from aeview import state
from aeview.anomaly import sets
from aeview.anomaly import view as page
from aeview.components.anomaly import HAND
from aeview.components.anomaly import Shown as Threshold
from aeview.components.denoise import N_OFFERED, NO_NOISE, Asked
from aeview.denoise import filtering
from aeview.denoise import view as denoising
from aeview.own_pictures import carried
from aeview.own_pictures import ways as own_ways
from aeview.snippets.writing import WIDTH, Snippet, needed, write
from aeview.work import cache
from aeview.work.live import Opened
from aeview.work.pixels import as_bytes
from aeview.your_image import view as own_image

# ---- your image ---------------------------------------------------------------------------------

JUDGED = """
import base64
import zlib

import numpy as np
import torch

from aecore.anomaly.scores import score
from aecore.anomaly.threshold import percentile
from aecore.checkpoints import build, find, read
from aecore.latents.neighbours import nearest
from aecore.scoring import threshold
from aecore.sheet import sheet

stored = read(find($name))
model = build(stored)

# what the model was given: the picture after its preparation, a byte a pixel
packed = (
$packed
)
pixels = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
image = torch.from_numpy(pixels.reshape(1, *stored.card.model.shape).astype(np.float32) / 255)

code = model.encode(image).mean.numpy()
rebuilt = model.decode(torch.from_numpy(code)).numpy()
value = float(score("mse", model, image)[0])  # squared error per pixel, higher is more anomalous
limit = threshold(stored)  # what 5 % of held-out normal images exceed; None where unknown
print(f"score {value:.4f}, limit {limit}")
if len(stored.calibration):
    print(f"higher than {percentile(stored.calibration, value):.1%} of the normal images")

training = stored.latents.training_codes
near = nearest(training, code, 8)
labels = stored.latents.labels[stored.latents.split == 0][near.rows[0]]
print("nearest:", [stored.card.classes[label] for label in labels])
picture = sheet(np.concatenate([image.numpy(), rebuilt]), enlarge=8)
picture
"""
EMPTY = "There is no picture yet: draw, upload or paste one, or choose a sample."


def your_image(chosen: Opened) -> Snippet:
    """The image as the model sees it, and what it makes of it."""
    image = _seen(chosen)
    if image is None:
        return Snippet("", EMPTY)
    packed = base64.b64encode(zlib.compress(as_bytes(image).tobytes(), 9)).decode()
    lines = "\n".join(f'    "{line}"' for line in textwrap.wrap(packed, WIDTH))
    return Snippet(write(JUDGED, name=repr(chosen.name), packed=lines))


def _seen(chosen: Opened) -> np.ndarray | None:
    """What the model is given, (channels, height, width) in [0, 1]; None for nothing."""
    given = own_ways.looked_at(chosen)
    if given is not None:
        return carried.prepared(given, chosen.held, own_image.overruled(given)).image
    ink: np.ndarray | None = st.session_state.get(state.CARRIED)
    shape = tuple(chosen.held.card.model.shape)
    return None if ink is None or ink.shape != shape[1:] else np.broadcast_to(ink, shape)


# ---- denoise ------------------------------------------------------------------------------------

RESTORED = """
import numpy as np
import torch

from aecore import load_data
from aecore.checkpoints import build, find, read
from aecore.corruption import CORRUPTIONS
from aecore.data.imageset import random_sample
from aecore.denoising import FILTERS, fit_wiener, quality
from aecore.seeding import stream
from aecore.sheet import sheet

# the same test images, in the page's order
test = load_data($data, "test", side=$side)
rows = np.random.default_rng(0).permutation(random_sample(len(test), $offered))
rows = np.take(rows, np.arange($first, $first + $n), mode="wrap")
clean = test.images[rows]

# the same noise, from the same seed
spoilt = $spoilt
made = {"original": clean, "noisy": spoilt}
for name in $names:
    model = build(read(find(name)))
    made[name] = model.reconstruct(torch.from_numpy(spoilt)).numpy()

# classical filters, each with the parameter that was best on validation images at this level
for name, parameter in $filters.items():
    made[name] = FILTERS[name](spoilt, parameter)
"""
WIENER = """

# the best linear filter, fitted on training images
train = load_data($data, "train", side=$side)
images = train.take(random_sample(len(train), $fit)).images
draws = stream(0, "train $kind $level")
noisy = CORRUPTIONS["$kind"](torch.from_numpy(images), $level, draws).numpy()
made["wiener"] = fit_wiener(noisy, images)(spoilt)
"""
QUALITY = """

for name, pictures in made.items():
    found = quality(pictures, clean)  # of the original against itself: as good as can be
    print(f"{name}: {found.psnr.mean():.1f} dB, SSIM {found.ssim.mean():.3f}, {$n} images")
picture = sheet(np.concatenate(list(made.values())), columns=$n)
picture
"""
OWN_LEFT_OUT = "Your own pictures and what you painted away are left out."


def denoise(chosen: Opened) -> Snippet:
    """Networks and filters on the same spoilt images."""
    card = chosen.held.card
    images = denoising.offered(card.data, tuple(card.model.shape))
    if images is None:
        return Snippet("", needed(card))
    shown = denoising.now(card)
    n_own, painted = _own(images.names)
    n = max(1, shown.n - n_own)
    spoilt = "clean"
    if shown.kind != NO_NOISE:
        spoilt = (
            f'CORRUPTIONS["{shown.kind}"].seeded(\n    torch.from_numpy(clean), {shown.level!r}, '
            f"seed={shown.seed}, first={n_own}\n).numpy()"
        )
    kind, level = filtering.tuned_for(shown)
    names = filtering.methods(card)
    common = {"data": repr(card.data), "side": card.model.shape[-1], "n": n}
    text = write(
        RESTORED, **common, offered=N_OFFERED, first=shown.first, spoilt=spoilt,
        names=[opened.name for opened in denoising.opened(chosen)],
        filters={
            name: filtering.best(card, kind, level, name) for name in names if name != "wiener"
        },
    )  # fmt: skip
    if "wiener" in names:
        fitted = {"kind": kind, "level": f"{level:g}", "fit": filtering.N_FIT}
        text += write(WIENER, **common, **fitted)
    text += write(QUALITY, **common)
    return Snippet(text, OWN_LEFT_OUT if n_own or painted else "")


def _own(names: tuple[str, ...]) -> tuple[int, bool]:
    """How many pictures of the user's own stand first, and whether anything is painted away."""
    asked = Asked.of(st.session_state.get(state.DENOISE))
    if asked is None:
        return 0, False
    return sum(name not in names for name in asked.images), bool(asked.paint)


# ---- anomaly ------------------------------------------------------------------------------------

DETECTED = """
import numpy as np
import torch

from aecore import load_data
from aecore.anomaly.parts import normal_parts
from aecore.anomaly.scores import applicable, reference, score
from aecore.anomaly.threshold import RULES
from aecore.checkpoints import build, find, read
from aecore.data.imageset import random_sample
from aecore.metrics import auroc, average_precision
from aecore.sheet import sheet
$imports

splits = tuple(load_data($data, part, side=$side) for part in ("train", "val", "test"))
normal = normal_parts(splits, $normal)
$model
$strange


def images(pixels):
    return torch.from_numpy(pixels.astype(np.float32) / 255)


# higher is more anomalous; some scores compare with the codes of normal training images
name = $score if $score in applicable(model) else "mse"
known = normal.train.take(random_sample(len(normal.train), $known))
codes = reference(model, images(known.pixels))
held_out, good, bad = (
    score(name, model, images(pixels), codes)
    for pixels in (normal.held_out.pixels, normal.test.pixels, strange)
)
limit = $limit
print(f"threshold {limit:.4g} ({name})")
print(f"{(good > limit).mean():.1%} of {len(good)} normal ones are flagged")
print(f"{(bad > limit).mean():.1%} of {len(bad)} strange ones are flagged")
print(f"AUROC {auroc(good, bad):.3f}, average precision {average_precision(good, bad):.3f}")
most = np.argsort(-bad)[:10]
picture = sheet(images(strange[most]).numpy())
picture
"""
STRANGE = {
    sets.CORRUPTED: (
        "from aecore.anomaly.strangers import corrupted",
        "strange = corrupted(normal.test.pixels, {kind!r}, {level!r})",
    ),
    sets.PHOTOGRAPHS: (
        "from aecore.anomaly.strangers import photographs",
        "strange = photographs({shape})",
    ),
    sets.CLASSES: (
        "from aecore.anomaly.strangers import normal_classes, rows_of",
        "kept = normal_classes({normal!r}, len(splits[2].classes))\n"
        "rest = tuple(c for c in range(len(splits[2].classes)) if c not in kept)\n"
        "others = splits[2].take(rows_of(splits[2].labels, rest))\n"
        "strange = others.take(random_sample(len(others), {n})).pixels",
    ),
}
OTHER_SET = (
    "from aecore.anomaly.strangers import fitted",
    "others = load_data({strange!r}, 'test', side={side})\n"
    "others = others.take(random_sample(len(others), {n}))\n"
    "strange = fitted(others, {shape}).pixels",
)
NO_OWN = "What is strange are pictures of your own, which code can't hold: choose another kind."
NO_TABLE = (
    "There is no code for tables yet. From the command line: `python -m aecore score --help`."
)


def anomaly(chosen: Opened) -> Snippet:
    """Scores of both sides, the threshold, and what it flags."""
    card = chosen.held.card
    if st.session_state.get(state.JUDGED) == page.ROWS:
        return Snippet("", NO_TABLE)
    if not cache.has_originals(card.data):
        return Snippet("", needed(card))
    choice, shown = page.now(card)
    if choice.strange == sets.OWN:
        return Snippet("", NO_OWN)
    imports, strange = STRANGE.get(choice.strange, OTHER_SET)
    said = choice._asdict() | {
        "shape": tuple(card.model.shape), "side": card.model.shape[-1], "n": sets.N_SHOWN
    }  # fmt: skip
    model = f"model = build(read(find({chosen.name!r})))"
    if choice.normal != "all":
        imports = f"from aecore.anomaly.oneclass import VAE, train_normal\n{imports}"
        model = "model = train_normal(normal.train, VAE)  # a small model, seconds"
    return Snippet(
        write(
            DETECTED, imports=imports, data=repr(card.data), side=said["side"],
            normal=repr(choice.normal), model=model, strange=strange.format(**said),
            score=repr(shown.score), known=sets.N_REFERENCE, limit=_limit(shown),
        )
    )  # fmt: skip


def _limit(shown: Threshold) -> str:
    if shown.rule == HAND and shown.threshold is not None:
        return repr(shown.threshold)
    rule = shown.rule if shown.rule in RULES else "conformal"
    value = RULES[rule].default if shown.value is None else shown.value
    return f'RULES["{rule}"].of(held_out, {value!r}, bad)'
