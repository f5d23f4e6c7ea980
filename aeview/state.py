"""Every session-state and query-parameter key, named once, and links that can't be trusted."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import streamlit as st

# Choices: the same name in the session state and in the URL.
DATA = "data"
MODEL = "model"
PROJECTION = "projection"
UNIT_X = "x"
UNIT_Y = "y"
PERPLEXITY = "perplexity"
POINTS = "points"

# Query parameters that the latent map writes itself.
PIN = "z"
PLACE = "at"
VIEW = "view"
COLOUR = "colour"
LAYERS = "layers"

# Query parameters that the traversal writes itself, besides the code as `PIN`.
START = "start"
SEED = "seed"
COLUMNS = "columns"
TRAVERSE_PARAMETERS = (PIN, START, COLUMNS)
MAP_PARAMETERS = (PIN, PLACE, VIEW, COLOUR, LAYERS, START)

# The Compare page: which models beside the sidebar's, and what it writes itself.
COMPARED = "with"
SAMPLE = "sample"
GAIN = "gain"
COMPARE_PARAMETERS = (SAMPLE, GAIN)

# Query parameters that the interpolation page writes itself.
FROM = "from"
TO = "to"
FRAMES = "frames"
PATH = "path"
SHARE = "t"
SUM = "sum"
ATTRIBUTE = "attribute"
INTERPOLATE_PARAMETERS = (FROM, TO, FRAMES, PATH, SHARE, SUM, ATTRIBUTE)

# Generate: the second model, and what the page's component reports.
PARTNER = "beside"
N_SAMPLES = "n"
TEMPERATURE = "temperature"
SAMPLER = "codes"
IMAGE = "image"
NOISE = "noise"

# Your image: which way in, which sample, and the overruled steps of its preparation.
INPUT = "input"
PICTURE = "picture"
STEPS = "steps"

# Your image, session state only.
OWN_PAD = "own_pad"
OWN_IMAGE = "own_image"
OWN_GIVEN = "own_given"
OWN_DRAWN = "own_drawn"
OWN_PROBLEMS = "own_problems"
OWN_PREPARED = "own_prepared"
OWN_FILES = "own_files"
OWN_UPLOADED = "own_uploaded"
OWN_ROWS = "own_rows"
OWN_CAMERA = "own_camera"
OWN_TABLE = "own_table"

# Anomaly: what is normal, what is strange, the score and its threshold.
NORMAL = "normal"
STRANGE = "strange"
SPOILT_BY = "damage"
SPOILT_LEVEL = "damage_level"
SCORE = "score"
RULE = "rule"
RULE_VALUE = "at_most"
THRESHOLD = "threshold"
JUDGED = "judge"
ANOMALY = "anomaly"
ANOMALY_LAST = "anomaly_last"

# Denoise: what its component reports, besides `SEED` and `N_SAMPLES`.
NOISE_KIND = "kind"
LEVEL = "level"
FIRST = "first"
SHOW = "show"
METRIC = "figure"
DENOISE = "denoise"
DENOISE_LAST = "denoise_last"
DENOISE_PAD = "denoise_pad"
DENOISE_FILES = "denoise_files"
# Train: the run on screen, and the names of its widgets.
RUN = "run"
RBM_TWIN = "train_twin"
THINGS = "train_things"
DEVICE = "train_device"
BESIDE_TICKED = "beside_ticked"
BESIDE_RUN = "beside_run"
TRAIN = "train"
TRAIN_DATA, TRAIN_PATH, TRAIN_SIDE = "train_data", "train_path", "train_side"
FAMILY_OF = "train_family"
BEGUN = "train_begun"
SAVE_AS = "save_as"
NEW_RUN = "new_run"
TO_SAVE = "to_save"
SAVED = "saved_as"
DISCARDED = "discarded_run"
RENAME = "rename_model"
TO_CHOOSE = "model_to_choose"
DELETED_MODEL = "deleted_model"

# Inside and Codes at work: what their components report, besides `SEED`, `NOISE_KIND`, `LEVEL`.
PART = "part"
SUBJECT = "of"
UNIT = "unit"
TURNS = "turns"
HIDDEN_SHARE = "hidden"
INSIDE_PARAMETERS = (PART, SUBJECT, UNIT, TURNS, HIDDEN_SHARE)
INSIDE = "inside"
INSIDE_GOING = "inside_going"
CARRIED = "carried_drawing"
CARD = "card_open"
WORK = "work"
FILES = "files"
SEARCH = "search"

# Every page: the short link of a scene, and what the desk at the head asks.
SCENE = "scene"
DESK = "desk"
TURNING, TURNED, BETWEEN, OPENED = "turning_to", "turned", "between", "opened_scene"
NOTE, NOTE_OFF, NOTED = "scene_note", "scene_note_off", "noted_scene"
# Class mode: the join code in the link; what was tried; what the teacher allows.
JOIN = "join"
TRIED = "join_tried"
SESSION = "session_token"
PASS, SETTLED = "pass_token", "pass_settled"
BOARD = "class_board"
WHOSE = "whose_runs"
LET_TRAIN = "let_students_train"
LET_SEE = "let_class_see"

# Lessons: which one and which step; what is done of them is in the session state, and in the tab.
LESSON = "lesson"
STEP = "step"
LESSON_AT = "lesson_at"
LESSON_ENTERED = "lesson_entered"
LESSON_BEFORE = "lesson_before"
LESSON_PROGRESS = "lesson_progress"
LESSON_TURN = "lesson_turn"
LESSON_KEPT = "lesson_kept"
LESSON_KNOWN = "lesson_known"
LEAVING = "leaving"
WANTED = "wanted_link"

# Session state only.
COMPARE = "compare"
COMPARED_FOR = "compared_for"
MAP = "latent_map"
TRAVERSE = "traverse"
FAMILY = "family"
INTERPOLATE = "interpolate"
ARITHMETIC = "arithmetic"
GENERATE = "generate"
GENERATE_LAST = "generate_last"
GENERATE_MODEL = "generate_model"
_NOTICES = "notices"
_LAST_CODES = "last_codes"
_KEPT = "kept_parameters"
LAST_MODEL = "last_model"
LAST_BENCH = "last_bench"

# What a page shows, as far as the session remembers it: a link that is opened begins anew.
SHOWN_STATES = (
    DATA, MODEL, PROJECTION, UNIT_X, UNIT_Y, PERPLEXITY, POINTS, PARTNER, COMPARED, COMPARED_FOR,
    INPUT, JUDGED, NORMAL, STRANGE, SPOILT_BY, WORK, FILES, MAP, TRAVERSE, FAMILY, INTERPOLATE,
    ARITHMETIC, GENERATE, GENERATE_LAST, GENERATE_MODEL, DENOISE, DENOISE_LAST, ANOMALY,
    ANOMALY_LAST, INSIDE, SEARCH, COMPARE, LAST_MODEL, LAST_BENCH, _KEPT, _LAST_CODES,
)  # fmt: skip

LAYER_NAMES = ("tiles", "fog", "prior", "thumbnails")
COLOURS = ("class", "error", "kl")
MAX_COORDINATE = 1000.0
MOST_NAMED = 3

Option = TypeVar("Option", str, int)


class Spelling(NamedTuple, Generic[Option]):
    """What options are called: on the screen, and in the address where that is another word."""

    words: Callable[[Option], str]
    codes: Mapping[Option, str]


def select(
    label: str,
    options: Sequence[Option],
    default: Option,
    key: str,
    *,
    words: Callable[[Option], str] | Spelling[Option] = str,
    widget: Callable[..., Option | None] | None = None,
    **settings: Any,
) -> Option:
    """Show a selectbox (or another such widget) whose value is in the session and in the URL.

    Both know it under the same name.

    The URL holds the option itself, or what a `Spelling` has for it (Streamlit's own binding
    writes the words on screen), and leaves out a default. A value that is not an option is
    ignored with a notice.
    """
    words, codes = words if isinstance(words, Spelling) else (words, {})
    if key not in st.session_state:
        st.session_state[key] = _linked(options, default, key, codes)
    if st.session_state[key] not in options:
        st.session_state[key] = default
    # Its place is given too: a busy browser may miss a value that the session alone has set, when
    # the next run follows at once.
    value = st.session_state[key]
    place = {"default": value} if widget else {"index": list(options).index(value)}
    chosen = (widget or st.selectbox)(
        label, options, key=key, format_func=words, **place, **settings
    )
    chosen = default if chosen is None else chosen
    if chosen == default:
        forget(key)
    else:
        set_parameters({key: codes.get(chosen, str(chosen))})
    return chosen


def _linked(
    options: Sequence[Option], default: Option, key: str, codes: Mapping[Option, str]
) -> Option:
    value = st.query_params.get(key)
    if value is None:
        return default
    by_text = {str(option): option for option in options}
    by_text |= {code: option for option, code in codes.items()}
    if value not in by_text:
        notice(f"The link's “{key}” is “{value[:60]}”, which is not offered here; it is ignored.")
    return by_text.get(value, default)


def notice(text: str) -> None:
    """Keep a sentence to be shown at the head of the page, once."""
    texts: list[str] = st.session_state.setdefault(_NOTICES, [])
    if text not in texts:
        texts.append(text)


def take_notices() -> list[str]:
    """Return what there is to say, and forget it."""
    texts: list[str] = st.session_state.pop(_NOTICES, [])
    return texts


def numbers(name: str, n: int, limit: float = MAX_COORDINATE) -> tuple[float, ...] | None:
    """Read n finite numbers from the link; anything else is ignored with a notice."""
    text = st.query_params.get(name)
    if text is None:
        return None
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) == n and all(math.isfinite(v) and abs(v) <= limit for v in values):
        return values
    del st.query_params[name]
    count = "a number in its range" if n == 1 else f"{n} numbers"
    notice(f"The link's “{name}” is not {count}; it is ignored.")
    return None


def words(name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Read a comma-separated list from the link and leave out what is not allowed."""
    given = [word for word in st.query_params.get(name, "").split(",") if word]
    if wrong := [word for word in given if word not in allowed]:
        forget(name)
        named = ", ".join(repr(word[:60]) for word in wrong[:MOST_NAMED])
        more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
        notice(f"The link's “{name}” names what does not exist here: {named}{more}; ignored.")
    return tuple(word for word in given if word in allowed)


def text(name: str) -> str | None:
    """Read a parameter from the link as it is."""
    return st.query_params.get(name)


def forget(*names: str) -> None:
    """Take parameters out of the link, for good."""
    kept = st.session_state.setdefault(_KEPT, {})
    for name in names:
        kept.pop(name, None)
        if name in st.query_params:
            del st.query_params[name]


def ignore(name: str, reason: str) -> None:
    """Take a parameter out of the link, and say why."""
    forget(name)
    notice(f"The link's “{name}” {reason}; it is ignored.")


def set_parameters(values: dict[str, str]) -> None:
    """Write parameters into the URL, touching only those that differ."""
    st.session_state.setdefault(_KEPT, {}).update(values)
    for name, value in values.items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def begin_anew(parameters: dict[str, str]) -> None:
    """Forget what the pages show and put these parameters into the link.

    To be called before any widget of the run. What the user typed, drew or uploaded stays, and
    so does the join code: it is not the page's, and the door has looked at the link already.
    """
    levels = [key for key in st.session_state if str(key).startswith(f"{SPOILT_LEVEL} ")]
    for key in (*SHOWN_STATES, *levels):
        if key in st.session_state:
            del st.session_state[key]
    code = {JOIN: st.query_params[JOIN]} if JOIN in st.query_params else {}
    st.query_params.from_dict({**parameters, **code})


def resume(*names: str) -> None:
    """Coming back to a page: where the link says nothing of it, say what it said before."""
    kept: dict[str, str] = st.session_state.get(_KEPT, {})
    if not any(name in st.query_params for name in names):
        set_parameters({name: kept[name] for name in names if name in kept})


def clear_map_parameters() -> None:
    """Forget pin and view: they belonged to another model."""
    forget(*MAP_PARAMETERS)


def clear_pin() -> None:
    """Forget the pin alone."""
    forget(PIN, PLACE)


def last_code(digest: str) -> tuple[float, ...] | None:
    """The code last pinned on this model in this session."""
    codes: dict[str, Any] = st.session_state.setdefault(_LAST_CODES, {})
    return codes.get(digest)


def remember_code(digest: str, code: tuple[float, ...]) -> None:
    """Keep the pinned code, so that another projection shows the same position."""
    st.session_state.setdefault(_LAST_CODES, {})[digest] = code
