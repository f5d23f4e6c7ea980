"""Questions of a place: where on the map will this image land? Click, then see."""

from functools import partial

import numpy as np
import streamlit as st

from aecore.checkpoints import Stored
from aecore.errors import DataError
from aeview.lessons import bar as lesson_bar
from aeview.lessons import figures as lesson_figures
from aeview.lessons.figures import Context
from aeview.lessons.files import Lesson, Question
from aeview.shell import contents, ends, links
from aeview.streamlit_fixes import uncut
from aeview.work import cache
from aeview.work.live import Opened
from aeview.work.pixels import as_bytes, data_address

SIDE = 132  # css pixels
LANDED = "It lands where the pin is now."  # where nobody has guessed


def ask(question: Question, context: Context) -> None:
    """Show the question and its image."""
    model = context.model
    assert model is not None
    row = row_of(question, model.checkpoint)
    address = data_address(picture(model.checkpoint, row))
    st.markdown(lesson_figures.fill(question.ask, context))
    st.html(f'<img class="lesson-image" src="{address}" width="{SIDE}" alt="the image">')


def answer(lesson: Lesson, number: int, question: Question, context: Context) -> None:
    """Say where it landed, or offer to, when a place has been pinned."""
    progress = lesson_bar.progress(lesson)
    model = context.model
    assert model is not None
    if number in progress.placed:
        st.info(lesson_figures.fill(question.reveal, context), icon=":material/location_on:")
        return
    if number in progress.landed:
        st.info(LANDED, icon=":material/location_on:")
        return
    first = "Click on the map first." if _pinned(model) is None else ""
    lesson_bar.offer_reveal(lesson, number, first, partial(reveal, lesson, number, model))


def _pinned(model: Opened) -> tuple[float, ...] | None:
    found: tuple[float, ...] | None = contents.pages()["latent_map"].part("lesson").pinned(model)
    return found


def figures(lesson: Lesson, number: int, model: Opened) -> dict[str, float]:
    """How far the pinned place was from where the image landed; empty before."""
    question = lesson.steps[number - 1].question
    if question is None or not question.place:
        return {}
    pinned = lesson_bar.progress(lesson).placed.get(number)
    codes = model.checkpoint.latents.codes
    if pinned is None or len(pinned) != codes.shape[1]:
        return {"away": np.nan, "nearer": np.nan}
    code = codes[row_of(question, model.checkpoint)]
    away = float(np.linalg.norm(code - np.array(pinned)))
    return {"away": away, "nearer": 100 * float((_distances(codes, code) < away).mean())}


def guess() -> tuple[float, ...] | None:
    """The code that was pinned as the answer to the step on screen; None before it is revealed."""
    found = lesson_bar.under_way()
    return None if found is None else lesson_bar.progress(found[0]).placed.get(found[1])


def _distances(codes: np.ndarray, code: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(codes - code).sum(axis=1))


@uncut
def reveal(lesson: Lesson, number: int, model: Opened) -> None:
    """Keep the answer; the full run that follows pins the image's own code on the map."""
    progress = lesson_bar.progress(lesson)
    question = lesson.steps[number - 1].question
    assert question is not None
    if (pinned := _pinned(model)) is not None:
        progress.placed[number] = pinned
    row = row_of(question, model.checkpoint)
    progress.landed[number] = ends.of_row(model.checkpoint.latents, row).code
    lesson_bar.tell(lesson_bar.question_id(lesson, number))
    links.want(lesson_bar.link(lesson, number), leaves=False)


def row_of(question: Question, checkpoint: Stored) -> int:
    """The stored image that a question asks for.

    Raises:
        DataError: if it names none.
    """
    try:
        return ends.image_row(question.place, checkpoint.latents)
    except ValueError as error:
        raise DataError(f"“place” {error}") from None


def picture(checkpoint: Stored, row: int) -> np.ndarray:
    """The image where it is on this machine, else what the model makes of its code."""
    table = checkpoint.latents
    found = cache.originals(checkpoint, table.rows([row]))
    if found is not None:
        image = found[0]
    else:
        import torch

        code = torch.from_numpy(table.codes[[row]].astype(np.float32))
        image = as_bytes(cache.model(checkpoint.digest, checkpoint).decode(code).detach().numpy())[
            0
        ]
    return image[0] if len(image) == 1 else image.transpose(1, 2, 0)
