"""Which map of a model is shown: its controls, and waiting where it has yet to be computed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from aecore.checkpoints import Stored
from aecore.data.catalogue import DATASETS
from aecore.latents.projection import PROJECTIONS, Linear
from aecore.latents.units import unit_name
from aecore.limits import limits
from aeview.escape import escaped
from aeview.shell import contents
from aeview.shown import Shown, text
from aeview.work import cache, jobs, live
from aeview.work.cache import STORED_POINTS, MapChoice

MAP_BEFORE = "map_before"  # key in the session state
WAITS = "map_waits"  # key of the room beside the controls
Watch = Callable[[jobs.Job], None]
POINTS_OFFERED = (10_000,)
PERPLEXITIES = [5, 15, 30, 50, 100]
USUAL_PERPLEXITY = 30
HELP_PROJECTION = "How codes are laid out on the plane. {words}."
HELP_PERPLEXITY = (
    "About how many neighbours each point keeps; less than a third of the codes. Usual: 5 to 50; "
    "default 30."
)
HELP_ACROSS = "The latent unit drawn from left to right."
HELP_UP = "The latent unit drawn upwards."
HELP_POINTS = "How many images are drawn: the model's own sample, or more from the data set."


class MapShown(Shown):
    """Which map: its kind, the units drawn, the perplexity, how many points."""

    projection: str = text()
    x: str = text()
    y: str = text()
    perplexity: str = text()
    points: str = text()


# ---- controls ----------------------------------------------------------------------------------


def controls(checkpoint: Stored) -> tuple[MapChoice, Any]:
    """Draw the row of controls; what is chosen, and the room that is left beside them."""
    d = checkpoint.card.model.code_dim
    natural = live.natural(checkpoint).projection
    row = st.container(key="map_choice")
    columns = row.columns([2.2, 1.5, 1.2, 1.2, 5], vertical_alignment="bottom")
    beside = columns[-1].container(horizontal=True, vertical_alignment="bottom", key=WAITS)
    if d == 1:
        with columns[0]:
            return live.natural(checkpoint)._replace(n_points=n_points(checkpoint)), beside
    _follow_model(checkpoint)
    with columns[0]:
        projection = MapShown.select(
            "projection",
            "Projection",
            list(PROJECTIONS),
            natural,
            words=lambda name: PROJECTIONS[name].title,
            help=HELP_PROJECTION.format(
                words="; ".join(p.words for p in PROJECTIONS.values() if p.words)
            ),
        )
    with columns[1]:
        shown = n_points(checkpoint)
    units, perplexity = (0, 1), USUAL_PERPLEXITY
    settings = PROJECTIONS[projection].settings
    if "units" in settings and d > 2:
        units = _units(d, columns[2], columns[3])
    if "perplexity" in settings:
        offered = perplexities(shown or len(checkpoint.latents))
        with columns[2]:
            perplexity = MapShown.select(
                "perplexity", "Perplexity", offered, _usual(offered), help=HELP_PERPLEXITY
            )
    return MapChoice(projection, units, perplexity, shown), beside


def perplexities(n_codes: int) -> list[int]:
    """Those that t-SNE takes for so many codes."""
    most = (n_codes - 1) // 3
    return [each for each in PERPLEXITIES if each <= most] or [max(2, most)]


def _usual(offered: list[int]) -> int:
    return USUAL_PERPLEXITY if USUAL_PERPLEXITY in offered else offered[-1]


def _follow_model(checkpoint: Stored) -> None:
    """Another model starts on its natural map, unless one that is not linear was chosen."""
    link = MapShown.link("projection")
    chosen = st.session_state.get(link) or MapShown.remembered().get("projection", "")
    other = MapShown.another("model", checkpoint.origin)
    if other and issubclass(PROJECTIONS.get(chosen, Linear), Linear):
        MapShown.forget("projection")


def _units(d: int, left: Any, right: Any) -> tuple[int, int]:
    options = list(range(1, d + 1))
    with left:
        x = MapShown.select("x", "Across", options, 1, words=_unit, help=HELP_ACROSS)
    with right:
        y = MapShown.select("y", "Up", options, 2, words=_unit, help=HELP_UP)
    units = _two(x, y, d)
    if x == y:
        st.caption(
            f"The same unit twice makes a line; {unit_name(units[1])} is drawn upwards instead."
        )
    return units


def _two(x: int, y: int, d: int) -> tuple[int, int]:
    """Two different units, from 0, of two numbers from 1."""
    return x - 1, x % d if x == y else y - 1


def _unit(number: int) -> str:
    return unit_name(number - 1)


def n_points(checkpoint: Stored) -> int:
    """Offer more points where the data set is here; 0 for those that the checkpoint carries."""
    own = len(checkpoint.latents)
    total = DATASETS[checkpoint.card.data].n_images if checkpoint.card.data in DATASETS else own
    total = min(total, limits().map_points)
    card = checkpoint.card
    if not card.encodes or not cache.has_set(card.data) or total <= own:
        return STORED_POINTS
    options = [own, *(n for n in POINTS_OFFERED if n < total), total]
    chosen = MapShown.select(
        "points", "Points", options, own, words=lambda n: f"{n:,}", help=HELP_POINTS
    )
    return STORED_POINTS if chosen == own else chosen


def choice(checkpoint: Stored) -> MapChoice:
    """What the controls say, without drawing them."""
    d, said = checkpoint.card.model.code_dim, st.session_state
    natural = live.natural(checkpoint)
    n = said.get(MapShown.link("points"), len(checkpoint.latents))
    stored = n == len(checkpoint.latents) or not checkpoint.card.encodes
    natural = natural._replace(n_points=STORED_POINTS if stored else n)
    projection = said.get(MapShown.link("projection"), natural.projection)
    if d == 1 or projection not in PROJECTIONS:
        return natural
    units, perplexity = (0, 1), USUAL_PERPLEXITY
    settings = PROJECTIONS[projection].settings
    if "units" in settings and d > 2:
        units = _two(said.get(MapShown.link("x"), 1), said.get(MapShown.link("y"), 2), d)
    if "perplexity" in settings:
        offered = perplexities(natural.n_points or len(checkpoint.latents))
        perplexity = said.get(MapShown.link("perplexity"), _usual(offered))
        perplexity = perplexity if perplexity in offered else _usual(offered)
    return MapChoice(projection, units, perplexity, natural.n_points)


def parameters(page: str) -> dict[str, str]:
    """What a link to a page says of the chosen map; nothing where it offers no choice of maps."""
    if MapShown not in contents.pages()[page].shown:
        return {}
    return {MapShown.link(name): text for name, text in MapShown.remembered().items()}


def ready(checkpoint: Stored, watch: Watch | None = None) -> MapChoice | None:
    """Draw the controls; the map that is chosen, or None while it is being computed.

    Meanwhile the page shows the map `before`, at its place: what waits stands beside the controls.
    `watch` is called with the job that computes a t-SNE, as `jobs.show` calls it.
    """
    choice, beside = controls(checkpoint)
    with beside, st.container(key="map_needs"):
        if _computed(checkpoint, choice):
            st.session_state[MAP_BEFORE] = checkpoint.digest, choice
            return choice
        if cache.table(checkpoint, choice.n_points) is None:
            wait_for_points(checkpoint, choice)
        else:
            wait_for_tsne(checkpoint, choice, watch)
    return None


def before(checkpoint: Stored) -> MapChoice:
    """What is shown while the chosen map is computed: of the same points, if their codes are here.

    The model's map that was shown last in this session, else its natural one.
    """
    digest, last = st.session_state.get(MAP_BEFORE, ("", None))
    known = last is not None and digest == checkpoint.digest and _computed(checkpoint, last)
    shown: MapChoice = last if known else live.natural(checkpoint)
    n = choice(checkpoint).n_points
    if shown.n_points == n or cache.table(checkpoint, n) is None:
        return shown
    return live.natural(checkpoint)._replace(n_points=n)


def forming(checkpoint: Stored) -> str:
    """The key of the chosen map while its t-SNE is being computed; else nothing."""
    key = cache.atlas_key(checkpoint, choice(checkpoint))
    job = jobs.find(_name(key))
    return key if job is not None and job.running else ""


def _computed(checkpoint: Stored, choice: MapChoice) -> bool:
    if cache.table(checkpoint, choice.n_points) is None:
        return False
    return cache.projection(checkpoint, choice) is not None


# ---- waiting -----------------------------------------------------------------------------------


def wait_for_points(checkpoint: Stored, choice: MapChoice) -> None:
    """Encode more images in the background, with progress."""
    name = f"encode {checkpoint.digest} {choice.n_points}"
    title = checkpoint.card.things.say(f"Encoding {choice.n_points:,} images")
    _wait(
        name,
        title,
        lambda job: cache.compute_table(checkpoint, choice.n_points, job),
        at_once=True,
    )


def wait_for_tsne(checkpoint: Stored, choice: MapChoice, watch: Watch | None = None) -> None:
    """Compute t-SNE in the background, with progress; it starts at a button if it is long."""
    points = cache.table(checkpoint, choice.n_points)
    assert points is not None
    n_points = len(points)
    at_once = n_points <= len(checkpoint.latents)
    _wait(
        _name(cache.atlas_key(checkpoint, choice)),
        f"t-SNE of {n_points:,} codes",
        lambda job: cache.compute_tsne(checkpoint, choice, job),
        at_once,
        watch,
    )


def _name(key: str) -> str:
    """Of the job that computes a map."""
    return f"tsne {key}"


def _wait(
    name: str, title: str, work: jobs.Work, at_once: bool, watch: Watch | None = None
) -> None:
    job = jobs.find(name)
    if job is not None and job.running:
        jobs.show(name, title, watch)
        return
    if job is not None and job.state == "failed":
        st.warning(escaped(f"{title}: {job.problem}"))
    if job is not None and job.state in ("failed", "cancelled"):
        jobs.offer("Start again", name, work, type="primary", help=f"{title}: {job.state}.")
    elif job is None and at_once:
        jobs.start(name, work)
        jobs.show(name, title, watch)
    else:
        jobs.offer(f"Compute {title}", name, work, type="primary", help="This may take minutes.")


def middle(checkpoint: Stored, choice: MapChoice) -> int:
    """The training point nearest to the middle of the map, pinned from the first picture on."""
    plane, points = cache.projection(checkpoint, choice), cache.table(checkpoint, choice.n_points)
    assert plane is not None
    assert points is not None
    away = np.square(plane.points - np.median(plane.points, axis=0)).sum(axis=1)
    learnt = points.split == 0  # so that it is its own nearest training image
    return int(np.where(learnt | ~learnt.any(), away, np.inf).argmin())
