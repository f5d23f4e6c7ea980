"""A browser asks for pictures and codes of a model that the server runs: who, what, how often."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from asgi import Browser, finished
from starlette.applications import Starlette

import aecore
from aecore.limits import limits
from aecore.models.layers import OnnxGraph
from aeview.classroom.passes import _book
from aeview.shell import messages, web_page
from aeview.work import classifiers, live, served
from aeview.work.live import Opened


@pytest.fixture
def lab():
    """Any model will do: which ones are offered is `offer`'s matter."""
    found = aecore.open("digits-vae-2d")
    served._models()[found.stored.digest] = found.stored
    return found


def browser():
    return Browser(_book().issue("me"), Starlette(routes=[served.route()]))


def ask(tab, lab, side, values, digest=None):
    body = np.asarray(values, "<f4").tobytes()
    return tab.bytes("POST", f"/served/{digest or lab.stored.digest}/{side}", b"", body)


def test_pictures_and_codes_are_those_of_the_engine(lab):
    tab, codes = browser(), np.float32([[0.5, -1], [0, 2]])
    images = aecore.load_data("digits", "test").images[:3]

    async def both():
        return [await ask(tab, lab, *each) for each in (("decoder", codes), ("encoder", images))]

    (status, pictures), (other, numbers) = finished(both())
    assert (status, other) == (200, 200)
    shown = np.frombuffer(pictures, "<f4").reshape(2, 1, 28, 28)
    assert np.abs(shown - lab.decode(codes)).max() <= 1e-6
    mean = np.frombuffer(numbers, "<f4").reshape(3, -1)[:, :2]
    assert np.abs(mean - lab.encode(images)).max() <= 1e-6


def test_nobody_without_a_pass_and_nothing_but_codes_of_a_known_model(lab):
    tab, good, most = browser(), [[0, 0]], limits().asked
    stranger = Browser("not-a-pass", tab.app)

    async def all_of_them():
        return [status for status, _ in [
            await ask(stranger, lab, "decoder", good),
            await ask(tab, lab, "decoder", good, digest="0" * 16),
            await ask(tab, lab, "critic", good),
            await ask(tab, lab, "decoder", [0, 0, 0]),
            await ask(tab, lab, "decoder", []),
            await ask(tab, lab, "decoder", [[np.nan, 0]]),
            await ask(tab, lab, "decoder", np.zeros((most + 1, 2))),
            await ask(tab, lab, "decoder", np.zeros((most, 2))),
        ]]  # fmt: skip

    assert finished(all_of_them()) == [403, 404, 404, 400, 400, 400, 400, 200]


def test_a_session_is_answered_so_often_a_second_and_one_at_a_time(lab):
    pace, most = served.Pace(), limits().served_a_second
    for turn in range(most):
        assert pace.begin("me", turn / 100)
        assert not pace.begin("me", turn / 100), "one is under way"
        pace.end("me")
    assert not pace.begin("me", 0.99)
    assert pace.begin("another", 0.99)
    assert pace.begin("me", 1.0)
    pace.end("me")
    assert not pace.begin("me", 1.001)

    tab = browser()

    async def at_once():
        return await asyncio.gather(*(ask(tab, lab, "decoder", [[0, 0]]) for _ in range(3)))

    assert sorted(status for status, _ in finished(at_once())) == [200, 429, 429]


def test_what_needs_layers_or_a_browser_alone_is_said(lab):
    graph = OnnxGraph(1, (2,), (1, 28, 28), "channels first", 0.0, 1.0, "intensity")
    card = replace(lab.card, decoder=(graph,))
    assert messages.speed(card).startswith(
        "Decoded on the server, at most 20 a second. Its layers"
    )
    assert (classifiers.key(card), bool(classifiers.key(lab.card))) == ("", True)
    chosen = Opened("mine", lab.stored._replace(card=card))
    with pytest.raises(ValueError, match=r"^mine can't be saved .* decoded on the server"):
        web_page.make(chosen, live.natural(chosen.checkpoint))
