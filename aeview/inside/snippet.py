"""What the page Inside shows, as Python."""

from aecore.checkpoints import Stored
from aeview.inside import view as insides
from aeview.own_pictures import carried
from aeview.shell.snippets import Snippet, needed, write
from aeview.work import cache
from aeview.work.live import Opened

IMAGE = """
import aecore

lab = aecore.open($name)
image = lab.images($image)
"""
LAYERS = """
outputs = lab.layers(image)  # what leaves every layer; activations have layers of their own
for layer, values in outputs:
    print(layer, values.shape[1:], f"up to {abs(values).max():.2f}")
picture = aecore.picture(image, outputs[-1].values, enlarge=8)
picture
"""
UNITS = """
found = lab.units()  # what each unit does over validation images
active, d = found.activity.n_active.mean(), found.codes.shape[1]
print(f"{active:.1f} of {d} units are active, {found.activity.n_dead} never")
print(f"population sparseness {found.sparseness.mean():.2f}")
picture = aecore.picture(found.excite($unit))  # what excites it most; in code, from 0
picture
"""
WAY = """
way = [lab.spoil(image, $kind, $level, seed=$seed)]  # and back by encoding and decoding in turns
for _ in range($turns):
    way.append(lab.reconstruct(way[-1]))
for step, spoilt in enumerate(way):
    print(f"after {step} turns: MSE {((spoilt - image) ** 2).mean():.4f}")
picture = aecore.picture(image, *way, enlarge=6)
picture
"""
MASKED = """
filled = lab.fill(image, $ratio, seed=$seed)  # patches hidden and filled in
for name, errors in filled.errors.items():
    print(f"{name}: MSE {errors[0]:.4f} over the hidden pixels")
picture = aecore.picture(image, filled.seen, *filled.images.values(), enlarge=6)
picture
"""
PARTS = {"layers": LAYERS, "units": UNITS, "way": WAY, "masked": MASKED}
OWN_IMAGE = "Your own picture can't be in the code: a stored image stands for it."


def snippet(chosen: Opened) -> Snippet:
    """The part of the page that is shown."""
    checkpoint = chosen.checkpoint
    shown = insides.now(checkpoint)
    if not _here(checkpoint, shown.part):
        return Snippet("", needed(checkpoint.card))
    name = (
        shown.of if shown.of not in ("", carried.OWN) else insides.first_image(checkpoint.latents)
    )
    text = write(
        IMAGE + PARTS[shown.part].lstrip(), name=chosen.call, image=repr(name),
        unit=shown.unit - 1, kind=repr(shown.kind), level=repr(shown.level), seed=shown.seed,
        turns=shown.repeats, ratio=repr(shown.ratio),
    )  # fmt: skip
    return Snippet(text, OWN_IMAGE if shown.of == carried.OWN else "")


def _here(checkpoint: Stored, part: str) -> bool:
    """Whether the part's images are on this machine: units are described over validation ones."""
    if part == "units":
        return cache.has_set(checkpoint.card.data)
    return cache.has_originals(checkpoint)
