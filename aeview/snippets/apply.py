"""The pages of Apply as code."""

import numpy as np
import streamlit as st

from aecore.anomaly.threshold import RULES
from aecore.lab.given import pack
from aeview import state
from aeview.anomaly import sets
from aeview.anomaly import view as page
from aeview.components.anomaly import HAND
from aeview.components.anomaly import Shown as Threshold
from aeview.components.denoise import NO_NOISE, Asked
from aeview.denoise import filtering
from aeview.denoise import view as denoising
from aeview.own_pictures import carried
from aeview.own_pictures import ways as own_ways
from aeview.snippets.writing import Snippet, needed, write
from aeview.work import cache
from aeview.work.live import Opened
from aeview.your_image import view as own_image

# ---- your image ---------------------------------------------------------------------------------

JUDGED = """
import aecore

lab = aecore.open($name)
image = lab.unpack("$packed")  # after its preparation, a byte a pixel
judged = lab.score(image)  # squared error per pixel, higher is more anomalous
print(f"score {judged.scores[0]:.4f}, limit {judged.threshold}")
if judged.percentiles is not None:
    print(f"higher than {judged.percentiles[0]:.1%} of the normal images")
print("nearest:", lab.nearest(lab.encode(image)).labels[0])
picture = aecore.picture(image, lab.reconstruct(image), enlarge=8)
picture
"""
EMPTY = "There is no picture yet: draw, upload or paste one, or choose a sample."


def your_image(chosen: Opened) -> Snippet:
    """The image as the model sees it, and what it makes of it."""
    image = _seen(chosen)
    if image is None:
        return Snippet("", EMPTY)
    return Snippet(write(JUDGED, name=repr(chosen.name), packed=pack(image[None])))


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
import aecore
lab = aecore.open($name)
clean = lab.data("test").images[$places]
made = {"original": clean, "noisy": $spoilt}
made |= {name: aecore.open(name).denoise(made["noisy"]) for name in $names}
made |= {name: lab.denoise(made["noisy"], name, best) for name, best in $filters.items()}
"""
WIENER = 'made["wiener"] = lab.wiener($kind, $level)(made["noisy"])  # the best linear filter\n'
QUALITY = """
for name, images in made.items():
    print(f"{name}: {aecore.quality(images, clean).psnr.mean():.1f} dB, $n images")
picture = aecore.picture(*made.values())
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
        said = f"{shown.kind!r}, {shown.level!r}, seed={shown.seed}"
        spoilt = f"lab.spoil(clean, {said}{f', first={n_own}' if n_own else ''})"
    kind, level = filtering.tuned_for(shown)
    names = filtering.methods(card)
    fitted = WIENER if "wiener" in names else ""
    text = write(
        RESTORED + fitted + QUALITY.lstrip(), name=repr(chosen.name), spoilt=spoilt, n=n,
        places=np.take(images.places, shown.first + np.arange(n), mode="wrap").tolist(),
        names=[opened.name for opened in denoising.opened(chosen)],
        filters={
            name: filtering.best(card, kind, level, name) for name in names if name != "wiener"
        },
        kind=repr(kind), level=repr(level),
    )  # fmt: skip
    return Snippet(text, OWN_LEFT_OUT if n_own or painted else "")


def _own(names: tuple[str, ...]) -> tuple[int, bool]:
    """How many pictures of the user's own stand first, and whether anything is painted away."""
    asked = Asked.of(st.session_state.get(state.DENOISE))
    if asked is None:
        return 0, False
    return sum(name not in names for name in asked.images), bool(asked.paint)


# ---- anomaly ------------------------------------------------------------------------------------

DETECTED = """
import aecore

lab = aecore.open($name)
found = lab.detect($strange)
limit = found.threshold($rule)
print(f"threshold {limit:.4g} ({found.score}, higher is more anomalous)")
for side, scores in (("normal", found.normal), ("strange", found.strange)):
    print(f"{(scores > limit).mean():.1%} of {len(scores)} {side} ones are flagged")
print(f"AUROC {found.auroc:.3f}, average precision {found.average_precision:.3f}")
picture = aecore.picture(found.strangest[:10])
picture
"""
BY_HAND = "limit = found.threshold($rule)"
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
    said = f"{choice.strange!r}, normal={choice.normal!r}, score={shown.score!r}"
    if choice.strange == sets.CORRUPTED:
        said += f", kind={choice.kind!r}, level={choice.level!r}"
    by_hand = shown.rule == HAND and shown.threshold is not None
    template = DETECTED.replace(BY_HAND, f"limit = {shown.threshold!r}") if by_hand else DETECTED
    return Snippet(write(template, name=repr(chosen.name), strange=said, rule=_rule(shown)))


def _rule(shown: Threshold) -> str:
    """The arguments that choose a threshold; of a rule that is none the first."""
    rule = shown.rule if shown.rule in RULES else "conformal"
    return repr(rule) if shown.value is None else f"{rule!r}, {shown.value!r}"
