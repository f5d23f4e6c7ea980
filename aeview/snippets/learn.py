"""The pages of Learn as code."""

from dataclasses import fields
from pathlib import Path

import streamlit as st

from aecore.compression import fits
from aecore.configs import Config
from aecore.data.catalogue import DATASETS
from aeview import state
from aeview.classroom import access
from aeview.compare import view as comparison
from aeview.inside import view as insides
from aeview.own_pictures import carried
from aeview.snippets.writing import Snippet, needed, write
from aeview.train import view as training
from aeview.work import cache
from aeview.work.live import Opened

# ---- train --------------------------------------------------------------------------------------

TRAINED = """
import aecore

lab = aecore.train($settings)
for report in lab.history:
    print(report.epoch, report.train, report.val)  # terms in nats, means over images
images = lab.data("val").images[:10]
picture = aecore.picture(images, lab.reconstruct(images))
picture
"""
NO_RUN = "There is no run on screen yet: choose a model and press Play."
CONTINUED = "The run began with the weights of an earlier one; this code begins with fresh ones."


def train(chosen: Opened) -> Snippet:
    """The run on screen, trained again: the same seed gives the same model."""
    del chosen
    found = training.chosen()
    if found is None:
        return Snippet("", NO_RUN)
    plan = found.plan
    recipe = plan.recipe
    settings = ", ".join((
        repr(_place(recipe.data)), repr(recipe.model.kind), f"side={plan.side}",
        f"device={plan.device!r}", *_changed(recipe.model), *_changed(recipe.training),
    ))  # fmt: skip
    return Snippet(write(TRAINED, settings=settings), CONTINUED if plan.start else "")


def _place(data: str) -> str:
    """A data set; where one's own lies on the server is nobody's but the teacher's."""
    known = data in DATASETS or access.may(access.Act.PATH)
    return data if known else Path(data).name


def _changed(config: Config) -> list[str]:
    """A config by what differs from its defaults; family and shape are said elsewhere."""
    return [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)  # type: ignore[arg-type]  # every config is a dataclass
        if field.name not in ("kind", "shape") and getattr(config, field.name) != field.default
    ]


# ---- inside -------------------------------------------------------------------------------------

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
picture = aecore.picture(found.excite($unit))  # what excites this unit most
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


def inside(chosen: Opened) -> Snippet:
    """The part of the page that is shown."""
    held = chosen.held
    card = held.card
    if not cache.has_originals(card.data):
        return Snippet("", needed(card))
    shown = insides.now(held)
    name = shown.of if shown.of not in ("", carried.OWN) else insides.first_image(held.latents)
    text = write(
        IMAGE + PARTS[shown.part].lstrip(), name=repr(chosen.name), image=repr(name),
        unit=shown.unit, kind=repr(shown.kind), level=repr(shown.level), seed=shown.seed,
        turns=shown.repeats, ratio=repr(shown.ratio),
    )  # fmt: skip
    return Snippet(text, OWN_IMAGE if shown.of == carried.OWN else "")


# ---- codes at work ------------------------------------------------------------------------------

PROBE = """
import aecore

lab = aecore.open($name)
scores = lab.probe()  # a new head on the frozen encoder, trained with few labels
for score in scores:
    print(f"{score.n_labels} labels, {score.features}: {score.mean:.1%} ± {score.std:.1%}")
"""
SEARCH = """
import aecore

lab = aecore.open($name)
found = lab.search()  # of each query's ten nearest training images: how many have its class
print(f"precision at 10: {found.code:.1%} by code, {found.pixels:.1%} by pixels")
print(f"{found.chance:.1%} at random, {found.n_queries} queries, {found.n_images} images")
"""
COMPRESSION = """
import aecore

lab = aecore.open($name)
packings = lab.compress()  # the code cut to 8 bits a unit, and file formats
for each in packings:
    print(f"{each.title}: {each.n_bytes:.0f} bytes, {each.psnr:.1f} dB")
picture = aecore.picture(*(each.images[:6] for each in packings))
picture
"""
USES = {"probe": PROBE, "search": SEARCH, "compression": COMPRESSION}
NO_FORMAT = "File formats hold images of one or three channels; these have others."


def codes_at_work(chosen: Opened) -> Snippet:
    """The use of codes that is shown, measured again."""
    card = chosen.held.card
    if not cache.has_originals(card.data):
        return Snippet("", needed(card))
    use = st.session_state.get(state.WORK) or "probe"
    if use == "compression" and not fits(tuple(card.model.shape)):
        return Snippet("", NO_FORMAT)
    return Snippet(write(USES[use], name=repr(chosen.name)))


# ---- compare ------------------------------------------------------------------------------------

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


def compare(chosen: Opened) -> Snippet:
    """The same images in all models."""
    card = chosen.held.card
    if not cache.has_originals(card.data):
        return Snippet("", needed(card))
    models, samples = comparison.now()
    if not samples:
        return Snippet("", TOO_FEW)
    return Snippet(
        write(
            COMPARED, first=repr(chosen.name), names=[model.name for model in models],
            images=[f"{SPLITS[split]}-{place}" for split, place in samples],
        )
    )  # fmt: skip
