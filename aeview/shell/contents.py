"""What the router hands to the shell and to the lessons: they show what pages have, and know none.

`aeview.pages` has the table and hands it over before anything is drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from aeview.shown import Shown
from aeview.work.live import Opened

FIRST_MODEL = "vae-2d"  # what the first model's name ends with


class Keys(NamedTuple):
    """The keys of one place of a page.

    Attributes:
        where: has to have the focus.
        source: the module below `browser/` that listens; empty for what browsers do.
        rows: keys, separated by spaces, and what they do.
    """

    where: str
    source: str
    rows: tuple[tuple[str, str], ...]


class Control(NamedTuple):
    """A part of a page that a lesson's step can show.

    Attributes:
        draw: shows it, in the step's fragment.
        send: sends its models to the browser, once a full run.
        now: the numbers that it shows now, by name; of those it has not told yet the usual ones.
        tells: names of these numbers.
    """

    draw: Callable[[Opened], object]
    send: Callable[[Opened], object] = lambda _: None
    now: Callable[[Opened, Mapping[str, str]], dict[str, float]] = lambda _, __: {}
    tells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its folder is `aeview/<address>`, its script `pages/<address>.py`.

    Attributes:
        title: on screen and in the menu.
        icon: a Material symbol.
        section: of the menu.
        sentence: what to do there.
        shown: what it shows and its address says, besides data set and model.
        keys: for its help.
        controls: names of its parts that a lesson can show; `lesson.py` has them.
        figures: names of what a scene can show alone: `data-figure` in its HTML, or the container
            of `frame.subject`.
        python: whether what it shows can be had as Python; `snippet.py` writes it.
        first: what the name of the model ends with that it shows where nobody has chosen one.
        asks: whether it asks for a class itself, which a conditional model is told elsewhere.
        needs_encoder: what it can't show of a model without an encoder, as the rest of a sentence.
        partly: whether it shows the rest of itself then.
        saved: what it is called when it is saved in a web page, `saved.py` saying of what it
            consists there; empty for one that needs the server.
    """

    title: str
    icon: str
    section: str
    sentence: str
    shown: tuple[type[Shown], ...]
    keys: tuple[Keys, ...] = ()
    controls: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    python: bool = True
    first: str = FIRST_MODEL
    asks: bool = False
    needs_encoder: str = ""
    partly: bool = False
    saved: str = ""

    @property
    def address(self) -> str:
        """Its address behind the app's root, and the name of its folder and script."""
        return self.title.lower().replace(" ", "_")

    @property
    def parameters(self) -> tuple[str, ...]:
        """What it reads from its address, besides data set and model."""
        return tuple(name for each in self.shown for name in each.parameters())

    def part(self, name: str) -> Any:
        """Import a module of its folder, when it is needed."""
        return import_module(f"aeview.{self.address}.{name}")


class Lessons(Protocol):
    """What the shell needs of lessons (`aeview.lessons.bar`)."""

    def show_bar(self) -> None:
        """Show the way back to the lesson that is under way."""

    def predicting(self) -> bool:
        """Whether what tells an answer is to be put away."""

    def where(self, page: str) -> str:
        """Where the lesson under way stands, in words; empty while something else is shown."""

    def asks(self, page: str) -> str:
        """Name the question on screen that is not answered yet; empty for none."""

    def show_told(self, question: str) -> None:
        """Reveal the question on screen in the run that follows, if the class has been told."""

    def scenes(self) -> Sequence[Any]:
        """The scenes of the route in their order (`aeview.lessons.scenes.Scene`)."""

    def scene(self, name: str) -> Any:
        """A scene of the route, or one that ships; None for a name that is none's."""

    def ships(self, scene: Any) -> bool:
        """Whether a scene's name opens it on every server."""

    def take_route(self, text: str) -> None:
        """Present the scenes of a TOML file; those that ship, where the text is empty."""

    def routed(self) -> bool:
        """Whether this session presents a route of its own."""

    def offered(self) -> Mapping[str, Sequence[Any]]:
        """What a route can be made of, by title."""

    def begin_step_anew(self, link: Any) -> None:
        """Forget what was answered at the step of a lesson that a link shows."""


class Handed(NamedTuple):
    """Pages by their addresses, and lessons."""

    pages: Mapping[str, Page]
    lessons: Lessons


_handed: list[Handed] = []


def hand_over(handed: Handed) -> None:
    """Make it known."""
    _handed[:] = [handed]


def pages() -> Mapping[str, Page]:
    """All pages, by their addresses, in the menu's order."""
    return _handed[0].pages


def lessons() -> Lessons:
    """The lessons' bar and scenes."""
    return _handed[0].lessons
