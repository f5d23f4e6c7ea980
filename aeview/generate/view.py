"""The Generate page's parts: which two models, what is in the link, and the figures of samples."""

from functools import partial

import streamlit as st

from aecore import checkpoints
from aecore.checkpoints import Card, Entry
from aecore.errors import CheckpointError
from aecore.latents.sampling import SAMPLERS
from aecore.latents.support import ABOUT
from aecore.sheet import sheet
from aeview.escape import argument, escaped
from aeview.generate.component import Page, generate
from aeview.generate.shown import Partner, Shown
from aeview.own_pictures import carried
from aeview.shell import messages, sidebar, training
from aeview.shown import address
from aeview.work import cache, flows, jobs, live, sample_quality
from aeview.work.live import Opened

# Keys in the session state.
GENERATE_MODEL = "generate_model"
NOBODY = ""
HELP_PARTNER = (
    "The model shown beside the sidebar's. At first: the other kind with as many latent units."
)
HELP_FLOW = (
    "Trains a small network on the codes of the training images: seconds for the digits, some "
    "minutes for MNIST. It is kept on this machine."
)
NO_IMAGE = "is not an image that this model carries"
NO_CLASS = "is not a class that this model knows: 0 to {most}, or -1 for any"
ALONE = (
    "There is no second model for this data set, so there is nothing to compare with. Train one: "
    "`python -m aecore train --data {data} --model {kind} --latent-dim {d} "
    "--out my-{kind}.safetensors`"
)

# ---- the second model ---------------------------------------------------------------------------


def partner(chosen: Opened) -> Opened | None:
    """Let the user choose the model beside the sidebar's; None for no other."""
    entries = {entry.name: entry for entry in _others(chosen)}
    if not entries:
        card = chosen.checkpoint.card
        kind = "vae" if card.model.kind == "ae" else "ae"
        st.info(ALONE.format(data=argument(card.data), kind=kind, d=card.model.code_dim))
        training.offer("Train a second model", kind, card)
        return None
    default = _counterpart(chosen.checkpoint.card, list(entries.values()))
    _follow_model(chosen, default)
    cards = {name: entry.card for name, entry in entries.items()}
    column, _ = st.columns([3, 7])
    with column:
        name = Partner.select(
            "beside", "Model beside it", [*entries, NOBODY], default,
            words=lambda name: (
                f"beside {messages.model_title(name, cards[name])}" if name else "no other model"
            ),
            help=HELP_PARTNER, label_visibility="collapsed",
        )  # fmt: skip
    return None if name == NOBODY else _open(name, entries[name])


def linked_partner(chosen: Opened) -> Opened | None:
    """The second model that the link names, else the counterpart; None if there is none."""
    entries = {entry.name: entry for entry in _others(chosen)}
    if not entries:
        return None
    named = address.text(Partner.link("beside"))
    own = chosen.checkpoint.card
    name = named if named in entries else _counterpart(own, list(entries.values()))
    return _open(name, entries[name])


def _open(name: str, entry: Entry) -> Opened | None:
    try:
        return Opened(name, cache.stored(entry.path))
    except (CheckpointError, OSError) as error:
        st.error(escaped(f"{name}: {error}"))
        return None


def _others(chosen: Opened) -> list[Entry]:
    """Other models of the same data set and image size that a map can show."""
    own = chosen.checkpoint.card
    return [
        entry
        for entry in checkpoints.available()
        if entry.card is not None
        and entry.name != chosen.name
        and (entry.card.data, entry.card.model.shape) == (own.data, own.model.shape)
        and entry.card.model.code_dim >= 2
    ]


def _counterpart(own: Card, entries: list[Entry]) -> str:
    """A VAE beside what is none, an autoencoder beside a VAE; of the same size if there is one."""
    wanted = "ae" if own.model.kind == "vae" else "vae"

    def unlike(entry: Entry) -> tuple[bool, bool, float]:
        assert entry.card is not None
        other = entry.card.model
        return (
            other.kind != wanted,
            other.code_dim != own.model.code_dim,
            abs(other.beta - 1),
        )

    return min(entries, key=unlike).name


def _follow_model(chosen: Opened, default: str) -> None:
    """Another model in the sidebar starts beside its own counterpart."""
    before = st.session_state.get(GENERATE_MODEL)
    st.session_state[GENERATE_MODEL] = chosen.checkpoint.digest
    if before not in (None, chosen.checkpoint.digest):
        st.session_state[Partner.link("beside")] = default


# ---- the page -----------------------------------------------------------------------------------


def _offer_flows(models: list[Opened]) -> None:
    """Let a flow be made for a model that has none, and show how far it is."""
    for model in models:
        card = model.checkpoint.card
        made = flows.flow_of(model) or not flows.can_be_made(model)
        if made or not cache.has_set(card.data):
            continue
        name = f"flow of {model.checkpoint.digest}"
        job = jobs.find(name)
        if job is None or not job.running:
            if job is not None and job.state == "failed":
                st.error(escaped(job.problem))
            jobs.offer(
                f"Learn where the codes of {escaped(model.name)} lie", name,
                partial(flows.make, model), icon=":material/route:", help=HELP_FLOW,
            )  # fmt: skip
        else:
            jobs.show(name, f"Learning where the codes of {model.name} lie", _drawn)


def _drawn(job: jobs.Job) -> None:
    """What a flow draws so far: each class, always from the same noise."""
    if job.so_far is not None:
        st.image(sheet(job.so_far, enlarge=2))


@st.fragment
def show(models: list[Opened]) -> None:
    """Show the component, give it what it waits for, and keep the link telling what it shows."""
    reported = st.session_state.get(Shown.component)
    keys = tuple(cache.atlas_key(checkpoint, live.natural(checkpoint)) for _, checkpoint in models)
    ask = reported.get("ask") if reported else None
    # Before torch is there, the browser paints first and then asks.
    asked = cache.is_warm() or bool(ask and ask["key"] == " ".join(keys))
    order = _order(models)
    shown = Shown.reported()
    start = shown or _start(models[0])
    quality = sample_quality.quality(models, order, asked, start.method)
    own = None
    if SAMPLERS[start.method].learnt:
        _offer_flows(models)
        own = carried.picture(models[0].checkpoint)
    generate(
        Page(
            keys=keys,
            titles=tuple(title(model) for model in models),
            order=order,
            sources=tuple(sample_quality.sources(model) for model in models),
            flows=tuple(flows.told(model) for model in models),
            own=own.packed if own else None,
            quality=quality,
            start=start,
        ),
        key=Shown.component,
    )
    if SAMPLERS[start.method].learnt:
        for slot, model in enumerate(models):
            flows.send(model, slot)
    if shown or Shown.remembered():
        known = start.image in _images(models[0])  # else another data set was chosen meanwhile
        start.write(without=() if known else ("image",))


def now(model: Opened) -> Shown:
    """What is on screen: as the component reported, else what the page begins with."""
    return Shown.reported() or _start(model)


def beside(chosen: Opened) -> Opened | None:
    """The second model, as it was chosen; None for no other."""
    entries = {entry.name: entry for entry in _others(chosen)}
    name = st.session_state.get(Partner.link("beside"))
    if name is None and entries:
        name = _counterpart(chosen.checkpoint.card, list(entries.values()))
    return Opened(name, cache.stored(entries[name].path)) if name in entries else None


def title(model: Opened) -> str:
    """What a model is called above its column."""
    family = messages.family(model.checkpoint.card)
    kind = family.capitalize() if family.endswith("autoencoder") else family
    return f"{kind} · {model.name}"


def _order(models: list[Opened]) -> tuple[int, ...]:
    """Models without a posterior on the left, so that the columns keep their sides."""

    def has_posterior(slot: int) -> bool:
        return models[slot].checkpoint.latents.log_var.shape[1] > 0

    return tuple(sorted(range(len(models)), key=has_posterior))


# ---- the link -----------------------------------------------------------------------------------


def _start(model: Opened) -> Shown:
    """What the link says, what was shown before in this session, or the first picture."""
    images = _images(model)
    n_classes = len(model.checkpoint.card.classes)
    return Shown.start(
        {
            "image": lambda image: "" if image in images else NO_IMAGE,
            "label": lambda label: (
                "" if label < n_classes else NO_CLASS.format(most=n_classes - 1)
            ),
        }
    )


def _images(model: Opened) -> set[str]:
    latents = model.checkpoint.latents
    return {f"{s}-{i}" for s, i in zip(latents.split, latents.index, strict=True)}


# ---- words --------------------------------------------------------------------------------------


def explain() -> None:
    """Say how the page is read."""
    with st.expander("How to read this page"):
        st.markdown(
            sidebar.say(f"""
- **Codes from the prior** N(0, I): a VAE's training pulls its codes towards it, though they don't
  fill it. A plain autoencoder's codes lie wherever training left them, so most codes from the
  prior are none it ever met. The **same noise** is used for both models.
- **Fitted Gaussian, fitted mixture**: distributions fitted afterwards to each model's own training
  codes; the way to sample from a plain autoencoder, and mostly a gain for a VAE, too. How many
  components the mixture has (1, 2, 4 … 32) is chosen by the Bayesian information criterion.
- **Aggregate posterior**: the posterior of a training image chosen at random. It redraws training
  images: a yardstick for other sources of codes, and little that is new.
- **Latent flow**: a network learnt which way to carry noise so that it arrives where the model's
  codes lie (flow matching, Lipman et al. 2023), class by class: it can be **asked for a class**.
  **Guidance** above 1 draws what is most typical of the class: more certain pictures, less varied
  ones, and a larger Fréchet distance. **Steps**: in how many steps noise becomes a code.
- **Temperature** multiplies the noise: below 1 samples are more alike, above 1 they are rarer.
- The **bar** under a picture is the support of its code. {ABOUT}
- The **Fréchet distance** compares mean and covariance of 32 features of generated and of real
  images, found by a small classifier of our own. It grows with what is missing as well as with
  what is wrong: good pictures of two classes only are far from real data. From few images it
  comes out too large, so the same number is used everywhere. What real test images come to is a
  yardstick, not a bound: copies of the training images come below it.
- **Precision** asks whether samples look like test images, **recall** whether test images look
  like some sample: whether anything is left out (Kynkäänniemi et al. 2019). **Agreement** is the
  share of samples that the classifier takes for the class that was asked for.
- The **posterior** is what a VAE's encoder says of an image: a mean and a standard deviation for
  each unit.
""")
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    chosen = sidebar.chosen_model()
    other = partner(chosen)
    models = [chosen, *([other] if other else [])]
    show(models)
    for slot, (name, checkpoint) in enumerate(models):
        live.send(name, checkpoint, live.natural(checkpoint), slot)
    explain()
