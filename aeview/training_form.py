"""The Train page's controls: what they say becomes a plan."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import streamlit as st

from aecore.data.catalogue import DATASETS, present
from aecore.data.imageset import is_signal
from aecore.data.own import SIDES
from aecore.data.signals import is_signals
from aecore.models.config import SIGNAL_STD, ModelConfig
from aecore.models.layers import ACTIVATIONS as ALL_ACTIVATIONS
from aecore.noise import KINDS
from aecore.recipes import Recipe
from aecore.runs.folder import Plan
from aecore.training.config import TrainingConfig
from aeview import cache, sidebar, state
from aeview.training_presets import DENSE, FAMILIES, LINEAR, RBM, begin, engine_kind

OWN = "own"
PENALTIES = {"l1": "λ Σ |z|", "weighted": "λ Σ (k/d)·|z_k|", "kl": "λ Σ KL(ρ ‖ ρ̂_k)"}
BODIES = {"dense": "dense", "conv": "convolutional"}
ACTIVATIONS = ("silu", *(n for n in ALL_ACTIVATIONS if n not in ("silu", "identity")))
LOSSES = {"bernoulli": "cross-entropy", "gaussian": "squared error (MSE)"}
EPOCHS = {"digits": 30, "heartbeats": 30}
USUAL_EPOCHS = 10
BATCHES = {"digits": 32, "heartbeats": 32}  # small sets: enough steps in an epoch
USUAL_BATCH = 64
HELP = {
    "data": "What the model learns. Your own: a folder, .zip, .npz or .csv on the server's disk.",
    "path": "A folder or .zip with a sub-folder for each class, or an .npz with `images`; "
    "signals as .csv or UCR .txt, one a row, the class first.",
    "family": "A VAE learns a distribution for each image, an autoencoder a point; a denoising "
    "one is shown spoilt images; PCA is the best linear one, and needs no epochs.",
    "units": "Code size: how many numbers an image is squeezed into.",
    "nodes": "Nodes of each hidden layer from the image inwards, as many as layers are "
    "wanted, separated by commas; the decoder mirrors them.",
    "body": "Dense layers see all pixels at once, convolutions one patch after another.",
    "channels": "Feature maps of each halving of the picture, outermost first.",
    "activation": "The function between the layers.",
    "rbm": "Passes of each restricted Boltzmann machine that the weights start from, layer by "
    "layer, before the first epoch; 0 starts from random weights. Train both with the same seed, "
    "and tick the two runs below to see them side by side.",
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
    "seed": "The same seed gives the same model, bit by bit, on the same machine.",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What the controls say: a plan, or the sentence that says why it is none."""

    plan: Plan | None
    problem: str = ""


def form() -> Form:
    """Draw the controls."""
    data, side = _data()
    try:
        model = _model(data, side)
        return Form(Plan(Recipe(data, model, _training(model, data)), side))
    except ValueError as error:
        return Form(None, str(error))


def _data() -> tuple[str, int]:
    here = [name for name in DATASETS if present(name)]
    chosen = st.session_state.get(state.DATA, sidebar.FIRST_DATA)
    options = [*here, OWN]
    data = st.selectbox(
        "Data set",
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda name: "your own …" if name == OWN else sidebar.data_title(name),
        help=HELP["data"],
        key=state.TRAIN_DATA,
    )
    if data != OWN:
        return data, 28
    path = st.text_input("Path on the server", help=HELP["path"], key=state.TRAIN_PATH)
    side = st.selectbox("Image side, pixels", SIDES, key=state.TRAIN_SIDE)
    return str(Path(path).expanduser().resolve()) if path else "", side


def _model(data: str, side: int) -> ModelConfig:
    if not data:
        raise ValueError("Give the path of your data set.")
    family = _pick("Family", FAMILIES, "family", state.FAMILY_OF)
    kind = engine_kind(family)
    shape = _shape(data, side)
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
    return _objective(_body(plain, family))


def _shape(data: str, side: int) -> tuple[int, int, int]:
    if data in DATASETS:
        return DATASETS[data].shape
    if is_signals(Path(data)):
        return cache.split(data, "train", side).shape
    return (1, side, side)


def _body(model: ModelConfig, family: str) -> ModelConfig:
    body = "dense"
    left, right = st.columns(2)
    if family in DENSE:
        left = right = st.container()
    else:
        with left:
            body = _pick("Body", BODIES, "body", state.BODY)
    nodes = right.text_input("Nodes per layer", help=HELP["nodes"], key=state.NODES)
    model = replace(model, body=body, widths=whole_numbers(nodes, "Nodes per layer"))
    if family == RBM:
        return replace(model, activation="sigmoid")
    between = {name: name for name in ACTIVATIONS}
    model = replace(model, activation=_pick("Activation", between, "activation", state.ACTIVATION))
    if body == "dense":
        return model
    maps = st.text_input("Feature maps", "32, 64", help=HELP["channels"], key=state.MAPS)
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
            "λ", 0.0, 1000.0, step=0.5, help=HELP["lambda"], key=state.LAMBDA
        )
        return replace(model, penalty=penalty, sparsity=float(weight))
    if model.kind == "masked":
        share = st.slider("Mask ratio", 0.05, 0.95, 0.5, 0.05, help=HELP["mask"], key=state.MASK)
        return replace(model, mask_ratio=float(share))
    if model.kind == "adversarial":
        weight = st.number_input(
            "λ", 0.0, 1000.0, 10.0, 1.0, help=HELP["critic"], key=state.CRITIC
        )
        return replace(model, adversarial=float(weight))
    return model


def _beta(model: ModelConfig) -> ModelConfig:
    beta = st.number_input("β", 0.0, 1000.0, 1.0, 0.5, help=HELP["beta"], key=state.BETA)
    model = replace(model, beta=float(beta))
    st.caption(f"Normalised β·d / number of pixels = {model.beta_normalised:.4f}")
    return model


def _training(model: ModelConfig, data: str) -> TrainingConfig:
    if model.kind == "pca":
        return TrainingConfig(epochs=1)
    left, right = st.columns(2)
    with left:
        usual = EPOCHS.get(data, USUAL_EPOCHS)
        epochs = _count("Epochs", 2000, "epochs", state.EPOCHS, usual)
    with right:
        batch = _count("Batch size", 4096, "batch", state.BATCH, BATCHES.get(data, USUAL_BATCH))
    config = TrainingConfig(epochs=epochs, batch_size=batch)
    if st.session_state[state.FAMILY_OF] == RBM:
        passes = _count("RBM passes", 1000, "rbm", state.RBM, least=0)
        config = replace(config, rbm_epochs=passes)
    if model.kind == "dae":
        config = _noise(config)
    with st.expander("More"):
        return _more(config, model)


def _more(config: TrainingConfig, model: ModelConfig) -> TrainingConfig:
    rate = st.number_input(
        "Learning rate", 1e-5, 1.0, step=1e-3, format="%.5f", help=HELP["rate"], key=state.RATE
    )
    seed = st.number_input("Seed", 0, 2**31 - 1, 0, help=HELP["seed"], key=state.TRAIN_SEED)
    patience = _count("Patience, epochs", 1000, "patience", state.PATIENCE, 0, least=0)
    config = replace(config, learning_rate=float(rate), seed=int(seed), patience=patience)
    if model.kind != "vae":
        return config
    share = st.slider("β warm-up", 0.0, 1.0, 0.0, 0.05, help=HELP["warmup"], key=state.WARMUP)
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
        title, list(options), format_func=lambda name: options[name], help=HELP[word], key=key
    )
    return str(chosen)


def _count(
    title: str, most: int, word: str, key: str, usual: int | Literal["min"] = "min", least: int = 1
) -> int:
    """A whole number; where nothing is usual here, its family's preset has set it."""
    return int(st.number_input(title, least, most, usual, help=HELP[word], key=key))


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
