"""The Train page's controls: what they say becomes a plan."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import streamlit as st

from aecore.data import own
from aecore.data.catalogue import DATASETS, present
from aecore.data.imageset import is_signal, things
from aecore.data.own import SIDES
from aecore.data.rows import is_table
from aecore.data.signals import is_signals
from aecore.limits import limits
from aecore.models.config import SIGNAL_STD, ModelConfig
from aecore.models.layers import ACTIVATIONS as ALL_ACTIVATIONS
from aecore.noise import KINDS
from aecore.recipes import Recipe
from aecore.runs.folder import Plan
from aecore.training.config import TrainingConfig
from aeview import access, cache, originals, sidebar, state
from aeview.plain import plain
from aeview.training_presets import DENSE, FAMILIES, LINEAR, RBM, begin, engine_kind

OWN = "own"
PENALTIES = {"l1": "λ Σ |z|", "weighted": "λ Σ (k/d)·|z_k|", "kl": "λ Σ KL(ρ ‖ ρ̂_k)"}
BODIES = {"dense": "dense", "conv": "convolutional"}
ACTIVATIONS = ("silu", *(n for n in ALL_ACTIVATIONS if n not in ("silu", "identity")))
LOSSES = {"bernoulli": "cross-entropy", "gaussian": "squared error (MSE)"}
EPOCHS = {"digits": 30, "heartbeats": 30, "cells": 40}
USUAL_EPOCHS = 10
BATCHES = {"digits": 32, "heartbeats": 32}  # small sets: enough steps in an epoch
USUAL_BATCH = 64
OWN_DATA = (
    "Your own data come in by their path on the computer that runs the server: a folder or .zip "
    "with a sub-folder of pictures for each class, an .npz, or a .csv of signals or of a table."
)
HELP = {
    "data": "What the model learns. Your own: a folder, .zip, .npz or .csv on the server's disk.",
    "path": "A folder or .zip with a sub-folder for each class, or an .npz with `images`; "
    "signals as .csv or UCR .txt, one a row, the class first; a table as .csv whose first row "
    "names the columns.",
    "family": "A VAE learns a distribution for each image, an autoencoder a point; a denoising "
    "one is shown spoilt images; PCA is the best linear one, and needs no epochs.",
    "units": "Code size: how many numbers an image is squeezed into.",
    "nodes": "Nodes of each hidden layer from the image inwards, as many as layers are "
    "wanted, separated by commas; the decoder mirrors them.",
    "body": "Dense layers see all pixels at once, convolutions one patch after another.",
    "channels": "Feature maps of each halving of the picture, outermost first.",
    "activation": "The function between the layers.",
    "rbm": "Passes of each restricted Boltzmann machine that the weights start from, layer by "
    "layer, before the first epoch; 0 starts from random weights.",
    "twin": "Queues a second run with the same seed and settings that starts from random weights, "
    "and draws the curves of both.",
    "only": "What is normal to the model: rows of the other classes are strange to it, on the "
    "Anomaly page and on the map.",
    "device": "Where it is trained. auto: the GPU.",
    "loss": "Cross-entropy takes intensities for probabilities; squared error for distances.",
    "beta": "Weight of the KL term: more of it pulls codes to the prior and blurs the pictures.",
    "penalty": "What a unit that speaks costs. KL: each unit shall speak for 5 % of the images.",
    "lambda": "Weight of the penalty: more of it lets fewer units speak for an image.",
    "mask": "Share of the 4×4 patches that the model is not shown, and has to fill in.",
    "critic": "Weight of the critic, which tells codes of images from draws of the prior.",
    "warmup": "Share of the training in which β rises from 0.",
    "noise": "How the images are spoilt that the model is shown.",
    "level": "The highest level; each image's own lies between 0 and this.",
    "epochs": "Passes over the training images.",
    "patience": "Ends when the validation loss has not improved for so many epochs, and keeps the "
    "best weights; 0 trains to the end.",
    "batch": "Images for each step.",
    "rate": "Highest learning rate of the one-cycle schedule.",
    "seed": "The same seed gives the same model, to the last bit on the same kind of processor.",
}


class Missing(ValueError):  # noqa: N818  # no fault: nothing was given yet
    """What has yet to be given, in words."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the controls say: a plan, or the sentence that says why it is none.

    Attributes:
        twin: what else is to be trained, to compare with.
        missing: there is nothing wrong, something has yet to be given.
    """

    plan: Plan | None
    problem: str = ""
    twin: Plan | None = None
    missing: bool = False


def form() -> Form:
    """Draw the controls."""
    named, side = _data()
    try:
        data = _allowed(named)
        model = _model(data, side)
        recipe = Recipe(data, model, _training(model, data))
        check(plan := Plan(recipe, side, _device()))
        return Form(plan, twin=_twin(plan))
    except ValueError as error:
        return Form(None, str(error), missing=isinstance(error, Missing))


def check(plan: Plan) -> None:
    """See that a plan is one that may be trained here; asked again when it begins.

    Raises:
        ValueError: in one sentence, for a path that may not be opened or a bound that is passed.
    """
    recipe, most = plan.recipe, limits()
    _allowed(recipe.data)
    for title, value, bound in (
        ("epochs", recipe.training.total_epochs, most.epochs),
        ("RBM passes", recipe.training.rbm_epochs, most.epochs),
        ("images for each step", recipe.training.batch_size, most.batch_size),
        ("weights", n_parameters(recipe.model), most.parameters),
    ):
        if value > bound:
            raise ValueError(f"{value:,} {title} are more than the {bound:,} that a run may have.")


def _allowed(data: str) -> str:
    """Return a data set's name, or its path if this session may name it."""
    if data in DATASETS or not data:
        return data
    access.demand(access.Act.PATH)
    return access.data_path(data)


def _help(word: str) -> str:
    """What stands at a control's question mark, in words that suit the data."""
    one, many, part = st.session_state.get(state.THINGS, things((1, 28, 28)))
    text = HELP[word]
    for said, instead in (
        ("an image", f"{'an' if one == 'image' else 'a'} {one}"),
        ("4×4 patches", "4×4 patches" if one == "image" else f"stretches of 4 {part}s"),
        ("images", many), ("image", one), ("pixels", f"{part}s"),
    ):  # fmt: skip
        text = text.replace(said, instead)
    return text


def _twin(plan: Plan) -> Plan | None:
    """The same without Boltzmann machines, where that is wanted."""
    training = plan.recipe.training
    if not training.rbm_epochs or not st.checkbox(
        "Also train without pre-training", key=state.RBM_TWIN, help=_help("twin")
    ):
        return None
    return replace(plan, recipe=replace(plan.recipe, training=replace(training, rbm_epochs=0)))


@st.cache_resource(show_spinner=False)
def _devices() -> tuple[str, ...]:
    from aecore.devices import available

    return available()


def _device() -> str:
    """Asked for only where there is a choice."""
    if len(_devices()) == 1:
        return "auto"
    names = {name: name for name in ("auto", *_devices())}
    return _pick("Device", names, "device", state.DEVICE)


def _data() -> tuple[str, int]:
    here = [name for name in DATASETS if present(name)]
    chosen = st.session_state.get(state.DATA, sidebar.FIRST_DATA)
    options = [*here, *([OWN] if access.may(access.Act.PATH) else [])]
    data = st.selectbox(
        "Data set",
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda name: "your own …" if name == OWN else originals.title(name),
        help=_help("data"),
        key=state.TRAIN_DATA,
    )
    if data != OWN:
        return data, 28
    path = st.text_input("Path on the server", help=_help("path"), key=state.TRAIN_PATH)
    full = _allowed_path(path)
    if full is not None and full.is_file() and is_signals(full):
        _assumed(full)
        return str(full), SIDES[0]
    side = st.selectbox("Image side, pixels", SIDES, key=state.TRAIN_SIDE)
    return path, side


def _allowed_path(text: str) -> Path | None:
    """The path, where it may be looked at; where not, the form says so."""
    try:
        return Path(_allowed(text)) if text else None
    except ValueError:
        return None


def _assumed(path: Path) -> None:
    """Say what was assumed of a text file."""
    try:
        first, *rest = own.words(path) or ("Signals.",)
    except ValueError:
        return  # said where it is loaded
    st.caption(plain(first))
    if rest:
        st.caption(plain(" ".join(rest)))


def _model(data: str, side: int) -> ModelConfig:
    if not data:
        raise Missing(OWN_DATA)
    shape = _shape(data, side)
    st.session_state[state.THINGS] = tuple(things(shape, table=_is_table(data)))
    family = _pick("Family", FAMILIES, "family", state.FAMILY_OF)
    kind = engine_kind(family)
    begin(family, is_signal(shape))
    left, right = st.columns([2, 3])
    with left:
        units = _count("Code size", 256, "units", state.CODE_DIM)
    plain = ModelConfig(kind=kind, shape=shape, code_dim=units)
    if family in ("pca", LINEAR):
        return replace(
            plain, widths=(), activation="identity", output="identity", likelihood="gaussian"
        )
    with right:
        loss = _pick("Loss", LOSSES, "loss", state.LOSS)
    plain = replace(plain, likelihood=loss)
    if is_signal(shape) and loss == "gaussian":
        plain = replace(plain, noise_std=SIGNAL_STD)
    return _objective(_body(plain, family, table=_is_table(data)))


def _is_table(data: str) -> bool:
    """Whether there are rows of a table to learn: neighbouring columns are no neighbours."""
    return DATASETS[data].table if data in DATASETS else is_table(Path(data))


def _only(data: str) -> tuple[str, ...]:
    """Of a table with classes, those that are to be normal to the model."""
    if not data or not _is_table(data):
        return ()
    classes = DATASETS[data].classes if data in DATASETS else cache.split(data, "test", 28).classes
    if len(classes) < 2:
        return ()
    names = {"": "all rows", **{name: f"only {name}" for name in classes}}
    chosen = _pick("Learn", names, "only", f"{state.ONLY}_{data}")
    return (chosen,) if chosen else ()


def _shape(data: str, side: int) -> tuple[int, int, int]:
    if data in DATASETS:
        return DATASETS[data].shape
    if is_signals(Path(data)):
        return cache.split(data, "train", side).shape
    return (1, side, side)


def _body(model: ModelConfig, family: str, *, table: bool) -> ModelConfig:
    body = "dense"
    left, right = st.columns(2, vertical_alignment="bottom")
    if family in DENSE or table:
        left = right = st.container()
    else:
        with left:
            body = _pick("Body", BODIES, "body", state.BODY)
    nodes = right.text_input("Nodes per layer", help=_help("nodes"), key=state.NODES)
    model = replace(model, body=body, widths=whole_numbers(nodes, "Nodes per layer"))
    if family == RBM:
        return replace(model, activation="sigmoid")
    between = {name: name for name in ACTIVATIONS}
    model = replace(model, activation=_pick("Activation", between, "activation", state.ACTIVATION))
    if body == "dense":
        return model
    maps = st.text_input("Feature maps", "32, 64", help=_help("channels"), key=state.MAPS)
    return replace(model, channels=whole_numbers(maps, "Feature maps"))


def _objective(model: ModelConfig) -> ModelConfig:
    """What the family's own term weighs."""
    if model.kind == "vae":
        return _beta(model)
    if model.kind == "sparse":
        left, right = st.columns(2)
        with left:
            penalty = _pick("Penalty", PENALTIES, "penalty", state.PENALTY)
        weight = right.number_input(
            "λ", 0.0, 1000.0, step=0.5, help=_help("lambda"), key=state.LAMBDA
        )
        return replace(model, penalty=penalty, sparsity=float(weight))
    if model.kind == "masked":
        share = st.slider("Mask ratio", 0.05, 0.95, 0.5, 0.05, help=_help("mask"), key=state.MASK)
        return replace(model, mask_ratio=float(share))
    if model.kind == "adversarial":
        weight = st.number_input(
            "λ", 0.0, 1000.0, 10.0, 1.0, help=_help("critic"), key=state.CRITIC
        )
        return replace(model, adversarial=float(weight))
    return model


def _beta(model: ModelConfig) -> ModelConfig:
    beta = st.number_input("β", 0.0, 1000.0, 1.0, 0.5, help=_help("beta"), key=state.BETA)
    model = replace(model, beta=float(beta))
    part = st.session_state[state.THINGS][-1]
    st.caption(f"Normalised β·d / number of {part}s = {model.beta_normalised:.4f}")
    return model


def _training(model: ModelConfig, data: str) -> TrainingConfig:
    only = _only(data)
    if model.kind == "pca":
        return TrainingConfig(epochs=1, only=only)
    left, right = st.columns(2)
    with left:
        usual = EPOCHS.get(data, USUAL_EPOCHS)
        epochs = _count("Epochs", limits().epochs, "epochs", state.EPOCHS, usual)
    with right:
        usual = 32 if _is_table(data) else BATCHES.get(data, USUAL_BATCH)
        batch = _count("Batch size", limits().batch_size, "batch", state.BATCH, usual)
    config = TrainingConfig(epochs=epochs, batch_size=batch, only=only)
    if st.session_state[state.FAMILY_OF] == RBM:
        passes = _count("RBM passes", 1000, "rbm", state.RBM, least=0)
        config = replace(config, rbm_epochs=passes)
    if model.kind == "dae":
        config = _noise(config)
    with st.expander("More"):
        return _more(config, model)


def _more(config: TrainingConfig, model: ModelConfig) -> TrainingConfig:
    rate = st.number_input(
        "Learning rate", 1e-5, 1.0, step=1e-3, format="%.5f", help=_help("rate"), key=state.RATE
    )
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, help=_help("seed"), key=state.TRAIN_SEED)
    patience = _count("Patience, epochs", 1000, "patience", state.PATIENCE, 0, least=0)
    config = replace(config, learning_rate=float(rate), seed=int(seed), patience=patience)
    if model.kind != "vae":
        return config
    share = st.slider("β warm-up", 0.0, 1.0, 0.0, 0.05, help=_help("warmup"), key=state.WARMUP)
    return replace(config, kl_warmup=float(share))


def _noise(config: TrainingConfig) -> TrainingConfig:
    kind = _pick("Noise", {name: k.title for name, k in KINDS.items()}, "noise", state.TRAIN_NOISE)
    known = KINDS[kind]
    level = st.slider(
        "Highest level", known.low, known.high, known.high / 2, 0.05,
        help=f"{known.level}. {HELP['level']}", key=f"{state.TRAIN_LEVEL}_{kind}",
    )  # fmt: skip
    return replace(config, noise=(kind,), noise_levels=(float(level),))


def _pick(title: str, options: dict[str, str], word: str, key: str) -> str:
    chosen = st.selectbox(
        title, list(options), format_func=lambda name: options[name], help=_help(word), key=key
    )
    return str(chosen)


def _count(
    title: str, most: int, word: str, key: str, usual: int | Literal["min"] = "min", least: int = 1
) -> int:
    """A whole number; where nothing is usual here, its family's preset has set it."""
    first = usual if isinstance(usual, str) else min(usual, most)
    return int(st.number_input(title, least, most, first, help=_help(word), key=key))


def whole_numbers(text: str, title: str) -> tuple[int, ...]:
    """Read "256, 128".

    Raises:
        ValueError: in one sentence, if it is something else.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() and 0 < int(part) <= 4096 for part in parts):
        raise ValueError(f"{title} is “{text[:40]}”: give whole numbers, 1 to 4,096, with commas.")
    return tuple(map(int, parts))


def n_parameters(config: ModelConfig) -> int:
    """How many weights a model of this config has; counted without building it."""
    from aecore.models.layers import n_weights

    per_unit = 2 if config.kind == "vae" else 1
    layers = (*config.encoder(per_unit * config.code_dim), *config.decoder())
    return sum(map(n_weights, layers))
