"""What a user may overrule in the preparation of a picture."""

from dataclasses import dataclass

from aecore.configs import Config, require

CHOICES: dict[str, tuple[str, ...]] = {
    "greyscale": ("auto", "brightness", "red", "green", "blue"),
    "flatten": ("auto", "on", "off"),
    "polarity": ("auto", "dark ink", "bright ink"),
    "threshold": ("auto", "lower", "higher", "off"),
    "lines": ("auto", "on", "off"),
    "despeckle": ("auto", "on", "off"),
    "crop": ("auto", "thing", "square", "whole", "stretched"),
    "stroke": ("auto", "on", "off"),
    "centre": ("auto", "mass", "box"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Switches(Config):
    """How each step of the preparation is taken; "auto" decides by the picture.

    Attributes:
        greyscale: the channel that ink is looked for in; auto takes the one of most contrast.
        flatten: whether uneven light is divided out.
        polarity: whether ink is darker or brighter than paper.
        threshold: where paper ends and ink begins; "off" keeps the greys of the photograph.
        lines: whether ruled and squared lines are removed.
        despeckle: whether specks are removed.
        crop: of things that are not handwriting: to the thing, to the central square, or not at
            all: whole and padded to a square, or stretched to one.
        stroke: whether the stroke's width is made that of the training images.
        centre: by the centre of mass, as MNIST, or by the box around the ink.
    """

    greyscale: str = "auto"
    flatten: str = "auto"
    polarity: str = "auto"
    threshold: str = "auto"
    lines: str = "auto"
    despeckle: str = "auto"
    crop: str = "auto"
    stroke: str = "auto"
    centre: str = "auto"

    def __post_init__(self) -> None:
        """Check every switch.

        Raises:
            ValueError: naming the switch, its value and what it may be.
        """
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            require(value in choices, name, value, f"one of {', '.join(choices)}")
