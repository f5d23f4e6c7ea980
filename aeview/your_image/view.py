"""The page Your image: what is looked at, and how it is shown."""

import streamlit as st

from aecore import checkpoints, scoring
from aecore.anomaly.threshold import DEFAULT_RATE
from aecore.checkpoints import Entry, Stored
from aecore.data.pictures import Preparation, Switches
from aecore.data.pictures.prepare import WORDS
from aecore.data.pictures.records import BLANK, NOT_HANDWRITING
from aecore.data.pictures.switches import CHOICES
from aecore.errors import CheckpointError
from aeview.own_pictures import carried
from aeview.own_pictures import files as own_files
from aeview.own_pictures import samples as sample_pictures
from aeview.own_pictures import ways as own_ways
from aeview.own_pictures.files import SAMPLE, Given
from aeview.own_pictures.shown import Shown
from aeview.own_pictures.ways import THUMBNAIL
from aeview.shell import links, map_choice, sidebar
from aeview.shell.links import Link
from aeview.work import cache, classifiers, live, pictures
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.pixels import as_base64, data_address
from aeview.your_image.component import (
    Change,
    Crop,
    Denoiser,
    Going,
    Normal,
    PictureShown,
    StepShown,
    Verdict,
    own_image,
    switches_of,
)  # fmt: skip
from aeview.your_image.shown import TAKEN, TOWARDS
from aeview.your_image.shown import Shown as Asked

TITLES = {
    "greyscale": "grey", "flatten": "even light", "polarity": "polarity",
    "threshold": "ink or paper", "lines": "lines removed", "despeckle": "specks dropped",
    "crop": "cropped", "stroke": "stroke width", "centre": "centred", "size": "resized",
    "placed": "as it is",
}  # fmt: skip
HEADLINES = {
    BLANK: "Blank.", "low contrast": "Too little contrast.",
    "several drawings": "Several drawings.", "not handwriting": "Not handwriting.",
}  # fmt: skip
UNCALIBRATED = (
    "This model carries no scores of held-out images, so there is no limit: run "
    "`python -m aecore calibrate {name}`."
)
NO_LIMIT = "Only {n} held-out images: too few for a limit of {rate:.0%} false alarms."


# ---- its preparation ----------------------------------------------------------------------------


def overruled(given: Given) -> Switches:
    """What the user has overruled for this picture, here or by the link."""
    reported = switches_of(st.session_state.get(links.OWN_IMAGE), given.id)
    if reported is None:
        reported = _linked_switches(given)
    return Switches(**{k: v for k, v in reported.items() if v in CHOICES.get(k, ())})


def _linked_switches(given: Given) -> dict[str, str]:
    shown = Shown.start()
    if given.id != f"{SAMPLE}{shown.picture}":
        return {}
    return dict(step.split(":") for step in shown.steps)


def _write_link(given: Given | None, switches: Switches, checkpoint: Stored) -> None:
    """Samples and their steps can be in a link; what is the user's own is not.

    Nor is what one sees at first: an address that changes before the page is there takes a second
    Back to leave.
    """
    sample = given.id.removeprefix(SAMPLE) if given and given.id.startswith(SAMPLE) else ""
    changed = tuple(f"{k}:{v}" for k, v in switches.to_json().items() if v != "auto" and sample)
    usual = sample == sample_pictures.samples(checkpoint)[0].id and not changed
    if not usual or Shown.linked():
        Shown.tell(picture=sample, steps=changed)


def _cut_by_choice(made: Preparation, checkpoint: Stored) -> bool:
    """Whether the cut is a choice: ink is always cut out, and what has the size is not cut."""
    thing = made.verdict == NOT_HANDWRITING or not own_ways.kind(checkpoint.card.data).handwriting
    return thing and any(step.name == "size" and step.applied for step in made.steps)


def _shown(
    given: Given, made: Preparation, switches: Switches, checkpoint: Stored
) -> PictureShown:
    chosen = switches.to_json()
    last = {step.name: number for number, step in enumerate(made.steps)}
    idle = set() if _cut_by_choice(made, checkpoint) else {"crop"}
    steps = tuple(
        StepShown(
            name=step.name, title=TITLES.get(step.name, step.name), words=step.words,
            applied=step.applied, picture=data_address(step.picture),
            choices=CHOICES.get(step.name, ())
            if last[step.name] == number and step.name not in idle else (),
            value=str(chosen.get(step.name, "")),
        )
        for number, step in enumerate(made.steps)
    )  # fmt: skip
    return PictureShown(
        id=f"{given.id} {chosen} {checkpoint.digest}", of=given.id, title=given.title,
        image=as_base64(made.image), judged=made.to_score,
        headline=HEADLINES.get(made.verdict, ""), words=made.words, steps=steps,
        crops=tuple(
            Crop(data_address(crop, THUMBNAIL), as_base64(each.image), each.to_score)
            for crop, each in zip(
                made.crops, carried.drawings(given, made, checkpoint, switches), strict=True
            )
        ),
    )  # fmt: skip


# ---- what is shown ------------------------------------------------------------------------------


def choose_map(checkpoint: Stored) -> MapChoice:
    """Let the user choose the map; while one is being computed, the map before is shown."""
    if checkpoint.card.model.code_dim < 2:
        return MapChoice("line")
    return map_choice.ready(checkpoint) or map_choice.before(checkpoint)


def show(chosen: Opened, choice: MapChoice) -> None:
    """Show what the model makes of the image, and send the models to the browser."""
    checkpoint = chosen.checkpoint
    given = own_ways.looked_at(chosen)
    switches = overruled(given) if given else Switches()
    picture, made = None, None
    if given:
        made = carried.prepared(given, checkpoint, switches)
        picture = _shown(given, made, switches, checkpoint)
    beside = _denoiser(chosen)
    towards = asked(checkpoint)
    clicked = own_image(
        cache.atlas_key(checkpoint, choice), picture, normal(chosen), blank(),
        Denoiser(beside.name, beside.checkpoint.digest) if beside else None,
        Change(classifiers.key(checkpoint.card), towards),
    )  # fmt: skip
    live.send(chosen.name, checkpoint, choice)
    if beside:
        live.send_network(beside.checkpoint)
    classifiers.send(checkpoint.card)
    Asked.tell(towards=towards if towards >= 0 else None)
    _write_link(given, switches, checkpoint)
    if clicked.crop is not None and given and made and clicked.crop < len(made.crops):
        title = f"Drawing {clicked.crop + 1} of {given.title}"
        content = sample_pictures.png(made.crops[clicked.crop])
        own_ways.take(Given(pictures.digest(content), title, content))
        st.rerun()
    if clicked.going and clicked.going.page in TAKEN:
        links.go(taken(clicked.going))


def blank() -> Verdict:
    """What is said of an empty pad."""
    return Verdict(HEADLINES[BLANK], WORDS[BLANK])


def asked(checkpoint: Stored) -> int:
    """The class that a counterfactual is asked for; −1 for none."""
    fits = {TOWARDS: classifiers.is_class(checkpoint.card)}
    shown = Asked.reported(TOWARDS) or Asked.start(fits)
    return shown.towards if shown.fits(fits) else -1  # another data set has fewer


def taken(going: Going) -> Link:
    """The link to a page that shows the image's code: pinned, or as the first end of a way."""
    code = ",".join(f"{value:.6g}" for value in going.code)
    said = sidebar.parameters() | map_choice.parameters(going.page)
    return Link(going.page, said | {TAKEN[going.page]: code})


def show_files(chosen: Opened) -> None:
    """Show the table of several pictures, where several were given."""
    if batch := own_ways.several():
        own_files.show(chosen, batch, own_ways.take_line)


def normal(chosen: Opened) -> Normal:
    """Return the scores of held-out normal images that the model carries, and the limit."""
    scores = chosen.checkpoint.calibration
    if not len(scores):
        return Normal(scores, None, DEFAULT_RATE, UNCALIBRATED.format(name=chosen.name))
    limit = scoring.threshold(chosen.checkpoint)
    if limit is None:
        said = NO_LIMIT.format(n=len(scores), rate=DEFAULT_RATE)
        return Normal(scores, None, DEFAULT_RATE, said)
    return Normal(scores, limit, DEFAULT_RATE, "")


def _denoiser(chosen: Opened) -> Opened | None:
    """Open the first denoising model of the same data set and image size."""
    own = chosen.checkpoint.card
    for entry in checkpoints.available():
        if entry.card is None or entry.name == chosen.name:
            continue
        card = entry.card
        if card.model.kind == "dae" and (card.data, card.model.shape) == (
            own.data,
            own.model.shape,
        ):
            return _opened(entry)
    return None


def _opened(entry: Entry) -> Opened | None:
    try:
        return Opened(entry.name, cache.stored(entry.path))
    except (CheckpointError, OSError):
        return None


# ---- words --------------------------------------------------------------------------------------


def explain() -> None:
    """Say how the page is read."""
    with st.expander("How to read this page"):
        st.markdown(
            """
- **What the model sees** is never your picture but a small image like those it was trained on. A
  drawing is fitted and centred as you draw; a picture goes through the steps below, and each step
  can be overruled.
- **The score** is the mean squared error per pixel between what the model sees and its
  reconstruction. A model has learnt to rebuild its own kind of image, so a large error means: not
  my kind. It does not know what is *right*: a plain letter can be rebuilt well, and a rare but
  proper digit badly.
- **In or out**: the limit is chosen on held-out images of the model's own data set (split
  conformal prediction). Of new images of that source at most 1 in 20 is called an anomaly, on
  average over sets of held-out images; of a single class, or of another source such as your own
  hand, it can be more.
- **The error map** is blue where the reconstruction is too dark, red where it is too bright, and
  black where it is right.
- **Our classifier** (where one ships for the data set) was trained on images with their classes.
  It has to name one, also of a picture that is none, and may be sure of it all the same. **Least
  change** is the shortest way that is found in latent space, from the image's code, to a picture
  that it takes for the class you choose.
- **Nearest training images** are those whose codes are nearest; their classes are no verdict, but
  say where the image landed. The rings on the map are the same images.
- Your pictures are kept in the server's memory alone (a file of over 1 MB passes through a
  temporary file while it comes in, which is gone when it is there); nobody else is shown them, and
  they are gone when newer ones take their place or the server ends.
"""
        )


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    chosen = sidebar.chosen_model()
    own_ways.pictures_only(chosen)
    left, right = st.container(key="drawn").columns([4, 7], gap="medium")
    with left:
        own_ways.ways_in(chosen)
    with right:
        show(chosen, choose_map(chosen.checkpoint))
    show_files(chosen)
    explain()
