"""The Anomaly page's parts for images: what is normal, what is strange, and the link."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aecore.errors import DataError
from aecore.noise import KINDS
from aeview.anomaly import rivals, sets
from aeview.anomaly.component import anomaly
from aeview.anomaly.sets import CLASSES, CORRUPTED, OWN, PHOTOGRAPHS, Choice
from aeview.anomaly.shown import HAND, JUDGED, LOWEST_LEVEL, ROWS, Question, Shown, level_key
from aeview.escape import escaped
from aeview.shell import sidebar
from aeview.shown import address
from aeview.streamlit_fixes import uncut
from aeview.work import cache, jobs
from aeview.work.live import Opened
from aeview.work.payload import payload

NOT_HERE = (
    "This page judges test images, which no model has learnt. {why} Or choose Digits, which is "
    "always here."
)
HELP_NORMAL = (
    "The sidebar's model judges what it has learnt, mostly all classes. For another choice a "
    "small model of it is trained here, in seconds."
)
HELP_STRANGE = (
    "What the model should find strange. It has not learnt any of it; but a denoising autoencoder "
    "has met damaged images."
)

EXPLANATION = """
- A model that has seen only **normal** images rebuilds most of those well and many others worse:
  its error is the **score**. It grows with the detail in an image, too, so a strange image
  without any (all 0) may score below all normal ones. Normal scores are drawn upwards, strange
  ones downwards; what lies to the right of the line is **flagged**.
- **Conformal**: the line is put by normal images that the model was *not* trained on, the
  calibration set. At most so many of the new normal images are flagged, *on average over
  calibration sets*, for images of the same source, whatever the scores look like. One set's own
  rate is a draw from a Beta distribution, whose middle 95 % the page shows; what was realised on
  test images stands beside it, with its 95 % interval (Wilson).
- **Per class**: conformal within each class (Mondrian), so that within each class, as its nearest
  codes tell it, at most so many are flagged, on average; by true class it can be more. A new image
  has no label; it counts to the class of most of its 5 nearest training codes, and so do the
  held-out ones. **For this set**: a higher line that holds for the very calibration
  set at hand, but for 5 % of such sets (PAC; Vovk 2012).
- **Mean + k·std** promises no 5 %: how many lie above it depends on the shape of the scores.
- **Best F1** looks at the labels of what is shown: in practice there are none, so take it as the
  best that this score could do.
- **AUROC** is the probability that a strange image scores above a normal one: 50 is guessing, 100
  is perfect. **Average precision** depends on how many strange ones there are.
- No score is best everywhere. The squared error is small for a faint image whatever is made of it
  (the *relative* error mends that); KL and latent distance see only how unusual the *code* is.
"""

# ---- choices -----------------------------------------------------------------------------


def choose(chosen: Opened, columns: list[DeltaGenerator], asked: Question) -> Choice:
    """Let the user choose, in four columns, what is normal and what is strange."""
    card = chosen.checkpoint.card
    with columns[0]:
        normal = _normal(card)
    with columns[1]:
        strange = _strange(card, normal)
    choice = Choice(normal, strange)
    if strange == CORRUPTED:
        with columns[2]:
            kind = Question.select("damage", "Damage", words=lambda kind: KINDS[kind].title)
        with columns[3]:
            choice = choice._replace(kind=kind, level=_level(kind, asked))
    return choice


def now(card: Card) -> tuple[Choice, Shown]:
    """What is judged and how, as the controls and the component say, without drawing them."""
    normal = Question.chosen("normal", sets.learnt(card))
    offered = sets.offered(card.data, normal, card.model.shape)
    choice = Choice(normal, Question.chosen("strange", offered[0]))
    if choice.strange == CORRUPTED:
        kind = Question.chosen("damage")
        level = st.session_state.get(level_key(kind), KINDS[kind].first)
        choice = choice._replace(kind=kind, level=level)
    return choice, Shown.reported() or _start()


def _normal(card: Card) -> str:
    data, classes, many = card.data, card.classes, card.things.many
    numbers = range(len(classes)) if len(classes) > 1 else range(0)
    options = ["all", *(f"without-{c}" for c in numbers), *(f"only-{c}" for c in numbers)]
    title = DATASETS[data].title if data in DATASETS else f"your {many}"
    return Question.select(
        "normal", "Normal", options, sets.learnt(card),
        words=lambda option: f"{title}: {sets.normal_words(option, classes)}",
        help=HELP_NORMAL, on_change=_follow_normal,
    )  # fmt: skip


@uncut
def _follow_normal() -> None:
    """Of a part of the classes the others are the strangers, until another choice is made."""
    partial = st.session_state[Question.link("normal")] != "all"
    strange = st.session_state.get(Question.link("strange"))
    if partial and strange == CORRUPTED:
        st.session_state[Question.link("strange")] = CLASSES
    elif not partial and strange == CLASSES:
        st.session_state[Question.link("strange")] = CORRUPTED


def _strange(card: Card, normal: str) -> str:
    options = sets.offered(card.data, normal, card.model.shape)
    noun = card.things.many
    own = "pictures" if noun == "images" else noun
    words = {
        CLASSES: "the other classes", CORRUPTED: f"damaged {noun}", PHOTOGRAPHS: "photographs",
        OWN: f"{own} of your own",
    }  # fmt: skip
    return Question.select(
        "strange", "Strange", options, options[0],
        words=lambda option: words.get(option) or DATASETS[option].title, help=HELP_STRANGE,
    )  # fmt: skip


def _level(kind: str, asked: Question) -> float:
    """A slider whose value is in the link; it begins with what was asked for."""
    first, high, key = KINDS[kind].first, KINDS[kind].high, level_key(kind)
    if key not in st.session_state:
        level = first if asked.damage_level is None else asked.damage_level
        st.session_state[key] = min(level, high)
    value: float = st.slider(
        "Level", LOWEST_LEVEL, high, step=0.01, key=key, help=KINDS[kind].level.capitalize() + "."
    )
    Question.tell(damage_level=None if value == first else value)
    return value


# ---- the model -----------------------------------------------------------------------------


def ready_judge(chosen: Opened, choice: Choice) -> sets.Judge | None:
    """Return the model of what is normal; where it has to be trained, do and show it."""
    found = sets.judge(chosen.name, chosen.checkpoint, choice.normal)
    if found is not None:
        return found
    card = chosen.checkpoint.card
    name = sets.training_name(card.data, card.model.shape[1:], choice.normal)
    which = sets.normal_words(choice.normal, card.classes)
    jobs.need(
        name, lambda job: sets.train(card, choice.normal, job),
        f"Training a small model of what is normal: {which}", sets.AGAIN,
    )  # fmt: skip
    return None


# ---- the page -----------------------------------------------------------------------------


def show() -> None:
    """Images or a table, then what a model makes of them."""
    asked = Question.start()
    first, rest = st.columns([12, 45])
    with first:
        judged = Question.select("judged", "What is judged", words=lambda kind: JUDGED[kind])
    if judged == ROWS:
        from aeview.anomaly import rows as anomaly_rows

        with rest:
            columns = st.columns([24, 13, 13])
        anomaly_rows.show(columns, judgement)
    else:
        with rest:
            columns = st.columns([13, 13, 11, 11])
        _images(columns, asked)


def _images(columns: list[DeltaGenerator], asked: Question) -> None:
    chosen = sidebar.chosen_model()
    card = chosen.checkpoint.card
    if not cache.has_set(card.data):
        sidebar.say_missing(card, NOT_HERE)
        return
    choice = choose(chosen, columns, asked)
    own = None
    if choice.strange == OWN:
        from aeview.anomaly import own as anomaly_own

        own = anomaly_own.ask(chosen.checkpoint)
        if own is None:
            return
        choice = choice._replace(upload=own.digest)
    try:
        made = ready_judge(chosen, choice)
        if made is None:
            return
        key = sets.key_of(chosen.checkpoint, made, choice)
        with st.spinner("Scoring …", show_time=False):
            judged = sets.judged(key, chosen.checkpoint, made, choice, own and own.pixels)
    except (DataError, ValueError, OSError) as error:
        st.error(escaped(str(error)))
        return
    st.caption(made.words)
    judgement(key, sets.owner_of(chosen.checkpoint, made, choice))
    payload(judged.block, key="anomaly block")
    _rivals(card, choice, judged)


def _rivals(card: Card, choice: Choice, judged: sets.Judged) -> None:
    from aecore.anomaly.scores import SCORES

    data, noun = card.data, card.things.many
    ours = [
        rivals.Line("This model", each.title, *judged.figures[each.title], ours=True)
        for each in SCORES.values()
        if each.compared and each.title in judged.figures
    ]
    sizes = rivals.sizes_of(judged.train, judged.normal, judged.strange)
    rivals.show(
        rivals.Setting(judged.key, sets.setting_of(data, choice), sizes, noun), ours,
        lambda: rivals.split_of(judged.train, judged.normal, judged.strange),
    )  # fmt: skip


@st.fragment
def judgement(key: str, owner: str) -> None:
    """Show the component and keep the link telling what it shows.

    A threshold set by hand belongs to its model and data, the `owner`.
    """
    another = Shown.another("owner", owner)
    shown = Shown.reported()
    start = shown or _start()
    anew = another and start.rule == HAND and not Shown.linked()
    if anew:
        start = start.replace(rule=Shown().rule, threshold=None)
    anomaly(key, start, Shown.component, anew)
    if shown or Shown.remembered():
        start.write()


def _start() -> Shown:
    """What the link says, what was shown before in this session, or the first picture."""
    start = Shown.start()
    if start.rule != HAND:
        return start.replace(threshold=None)
    if start.threshold is None:
        address.ignore(Shown.link("rule"), f"is “{HAND}” without a threshold")
        return start.replace(rule=Shown().rule)
    return start


# ---- words -----------------------------------------------------------------------------


def explain() -> None:
    """Say how the page is read."""
    with st.expander("How to read this page"):
        st.markdown(sidebar.say(EXPLANATION))


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    show()
    explain()
