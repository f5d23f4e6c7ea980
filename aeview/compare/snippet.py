"""What the page Compare shows, as Python."""

from aeview.compare import view as comparison
from aeview.shell.snippets import Snippet, needed, write
from aeview.work import cache
from aeview.work.live import Opened

COMPARED = """
import aecore

shown = $images
made = {"original": aecore.open($first).images(*shown)}
for name in $names:
    made[name] = aecore.open(name).reconstruct(made["original"])
    errors = ((made[name] - made["original"]) ** 2).mean(axis=(1, 2, 3))
    print(f"{name}: MSE {errors.mean():.4f}, mean over {len(errors)} images")
picture = aecore.picture(*made.values())
picture
"""
TOO_FEW = "Choose models that carry images in common; there is nothing to compare yet."
SPLITS = ("train", "val", "test")


def snippet(chosen: Opened) -> Snippet:
    """The same images in all models."""
    if not cache.has_originals(chosen.checkpoint):
        return Snippet("", needed(chosen.checkpoint.card))
    models, samples = comparison.now()
    if not samples:
        return Snippet("", TOO_FEW)
    return Snippet(
        write(
            COMPARED, first=chosen.call, names=[model.name for model in models],
            images=[f"{SPLITS[split]}-{place}" for split, place in samples],
        )
    )  # fmt: skip
