"""The Train page under AppTest: what its controls plan, what is said of a run, what is kept."""

import argparse
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import available, read_card
from aecore.cli import training as cli_training
from aecore.cli.flags import add_flags
from aecore.cli.flags import given as given_flags
from aecore.configs import setting, settings
from aecore.diagnosis import diagnose
from aecore.errors import DataError
from aecore.models.config import ModelConfig
from aecore.models.family import MODELS
from aecore.production import fresh_model
from aecore.recipes import Recipe
from aecore.runs import frames
from aecore.runs.folder import Plan, State, create, runs
from aecore.runs.frames import Frame
from aecore.training.config import TrainingConfig
from aecore.training.presets import PRESETS
from aeview.train import form as training_form
from aeview.train import network, saving
from aeview.train import view as training
from aeview.train.differences import titles
from aeview.train.replays import training_gif
from aeview.train.setting_controls import several
from aeview.train.words import about, warnings, words
from tests.cards import rewrite
from tests.told import all_told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/train.py"
PLAN = Plan(Recipe("digits", ModelConfig(kind="vae", widths=(16,)), TrainingConfig(epochs=9)))
N = 20


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=120)


@pytest.fixture
def launched(monkeypatch):
    """Runs that were started, though no worker is."""
    found = []
    monkeypatch.setattr(training, "launch", lambda run, do="play": found.append(run))
    return found


def moment(epoch, val=100.0, active=2, train=None):
    rng = np.random.default_rng(epoch)
    arrays = {
        "points": rng.normal(size=(N, 2)).astype(np.float16),
        "reconstructions": rng.integers(0, 255, (10, 1, 28, 28)).astype(np.uint8),
        "samples": np.zeros((16, 1, 28, 28), np.uint8), "kl_units": np.ones(2, np.float32),
    }  # fmt: skip
    terms = {"reconstruction": val, "regulariser": 5.0}
    numbers = {"epoch": epoch, "n_epochs": 9, "share": 0.0, "train": terms, "val": terms,
               "objective": {"train": val if train is None else train, "val": val},
               "images_per_s": 1000.0, "active": active}  # fmt: skip
    return Frame(arrays, numbers)


FIXED = Frame(
    {"labels": np.arange(N) % 10, "originals": np.zeros((10, 1, 28, 28), np.uint8)},
    {"classes": [str(i) for i in range(10)], "shape": [1, 28, 28], "n_val": N},
)


def finished(n=4, plan=PLAN, name="done"):
    """A run as a worker would have left it."""
    run = create(plan)
    frames.save(run.path / "frames" / "fixed.safetensors", FIXED)
    for epoch in range(1, n + 1):
        frames.save(run.path / "frames" / f"{epoch:05d}.safetensors", moment(epoch))
    run.model.write_bytes((ROOT / "checkpoints/digits-pca-2d.safetensors").read_bytes())
    run.say(State(name, epoch=n))
    return run


def given(at, slot=0):
    found = all_told(at, '"warnings"')
    return next(values for values in found if values["slot"] == slot)


def button(at, label):
    return next(b for b in at.button if b.label == label)


# ---- what is planned ----------------------------------------------------------------------------


def test_play_plans_what_the_controls_say(app, launched):
    app.run()
    assert not app.exception
    assert [info.value for info in app.info] == [
        "No run yet: choose a model on the left and press Play."
    ]
    app.number_input(key="train_code_dim").set_value(3)
    app.number_input(key="train_beta").set_value(4.0)
    app.text_input(key="train_widths").set_value("400, 200,100")
    app.number_input(key="train_epochs").set_value(7).run()
    button(app, "Play").click().run()
    assert not app.exception
    (run,) = launched
    assert run.plan.recipe.data == "digits"
    model, recipe = run.plan.recipe.model, run.plan.recipe.training
    assert (model.kind, model.code_dim, model.beta) == ("vae", 3, 4.0)
    assert model.widths == (400, 200, 100)
    assert recipe.epochs == 7
    assert any("parameters · 7 epochs · about" in caption.value for caption in app.caption)
    assert given(app)["words"] == "the worker starts"


def test_a_link_fills_the_form_in_once(app):
    app.query_params.update({"data": "heartbeats", "family": "dae"})
    app.session_state["data"] = "heartbeats"
    app.run()
    assert not app.exception
    assert app.selectbox(key="train_data").value == "heartbeats"
    assert app.selectbox(key="train_family").value == "dae"
    assert "family" not in app.query_params
    app.selectbox(key="train_family").set_value("ae").run()
    assert app.selectbox(key="train_family").value == "ae"


@pytest.mark.parametrize("kind", PRESETS)
@pytest.mark.parametrize("body", ["dense", "conv"])
def test_every_family_and_body_can_be_planned(app, launched, kind, body):
    app.run()
    app.selectbox(key="train_family").set_value(kind).run()
    if "body" not in PRESETS[kind].fixed:
        app.selectbox(key="train_body").set_value(body).run()
    assert not app.exception
    assert not app.error
    button(app, "Play").click().run()
    plan = launched[0].plan
    model = fresh_model(plan.recipe)
    inwards = model.encoder if model.encodes else model.critic
    n = sum(w.numel() for part in (inwards, model.decoder) for w in part.parameters())
    n += sum(w.numel() for w in getattr(model, "tables", {}).values())
    assert any(f"{n:,} parameters" in caption.value for caption in app.caption)


def test_a_family_brings_settings_that_work_and_leaves_what_was_set_by_hand(app, launched):
    def planned(family):
        app.selectbox(key="train_family").set_value(family).run()
        next(b for b in app.button if b.label in ("Play", "New run")).click().run()
        assert not app.exception
        return launched[-1].plan.recipe

    app.run()
    found = planned("rbm")
    assert (found.model.kind, found.model.body) == ("ae", "dense")
    assert found.model.activation == "sigmoid"
    assert found.training.rbm_epochs == 20
    app.number_input(key="train_rbm_epochs").set_value(0)
    assert planned("rbm") == replace(found, training=replace(found.training, rbm_epochs=0))
    stacked = planned("stacked")
    assert (stacked.model.widths, stacked.model.code_dim) == ((400, 200, 100, 50), 2)
    assert (stacked.model.likelihood, stacked.training.rbm_epochs) == ("gaussian", 0)
    sparse = planned("sparse").model
    assert (sparse.code_dim, sparse.penalty, sparse.sparsity) == (32, "kl", 10.0)
    app.number_input(key="train_code_dim").set_value(5)
    assert planned("masked").model.code_dim == 5
    assert planned("vae").model.code_dim == 5
    linear = planned("linear")
    assert (linear.model.widths, linear.model.output) == ((), "identity")


def test_a_gan_begins_with_the_epochs_that_it_takes_and_fewer_of_a_large_set(app, launched):
    app.run()
    app.selectbox(key="train_family").set_value("gan").run()
    button(app, "Play").click().run()
    plan = launched[0].plan.recipe.training
    assert (plan.epochs, plan.batch_size) == (150, 32)  # other models of the digits: 30
    begins = PRESETS["gan"].begins
    assert begins({"epochs": 10, "batch_size": 64}, 55_000)["epochs"] == 10  # of 860 steps each
    assert begins({"epochs": 10, "batch_size": 64}, 0)["epochs"] == 150  # nothing is known
    assert PRESETS["vae"].begins({"epochs": 10, "batch_size": 64}, 300)["epochs"] == 10


def controls(at):
    """The keys of all controls."""
    kinds = ("selectbox", "number_input", "text_input", "slider", "checkbox")
    return {element.key for kind in kinds for element in getattr(at, kind) if element.key}


def drawn(at, name):
    return any(f"{key}_".startswith(f"train_{name}_") for key in controls(at))


def test_every_setting_is_on_the_form_or_marked_as_the_command_lines():
    every = (*settings(ModelConfig), *settings(TrainingConfig))
    at = AppTest.from_function(the_form, default_timeout=120)
    seen = set()
    for data, body in (("digits", "conv"), ("cells", "dense")):
        at.run()
        at.selectbox(key="train_data").set_value(data).run()
        for family in PRESETS:
            at.selectbox(key="train_family").set_value(family).run()
            if data == "digits" and "body" not in PRESETS[family].fixed:
                at.selectbox(key="train_body").set_value(body).run()
            for key in (key for key in controls(at) if key.startswith("train_penalty")):
                at.selectbox(key=key).set_value("top_k").run()
            assert not at.exception
            seen |= {each.name for each in every if drawn(at, each.name)}
    assert seen == {each.name for each in every if each.place in ("form", "more")}


def the_form():
    from aeview.train import form as training_form

    training_form.form()


@dataclass(frozen=True, kw_only=True, slots=True)
class Longer(TrainingConfig):
    momentum: float = setting(
        0.25, title="Push", unit="of 1", low=0, high=1, help="How 3 % of images push."
    )
    bare: int = 3


def test_a_new_field_is_on_the_form_and_among_the_flags_without_another_edit(
    app, launched, monkeypatch
):
    monkeypatch.setattr(training_form, "TrainingConfig", Longer)
    app.run()
    assert app.number_input(key="train_bare").label == "Bare"
    push = app.number_input(key="train_momentum")
    assert (push.label, push.value, push.help) == ("Push, of 1", 0.25, "How 3 % of images push.")
    push.set_value(2.0).run()
    assert [error.value for error in app.error] == ["Push, of 1 is 2, but must be 0 to 1."]
    app.number_input(key="train_momentum").set_value(0.5).run()
    monkeypatch.setattr(training, "begin", lambda plan, **more: launched.append(plan))
    button(app, "Play").click().run()
    assert not app.exception
    assert launched[0].recipe.training == Longer(
        epochs=30, batch_size=32, learning_rate=5e-3, momentum=0.5, bare=3
    )
    parser = argparse.ArgumentParser()
    monkeypatch.setattr(cli_training, "TrainingConfig", Longer)
    cli_training.add_train(parser.add_subparsers())
    read = parser.parse_args(["train", "--momentum", "0.5", "--bare", "4"])
    assert given_flags(read, Longer) == {"momentum": 0.5, "bare": 4}
    flags = argparse.ArgumentParser()
    add_flags(flags, Longer)
    said = " ".join(flags.format_help().split())
    assert "--momentum MOMENTUM How 3 % of images push. (0 to 1 of 1; default 0.25)" in said
    assert "--bare BARE (default 3)" in said
    with pytest.raises(ValueError, match=r"momentum is 2.0, but must be 0 to 1"):
        Longer(momentum=2.0)


def test_a_new_family_of_models_can_be_trained_without_another_edit(app, launched, monkeypatch):
    monkeypatch.setitem(MODELS, "dummy", MODELS["ae"])
    app.run()
    app.selectbox(key="train_family").set_value("dummy").run()
    assert not app.exception
    button(app, "Play").click().run()
    model = launched[0].plan.recipe.model
    assert (model.kind, model.widths) == ("dummy", (256, 128))


@pytest.mark.parametrize(
    ("kind", "name", "value", "sentence"),
    [
        ("number_input", "epochs", 99_999_999, "Epochs is 99,999,999, but must be 1 to 2,000."),
        ("number_input", "epochs", 0, "Epochs is 0, but must be 1 to 2,000."),
        ("number_input", "code_dim", 5000, "Code size is 5,000, but must be 1 to 1,024."),
        ("number_input", "beta", -1.0, "β is -1, but must be 0 to 1,000."),
        ("number_input", "learning_rate", 0.0,
         "Learning rate is 0, but must be above 0, up to 1."),
        ("text_input", "widths", "many",
         "Nodes per layer is “many”: give whole numbers, 1 to 65,536, with commas."),
    ],
)  # fmt: skip
def test_a_bad_value_gets_one_sentence_and_hides_nothing(app, kind, name, value, sentence):
    app.run()
    before = controls(app)
    good = getattr(app, kind)(key=f"train_{name}").value
    getattr(app, kind)(key=f"train_{name}").set_value(value).run()
    assert not app.exception
    assert [error.value for error in app.error] == [sentence]
    assert controls(app) == before
    assert button(app, "Play").disabled
    getattr(app, kind)(key=f"train_{name}").set_value(good).run()
    assert not app.error
    assert not button(app, "Play").disabled


def test_a_path_that_cannot_be_used_hides_nothing(app, tmp_path):
    app.run()
    before = controls(app)
    app.selectbox(key="train_data").set_value("own").run()
    assert controls(app) == before | {"train_path"}
    (tmp_path / "bad.csv").write_text("a,b\n1,\n")
    app.text_input(key="train_path").set_value(str(tmp_path / "bad.csv")).run()
    assert not app.exception
    assert len(app.error) == 1
    assert before < controls(app)


def test_a_path_that_is_no_data_set_is_said(app, launched):
    app.run()
    app.selectbox(key="train_data").set_value("own").run()
    assert not app.error
    assert any("come in by their path on the computer" in info.value for info in app.info)
    assert button(app, "Play").disabled


@pytest.mark.parametrize(
    "changed",
    [
        {"widths": (32, 32)}, {"widths": ()}, {"body": "conv", "widths": (16,)},
        {"body": "conv", "shape": (1, 1, 160), "channels": (4, 8), "widths": (16,)},
        {"body": "spatial", "channels": (8,), "widths": (4, 4), "code_dim": 392},
        {"body": "residual", "channels": (8, 8), "widths": (1, 2), "code_dim": 49},
    ],
)  # fmt: skip
def test_the_network_is_drawn_as_torch_runs_it(changed):
    config = replace(PLAN.recipe.model, kind="ae", **changed)
    model = fresh_model(replace(PLAN.recipe, model=config))
    encoder, decoder = network.sizes(config)
    for drawn, made, values in (
        (encoder, model.encoder, torch.zeros(1, *config.shape)),
        (decoder, model.decoder, torch.zeros(1, config.code_dim)),
    ):
        leaves = []
        for layer in made:
            values = layer(values)
            leaves += [values[0].numel()] if any(True for _ in layer.parameters()) else []
        assert [np.prod(shape) for shape in drawn[-len(leaves) :]] == leaves
    assert encoder[0] == decoder[-1] == config.shape
    assert network.drawing(config).count("<i ") == len(encoder) + len(decoder)


@pytest.mark.parametrize("text", ["", "many", "3.5", "0", "-4", "99999", "12 13"])
def test_nodes_are_whole_numbers(text):
    (widths,) = (each for each in settings(ModelConfig) if each.name == "widths")
    with pytest.raises(ValueError, match=r"Nodes per layer is .*: give whole numbers, 1 to 65"):
        several(text, widths)


@pytest.mark.parametrize(
    ("changed", "want"),
    [
        ({"beta": 8.0}, ("β = 1", "β = 8")),
        ({"beta": 8.0, "widths": (32, 8)}, ("Nodes per layer = 16, β = 1",
                                            "Nodes per layer = 32–8, β = 8")),
        ({"likelihood": "gaussian"}, ("Loss = cross-entropy", "Loss = squared error (MSE)")),
        ({"kind": "ae"}, ("VAE", "autoencoder")),
    ],
)  # fmt: skip
def test_two_runs_are_titled_by_what_differs(changed, want):
    recipe = replace(PLAN.recipe, model=replace(PLAN.recipe.model, **changed))
    assert titles(PLAN, replace(PLAN, recipe=recipe)) == want
    one, two = titles(replace(PLAN, made=1.0), replace(PLAN, made=62.0))
    assert one != two


def test_the_same_without_machines_is_queued_and_both_curves_are_drawn(app, launched):
    app.run()
    app.selectbox(key="train_family").set_value("rbm").run()
    app.checkbox(key="train_twin").check().run()
    button(app, "Play").click().run()
    assert not app.exception
    first, second = (run.plan.recipe for run in launched)
    assert (first.training.rbm_epochs, second.training.rbm_epochs) == (20, 0)
    assert replace(first.training, rbm_epochs=0) == second.training
    assert first.model == second.model
    assert [given(app, slot)["title"] for slot in (0, 1)] == ["RBM passes = 20", "RBM passes = 0"]
    assert "pre-trained by RBMs" in given(app, 0)["words"]
    assert given(app, 0)["beside"]["title"] == given(app, 1)["title"]
    assert given(app, 1)["beside"]["title"] == given(app, 0)["title"]
    app.run()
    assert given(app, 1)["beside"]  # nothing was ticked, and nothing is taken away


def test_a_table_is_learnt_and_only_a_part_of_it_if_wanted(app, launched, tmp_path):
    app.run()
    app.selectbox(key="train_data").set_value("cells").run()
    app.selectbox(key="train_only_cells").set_value("benign").run()
    assert not [box for box in app.selectbox if box.label == "Body"]  # columns are no neighbours
    assert "how many numbers a row is" in app.number_input(key="train_code_dim").help
    button(app, "Play").click().run()
    plan = launched[0].plan.recipe
    assert (plan.data, plan.model.shape) == ("cells", (1, 1, 30))
    assert (plan.model.likelihood, plan.training.only) == ("gaussian", ("benign",))
    assert given(app)["title"].endswith("Cells (a table), only benign")
    path = tmp_path / "mine.csv"
    lines = ["a,b,c,kind", *(f"{i % 7},{i},{i * i % 11},{'xy'[i % 2]}" for i in range(60))]
    path.write_text("\n".join(lines))
    app.selectbox(key="train_data").set_value("own").run()
    app.text_input(key="train_path").set_value(str(path)).run()
    assert not app.exception
    said = " ".join(caption.value for caption in app.caption)
    assert "so this is a table, not signals: 60 rows of 3 columns" in said
    assert "Classes are in the column “kind”." in said
    button(app, "New run").click().run()
    plan = launched[-1].plan.recipe
    assert plan.model.shape == (1, 1, 3)
    assert plan.training.only == ()
    assert (plan.training.batch_size, plan.training.epochs) == (8, 200)  # few rows
    lines = ["timestamp,value", *(f"2024-01-01 {i},{i % 17}" for i in range(700))]
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines))
    app.text_input(key="train_path").set_value(str(path)).run()
    app.number_input(key="train_window").set_value(35).run()
    assert "20 windows of 35" in " ".join(caption.value for caption in app.caption)
    button(app, "New run").click().run()
    assert (launched[-1].plan.recipe.model.shape, launched[-1].plan.side) == ((1, 1, 35), 35)
    pixels = ["label,pixel0," + ",".join(f"pixel{i}" for i in range(1, 784))]
    pixels += [f"{i % 2}," + ",".join([str(i)] * 784) for i in range(30)]
    path = tmp_path / "pixels.csv"
    path.write_text("\n".join(pixels))
    app.text_input(key="train_path").set_value(str(path)).run()
    assert "picture of 28×28 pixels" in " ".join(caption.value for caption in app.caption)
    button(app, "New run").click().run()
    assert not app.exception
    assert launched[-1].plan.recipe.model.shape == (1, 28, 28)


def test_own_pictures_are_said_and_stretched_only_if_asked(app, launched, tmp_path):
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for i in range(24):
            file = io.BytesIO()
            colour = (255, 0, 0, 255) if i % 2 else (0, 0, 255, 9)
            Image.new("RGBA", (34, 28), colour).save(file, "PNG")
            archive.writestr(f"set\\{'ab'[i % 2]}\\{i}.png", file.getvalue())
        archive.writestr("__MACOSX/._0.png", b"")
        archive.writestr("set/a/bad.png", b"")
    app.run()
    app.selectbox(key="train_data").set_value("own").run()
    app.text_input(key="train_path").set_value(str(tmp_path / "mine.zip")).run()
    assert not app.exception
    captions = [caption.value for caption in app.caption]
    said = (
        "24 pictures in colour, 34×28 {} to {}, 24 with transparency laid over white, 1 left "
        "out (set/a/bad.png). 2 classes: a, b."
    )
    assert said.format("padded", "32×28") in captions
    assert app.selectbox(key="train_shape").value == "32x28"  # as the pictures are
    app.number_input(key="train_side").set_value(48).run()
    assert said.format("padded", "48×40") in [caption.value for caption in app.caption]
    app.selectbox(key="train_shape").set_value("48").run()
    app.number_input(key="train_side").set_value(20).run()  # and stays a square
    app.selectbox(key="train_fit").set_value("stretched").run()
    assert said.format("stretched", "20×20") in [caption.value for caption in app.caption]
    button(app, "Play").click().run()
    plan = launched[0].plan
    assert (plan.recipe.model.shape, plan.recipe.training.fit) == ((3, 20, 20), "stretched")
    assert plan.side == 20
    app.number_input(key="train_side").set_value(30).run()
    assert [e.value for e in app.error] == ["side is 30, but must be from 8 to 128 in steps of 4"]
    (tmp_path / "few.zip").write_bytes(b"PK")
    app.text_input(key="train_path").set_value(str(tmp_path / "few.zip")).run()
    assert [error.value for error in app.error]
    assert not app.exception


def test_a_device_is_asked_for_where_there_is_a_choice(app, launched, monkeypatch):
    monkeypatch.setattr(training_form, "_devices", lambda: ("cpu",))
    app.run()
    assert not [box for box in app.selectbox if box.label == "Device"]
    monkeypatch.setattr(training_form, "_devices", lambda: ("cpu", "cuda"))
    app.run()
    app.selectbox(key="train_device").set_value("cuda").run()
    button(app, "Play").click().run()
    assert launched[0].plan.device == "cuda"


# ---- what is shown ------------------------------------------------------------------------------


def test_the_newest_run_is_shown_and_the_link_names_another(app):
    older, newer = finished(), finished(n=2)
    assert sorted((older.name, newer.name)) == sorted(run.name for run in runs())
    app.query_params["run"] = older.name
    app.run()
    assert not app.exception
    assert given(app)["key"] == f"{older.name}/4"
    assert given(app)["curves"]["val reconstruction"] == [100.0] * 4
    app.query_params["run"] = "20990101-000000-ffffff"
    at = AppTest.from_file(str(ROOT / PAGE), default_timeout=120)
    at.query_params["run"] = "20990101-000000-ffffff"
    at.run()
    assert not at.exception
    assert any("names a run that is not on this machine" in info.value for info in at.info)


def test_an_interrupted_run_offers_to_go_on(app, monkeypatch):
    run = finished(name="running")
    assert run.state.name == "interrupted"
    app.run()
    assert given(app)["words"] == "interrupted after epoch 4 of 9; Continue takes it up from there"
    assert button(app, "Continue")


def test_the_buttons_are_of_the_state_that_is_shown(app, monkeypatch):
    run = finished(name="running")
    draw = network.show

    def paused_meanwhile(model):
        draw(model)
        run.say(State("paused", epoch=4))  # between the buttons and the pictures

    monkeypatch.setattr(network, "show", paused_meanwhile)
    with run.lock:
        app.run()
    assert given(app)["state"] == "paused"
    assert button(app, "Step: epoch")


def test_a_lock_that_is_set_while_the_page_is_drawn_is_seen(app, home, monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "1")
    monkeypatch.setenv("AECORE_TEACHER_KEY", "only-the-teacher")
    draw = network.show

    def locked_meanwhile(model):
        draw(model)
        (home / "class.json").write_text('{"students_train": false}')

    monkeypatch.setattr(network, "show", locked_meanwhile)
    app.run()
    assert "The teacher has locked training." in [each.value for each in app.caption]
    assert button(app, "Play").disabled


@pytest.mark.parametrize("name", ["interrupted", "stopped"])
def test_what_was_cut_short_is_taken_up_where_it_was(app, launched, name):
    run = finished(name=name)
    app.run()
    button(app, "Continue").click().run()
    assert [started.name for started in launched] == [run.name]


def test_reset_begins_again_with_fresh_weights_and_waits(app, monkeypatch):
    started = []
    monkeypatch.setattr(training, "launch", lambda run, do="play": started.append((run, do)))
    run = finished(name="paused")
    with run.lock:
        app.run()
        button(app, "Reset").click().run()
    assert not app.exception
    ((fresh, do),) = started
    assert (fresh.plan.recipe, do) == (run.plan.recipe, "pause")
    assert fresh.name != run.name
    assert run.wish.do == "stop"


def test_a_step_is_one_more_than_was_asked_for_before(app):
    run = finished(name="paused")
    with run.lock:
        app.run()
        run.want(epochs=3)  # another session's
        button(app, "Step: epoch").click().run()
    assert run.wish.epochs == 4


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "about a second"),
        (31.4, "about 31\xa0s"),
        (150, "about 2\xa0min"),
        (7200, "about 120\xa0min"),
    ],
)
def test_times_are_said_as_roughly_as_they_are_known(seconds, said):
    assert about(seconds) == said


def test_words_are_true_of_the_frames():
    run = finished()
    quiet = [moment(i, 100 - i).numbers for i in range(1, 9)]
    assert warnings(run, quiet) == []
    assert "Posterior collapse" in warnings(run, [*quiet, moment(9, 90, active=0).numbers])[0]
    assert (
        "1 of 2 units are inactive" in warnings(run, [*quiet, moment(9, 90, active=1).numbers])[0]
    )
    for least in (100, -238):  # a density's loss can be negative
        rising = [moment(i, least + (i - 2) ** 2, train=100 - i).numbers for i in range(1, 9)]
        (said,) = warnings(run, rising)
        assert "validation was best in epoch 2 and is 36.0 nats above it now" in said
        together = [moment(i, least + (i - 2) ** 2).numbers for i in range(1, 9)]
        assert warnings(run, together) == []  # training rises with it
    assert words(run, "done", quiet) == "epoch 8 of 9, finished"
    run.say(State("interrupted", "The disk is full.", epoch=8))
    assert words(run, run.state.name, quiet) == (
        "The disk is full. (epoch 8 of 9 is kept.) Continue takes it up from there."
    )
    run.say(State("failed", "The loss went to nan in epoch 1; nothing was learnt.", epoch=0))
    assert words(run, "failed", []) == "The loss went to nan in epoch 1; nothing was learnt."


def test_a_finished_run_says_that_it_came_to_nothing_and_so_does_the_models_card():
    run = finished()
    assert warnings(run, []) == []
    rewrite(run.model, lambda card: card["metrics"].update(kl=0.0, active_units=0))
    (said,) = warnings(run, [])
    assert said == str(diagnose(read_card(run.model)))
    assert "no unit is active (0 of 2)" in said


# ---- what is kept -------------------------------------------------------------------------------


def test_a_saved_model_is_listed_under_its_name_and_once():
    run = finished()
    path = saving.keep(run, " my-model ")
    assert {entry.name: entry.path for entry in available()}["my-model"] == path
    with pytest.raises(ValueError, match="a model called my-model already"):
        saving.keep(run, "my-model")
    with pytest.raises(ValueError, match="a model called digits-vae-2d already"):
        saving.keep(run, "digits-vae-2d")


@pytest.mark.parametrize("name", ["", "   ", "../up", "a/b", ".hidden", "a b", "x" + "\0"])
def test_a_name_that_no_file_can_have_is_said(name):
    with pytest.raises(ValueError, match="A name has letters"):
        saving.keep(finished(), name)


def test_a_gif_has_a_frame_for_each_epoch():
    content = training_gif([moment(epoch) for epoch in range(1, 6)], FIXED)
    with Image.open(io.BytesIO(content)) as animation:
        assert animation.n_frames == 5
        assert animation.size[0] == 360


def test_a_deleted_run_is_gone_and_one_at_work_stays():
    from aecore.runs.folder import remove

    first, second = finished(), finished()
    remove(first)
    assert [run.name for run in runs()] == [second.name]
    with second.lock, pytest.raises(DataError, match="stop it first"):
        remove(second)
    assert [run.name for run in runs()] == [second.name]


def test_to_continue_begins_with_the_weights_that_were_trained(app, launched):
    run = finished(plan=replace(PLAN, made=1.0))
    app.run()
    button(app, "Continue training").click().run()
    assert not app.exception
    assert launched[0].plan.start == str(run.model)
    assert launched[0].plan.recipe == run.plan.recipe
