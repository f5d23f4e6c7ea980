"""A teacher's route: which files are taken, what becomes of the rest, who is led to its scenes."""

import pytest
import streamlit as st

from aecore.errors import DataError
from aeview.lessons import bar, scenes
from aeview.lessons.bar import Progress
from aeview.shell import desk, follow, links

SCENE = '[[scene]]\nid = "mine"\ntitle = "Dice"\nclaim = "c"\nlink = "generate?seed=5"\n'
STEP = SCENE.replace("generate?seed=5", "lessons?lesson=6-noise&step=4")
LINK = 'link = "generate?seed=5"'


@pytest.fixture(autouse=True)
def session(monkeypatch):
    state = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def test_the_scenes_that_ship_are_a_route_like_any_other():
    assert not bar.routed()
    assert bar.scenes() == scenes.read()
    bar.take_route(scenes.FILE.read_text(encoding="utf-8"))
    assert bar.routed()
    assert bar.scenes() == scenes.read()
    assert all(map(bar.ships, bar.scenes()))
    bar.take_route("")
    assert not bar.routed()


def test_a_route_is_presented_in_its_order_and_others_scenes_still_open():
    bar.take_route(STEP + SCENE.replace("mine", "other") + 'notes = "one\\ntwo"\n')
    assert [scene.id for scene in bar.scenes()] == ["mine", "other"]
    assert bar.scenes()[1].notes == "one\ntwo"
    assert [told["ships"] for told in desk.scenes()] == [False, False]
    assert bar.scene("masked").title == "Masked"
    assert bar.scene("nothing") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# empty", r"has to consist of \[\[scene\]\] tables"),
        ("<html>", "the route is not TOML"),
        ("a = " + "[" * 5000, "the route is not TOML"),
        ("scene = 3", r"has to consist of \[\[scene\]\] tables"),
        (SCENE + 'colour = "red"', "says “colour”"),
        (SCENE.replace('title = "Dice"', ""), "lacks its title"),
        (SCENE.replace("Dice", "x" * 401), "the title .* at most 400"),
        (SCENE + f'notes = "{"x" * 4001}"', "the notes .* at most 4,000"),
        (SCENE.replace("Dice", " "), "empty title"),
        (SCENE.replace('"mine"', '"<b>Mine</b>"'), "id is “<b>Mine</b>”"),
        (SCENE + SCENE, "“mine” twice"),
        (SCENE.replace("generate?", "kitchen?"), "names no page"),
        (SCENE.replace(LINK, 'link = "https://evil.example/"'), "names no page"),
        (SCENE.replace("seed=", "speed="), "“speed”, which the page generate does not read"),
        (SCENE + 'subject = "map"', "“map”, which is no figure of the page generate"),
        (STEP + 'subject = "map"', "its figures are none"),
        (STEP.replace("step=4", "step=99"), "step “99” of the lesson “6-noise”, which is not"),
        (STEP.replace("6-noise", "alchemy"), "lesson “alchemy”, which is not here"),
        ("\n".join(SCENE.replace("mine", f"m-{i}") for i in range(201)), "201 scenes; there may"),
        ("#" * 200_001, "more than 200,000 characters"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_and_the_route_stays(text, words):
    bar.take_route(SCENE)
    with pytest.raises(DataError, match=words) as said:
        bar.take_route(text)
    assert "\n" not in str(said.value)
    assert [scene.id for scene in bar.scenes()] == ["mine"]


def test_all_that_is_offered_can_be_taken():
    offered = bar.offered()
    assert offered["Scenes"] == scenes.read()
    assert sum(map(len, offered.values())) > len(scenes.read()) + 40
    ids = [scene.id for each in offered.values() for scene in each]
    assert len(set(ids)) == len(ids)


def test_a_step_that_is_a_scene_begins_unanswered_and_no_other(session):
    session[bar.PROGRESS] = {
        "6-noise": Progress(step=3, seen={1, 2}, chosen={4: 1, 6: 0}, revealed={4, 6})
    }
    session["choice 6-noise 4"] = 1
    bar.begin_step_anew(links.parse("lessons?lesson=6-noise&step=4"))
    kept = Progress(step=3, seen={1, 2}, chosen={6: 0}, revealed={6})
    assert session == {bar.PROGRESS: {"6-noise": kept}}
    bar.begin_step_anew(links.parse("generate?seed=1"))
    bar.begin_step_anew(links.parse("lessons?lesson=<b>&step=x"))


def test_who_follows_is_led_to_a_scene_that_only_the_teacher_has():
    bar.take_route(SCENE)
    place = follow.scene_place("mine")
    assert (place.scene, place.link, place.title) == ("mine", "generate?seed=5", "Dice")
    bar.take_route("")  # a student's session
    goal = follow.place_wanted(place)
    assert (goal.link.text, goal.title, goal.scene) == ("generate?seed=5", "Dice", "mine")
    shipped = follow.scene_place("masked")
    assert (shipped.scene, shipped.link) == ("masked", "")
    assert follow.to_scene("masked").link.page == "inside"
    assert follow.to_scene("mine") is None
