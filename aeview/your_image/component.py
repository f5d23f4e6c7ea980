"""One image and what a model makes of it: place, reconstruction, error, neighbours, score.

It shows what the pad's store says is being drawn, or the picture that Python has prepared. Its
constants come through `payload`: the model as "atlas/0", a denoising model as "network/0".
"""

import base64
from typing import Any, NamedTuple

import numpy as np

from aecore.arrays import ValueArray
from aeview.work.component import component
from aeview.your_image.shown import TAKEN, TOWARDS, Shown


class StepShown(NamedTuple):
    """A step of the preparation as it is shown.

    Attributes:
        name: in `Switches`.
        title: for the screen.
        words: what it did.
        applied: whether it changed anything.
        picture: data: address of what it left behind.
        choices: what its switch offers; empty for a step without one.
        value: what is chosen.
    """

    name: str
    title: str
    words: str
    applied: bool
    picture: str
    choices: tuple[str, ...]
    value: str


class Crop(NamedTuple):
    """One of several drawings on a picture.

    Attributes:
        picture: data: address of it.
        image: base64 of the model's input made of it.
        judged: whether a score of it says anything.
    """

    picture: str
    image: str
    judged: bool


class PictureShown(NamedTuple):
    """A prepared picture as it is shown.

    Attributes:
        id: changes whenever the picture or its preparation does.
        of: the picture, however it is prepared.
        title: what it is.
        image: base64 of the model's input as bytes, channel by channel.
        judged: whether a score of it says anything.
        headline: the verdict in a few words; empty for one that is simply scored.
        words: what was done, or what is wrong and how to mend it.
        steps: of its preparation.
        crops: several drawings on one picture.
    """

    id: str
    of: str
    title: str
    image: str
    judged: bool
    headline: str
    words: str
    steps: tuple[StepShown, ...]
    crops: tuple[Crop, ...]


class Denoiser(NamedTuple):
    """The model that takes noise off: its name, and the key of its networks in the payload."""

    name: str
    key: str


class Change(NamedTuple):
    """What is asked of the data set's classifier.

    Attributes:
        classifier: its key; empty where there is none.
        towards: the class that a counterfactual is asked for; −1 for none.
    """

    classifier: str
    towards: int


class Normal(NamedTuple):
    """What scores are compared with.

    Attributes:
        scores: ascending scores of held-out normal images; empty where there are none.
        limit: above it an image is out; None where there are too few scores for one.
        rate: of false alarms that the limit was chosen for.
        missing: what to say where there are no scores.
    """

    scores: ValueArray
    limit: float | None
    rate: float
    missing: str


class Verdict(NamedTuple):
    """A verdict in words: a few, and a sentence."""

    headline: str
    words: str


class Going(NamedTuple):
    """Where the image's code is taken: a page's name, and the code."""

    page: str
    code: tuple[float, ...]

    @classmethod
    def of(cls, report: Any) -> "Going | None":
        """Read what the browser reported."""
        return cls(str(report["page"]), tuple(map(float, report["code"]))) if report else None


class Clicked(NamedTuple):
    """What the user did just now: which of several drawings, or where to take the code."""

    crop: int | None
    going: Going | None


def own_image(
    atlas_key: str,
    picture: PictureShown | None,
    normal: Normal,
    blank: Verdict,
    denoiser: Denoiser | None,
    change: Change,
) -> Clicked:
    """Show the image; overruled steps are in the session state (`switches`).

    Args:
        atlas_key: of the model's payload.
        picture: the prepared picture; None for what is on the pad.
        normal: what its score is compared with.
        blank: what is said of an empty pad.
        denoiser: the denoising model; None for none.
        change: what is asked of the classifier.

    Returns:
        What was clicked, once.
    """
    shown = component("your_image", "switches", "crop", "go", TOWARDS)(
        key=Shown.component,
        data=told(atlas_key, normal, blank, change)
        | {
            "picture": picture and _plain(picture),
            "denoiser": denoiser and denoiser._asdict(),
            "goes": list(TAKEN),
        },
    )
    return Clicked(shown.crop, Going.of(shown.go))


def told(atlas_key: str, normal: Normal, blank: Verdict, change: Change) -> dict[str, Any]:
    """What the component is told of what is on the pad, by itself."""
    return {
        "keys": [atlas_key],
        "picture": None,
        "calibration": _packed(normal.scores),
        "limit": normal.limit,
        "rate": f"{100 * normal.rate:g} %",
        "uncalibrated": normal.missing,
        "blank": blank._asdict(),
        "denoiser": None,
        "goes": [],
        **change._asdict(),
    }


def switches_of(values: Any, picture: str) -> dict[str, str] | None:
    """Read the switches that the browser reported for a picture; None where it did not."""
    reported = values.get("switches") if values else None
    return dict(reported["values"]) if reported and reported["of"] == picture else None


def _plain(picture: PictureShown) -> dict[str, Any]:
    return picture._asdict() | {
        "steps": [step._asdict() for step in picture.steps],
        "crops": [crop._asdict() for crop in picture.crops],
    }


def _packed(scores: ValueArray) -> str:
    return base64.b64encode(np.ascontiguousarray(scores, dtype=np.float32).tobytes()).decode()
