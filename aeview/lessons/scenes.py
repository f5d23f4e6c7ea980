"""Scenes: a sentence each with a link that shows it, in a TOML file.

`lessons/scenes.toml` has every claim of the lecture notes; a teacher's own route is such a file,
too (`aeview.lessons.route`). Texts are plain: they are shown as they are, and never taken for HTML
or Markdown.
"""

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from aecore import project
from aecore.errors import DataError
from aecore.files import parse_toml, read_toml
from aeview.shell import contents, links
from aeview.shell.links import Link

FILE = project.FOLDER / "lessons" / "scenes.toml"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 400  # characters of a text,
LONGER = {"link": 2000, "notes": 4000}  # and of these
LONGEST_FILE = 200_000
MOST = 200
MINIMUM = ("id", "title", "claim", "link")


@dataclass(frozen=True, slots=True)
class Scene:
    """A claim, and the page that shows it.

    Attributes:
        id: its name in links, lower-case words with hyphens.
        title: a few words.
        claim: one sentence.
        link: page and parameters, relative to the app's root.
        look: what to do or see; may be empty.
        subject: the figure of the page that presenter mode shows alone; empty for the whole page.
        controls: accessible names of what is shown with it.
        figure: the check that a test makes of the claim; may be empty.
        notes: what the speaker wants to say; may be empty, and have several lines.
    """

    id: str
    title: str
    claim: str
    link: str
    look: str = ""
    subject: str = ""
    controls: tuple[str, ...] = ()
    figure: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        """Check every text.

        Raises:
            DataError: in one sentence.
        """
        if not _ID.fullmatch(str(self.id)):
            raise DataError(
                f"a scene's id is “{str(self.id)[:40]}”; use lower-case words with hyphens"
            )
        for field in fields(self):
            if field.name != "controls":
                self._check_text(field.name, getattr(self, field.name))
        if empty := [name for name in ("title", "claim") if not getattr(self, name).strip()]:
            raise DataError(f"scene “{self.id}” has an empty {empty[0]}")
        if self.link.startswith(links.FIRST):
            raise DataError(
                f"scene “{self.id}” opens the first page, whose address is the root: its link "
                "begins with “?”"
            )
        try:
            links.parse(self.link)
        except DataError as error:
            raise DataError(f"scene “{self.id}”: {error}") from None
        self._check_stage()

    def _check_text(self, name: str, text: Any) -> None:
        longest = LONGER.get(name, LONGEST)
        lines = "text" if name == "notes" else "one line of text"
        fits = isinstance(text, str) and len(text) <= longest
        if not fits or (name != "notes" and "\n" in text):
            raise DataError(
                f"the {name} of scene “{self.id}” has to be {lines} of at most "
                f"{longest:,} characters"
            )

    def _check_stage(self) -> None:
        """Check what is on stage.

        Raises:
            DataError: in one sentence.
        """
        page = contents.pages()[self.target.page]
        if self.subject and self.subject not in page.figures:
            raise DataError(
                f"the subject of scene “{self.id}” is “{self.subject[:40]}”, which is no figure "
                f"of the page {page.address}; its figures are {', '.join(page.figures) or 'none'}"
            )
        if not all(isinstance(name, str) and name.strip() for name in self.controls):
            raise DataError(f"the controls of scene “{self.id}” have to be a list of names")

    @property
    def target(self) -> Link:
        """The page and its state."""
        return links.parse(self.link)


def read(path: Path = FILE) -> tuple[Scene, ...]:
    """Read the scenes in the file's order.

    Raises:
        DataError: in one sentence, if the file is missing, no TOML, or a scene is not right.
    """
    return _scenes(read_toml(path), path.name)


def read_text(text: str, name: str) -> tuple[Scene, ...]:
    """Read the scenes that a file's text says.

    Args:
        text: of the file.
        name: what a sentence calls it.

    Raises:
        DataError: as `read`, and if there is too much.
    """
    if len(text) > LONGEST_FILE:
        raise DataError(f"{name} has more than {LONGEST_FILE:,} characters, as many as it may")
    found = _scenes(parse_toml(text, name), name)
    if len(found) > MOST:
        raise DataError(f"{name} has {len(found):,} scenes; there may be {MOST}")
    return found


def _scenes(values: dict[str, Any], file: str) -> tuple[Scene, ...]:
    tables = values.get("scene")
    if set(values) != {"scene"} or not isinstance(tables, list):
        raise DataError(f"{file} has to consist of [[scene]] tables alone")
    found = tuple(_scene(table) for table in tables)
    names = [scene.id for scene in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DataError(f"{file} has the scene “{min(twice)}” twice")
    return found


def _scene(table: Any) -> Scene:
    known = [field.name for field in fields(Scene)]
    name = str(table.get("id", "without an id"))[:40] if isinstance(table, dict) else "?"
    if not isinstance(table, dict) or (wrong := sorted(set(table) - set(known))):
        word = wrong[0][:40] if isinstance(table, dict) else "no table"
        raise DataError(f"scene “{name}” says “{word}”; it can say {', '.join(known)}")
    if missing := [word for word in MINIMUM if word not in table]:
        raise DataError(f"scene “{name}” lacks its {missing[0]}")
    controls = table.get("controls", [])
    if not isinstance(controls, list):
        raise DataError(f"the controls of scene “{name}” have to be a list of names")
    return Scene(**(table | {"controls": tuple(controls)}))
