"""How an entry of a table is drawn wherever it is drawn: a colour by its name, and dashes."""

from dataclasses import dataclass

from aecore.configs import require

COLOURS = (
    "blue", "orange", "crimson", "mauve", "violet", "olive", "pink", "taupe", "slate", "teal",
    "magenta", "azure", "green", "grey",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineStyle:
    """A line, told from others by its dashes too, never by colour alone.

    Attributes:
        colour: one of `COLOURS`; the view knows what they look like.
        dash: pixels on and off in turn; empty for a solid line.
    """

    colour: str = "grey"
    dash: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Check the colour."""
        require(self.colour in COLOURS, "colour", self.colour, f"one of {', '.join(COLOURS)}")


DASHED = LineStyle("grey", (7, 3))
