"""The Train page's controls: what they say becomes a plan."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from aecore.configs import Setting, settings
from aecore.data import own
from aecore.data.catalogue import DATASETS, present
from aecore.data.imageset import is_signal, things
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import SIDE, Size
from aecore.data.pixel_table import is_pixel_table
from aecore.data.rows import is_table
from aecore.data.series import WINDOW, is_series
from aecore.data.signals import is_signals
from aecore.limits import limits
from aecore.models.bodies import Shape
from aecore.models.config import SIGNAL_STD, ModelConfig
from aecore.models.family import MODELS
from aecore.noise import KINDS
from aecore.recipes import Recipe
from aecore.runs.folder import Plan
from aecore.training.config import TrainingConfig
from aecore.training.presets import USUAL, presets
from aecore.training.suited import starts
from aeview.classroom import access
from aeview.escape import escaped
from aeview.shell import data_choice, links, sidebar
from aeview.shell.data_choice import OWN
from aeview.train import own_data
from aeview.train.setting_controls import Controls, Values, pick
from aeview.train.shown import Shown, key
from aeview.work import cache

# Keys in the session state.
THINGS = "train_things"
TRAIN_SHARE = 0.7
UNKNOWN = Size(28, 28)
RBM_TWIN = "train_twin"
DEVICE = "train_device"
TRAIN_DATA = "train_data"
TRAIN_PATH = "train_path"
TRAIN_WINDOW = "train_window"
FAMILY_OF = "train_family"
OWN_DATA = (
    "Your own data come in by their path on the computer that runs the server: a folder or .zip "
    "with a sub-folder of pictures for each class, an .npz, or a .csv of signals, of one long "
    "series, of a table or of pixels."
)
HELP = {
    "data": "What the model learns. Your own: a folder, .zip, .npz or .csv on the server's disk.",
    "family": "A VAE learns a distribution for each image, an autoencoder a point; a denoising "
    "one is shown spoilt images; PCA is the best linear one on the training images, and needs no "
    "epochs.",
    "twin": "Queues a second run with the same seed and settings that starts from random weights, "
    "and draws the curves of both.",
    "device": "Where it is trained. auto: the GPU.",
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
    """Draw the controls; what is wrong with one hides none of the others."""
    _fill_in()
    controls = Controls(_suited)
    named, size, fit = _data(controls)
    data = Data("", (1, *(size or UNKNOWN)))
    with controls.noted():
        data = _opened(named, size, fit)
    st.session_state[THINGS] = tuple(things(data.shape, table=data.table))
    _begin(controls, data)
    _ask(controls, data)
    device = _device()
    twin = bool(controls.said.get("rbm_epochs")) and st.checkbox(
        "Also train without pre-training", key=RBM_TWIN, help=_suited(HELP["twin"])
    )
    with controls.noted():
        plan = Plan(_recipe(controls, data), size and size.plain, device)
        check(plan)
    if controls.problems:
        first = controls.problems[0]
        return Form(None, str(first), missing=isinstance(first, Missing))
    return Form(plan, twin=_without_machines(plan) if twin else None)


def _fill_in() -> None:
    """Have the controls say what a link asks for: a family, and the sidebar's data set."""
    asked = Shown.start()
    if not asked.family:
        return
    data = st.session_state.get(links.Chosen.link("data"), sidebar.FIRST_DATA)
    said: Values = {FAMILY_OF: asked.family, TRAIN_DATA: data}
    if data not in DATASETS and access.may(access.Act.PATH):
        said |= {TRAIN_DATA: OWN, TRAIN_PATH: data, **_asked(asked.side)}
    elif data not in DATASETS or not present(data):
        del said[TRAIN_DATA]  # it can't be trained on here
    st.session_state.update(said)
    Shown.forget("family", "side")


def _asked(side: str) -> Values:
    """What the controls of the images' size say where a link asks for one."""
    try:
        size = Size.of(side).checked()
    except ValueError:
        return {}
    return {
        key(SIDE.name): size.longer,
        own_data.TRAIN_SHAPE: size.written,
        own_data.ASKED_SIZE: size.written,
    }


def check(plan: Plan) -> None:
    """See that a plan is one that may be trained here; asked again when it begins.

    Raises:
        ValueError: in one sentence, for a path that may not be opened or a bound that is passed.
    """
    recipe, most = plan.recipe, limits()
    data_choice.allowed(recipe.data)
    for title, value, bound in (
        ("epochs", recipe.training.total_epochs, most.epochs),
        ("RBM passes", recipe.training.rbm_epochs, most.epochs),
        ("images for each step", recipe.training.batch_size, most.batch_size),
        ("weights", n_parameters(recipe.model), most.parameters),
    ):
        if value > bound:
            raise ValueError(f"{value:,} {title} are more than the {bound:,} that a run may have.")


def _suited(text: str) -> str:
    """A help text in words that suit the data."""
    one, many, part, _ = st.session_state.get(THINGS, things((1, 28, 28)))
    for said, instead in (
        ("an image", f"{'an' if one == 'image' else 'a'} {one}"),
        ("4×4 patches", "4×4 patches" if one == "image" else f"stretches of 4 {part}s"),
        ("images", many), ("image", one), ("pixels", f"{part}s"),
    ):  # fmt: skip
        text = text.replace(said, instead)
    return text


def _without_machines(plan: Plan) -> Plan:
    """The same without Boltzmann machines."""
    training = replace(plan.recipe.training, rbm_epochs=0)
    return replace(plan, recipe=replace(plan.recipe, training=training))


@st.cache_resource(show_spinner=False)
def _devices() -> tuple[str, ...]:
    from aecore.devices import available

    return available()


def _device() -> str:
    """Asked for only where there is a choice."""
    if len(_devices()) == 1:
        return "auto"
    names = {name: name for name in ("auto", *_devices())}
    return pick(names, label="Device", help=HELP["device"], key=DEVICE)


def _data(controls: Controls) -> tuple[str, Size | None, str]:
    """Ask for the data set; of one of the user's own for its images' size and fit."""
    chosen = st.session_state.get(links.Chosen.link("data"), sidebar.FIRST_DATA)
    data = data_choice.select("Data set", chosen, TRAIN_DATA, _suited(HELP["data"]))
    if data != OWN:
        return data, None, PADDED
    path = data_choice.ask_path(TRAIN_PATH)
    full = data_choice.allowed_path(path)  # where not, the form says so
    if full is not None and full.is_file() and is_signals(full):
        size = Size(1, _window()) if is_series(full) else None
        if is_pixel_table(full):
            size = own_data.ask_size(controls, full)
        _assumed(full, size)
        return str(full), size, PADDED
    if full is None or not full.exists():
        return path, None, PADDED
    size = own_data.ask_size(controls, full)
    return path, size, own_data.show(full, size)


def _window() -> int:
    """Samples in a window of one long series; a number that is not allowed is said when loaded."""
    return int(
        st.number_input(WINDOW.label, value=WINDOW.default, help=WINDOW.help, key=TRAIN_WINDOW)
    )


def _assumed(path: Path, size: Size | None) -> None:
    """Say what was assumed of a text file."""
    try:
        first, *rest = own.words(path, size) or ("Signals.",)
    except ValueError:
        return  # said where it is loaded
    st.caption(escaped(first))
    if rest:
        st.caption(escaped(" ".join(rest)))


class Data(NamedTuple):
    """What a model is to learn.

    Attributes:
        name: of the data set, or the path of one of the user's own.
        shape: (channels, height, width).
        table: whether it is rows of a table: neighbouring columns are no neighbours.
        classes: of a table.
        fit: how a user's own images of other proportions are brought to their size.
        n_rows: of its training split, about; 0 where nothing is known.
    """

    name: str
    shape: Shape
    table: bool = False
    classes: tuple[str, ...] = ()
    fit: str = PADDED
    n_rows: int = 0


def _opened(named: str, size: Size | None, fit: str) -> Data:
    """Look at the chosen data.

    Raises:
        ValueError: in one sentence, for a path that can't be used; `Missing`, where none is given.
    """
    name = data_choice.allowed(named)
    if known := DATASETS.get(name):
        n_rows = round(TRAIN_SHARE * known.n_images)
        return Data(name, known.shape, known.table, known.classes, n_rows=n_rows)
    if not name:
        raise Missing(OWN_DATA)
    path = Path(name)
    if is_signals(path):
        train, table = cache.split(name, "train", size), is_table(path)
        classes = train.classes if table else ()
        return Data(name, train.shape, table, classes, n_rows=len(train))
    found = own_data.known(path) if path.exists() else None
    shape = (3 if found and found.facts.coloured else 1, *(size or UNKNOWN).checked())
    n_rows = round(TRAIN_SHARE * found.facts.n) if found else 0
    return Data(name, shape, fit=fit, n_rows=n_rows)


def _begin(controls: Controls, data: Data) -> None:
    """Ask for the family; what it and the data give is not asked for."""
    known = presets()
    titles = {name: preset.title for name, preset in known.items()}
    family = pick(titles, label="Family", help=_suited(HELP["family"]), key=FAMILY_OF)
    preset = known[family]
    given = {"family": family, "kind": preset.kind, "fit": data.fit, **preset.fixed}
    begins: Values = {"likelihood": "gaussian"} if is_signal(data.shape) else {}
    usual: Values = USUAL
    if data.table:
        given = {"body": "dense", **given}
        usual = {**usual, **starts(data.n_rows, data.shape[-1])}
    if data.name in DATASETS:
        usual = {**usual, **DATASETS[data.name].starts}
    controls.begin(given, preset.begins(usual, data.n_rows) | begins, preset.asks)


def _ask(controls: Controls, data: Data) -> None:
    """Ask for everything else that applies."""

    def beta(each: Setting) -> Values:
        said = controls.ask(each)
        config = ModelConfig(
            kind="vae", shape=data.shape, code_dim=controls.said["code_dim"], **said
        )
        _, _, part, _ = st.session_state[THINGS]
        st.caption(f"Normalised β·d / number of {part}s = {config.beta_normalised:.4f}")
        return said

    def only(each: Setting) -> Values:
        if not data.table or len(data.classes) < 2:
            return {each.name: ()}
        names = {"": "all rows", **{name: f"only {name}" for name in data.classes}}
        control = f"{key(each.name)}_{data.name}"
        chosen = pick(names, label=each.label, help=_suited(each.help), key=control)
        return {each.name: (chosen,) if chosen else ()}

    controls.draw(ModelConfig, own={"beta": beta})
    controls.draw(TrainingConfig, own={"only": only, "noise": _noise})
    if controls.wants_any("more", ModelConfig, TrainingConfig):
        with st.expander("More"):
            controls.draw(ModelConfig, "more")
            controls.draw(TrainingConfig, "more")


def _noise(each: Setting) -> Values:
    """One kind of noise, and how much of it at most."""
    titles = {name: kind.title for name, kind in KINDS.items()}
    chosen = pick(titles, label=each.label, help=_suited(each.help), key=key(each.name))
    known = KINDS[chosen]
    levels = next(s for s in settings(TrainingConfig) if s.name == "noise_levels")
    level = st.slider(
        levels.label, known.low, known.high, known.high / 2, 0.05,
        help=f"{known.level}. {levels.help}", key=f"{key(levels.name)}_{chosen}",
    )  # fmt: skip
    return {each.name: (chosen,), levels.name: (level,)}


def _recipe(controls: Controls, data: Data) -> Recipe:
    said = controls.values(ModelConfig)
    model = ModelConfig(**said).fitted(data.shape, len(data.classes))
    if is_signal(data.shape) and model.likelihood == "gaussian":
        model = replace(model, noise_std=SIGNAL_STD)
    return Recipe(data.name, model, TrainingConfig(**controls.values(TrainingConfig)))


def n_parameters(config: ModelConfig) -> int:
    """How many weights a model of this config has; counted without building it."""
    from aecore.models.layers import first_linear, n_weights

    family = MODELS[config.kind]
    per_unit = 2 if family.posterior else 1
    inwards = config.encoder(per_unit * config.code_dim) if family.encodes else config.critic()
    networks = (inwards, config.decoder())
    n = sum(n_weights(layer) for layers in networks for layer in layers)
    if not config.n_classes:
        return n
    return n + config.n_classes * sum(first_linear(layers)[1] for layers in networks)
