"""Who may do what, asked at the act itself: alone, as a student, as the teacher."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from test_train import PLAN, button, finished

from aecore.checkpoints import available, own_folder, read_card, register, shipped_folder
from aecore.runs.folder import State, create, runs
from aeview.classroom import access, owners
from aeview.classroom.access import Act, Refused
from aeview.classroom.entrance import WRONG_CODE, _here
from aeview.shell import data_choice, model_card, originals, own_models
from aeview.shown import address
from aeview.train import saving
from aeview.train import view as training
from aeview.train.view import begin
from aeview.work import cache
from tests.cards import rewrite

ROOT = Path(__file__).parent.parent.parent
KEY = "only-the-teacher"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(training, "launch", lambda run, do="play": None)
    return tmp_path / "home"


@pytest.fixture
def school(monkeypatch):
    """Class mode."""
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_TEACHER_KEY", KEY)


@pytest.fixture
def me(monkeypatch):
    """me(name): from now on the session is that one's."""

    def be(name):
        monkeypatch.setattr(access, "session", lambda: name)

    be("a student")
    return be


def behind_the_door():
    import streamlit as st

    from aeview.classroom import entrance

    entrance.admit()
    st.title("Inside")
    entrance.sign()


@pytest.fixture
def open_app(monkeypatch):
    """open_app(script, **parameters) → the script under AppTest, run once."""
    monkeypatch.chdir(ROOT)

    def opened(script=behind_the_door, **parameters):
        at = AppTest.from_function(script, default_timeout=120)
        for name, value in parameters.items():
            at.query_params[name] = value
        return at.run()

    return opened


# ---- the mode -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "in_class"),
    [("localhost", False), ("127.0.0.1", False), ("::1", False), (None, True),
     ("0.0.0.0", True), ("192.168.1.7", True), ("school.example", True)],
)  # fmt: skip
def test_a_server_that_others_can_reach_is_in_class_mode(monkeypatch, address, in_class):
    monkeypatch.setenv("AECORE_CLASS", "")
    monkeypatch.setattr(st, "get_option", lambda name: address)
    access.settle()
    assert access.class_mode() is in_class


def test_what_the_environment_says_goes_before_the_address(monkeypatch):
    monkeypatch.setattr(st, "get_option", lambda name: "0.0.0.0")
    monkeypatch.setenv("AECORE_CLASS", "0")
    access.settle()
    assert not access.class_mode()
    monkeypatch.setenv("AECORE_CLASS", "perhaps")
    with pytest.raises(ValueError, match="AECORE_CLASS is 'perhaps', but must be 1 or 0"):
        access.settle()


def test_alone_everything_is_allowed(me):
    assert all(access.may(act) for act in Act)
    assert access.joined()
    assert access.may_steer(create(PLAN))


def test_a_student_may_train_and_nothing_that_touches_others(school, me):
    assert [act for act in Act if access.may(act)] == [Act.TRAIN]
    with pytest.raises(Refused, match="Deleting is the teacher's part in class mode"):
        access.demand(Act.DELETE)


# ---- keys and codes -----------------------------------------------------------------------------


def test_the_key_opens_its_own_session_alone(school, me):
    assert not access.sign_in("wrong")
    assert access.sign_in(f" {KEY} ")
    assert all(access.may(act) for act in Act)
    me("another student")
    assert not access.may(Act.DELETE)
    me("a student")
    access.sign_out()
    assert not access.may(Act.DELETE)


def test_a_key_that_nobody_chose_is_made_once_and_only_its_owner_reads_it(
    school, monkeypatch, home, capsys
):
    monkeypatch.delenv("AECORE_TEACHER_KEY")
    made = access.teacher_key()
    assert len(made) == 14
    assert access.teacher_key() == made == (home / "teacher.key").read_text()
    assert stat.S_IMODE((home / "teacher.key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["teacher.key"]
    access.settle()
    access.settle()
    assert capsys.readouterr().err.count(made) == 1


def test_guesses_are_counted_by_address_for_a_minute(school, me, monkeypatch, bounds):
    bounds(guesses=10)
    clock = [100.0]
    monkeypatch.setattr(access.time, "monotonic", lambda: clock[0])
    for _ in range(10):
        assert not access.sign_in("wrong")
    me("the same child, a new tab")
    with pytest.raises(Refused, match="10 wrong codes came from this address"):
        access.sign_in(KEY)
    clock[0] += 61
    assert access.sign_in(KEY)
    assert not access.join("wrong")
    assert len(access._guesses()["here"]) == 1, "older ones are forgotten"


def test_both_are_compared_in_constant_time(school, me, monkeypatch):
    seen = []
    monkeypatch.setattr(
        access.hmac, "compare_digest", lambda a, b: seen.append((a, b)) or a == b
    )  # the same length whatever was said
    access.sign_in("x")
    monkeypatch.setenv("AECORE_JOIN_CODE", "kiwi")
    access.join("y" * 5000)
    assert {len(each) for pair in seen for each in pair} == {32}


def test_a_browser_that_makes_up_a_sessions_entries_becomes_nobody(open_app, school):
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
    from streamlit.runtime.state import SessionState

    forged = SessionState()
    widgets = WidgetStates(
        widgets=[WidgetState(id=name, string_value="x") for name in (access.SESSION, "$$ID-a-b")]
    )
    forged.set_widgets_from_proto(widgets)
    assert access.SESSION not in forged


def test_the_class_joins_by_code_or_by_link_and_the_link_keeps_it(open_app, school, monkeypatch):
    monkeypatch.setenv("AECORE_JOIN_CODE", "Kiwi 7")
    outside = open_app()
    asked = [each.label for each in outside.text_input]
    assert asked == ["The code on the board", "The teacher's key"]
    assert not outside.title
    outside.text_input[0].set_value("apple")
    button(outside, "Join").click().run()
    assert [each.value for each in outside.error] == [WRONG_CODE]
    outside.text_input[0].set_value("kiwi 7")
    button(outside, "Join").click().run()
    assert [each.value for each in outside.title] == ["Inside"]
    assert outside.query_params["join"] in ("Kiwi 7", ["Kiwi 7"])
    assert open_app(join="KIWI 7").title
    assert not open_app(join="../../x").title
    teacher = open_app()
    teacher.text_input[1].set_value(KEY)
    button(teacher, "Sign in as the teacher").click().run()
    assert [each.label for each in teacher.expander][-1] == "Class · teacher"
    board = " ".join(each.body for each in teacher.get("html"))
    assert '<p class="board code">Kiwi 7</p>' in board
    assert "1 browser tab is here now" in " ".join(each.value for each in teacher.caption)
    assert not any("Kiwi" in each.body for each in outside.get("html"))  # nothing for students
    teacher.toggle(key="let_students_train").set_value(False).run()
    assert not access.students_train()


def test_there_is_room_for_so_many_and_the_next_is_told(open_app, bounds):
    bounds(sessions=2)
    _here().update({"one", "two"})
    assert [each.value for each in open_app().warning] == [
        "2 people are here, as many as this server takes at once: try again in a few minutes."
    ]
    _here().discard("one")
    assert not open_app().warning


# ---- acts ---------------------------------------------------------------------------------------


def test_a_run_is_steered_by_who_began_it_and_by_the_teacher(school, me):
    mine, theirs = create(PLAN), create(PLAN)
    access.own(mine)
    me("somebody else")
    access.own(theirs)
    me("a student")
    access.demand_steering(mine)
    for act in (saving.keep, lambda run, _: access.demand_steering(run)):
        with pytest.raises(Refused, match="Steering a run that somebody else began"):
            act(theirs, "name")
    access.sign_in(KEY)
    access.demand_steering(theirs)


@pytest.mark.parametrize("act", [
    lambda run: training.want(run, "stop"), lambda run: training._step(run, "epochs"),
    training._take_up, training._reset, saving._delete,
])  # fmt: skip
def test_an_act_is_refused_where_it_is_done_not_only_where_it_is_offered(
    school, me, act, monkeypatch
):
    said = []
    monkeypatch.setattr(address, "notice", said.append)
    monkeypatch.setattr(saving, "_leave", lambda: None)
    run = finished(name="stopped")
    wish = run.wish
    act(run)
    assert len(said) == 1
    assert "the teacher's part in class mode" in said[0]
    assert (run.wish, len(runs())) == (wish, 1)


def test_training_can_be_locked_and_unlocked_by_the_teacher_alone(school, me, monkeypatch):
    said = []
    monkeypatch.setattr(address, "notice", said.append)
    monkeypatch.setattr(training, "choose", lambda run: None)
    with pytest.raises(Refused):
        access.let_students_train(False)
    me("the teacher")
    access.sign_in(KEY)
    access.let_students_train(False)
    me("a student")
    training.begin(PLAN)
    assert said == ["Training is the teacher's part in class mode; sign in at the sidebar's foot."]
    assert runs() == []
    me("the teacher")
    access.let_students_train(True)
    me("a student")
    training.begin(PLAN)
    assert len(runs()) == 1


def test_one_student_has_so_many_runs_under_way(school, me, monkeypatch):
    said = []
    monkeypatch.setattr(address, "notice", said.append)
    monkeypatch.setattr(training, "choose", lambda run: None)
    for _ in range(3):
        training.begin(PLAN)
    assert len(runs()) == 2
    assert said == ["You have 2 runs that have not ended, as many as one may: stop one first"]
    runs()[0].say(State("stopped"))
    training.begin(PLAN)
    assert len(runs()) == 3
    me("another")
    training.begin(PLAN)
    assert len(runs()) == 4


@pytest.mark.parametrize(
    ("training", "words"),
    [
        ({"epochs": 201}, "201 epochs are more than the 200 that a run may have"),
        ({"rbm_epochs": 300}, "300 RBM passes"),
        ({"batch_size": 2000}, "2,000 images for each step"),
    ],
)
def test_a_plan_beyond_the_bounds_is_refused_when_it_begins(
    school, me, monkeypatch, training, words
):
    said = []
    monkeypatch.setattr(address, "notice", said.append)
    recipe = replace(PLAN.recipe, training=replace(PLAN.recipe.training, **training))
    begin(replace(PLAN, recipe=recipe))
    assert words in said[0]
    assert runs() == []


# ---- paths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/etc", "~", "{root}/../outside", "{root}/link", "{root}-too"])
def test_in_class_mode_no_path_leaves_the_allowed_folders(school, me, tmp_path, monkeypatch, path):
    root, outside = tmp_path / "data", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "link").symlink_to(outside)
    monkeypatch.setenv("AECORE_ROOTS", str(root))
    named = path.format(root=root)
    with pytest.raises(Refused, match="Naming a path on the server is the teacher's part"):
        data_choice.allowed(named)
    access.sign_in(KEY)
    with pytest.raises(Refused, match="AECORE_ROOTS"):
        data_choice.allowed(named)
    with pytest.raises(ValueError, match="none of the folders"):
        cache.split(str(Path(named).expanduser()), "train", 28)
    assert not cache.has_set(named)
    assert data_choice.allowed(f"{root}/sub/../own") == str(root / "own")
    assert data_choice.allowed("digits") == "digits"


def own_data(tmp_path, name):
    """A model of somebody's own table, which lies in none of the allowed folders."""
    (tmp_path / "private").mkdir(exist_ok=True)
    (tmp_path / "private/own.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    path, data = tmp_path / f"{name}.safetensors", str(tmp_path / "private/own.csv")
    rewrite(
        shipped_folder() / "digits-ae-2d.safetensors", lambda card: card.update(data=data), path
    )
    return path, data


def test_the_teacher_lets_the_class_see_what_this_machine_has_learnt_and_nothing_else(
    school, me, tmp_path
):
    path, data = own_data(tmp_path, "mine")
    card = read_card(path)
    assert "start it again with their folder" not in originals.why(card)  # who is no teacher
    me("the teacher")
    access.sign_in(KEY)
    assert "start it again with their folder" in originals.why(card)
    with pytest.raises(Refused, match="Only a data set that a model of this machine has learnt"):
        access.let_class_see(data, True)  # a file that came from elsewhere
    register(path)
    assert "let the class see them in the sidebar" in originals.why(card)
    me("a student")
    with pytest.raises(Refused, match="Letting the class see a data set is the teacher's part"):
        access.let_class_see(data, True)
    assert "the teacher can let the class see" in originals.why(card)
    assert "not on this machine" not in originals.why(card)
    assert not cache.has_set(data)
    me("the teacher")
    access.let_class_see(data, True)
    access.let_students_train(False)  # another decision leaves this one
    me("a student")
    assert cache.has_set(data)
    assert originals.why(card) == ""
    assert not access.may_open(str(tmp_path / "private"))
    assert not access.may_open(str(tmp_path / "private/other.csv"))
    (tmp_path / "private/own.csv").unlink()
    assert "no longer lie where the model was trained" in originals.why(card)
    assert data not in originals.why(card)  # the server's paths are not a student's
    me("the teacher")
    access.let_class_see(data, False)
    assert not access.may_open(data)


def the_sidebar():
    from aeview.shell import sidebar

    sidebar.show()


def test_an_address_names_own_data_without_the_servers_path(open_app, tmp_path):
    path, data = own_data(tmp_path, "mine")
    register(path)
    at = open_app(the_sidebar, data="own.csv")
    assert at.session_state["data"] == data
    assert at.query_params["data"] == "own.csv"
    assert open_app(the_sidebar, data=data).session_state["data"] == data  # an older link
    same = ["digits", "/a/digits", "/a/x", "/b/x"]
    codes = originals.codes(same)
    assert len(set(codes.values())) == len(same)
    assert not any("/" in code for code in codes.values())


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "/" + "y/" * 3000])
def test_what_is_no_path_gets_a_sentence(path):
    with pytest.raises(Refused, match="This is not a path"):
        access.data_path(path)


def the_form():
    from aeview.train import form as training_form

    training_form.form()


def test_the_form_offers_paths_to_who_may_name_them(open_app, school, monkeypatch):
    student = open_app(the_form)
    assert "your own …" not in student.selectbox(key="train_data").options
    monkeypatch.setenv("AECORE_CLASS", "0")
    assert "your own …" in open_app(the_form).selectbox(key="train_data").options


@pytest.mark.parametrize("name", [
    "../x", "/etc/x", "a/b", "a\\b", "x\0y", "..", ".hidden", "a..b", "-rf", "x.", "CON", "nul.x",
    "a" * 61, "é" * 40, "\u202egnp", "a\u200bb", "a\nb", " ", "a:b", "<b>", "*x*", "[x](y)", "~",
])  # fmt: skip
def test_a_name_that_is_no_file_name_is_refused(name, home):
    run = finished()
    with pytest.raises(ValueError, match=r"A name has|too long|keeps for itself"):
        saving.keep(run, name)
    assert not (home / "models").exists()


@pytest.mark.parametrize(("name", "kept"), [
    ("my-vae", "my-vae"), (" größe_2.b ", "größe_2.b"), ("ﬁne", "fine"), ("u\u0308", "ü"),
])  # fmt: skip
def test_names_of_any_script_are_kept_composed_alike(name, kept):
    assert own_models.model_name(name) == kept


def test_a_name_in_other_letters_is_the_same_name(home):
    run = finished()
    saving.keep(run, "Mine")
    assert run.saved
    with pytest.raises(ValueError, match="There is a model called mine already"):
        saving.keep(run, "mine")


def test_saved_models_are_deleted_by_the_teacher_alone_and_kept_aside(school, me, home):
    run = finished()
    access.own(run)
    path = saving.keep(run, "mine")
    assert not own_models.deletable(path)
    with pytest.raises(Refused, match="Deleting is the teacher's part"):
        own_models.delete_model(path)
    access.sign_in(KEY)
    with pytest.raises(Refused, match="Only models that were saved"):
        own_models.delete_model(ROOT / "checkpoints/digits-vae-2d.safetensors")
    own_models.delete_model(path)
    assert "mine" not in {entry.name for entry in available()}
    assert (home / "models/deleted/mine.safetensors").is_file()
    own_models.restore_model("mine")
    assert "mine" in {entry.name for entry in available()}
    assert not own_models.can_be_restored("mine")
    for name, words in (("digits-vae-2d", "already"), ("../x", "A name has")):
        with pytest.raises(ValueError, match=words):
            own_models.rename_model(path, name)
    renamed = own_models.rename_model(path, "ours")
    assert {"ours", "mine"} & {entry.name for entry in available()} == {"ours"}
    me("another student")
    with pytest.raises(Refused, match="Renaming is the teacher's part"):
        own_models.rename_model(renamed, "his")


def test_a_model_that_comes_while_the_sidebar_is_drawn_is_in_its_list(
    open_app, school, monkeypatch
):
    draw = model_card.show

    def joined_meanwhile(entry):
        draw(entry)
        mine = own_folder() / "mine.safetensors"
        if not mine.exists():  # another session's
            mine.parent.mkdir(parents=True)
            mine.write_bytes((shipped_folder() / "digits-pca-2d.safetensors").read_bytes())
            register(mine)

    monkeypatch.setattr(model_card, "show", joined_meanwhile)
    names = open_app(the_sidebar).selectbox[1].options
    assert any(name.startswith("mine") for name in names)


def test_a_run_in_a_class_says_whose_it_is(school, me):
    before, theirs, mine = create(PLAN), create(PLAN), create(PLAN)
    access.own(mine)
    me("another")
    access.own(theirs)
    assert owners.of(theirs) == f"yours ({owners.word('another')})"
    assert not owners.mine(mine)
    me("a student")
    assert (owners.of(theirs), owners.of(before)) == (owners.word("another"), owners.BEFORE)
    assert owners.mine(mine)
    assert len({owners.word(str(n)) for n in range(100)}) == 100


def the_run_and_the_model():
    from pathlib import Path

    import streamlit as st

    from aeview.shell import frame, sidebar
    from aeview.train import view as training

    notices = st.container()
    run = training.chosen()
    sidebar.show()
    chosen = sidebar.chosen()
    st.title(f"{run and run.name}, {chosen and Path(chosen.path).name}")
    frame.say_notices(notices)


@pytest.mark.parametrize("value", ["../../etc/passwd", "/etc/passwd", "a" * 3000, "<img src=x>"])
def test_a_link_never_names_a_file(open_app, value):
    run = finished()
    at = open_app(the_run_and_the_model, run=value, model=value, data=value)
    assert not at.exception
    assert [each.value for each in at.title] == [f"{run.name}, digits-vae-2d.safetensors"]
    said = at.info[0].value
    assert said.count("ignored") == 3
    assert "<img" not in said.replace("\\<", "")
