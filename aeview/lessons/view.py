"""The page Lessons: the list, and a step with its control, its formula and its question."""

from contextlib import suppress
from functools import partial
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aecore import checkpoints
from aecore.errors import DataError
from aeview.classroom import access, votes
from aeview.escape import escaped
from aeview.lessons import bar as lesson_bar
from aeview.lessons import figures as lesson_figures
from aeview.lessons import places as lesson_places
from aeview.lessons import progress as lesson_progress
from aeview.lessons import report, voting
from aeview.lessons.bar import Progress
from aeview.lessons.controls import control, here
from aeview.lessons.figures import Context
from aeview.lessons.files import AFTER, BEFORE, Lesson, Question, Shelf, Step
from aeview.lessons.shown import Shown, linked
from aeview.shell import contents, frame, links, messages, originals, sidebar
from aeview.shell.links import Link
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.work.live import Opened

# Keys in the session state.
LESSON_TURN = "lesson_turn"
STYLE = frame.ASSETS / "lessons.css"
N_COLUMNS = 2
RIGHT = "✓"
PREDICT_FIRST = "Predict first: choose an answer and reveal it, then it is shown here."
START, GO_ON, AGAIN = "Start lesson {}", "Go on with lesson {}", "Lesson {} again"
NO_LESSONS = "There are no lessons in the folder `lessons`. Its README.md says how to write one."


def page() -> DeltaGenerator:
    """Show the list or a step, with its head; returns the place for notices."""
    links.arrive()  # where no sidebar was drawn
    st.html(STYLE)
    shelf = lesson_bar.read()
    found = _linked(shelf)
    head = st.container()  # of the list and of a step at the same place, so that it is one
    if found is None:
        votes.leave()
        about = contents.pages()[lesson_bar.PAGE]
        with head:
            notices = frame.title_line(lesson_bar.PAGE, about.title, about.sentence)
        _list(shelf)
        lesson_progress.keep(shelf.lessons)
        return notices
    lesson, number = found
    _enter(lesson, number)
    votes.leave(lesson_bar.question_id(lesson, number))
    _offer(lesson, number)  # before the desk, whose button begins the vote
    progress = lesson_bar.progress(lesson)
    progress.step = number
    progress.seen.add(number)
    _show_told(lesson, number, progress)
    _way(lesson, number, progress)  # first: who reads the step's title can press on from there
    words = f"Step {number} of {len(lesson.steps)}: {lesson.steps[number - 1].title}"
    with head:
        notices = frame.title_line(lesson_bar.PAGE, escape(lesson.title), escape(words))
    _step(lesson, number, progress)
    return notices


# ---- where one is -----------------------------------------------------------------


def _linked(shelf: Shelf) -> tuple[Lesson, int] | None:
    """The link's lesson and step; None for the list, which is the address without a lesson.

    A link may give the lesson's number in that list, too.
    """
    numbered = {str(number): lesson for number, lesson in enumerate(shelf.lessons, 1)}
    lessons = numbered | {lesson.id: lesson for lesson in shelf.lessons}
    lesson = lessons.get(Shown.linked().get("lesson", ""))

    def name(text: str) -> str:
        return "" if lesson else f"is “{text[:60]}”, and there is no such lesson"

    def step(number: int) -> str:
        if lesson is None or 1 <= number <= len(lesson.steps):
            return ""
        return f"is not a step of this lesson, 1 to {len(lesson.steps)}"

    if lesson is None:
        st.session_state.pop(lesson_bar.ENTERED, None)
    asked = Shown.start({"lesson": name, "step": step})
    if lesson is None:
        return None
    return lesson, asked.step or lesson_bar.progress(lesson).step


def _enter(lesson: Lesson, number: int) -> None:
    """Open the state that belongs to a step, once; what the address says besides goes first."""
    at = (lesson.id, number)
    lesson_bar.remember_model()
    if st.session_state.get(lesson_bar.ENTERED) == at:
        address.set_parameters(Shown(lesson=lesson.id, step=number).texts())
        return
    link = lesson_bar.link(lesson, number)
    given = st.query_params.to_dict() if linked() else {}
    if lesson_bar.AT in st.session_state:  # by Back: the sidebar has put its own model there
        given = {name: said for name, said in given.items() if name not in links.EVERYWHERE}
    st.session_state[lesson_bar.AT] = at
    links.want(Link(link.page, link.parameters | given), leaves=False)
    st.session_state[lesson_bar.ENTERED] = at
    st.rerun()


@uncut
def _turn_to(lesson: Lesson, number: int) -> None:
    """Turn to another step; the run that follows opens its link."""
    at = (lesson.id, number)
    lesson_bar.remember_model()
    links.want(lesson_bar.link(lesson, number))
    st.session_state[lesson_bar.AT] = at
    st.session_state[lesson_bar.ENTERED] = at


@uncut
def _to_list() -> None:
    lesson_bar.leave()
    links.want(lesson_bar.list_link())


# ---- the list -----------------------------------------------------------------


def _list(shelf: Shelf) -> None:
    for problem in shelf.problems:
        st.warning(f"{problem}.", icon=":material/edit_document:")
    if not shelf.lessons:
        st.info(NO_LESSONS)
    report.show(shelf.lessons)
    for first in range(0, len(shelf.lessons), N_COLUMNS):  # in the order they are read aloud
        row = enumerate(shelf.lessons[first : first + N_COLUMNS], first + 1)
        for column, card in zip(st.columns(N_COLUMNS, gap="medium"), row, strict=False):
            with column:
                _card(*card)


def _card(number: int, lesson: Lesson) -> None:
    progress = lesson_bar.progress(lesson)
    n, n_seen = len(lesson.steps), len(progress.seen)
    with st.container(border=True, key=f"lesson_card_{number}"):
        st.header(f"{number}. {lesson.title}", anchor=False)
        st.markdown(lesson.learn)
        with st.container(horizontal=True, vertical_alignment="center"):
            done = n_seen == n
            words = AGAIN if done else GO_ON if n_seen else START
            st.button(
                words.format(number), key=f"start {lesson.id}", type="primary",
                icon=":material/check:" if done else ":material/play_arrow:",
                on_click=_turn_to, args=(lesson, 1 if done else progress.step),
            )  # fmt: skip
            seen = f"{n_seen} of {n} steps done" if n_seen else f"{n} steps"
            st.caption(f"{lesson.minutes} minutes · {seen}{_right(lesson, progress)}")


def _right(lesson: Lesson, progress: Progress) -> str:
    """How many of the revealed answers were right."""
    steps = enumerate(lesson.steps, 1)
    asked = {n: step.question for n, step in steps if step.question and step.question.choices}
    revealed = [n for n in progress.revealed if n in asked and n in progress.chosen]
    if not revealed:
        return ""
    right = sum(progress.chosen.get(n) == asked[n].answer - 1 for n in revealed)
    return f" · {right} of {len(revealed)} predictions right"


# ---- a step -----------------------------------------------------------------


def _step(lesson: Lesson, number: int, progress: Progress) -> None:
    model = sidebar.chosen_model()
    step = lesson.steps[number - 1]
    turn = _turn(lesson, number, progress)
    places = [st.container() if place == turn else st.empty() for place in range(2)]
    with places[turn]:
        _body(lesson, number, model.name, lesson_bar.predicting())
    if step.control:
        control(step.control).send(model)


def _turn(lesson: Lesson, number: int, progress: Progress) -> int:
    """Which of two places a step is shown at.

    Steps take turns, so that what the last one showed is gone at once, and a component that both
    have begins anew; as it does where a pinned place has been answered.
    """
    shows = bool(lesson_bar.shown(lesson, number))
    shown = (lesson.id, number, number in progress.landed or shows)
    before, turn = st.session_state.get(LESSON_TURN, (shown, 0))
    if before != shown:
        turn = 1 - turn
    st.session_state[LESSON_TURN] = (shown, turn)
    return turn


def _way(lesson: Lesson, number: int, progress: Progress) -> None:
    """The list, the steps so far, back and next: always at the same place."""
    n = len(lesson.steps)
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_way"):
        st.button("All lessons", icon=":material/list:", on_click=_to_list)
        st.html(_dots(n, number, progress), width="stretch")
        st.button(
            "Back", icon=":material/arrow_back:", disabled=number == 1, key="lesson_previous",
            on_click=_turn_to, args=(lesson, max(number - 1, 1)),
        )  # fmt: skip
        if number < n:
            st.button(
                "Next", icon=":material/arrow_forward:", type="primary", key="lesson_next",
                on_click=_turn_to, args=(lesson, number + 1),
            )  # fmt: skip
        else:
            st.button("Finish", icon=":material/check:", type="primary", on_click=_to_list)


def _dots(n: int, number: int, progress: Progress) -> str:
    marks = [
        "now" if i == number else "seen" if i in progress.seen else "" for i in range(1, n + 1)
    ]
    dots = "".join(f'<i class="{mark}"></i>' for mark in marks)
    return f'<div class="lesson-dots" role="img" aria-label="step {number} of {n}">{dots}</div>'


@st.fragment
def _body(lesson: Lesson, number: int, name: str, predicting: bool) -> None:
    """Text, formula, question and control; a fragment, so that the numbers follow the control."""
    model = sidebar.chosen_model()
    answered = lesson_bar.predicting() != predicting  # then the sidebar shows its figures again
    if model.name != name or answered or links.is_wanted():  # by the control, or by a question
        st.rerun()
    step = lesson.steps[number - 1]
    context = _context(lesson, number, model)
    words, beside = st.columns([3, 7], gap="medium") if step.control else (st.container(), None)
    with words, st.container(key=f"lesson_words_{number}"):
        try:
            _words(lesson, number, context)
        except DataError as error:
            st.warning(f"{lesson.id}.toml, step {number}: {error}.")
    if beside is not None:
        with beside, st.container(key=f"control_{lesson.id}_{number}"):
            if step.after and number not in lesson_bar.progress(lesson).revealed:
                st.html(f'<p class="lesson-hidden">{PREDICT_FIRST}</p>')
            else:
                control(step.control).draw(model)
    lesson_progress.keep(lesson_bar.read().lessons, _to_list)


def _words(lesson: Lesson, number: int, context: Context) -> None:
    step = lesson.steps[number - 1]
    st.markdown(lesson_figures.fill(step.text, context))
    if step.formula:
        st.latex(lesson_figures.fill(step.formula, context))
    if step.question and step.question.place:
        lesson_places.ask(step.question, context)
        voting.leave_room()
        lesson_places.answer(lesson, number, step.question, context)
    elif step.question:
        _question(lesson, number, step.question, context)
    if step.control or not step.question:
        _open_page(step)


def _open_page(step: Step) -> None:
    title = step.target.page.replace("_", " ").capitalize()
    label = f"Open the page {title}" if step.control else f"Try it on the page {title}"
    looks = "tertiary" if step.control else "primary"
    links.button(label, step.target, icon=":material/open_in_new:", type=looks)


# ---- a question -----------------------------------------------------------------


def _question(lesson: Lesson, number: int, question: Question, context: Context) -> None:
    progress = lesson_bar.progress(lesson)
    revealed = number in progress.revealed
    told = revealed or number in map(lesson.before, progress.revealed)  # by its pair
    options = range(len(question.choices))
    key = f"choice {lesson.id} {number}"
    if st.session_state.get(key) is None and number in progress.chosen:  # what the tab had kept
        st.session_state[key] = progress.chosen[number]
    chosen = st.radio(
        lesson_figures.fill(question.ask, context), options, index=progress.chosen.get(number),
        format_func=lambda place: _option(question, place, revealed), disabled=told, key=key,
    )  # fmt: skip
    if chosen is not None:
        progress.chosen[number] = chosen
        voting.note(lesson, number, chosen, context)
    voting.leave_room()
    if lesson.steps[number - 1].part == BEFORE:
        return
    if not revealed:
        waits = chosen is None and not _class_answers()
        first = "Choose an answer first." if waits else ""
        lesson_bar.offer_reveal(lesson, number, first, partial(_reveal, lesson, number))
        return
    _answer(question, progress.chosen.get(number), context)
    if lesson.steps[number - 1].part == AFTER:
        _answer_before(lesson, lesson.before(number), context)
    if question.attempt:
        attempt = links.parse(question.attempt)
        links.button(_attempt(attempt), attempt, icon=":material/science:", type="primary")


def _attempt(link: Link) -> str:
    """Say where an answer can be tried, and with what."""
    where, name = f"Try it on {contents.pages()[link.page].title}", link.parameters.get("model")
    card = next((each.card for each in checkpoints.available() if each.name == name), None)
    if card is None:
        return where
    return escaped(f"{where}: {originals.title(card.data)}, {messages.family_title(card)}")


def _offer(lesson: Lesson, number: int) -> None:
    with suppress(DataError):  # the step says itself what is wrong
        voting.offer(lesson, number, _context(lesson, number, sidebar.chosen_model()))


def _context(lesson: Lesson, number: int, model: Opened) -> Context:
    step = lesson.steps[number - 1]
    shown = here(step.control, step.target.parameters, model)
    return Context(model, shown | lesson_places.figures(lesson, number, model))


def _class_answers() -> bool:
    """Whether who is here asks others: a teacher need not choose to reveal."""
    return access.class_mode() and access.teacher()


def _option(question: Question, place: int, revealed: bool) -> str:
    """An answer; once it is revealed the right one is marked, by more than a colour."""
    words = question.choices[place]
    return f":green[**{words}**] {RIGHT}" if revealed and place == question.answer - 1 else words


@uncut
def _reveal(lesson: Lesson, number: int) -> None:
    """Keep that it is revealed; what the answer speaks of is shown, all else stays as it is."""
    lesson_bar.progress(lesson).revealed.add(number)
    lesson_bar.tell(lesson_bar.question_id(lesson, number))
    now, then = st.query_params.to_dict(), lesson_bar.shown(lesson, number)
    if not then.items() <= now.items():
        links.want(Link(lesson_bar.PAGE, now | then), leaves=False)


def _show_told(lesson: Lesson, number: int, progress: Progress) -> None:
    """Reveal what the class has been told, with the answer that was given in the vote."""
    question, name = lesson.steps[number - 1].question, lesson_bar.question_id(lesson, number)
    if question is None or st.session_state.pop(lesson_bar.TOLD, "") != name:
        return
    if question.place:
        lesson_places.reveal(lesson, number, sidebar.chosen_model())
    else:
        if type(said := votes.given(name)) is int:
            progress.chosen.setdefault(number, said)
        _reveal(lesson, number)
    if links.is_wanted():
        st.rerun()


def _answer(question: Question, chosen: int | None, context: Context) -> None:
    reveal = lesson_figures.fill(question.reveal, context)
    right = question.choices[question.answer - 1]
    if chosen == question.answer - 1:
        st.success(f"**As you said: {right}.** {reveal}", icon=":material/check:")
    else:
        no = "" if chosen is None else "No: "
        st.info(f"**{no}{right}.** {reveal}", icon=":material/lightbulb:")


def _answer_before(lesson: Lesson, number: int, context: Context) -> None:
    """Tell the answer to the question of the same kind that was asked before the lesson."""
    question, chosen = lesson.steps[number - 1].question, lesson_bar.progress(lesson).chosen
    assert question is not None
    right = question.answer - 1
    said = f" You had said: {question.choices[chosen[number]]}." if number in chosen else ""
    if chosen.get(number) == right:
        said = " You had said so."
    ask = lesson_figures.fill(question.ask, context)
    st.markdown(f"*Before the lesson:* {ask} **{question.choices[right]}.**{said}")
