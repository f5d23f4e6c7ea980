"""What is told of generated images, and which way is better; `quality` measures it. No torch."""

from dataclasses import dataclass
from typing import NamedTuple

from aecore.coverage import K


class Measure(NamedTuple):
    """A figure of `SampleQuality` as it is shown.

    Attributes:
        title: for the screen.
        words: what it is, and which way is better.
        share: from 0 to 1, and higher is better; otherwise from 0 up, and lower is better.
        of_class: only of a source that can be asked for a class.
    """

    title: str
    words: str
    share: bool = True
    of_class: bool = False


MEASURES = {
    "distance": Measure(
        "Fréchet distance", "Lower is better: how far from all training images.", share=False
    ),
    "agreement": Measure(
        "agreement",
        "Higher is better: the share of samples that our classifier takes for the class that was "
        "asked for.",
        of_class=True,
    ),
    "precision": Measure(
        "precision",
        f"Higher is better: the share of samples that lie as near to a test image as its {K}rd "
        "nearest test image does.",
    ),
    "recall": Measure(
        "recall",
        f"Higher is better: the share of test images that lie as near to a sample as its {K}rd "
        "nearest sample does.",
    ),
}


@dataclass(frozen=True, slots=True)
class SampleQuality:
    """Figures of generated images; all but the agreement are means over the repeats.

    Attributes:
        distance: Fréchet distance to all training images, in squared units of the features;
            lower is better.
        spread: standard deviation of it over the repeats; 0 for a single one.
        n: images in each repeat; as many as in the real set that gives the floor.
        repeats: how often.
        precision: share of the images that test images cover (`aecore.coverage`); None where
            these are not known.
        recall: share of the test images that they cover, likewise.
        agreement: share that the classifier takes for the class that was asked for; None of a
            source that can't be asked for one.
    """

    distance: float
    spread: float
    n: int
    repeats: int
    precision: float | None = None
    recall: float | None = None
    agreement: float | None = None
