"""The parts of the real pages that a lesson's step shows, so that one acts without leaving it."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from aeview import state
from aeview.generate import view as generation
from aeview.interpolate import view as interpolation
from aeview.latent_map import view as explorer
from aeview.lessons import places as lesson_places
from aeview.lessons.figures import OF_CONTROLS, number
from aeview.traverse import view as traversal
from aeview.work import cache, live
from aeview.work.live import Opened


class Control(NamedTuple):
    """A part of a page.

    Attributes:
        draw: shows it, in the step's fragment.
        send: sends its models to the browser, once a full run.
        reports: key of what it reports, and the name of the part that holds its numbers.
    """

    draw: Callable[[Opened], None]
    send: Callable[[Opened], None]
    reports: tuple[str, str] = ("", "")


def _plain(show: Callable[..., None]) -> Callable[..., None]:
    """A page's fragment without its own fragment: the step is one, so its formulas follow."""
    return inspect.unwrap(show)


def _send(model: Opened) -> None:
    live.send(*model, live.natural(model.held))


# ---- one model -----------------------------------------------------------------


def _map(model: Opened) -> None:
    _plain(explorer.show)(model.held, live.natural(model.held), lesson_places.guess())


def _traverse(model: Opened) -> None:
    _plain(traversal.show)(model.held, live.natural(model.held))


def _interpolate(model: Opened) -> None:
    _plain(interpolation.show)(*model, live.natural(model.held))


def _arithmetic(model: Opened) -> None:
    from aeview.interpolate import sums

    first = interpolation.usual_first(model.held)
    _plain(sums.show)(model.held, live.natural(model.held), first)


def _inside(model: Opened) -> None:
    from aeview.inside import view as inside

    _plain(inside.show)(model)


def _inside_error(model: Opened) -> float:
    from aeview.inside import view as inside

    return inside.error(model.held)


def _send_inside(model: Opened) -> None:
    from aeview.inside import view as inside

    inside.send(model)


def _own_image(model: Opened) -> None:
    from aeview.your_image import view as own_image

    own_image.show(model, live.natural(model.held))


def _rate_distortion(model: Opened) -> None:
    from aeview.traverse import family

    family.show(model.held)


# ---- several models -----------------------------------------------------------------


def _pair(model: Opened) -> list[Opened]:
    """The chosen model and the one that the link puts beside it."""
    beside = generation.linked_partner(model)
    return [model, *([beside] if beside else [])]


def _generate(model: Opened) -> None:
    _plain(generation.show)(_pair(model))


def _send_generate(model: Opened) -> None:
    for slot, (name, held) in enumerate(_pair(model)):
        live.send(name, held, live.natural(held), slot)


def _denoise(model: Opened) -> None:
    from aeview.denoise import view as denoising

    card = model.held.card
    images = denoising.offered(card.data, tuple(card.model.shape))
    _plain(denoising.show)(denoising.models(model), images, [])


def _send_denoise(model: Opened) -> None:
    from aeview.denoise import view as denoising

    card = model.held.card
    images = denoising.offered(card.data, tuple(card.model.shape))
    denoising.send(denoising.models(model), images)


def _anomaly(model: Opened) -> None:
    from aeview.anomaly import view as anomaly

    del model
    anomaly.show()


def _compare(model: Opened) -> None:
    from aeview.compare import view as compare

    _plain(compare.show)(compare.with_maps(compare.linked_models(model), cache.STORED_POINTS))


def _send_compare(model: Opened) -> None:
    from aeview.compare import view as compare

    compare.send(compare.with_maps(compare.linked_models(model), cache.STORED_POINTS))


def _code_size(model: Opened) -> None:
    from aeview.compare import measures

    del model
    measures.code_sizes()


def _nothing(model: Opened) -> None:
    del model


CONTROLS: dict[str, Control] = {
    "map": Control(_map, _send, (state.MAP, "pin")),
    "traverse": Control(_traverse, _send, (state.TRAVERSE, "place")),
    "interpolate": Control(_interpolate, _send, (state.INTERPOLATE, "shown")),
    "arithmetic": Control(_arithmetic, _send),
    "generate": Control(_generate, _send_generate, (state.GENERATE, "shown")),
    "denoise": Control(_denoise, _send_denoise, (state.DENOISE, "shown")),
    "own-image": Control(_own_image, _nothing),
    "anomaly": Control(_anomaly, _nothing),
    "compare": Control(_compare, _send_compare),
    "inside": Control(_inside, _send_inside),
    "rate-distortion": Control(_rate_distortion, _nothing),
    "code-size": Control(_code_size, _nothing),
}


def here(name: str, linked: dict[str, str], model: Opened) -> dict[str, float]:
    """What a step's control shows now: as it reported, else as the step's link says."""
    known = OF_CONTROLS.get(name, {})
    if not known:
        return {}
    if name == "inside":
        return {"error": _inside_error(model)}
    key, part = CONTROLS[name].reports
    reported: Any = (st.session_state.get(key) or {}).get(part)
    if name == "map" and not reported:
        reported = explorer.start(model.held, live.natural(model.held))["pin"]
    found = {}
    for figure, usual in known.items():
        value = number(reported, figure)
        found[figure] = _linked(linked, figure, usual) if value is None else value
    return found


def _linked(linked: dict[str, str], figure: str, usual: float) -> float:
    try:
        return float(linked.get(figure, usual))
    except ValueError:
        return usual
