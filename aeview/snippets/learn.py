"""The pages of Learn as code."""

from dataclasses import fields
from pathlib import Path

import streamlit as st

from aecore.compression import fits
from aecore.configs import Config
from aecore.data.catalogue import DATASETS
from aeview import state
from aeview.classroom import access
from aeview.codes_at_work import figures as work_figures
from aeview.compare import view as comparison
from aeview.components.inside import Shown
from aeview.inside import view as insides
from aeview.own_pictures import carried
from aeview.snippets.writing import Snippet, image, needed, opened, write
from aeview.train import view as training
from aeview.work import cache
from aeview.work.live import Opened

# ---- train --------------------------------------------------------------------------------------

TRAINED = """
from aecore.models.config import ModelConfig
from aecore.production import fresh_model, load_splits, run
from aecore.recipes import Recipe
from aecore.sheet import sheet
from aecore.training.config import TrainingConfig

recipe = Recipe(
    $data,
    $model,
    $training,
)
splits = load_splits(recipe.data, side=$side)
model = fresh_model(recipe)
for report in run(model, splits, recipe, device=$device):
    print(report.epoch, report.train, report.val)  # terms in nats, means over images

import torch

model.eval()
images = splits.val.images[:10]
with torch.no_grad():
    rebuilt = model.reconstruct(torch.from_numpy(images).to(next(model.parameters()).device))
picture = sheet(rebuilt.cpu().numpy())
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
    text = write(
        TRAINED, data=repr(_place(plan.recipe.data)), model=_config(plan.recipe.model),
        training=_config(plan.recipe.training), side=plan.side, device=repr(plan.device),
    )  # fmt: skip
    return Snippet(text, CONTINUED if plan.start else "")


def _place(data: str) -> str:
    """A data set; where one's own lies on the server is nobody's but the teacher's."""
    known = data in DATASETS or access.may(access.Act.PATH)
    return data if known else Path(data).name


def _config(config: Config) -> str:
    """A config by what differs from its defaults."""
    said = (
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)  # type: ignore[arg-type]  # every config is a dataclass
        if getattr(config, field.name) != field.default
    )
    return f"{type(config).__name__}({', '.join(said)})"


# ---- inside -------------------------------------------------------------------------------------

IMPORTS = """
import numpy as np
import torch

from aecore import load_data
from aecore.checkpoints import build, find, read
from aecore.sheet import sheet
"""
LAYERS = """
# what leaves every layer; activations have layers of their own
outputs, values = [], torch.from_numpy(image)
for layer in model.encoder:
    values = layer(values)
    outputs.append(values)
code = model.encode(torch.from_numpy(image)).mean
values = code
for layer in model.decoder:
    values = layer(values)
    outputs.append(values)
for layer, values in zip((*model.encoder, *model.decoder), outputs, strict=True):
    print(type(layer).__name__, tuple(values.shape[1:]), f"up to {values.abs().max():.2f}")
picture = sheet(np.concatenate([image, outputs[-1].numpy()]), enlarge=8)
picture
"""
UNITS = """
from aecore.activations import activity, population_sparseness
from aecore.data.imageset import random_sample

# what each unit does over validation images
validation = load_data($data, "val", side=$side)
validation = validation.take(random_sample(len(validation), $n))
codes = model.encode(torch.from_numpy(validation.images)).mean.numpy()
found = activity(codes)
print(f"{found.n_active.mean():.1f} of {codes.shape[1]} units are active, {found.n_dead} never")
print(f"population sparseness {population_sparseness(codes).mean():.2f}")
unit = $unit
picture = sheet(validation.images[found.most[unit]], columns=9)  # what excites it most
picture
"""
WAY = """
from aecore.corruption import CORRUPTIONS

# noise on the image, and the way back in turns of encoding and decoding
noisy = CORRUPTIONS[$kind].seeded(torch.from_numpy(image), $level, seed=$seed)
way = [noisy]
for _ in range($turns):
    way.append(model.reconstruct(way[-1]))
for step, pictures in enumerate(way):
    error = np.square(pictures.numpy() - image).mean()
    print(f"after {step} turns: MSE {error:.4f}")
picture = sheet(np.concatenate([image, *(step.numpy() for step in way)]), enlarge=6)
picture
"""
MASKED = """
from aecore.data.imageset import random_sample
from aecore.inpainting import fit_pca, hidden_mse, hide, mean_fill

# patches hidden and filled in: by the model, by PCA, by the mean of the training images
hidden = hide(1, image.shape[1:], $ratio, seed=$seed)
seen = np.where(hidden, 0.5, image).astype(np.float32)
raw = model.reconstruct(torch.from_numpy(seen)).numpy()
train = load_data($data, "train", side=$side)
fill = fit_pca(train.take(random_sample(len(train), $n)).images)
filled = {
    "model": np.where(hidden, raw, image),
    "pca": fill(image, hidden),
    "mean": mean_fill(image, hidden, fill.mean),
}
for name, pictures in filled.items():
    print(f"{name}: MSE {hidden_mse(pictures, image, hidden)[0]:.4f} over the hidden pixels")
picture = sheet(np.concatenate([image, seen, *filled.values()]).astype(np.float32), enlarge=6)
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
    part = write(
        PARTS[shown.part], data=repr(card.data), side=card.model.shape[-1], n=insides.N_IMAGES,
        unit=_unit(shown), kind=repr(shown.kind), level=repr(shown.level), seed=shown.seed,
        turns=shown.repeats, ratio=repr(shown.ratio),
    )  # fmt: skip
    text = "\n".join((write(IMPORTS), opened(chosen), image(chosen, name), part))
    return Snippet(text, OWN_IMAGE if shown.of == carried.OWN else "")


def _unit(shown: Shown) -> str:
    return str(shown.unit) if shown.unit >= 0 else "int(found.std.argmax())"


# ---- codes at work ------------------------------------------------------------------------------

WORK = """
import numpy as np
import torch

from aecore import load_data
from aecore.checkpoints import build, find, read
from aecore.data.imageset import random_sample

stored = read(find($name))
model = build(stored)

train, test = (load_data($data, part, side=$side) for part in ("train", "test"))
train = train.take(random_sample(len(train), $n_train))
test = test.take(random_sample(len(test), $n_test))


def encode(images):
    parts = torch.split(torch.from_numpy(images), 250)
    return np.concatenate([model.encode(part).mean.numpy() for part in parts])


codes = encode(train.images), encode(test.images)
pixels = tuple(part.images.reshape(len(part), -1) for part in (train, test))
"""
PROBE = """

# a new head on the frozen encoder, trained with few labels
from aecore.probe import Features, Labels, pca_codes, probe

known = Features(*pixels)
ways = {
    "code": Features(*codes),
    "pca": pca_codes(known, codes[0].shape[1]),
    "pixels": known,
}
scores = list(probe(ways, Labels(train.labels, test.labels)))
for score in scores:
    print(f"{score.n_labels} labels, {score.features}: {score.mean:.1%} ± {score.std:.1%}")
"""
SEARCH = """

# of each query the ten nearest training images: how many have its class
from aecore.search import chance, precision

n, m = min(len(train), 5000), min(len(test), 500)
base, asked = train.labels[:n], test.labels[:m]
by_code = precision(codes[0][:n], base, codes[1][:m], asked).mean()
by_pixels = precision(pixels[0][:n], base, pixels[1][:m], asked).mean()
print(f"precision at 10: {by_code:.1%} by code, {by_pixels:.1%} by pixels, "
      f"{chance(base, asked):.1%} at random")
"""
COMPRESSION = """

# the code cut to 8 bits a unit, beside file formats
from aecore.compression import CODECS, Quantiser, alone
from aecore.metrics import psnr
from aecore.sheet import sheet

images = test.pixels[random_sample(len(test), $n_packed)]
scale = Quantiser.fit(codes[0])
packed = scale.pack(encode(images.astype(np.float32) / 255))
rebuilt = model.decode(torch.from_numpy(scale.unpack(packed))).numpy()
clean = images / np.float32(255)
out = np.rint(255 * rebuilt.clip(0, 1)) / np.float32(255)
quality = psnr(out.astype(np.float32), clean).mean()
print(f"code: {packed.shape[1]} bytes, {quality:.1f} dB")
for name, codec in CODECS.items():
    made = alone(codec, images)
    error = psnr(made.pixels / np.float32(255), clean).mean()
    print(f"{codec.title}: {made.n_bytes.mean():.0f} bytes, {error:.1f} dB")
picture = sheet(np.concatenate([clean[:6], rebuilt[:6]]), columns=6)
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
    size = card.model.shape[0] * card.model.shape[1] * card.model.shape[2]
    text = write(
        WORK + USES[use], name=repr(chosen.name), data=repr(card.data), side=card.model.shape[-1],
        n_train=min(work_figures.N_TRAIN, work_figures.N_NUMBERS // size),
        n_test=work_figures.N_TEST, n_packed=work_figures.N_PACKED,
    )  # fmt: skip
    return Snippet(text)


# ---- compare ------------------------------------------------------------------------------------

COMPARED = """
import numpy as np
import torch

from aecore import load_data
from aecore.checkpoints import build, find, read
from aecore.metrics import mse_per_pixel
from aecore.sheet import sheet

# the images of the rows: split and place in it
rows = $rows
parts = {part: load_data($data, part, side=$side) for part in {part for part, _ in rows}}
images = np.stack([parts[part].images[place] for part, place in rows])

made = {"original": images}
for name in $names:
    model = build(read(find(name)))
    made[name] = model.reconstruct(torch.from_numpy(images)).numpy()
    errors = mse_per_pixel(made[name], images)
    print(f"{name}: MSE {errors.mean():.4f}, mean over {len(images)} images")
picture = sheet(np.concatenate(list(made.values())), columns=len(images))
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
            COMPARED, rows=[(SPLITS[split], place) for split, place in samples],
            data=repr(card.data), side=card.model.shape[-1],
            names=[model.name for model in models],
        )
    )  # fmt: skip
