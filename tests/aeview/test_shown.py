"""One declaration for what is shown: the address, what a bad link may not say, the browser."""

import pytest
from streamlit.testing.v1 import AppTest

from aeview import pages
from aeview.anomaly.shown import Question
from aeview.anomaly.shown import Shown as Anomaly
from aeview.denoise.shown import Shown as Denoise
from aeview.generate.shown import MAX_SAMPLES
from aeview.generate.shown import Shown as Generate
from aeview.lessons.shown import Shown as Lessons
from aeview.shown import Shown, number
from aeview.shown.fields import Refused

PARAMETERS = [(page.address, page.parameters) for page in pages.PAGES.values()]


def read():
    """Read Generate's link, and say what came of it."""
    import streamlit as st

    from aeview.generate.shown import Shown
    from aeview.shown import address

    st.session_state["read"] = Shown.start().as_json()
    st.session_state["said"] = address.take_notices()


def linked(**parameters):
    app = AppTest.from_function(read)
    app.query_params.update(parameters)
    app.run()
    assert not app.exception
    return app.session_state["read"], app.session_state["said"]


def test_no_page_in_a_lesson_has_a_name_of_the_lessons_own():
    others = [each for each in Shown.all if each is not Lessons]
    assert set(Lessons.parameters()) == {"lesson", "step"}
    assert not set(Lessons.parameters()) & {name for each in others for name in each.parameters()}


def test_a_link_says_what_is_shown():
    shown, said = linked(temperature="0.5", n="7", codes="gaussian", seed="3")
    assert (shown["temperature"], shown["n"], shown["method"], shown["seed"]) == (
        0.5, 7, "gaussian", 3,
    )  # fmt: skip
    assert said == []


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("temperature", "temperature", "3.5"), ("temperature", "temperature", "nan"),
        ("temperature", "temperature", "inf"), ("temperature", "temperature", "hot"),
        ("n", "n", "0"), ("n", "n", str(MAX_SAMPLES + 1)), ("n", "n", "7.5"),
        ("seed", "seed", "-1"), ("codes", "method", "EVIL"),
    ],
)  # fmt: skip
def test_what_a_link_may_not_say_is_ignored_with_a_sentence(name, field, value):
    shown, said = linked(**{name: value})
    assert shown == Generate().as_json()
    assert len(said) == 1
    assert f"“{name}”" in said[0]
    assert "ignored" in said[0]


def test_the_browser_has_the_same_start_and_bounds():
    told = {name: each for name, each in Generate.for_browser().items() if "low" in each}
    flow = {"label", "guidance", "steps", "time"}
    assert set(told) == {"seed", "n", "temperature", "noise"} | flow
    assert told["n"]["high"] == MAX_SAMPLES
    for name, bounds in told.items():
        assert bounds["start"] == getattr(Generate(), name)
        assert bounds["low"] <= bounds["start"] <= bounds["high"]


@pytest.mark.parametrize("shown", Shown.all, ids=lambda each: each.__module__)
def test_what_is_written_is_read_again(shown):
    usual = shown()
    for name, kind in shown.kinds().items():
        value = getattr(usual, name)
        if value not in ("", (), None):
            assert kind.read(kind.write(value), usual.as_json()) == value


@pytest.mark.parametrize(("page", "parameters"), PARAMETERS)
def test_no_page_reads_a_parameter_twice(page, parameters):
    assert len(set(parameters)) == len(parameters)


def come_back():
    """Show something, leave, come back: without a link it is there again."""
    import streamlit as st

    from aeview.generate.shown import Shown

    if st.session_state.setdefault("visit", 0) == 0:
        Shown(temperature=2.0, n=9).write()
    else:
        st.session_state["again"] = Shown.start().as_json()
    st.session_state["visit"] += 1


def test_what_was_shown_is_there_again_when_one_comes_back():
    app = AppTest.from_function(come_back).run()
    for name in list(app.query_params):
        del app.query_params[name]
    app.run()
    assert not app.exception
    assert (app.session_state["again"]["temperature"], app.session_state["again"]["n"]) == (2, 9)


def hear():
    """What the latent map's component reports of one map, asked for as that of two."""
    import streamlit as st

    from aeview.latent_map.shown import PIN, VIEW, Shown

    pin = {"key": "a", "code": [1.0, 2.0], "row": 3, "place": [1.0, 2.0]}
    st.session_state["latent_map"] = {"pin": pin, "view": None}
    before = Shown(colour="kl", layers=("fog",), row=7)
    st.session_state["here"] = Shown.reported(PIN, "a", before)
    st.session_state["there"] = Shown.reported(PIN, "b", before)
    st.session_state["unseen"] = Shown.reported(VIEW, "a", before)


def test_reports_of_another_map_do_not_count_and_a_part_keeps_the_rest():
    app = AppTest.from_function(hear).run()
    assert not app.exception
    here = app.session_state["here"]
    assert (here.code, here.row, here.colour, here.layers) == ((1, 2), 3, "kl", ("fog",))
    assert app.session_state["there"] is app.session_state["unseen"] is None


def test_what_the_browser_reports_is_kept_within_its_bounds():
    told = Generate.from_report({"n": 10**9, "temperature": -1, "method": "EVIL"})
    assert (told.n, told.temperature, told.method) == (MAX_SAMPLES, 0, Generate().method)
    assert Generate.from_report(None) is None


def forget():
    """Two looks at another model each."""
    import streamlit as st

    from aeview.traverse.shown import Shown

    Shown(code=(1.0, 2.0), row=3, seed=4).write()
    seen = [Shown.another("model", each) for each in ("one", "one", "two")]
    Shown.forget("code", "row")
    st.session_state["seen"], st.session_state["left"] = seen, Shown.start().as_json()


def test_another_model_is_noticed_and_what_was_the_first_ones_can_be_forgotten():
    app = AppTest.from_function(forget).run()
    assert not app.exception
    assert app.session_state["seen"] == [False, False, True]
    left = app.session_state["left"]
    assert {name: left[name] for name in ("code", "row", "seed")} == {
        "code": (), "row": -1, "seed": 4,
    }  # fmt: skip
    assert "z" not in app.query_params


def tell():
    """Say something, then take one of it back."""
    import streamlit as st

    from aeview.generate.shown import Shown

    Shown(image="test-3", seed=5).write()
    st.session_state["before"] = st.query_params.to_dict()
    Shown.tell(image=None)
    st.session_state["after"] = st.query_params.to_dict()
    st.session_state["remembered"] = Shown.remembered()


def test_what_is_empty_is_in_no_link_and_not_remembered():
    app = AppTest.from_function(tell).run()
    assert not app.exception
    before, after = app.session_state["before"], app.session_state["after"]
    assert before == after | {"image": "test-3"}
    assert "image" not in after
    assert "image" not in app.session_state["remembered"]
    assert app.session_state["remembered"]["seed"] == "5"


def test_a_start_that_another_field_forbids_is_brought_within_bounds():
    def below(values):
        return (0, values["most"])

    class Two(Shown):
        most: int = number(3, 0, 9)
        value: float = number(5.0, bounds=below)

    Shown.all.remove(Two)
    kind = Two.kinds()["value"]
    assert kind.usual(5.0, {"most": 3}) == 3
    assert kind.usual(5.0, {"most": 9}) == 5


@pytest.mark.parametrize(
    ("shown", "name", "before", "right", "wrong"),
    [
        (Denoise, "level", {"kind": "masking"}, "0.9", "0.95"),
        (Denoise, "level", {"kind": "patches"}, "0.5", "0.9"),
        (Anomaly, "value", {"rule": "conformal"}, "5", "99"),
        (Anomaly, "value", {"rule": "percentile"}, "99", "101"),
        (Question, "damage_level", {"damage": "gaussian"}, "1", "1.01"),
    ],
)
def test_bounds_follow_the_fields_before(shown, name, before, right, wrong):
    kind = shown.kinds()[name]
    assert kind.read(right, before) == float(right)
    with pytest.raises(Refused):
        kind.read(wrong, before)


def test_a_rule_without_a_setting_takes_none():
    kind = Anomaly.kinds()["value"]
    with pytest.raises(Refused):
        kind.read("1", {"rule": "f1"})
    assert kind.tame(1.0, {"rule": "f1"}) is None
