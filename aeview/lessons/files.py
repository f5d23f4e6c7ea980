"""The lessons: a TOML file each in `lessons/`, read and checked; its README.md explains them.

Texts are Markdown with LaTeX between dollar signs and no HTML; `{{model.kl}}` stands for a figure
(`aeview.lessons.figures`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from aecore import project
from aecore.errors import DataError
from aecore.files import read_toml
from aeview.shell import contents, links
from aeview.shell.links import Link

FOLDER = project.FOLDER / "lessons"
SCENES = "scenes.toml"
BEFORE, AFTER = "before", "after"  # the lesson: questions of the same kind
ASKED = {
    BEFORE: (
        "What do you think?",
        "Choose what seems right to you. The lesson ends with a question of the same kind, and "
        "tells both answers there.",
    ),
    AFTER: ("And now?", "A question of the same kind as before the lesson."),
}  # title and text of their steps
LONGEST = 4000  # characters of a text
MOST_CHOICES = 6
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
Part = TypeVar("Part")


def controls() -> dict[str, str]:
    """What a step can show, and the page that it is a part of."""
    return {name: page.address for page in contents.pages().values() for name in page.controls}


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is answered before its answer can be seen.

    Attributes:
        ask: the question.
        reveal: why, with live figures; of a question asked before the lesson nothing.
        choices: two to six answers.
        answer: which one is right, counted from 1.
        place: instead of choices an image, as "test-12": where on the map will it land?
        attempt: a link on which the answer can be tried; may be empty.
        shows: a link to the same page with what is to be seen once it is revealed; may be empty.
    """

    ask: str
    reveal: str = ""
    choices: tuple[str, ...] = ()
    answer: int = 0
    place: str = ""
    attempt: str = ""
    shows: str = ""

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            DataError: in one sentence.
        """
        _text("ask", self.ask)
        for link in filter(None, (self.attempt, self.shows)):
            links.parse(link)
        if self.place:
            _text("place", self.place)
            if self.choices or self.answer:
                raise DataError("a question has a “place” or “choices” with an “answer”, not both")
        else:
            self._check_choices()

    def _check_choices(self) -> None:
        if not 2 <= len(self.choices) <= MOST_CHOICES or len(set(self.choices)) < len(
            self.choices
        ):
            raise DataError(f"“choices” has to be 2 to {MOST_CHOICES} different answers")
        for choice in self.choices:
            _text("choices", choice)
        if type(self.answer) is not int or not 1 <= self.answer <= len(self.choices):
            raise DataError(
                f"“answer” is {str(self.answer)[:20]}; it has to be the number of the right "
                f"choice, 1 to {len(self.choices)}"
            )


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of a lesson.

    Attributes:
        title: a few words.
        text: what to do and what to see.
        link: the page and state that belong to it.
        control: what of this page is shown in the lesson, one of `controls()`; empty for nothing.
        formula: LaTeX without dollar signs, with live figures; may be empty.
        after: whether the control is shown only when the question has been answered.
        question: or None.
        part: "before" or "after" for one of the questions that show what was learnt; else empty.
    """

    title: str
    text: str
    link: str
    control: str = ""
    formula: str = ""
    after: bool = False
    question: Question | None = None
    part: str = ""

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            DataError: in one sentence.
        """
        _text("title", self.title)
        _text("text", self.text)
        if self.formula:
            _text("formula", self.formula)
        if self.question and self.part != BEFORE:
            _text("reveal", self.question.reveal)
        if type(self.after) is not bool or (self.after and not (self.control and self.question)):
            raise DataError("“after” is true or false, and wants a control and a question")
        if self.question and self.question.place and (self.control != "map" or self.after):
            raise DataError('a question with a “place” wants control = "map", without “after”')
        if (
            self.question
            and self.question.shows
            and (not self.control or links.parse(self.question.shows).page != self.target.page)
        ):
            raise DataError(
                "“shows” wants a control, and a link to the page of the step's own link"
            )
        known = controls()
        if self.control and self.control not in known:
            raise DataError(
                f"“control” is “{str(self.control)[:40]}”; it can be {', '.join(known)}"
            )
        page = self.target.page
        if self.control and page != known[self.control]:
            raise DataError(
                f"“{self.control}” is a part of the page {known[self.control]}, and the "
                f"link opens {page}"
            )

    @property
    def target(self) -> Link:
        """The page and its state."""
        return links.parse(self.link)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that may hold figures."""
        asked = self.question
        return (self.text, self.formula, *((asked.ask, asked.reveal) if asked else ()))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Attributes:
        id: the file's name without its ending.
        title: of the lesson.
        minutes: that it takes.
        learn: what one can say afterwards, one sentence.
        steps: two or more; the last one ends in a question.
    """

    id: str
    title: str
    minutes: int
    learn: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            DataError: in one sentence.
        """
        _text("title", self.title)
        _text("learn", self.learn)
        if not _NAME.fullmatch(self.id):
            raise DataError("the file's name has to be lower-case words with hyphens")
        if type(self.minutes) is not int or not 1 <= self.minutes <= 90:
            raise DataError("“minutes” has to be a whole number, 1 to 90")
        parts = [sum(step.part == part for step in self.steps) for part in ASKED]
        if parts[0] != parts[1]:
            raise DataError("there have to be as many [[before]] as [[after]]: pairs of one kind")
        own = [step for step in self.steps if not step.part]
        if len(own) < 2 or own[-1].question is None:
            raise DataError(
                "there have to be two steps or more, and a [step.question] in the last"
            )

    def before(self, number: int) -> int:
        """The step that asks before the lesson what `number` asks after it; below 1 for others."""
        return number + sum(step.part == AFTER for step in self.steps) - len(self.steps)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All lessons that can be read, and one sentence for each that can't."""

    lessons: tuple[Lesson, ...]
    problems: tuple[str, ...]


def shelf(folder: Path = FOLDER) -> Shelf:
    """Read all lessons of a folder, in the order of their numbers."""
    found, problems = [], []
    for path in sorted(folder.glob("*.toml"), key=_place):
        if path.name == SCENES:
            continue
        try:
            found.append(read(path))
        except DataError as error:
            problems.append(str(error))
    return Shelf(tuple(found), tuple(problems))


def _place(path: Path) -> tuple[int, str]:
    """By its number, where the name begins with one: 10 comes after 9."""
    number = re.match(r"\d{1,9}(?=-)", path.stem)
    return (int(number[0]) if number else 10**9, path.name)


def read(path: Path) -> Lesson:
    """Read a lesson.

    Raises:
        DataError: in one sentence that names the file and, where it is in one, the step.
    """
    values = read_toml(path)
    steps = values.get("step")
    if not isinstance(steps, list):
        raise DataError(f"{path.name} has no [[step]]")
    try:
        made = tuple(_step(number, table) for number, table in enumerate(steps, 1))
        first, last = (_measuring(part, values.pop(part, []), made) for part in ASKED)
        made = (*first, *made, *last)
        rest = {name: value for name, value in values.items() if name != "step"}
        return _made(Lesson, {**rest, "id": path.stem, "steps": made}, ("id", "steps"))
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from None


def _step(number: int, table: Any) -> Step:
    with _said(f"step {number}"):
        values = dict(table)
        if "question" in values:
            values["question"] = _question(values["question"])
        if "part" in values:
            raise DataError("“part” means nothing here; write [[before]] or [[after]]")
        return _made(Step, values, ("part",))


def _question(table: Any) -> Question:
    asked = dict(table)
    asked["choices"] = tuple(asked.get("choices", ()))
    asked["attempt"] = asked.pop("try", "")
    return _made(Question, asked, ("attempt",))


def _measuring(part: str, tables: Any, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps that ask before or after the lesson, beside the page of its first step or its last."""
    if not isinstance(tables, list) or not steps:
        raise DataError(f"“{part}” is written [[{part}]]")
    title, text = ASKED[part]
    made = []
    for number, table in enumerate(tables, 1):
        with _said(f"question {number} {part}"):
            question = _question(table)
            if question.place:
                raise DataError("it has to have choices")
            beside = steps[0 if part == BEFORE else -1]
            made.append(Step(title, text, beside.link, question=question, part=part))
    return tuple(made)


@contextmanager
def _said(where: str) -> Iterator[None]:
    """Say where in the file a mistake is."""
    try:
        yield
    except (TypeError, ValueError) as error:
        words = str(error) if isinstance(error, DataError) else "a table or a list is expected"
        raise DataError(f"{where}: {words}") from None


def _made(kind: type[Part], values: dict[str, Any], ours: tuple[str, ...] = ()) -> Part:
    """Make a part of its table; names that mean nothing are a mistake of the writer's."""
    known = [field.name for field in fields(kind) if field.name not in ours]  # type: ignore[arg-type]  # all are dataclasses
    if wrong := [name for name in values if name not in (*known, *ours)]:
        raise DataError(f"“{wrong[0][:40]}” means nothing here; there can be {', '.join(known)}")
    try:
        return kind(**values)
    except TypeError as error:
        missing = re.findall(r"'(\w+)'", str(error))
        raise DataError(f"{' and '.join(missing) or 'something'} is missing") from None


def _text(name: str, text: Any) -> None:
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise DataError(f"“{name}” has to be a text of 1 to {LONGEST:,} characters")
