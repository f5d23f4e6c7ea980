"""What the page Denoise shows, as Python."""

import streamlit as st

from aeview.denoise import filtering
from aeview.denoise import view as denoising
from aeview.denoise.component import Asked
from aeview.denoise.shown import NO_NOISE, Shown
from aeview.shell.snippets import Snippet, needed, write
from aeview.work.live import Opened

RESTORED = """
import aecore
lab = aecore.open($name)
clean = lab.images(*$places)
made = {"original": clean, "noisy": $spoilt}
made |= {name: aecore.open(name).denoise(made["noisy"]) for name in $names}
made |= {name: lab.filter(name, $kind, $level)(made["noisy"]) for name in $filters}
for name, images in made.items():
    print(f"{name}: {aecore.quality(images, clean).psnr.mean():.1f} dB, $n images")
picture = aecore.picture(*made.values())
picture
"""
OWN_LEFT_OUT = "Your own pictures and what you painted away are left out."


def snippet(chosen: Opened) -> Snippet:
    """Networks and filters on the same spoilt images."""
    card = chosen.checkpoint.card
    images = denoising.offered_of(card)
    if images is None or images.learnt:  # the filters are fitted to the set
        return Snippet("", needed(card))
    shown = denoising.now(card)
    n_own, painted = _own(images.names)
    n = max(1, shown.n - n_own)
    spoilt = "clean"
    if shown.kind != NO_NOISE:
        said = f"{shown.kind!r}, {shown.level!r}, seed={shown.seed}"
        spoilt = f"lab.spoil(clean, {said}{f', first={n_own}' if n_own else ''})"
    kind, level = filtering.tuned_for(shown)
    text = write(
        RESTORED, name=chosen.call, spoilt=spoilt, n=n,
        places=[images.places[(shown.first + i) % len(images.places)] for i in range(n)],
        names=[opened.name for opened in denoising.opened(chosen)],
        filters=filtering.methods(card),
        kind=repr(kind), level=repr(level),
    )  # fmt: skip
    return Snippet(text, OWN_LEFT_OUT if n_own or painted else "")


def _own(names: tuple[str, ...]) -> tuple[int, bool]:
    """How many pictures of the user's own stand first, and whether anything is painted away."""
    asked = Asked.of(st.session_state.get(Shown.component))
    if asked is None:
        return 0, False
    return sum(name not in names for name in asked.images), bool(asked.paint)
