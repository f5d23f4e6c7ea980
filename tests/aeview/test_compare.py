"""The Compare page without a browser: which models, which images, which figures are marked."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import read, read_card, shipped_folder
from aecore.data import digits
from aeview.compare import measures
from aeview.compare import view as compare
from aeview.compare.code_size_chart import code_size_figure
from aeview.compare.component import Sample
from aeview.compare.shown import Shown
from aeview.shell import messages
from aeview.work import shipped
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/compare.py"
TIMEOUT = 120


def path(name):
    return shipped_folder() / f"{name}.safetensors"


@pytest.fixture
def app(monkeypatch):
    """The app on the Compare page, yet to be run."""
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    at.switch_page(Path(PAGE).name)
    return at


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """folder(name, …): only these shipped checkpoints are known."""

    def only(*names):
        for name in names:
            shutil.copy(path(name), tmp_path)
        monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
        return tmp_path

    return only


def data(at):
    """What the component was given, or None where it is not shown."""
    return told(at, "titles")


def samples(table):
    return [Sample(*pair) for pair in zip(table.split.tolist(), table.index.tolist(), strict=True)]


def names(at):
    return [name for _, name in data(at)["titles"]]


def test_the_page_runs_alone():
    at = AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT).run()
    assert not at.exception
    assert len(data(at)["rows"]) == 10


def test_at_first_pca_ae_and_vae_of_the_same_code_size_stand_side_by_side(app):
    app.run()
    assert not app.exception
    assert names(app) == ["digits-vae-2d", "digits-pca-2d", "digits-ae-2d"]


def test_another_model_in_the_sidebar_brings_its_own_company(app):
    app.run()
    app.selectbox(key="model").set_value("digits-ae-16d").run()
    assert names(app) == ["digits-ae-16d", "digits-pca-16d", "digits-vae-16d"]
    app.selectbox(key="data").set_value("fashion_mnist").run()
    assert names(app) == ["fashion-ae-16d", "fashion-pca-16d", "fashion-vae-16d"]
    assert not app.exception


def test_a_link_names_models_sample_seed_and_gain(app):
    app.query_params.update({
        "model": "digits-ae-2d", "with": "digits-pca-16d", "sample": "2,17", "seed": "5",
        "gain": "2.5",
    })  # fmt: skip
    app.run()
    assert names(app) == ["digits-ae-2d", "digits-pca-16d"]
    assert data(app)["start"] == {"sample": [2, 17], "seed": 5, "gain": 2.5}
    assert not app.info


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("with", "EVIL"), ("with", "mnist-vae-2d"), ("sample", "2,99999"), ("sample", "x"),
        ("seed", "nan"), ("seed", "-3"), ("gain", "loud"),
        ("with", "digits-pca-2d,digits-ae-2d,digits-pca-16d,digits-ae-16d"),
    ],
)  # fmt: skip
def test_what_is_impossible_in_a_link_is_ignored_with_a_notice(app, name, value):
    app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.info) == 1
    assert len(data(app)["rows"]) == 10
    app.run()
    assert not app.info


def test_no_choice_left_asks_for_one(app):
    app.run()
    app.multiselect(key="with").set_value([]).run()
    assert not app.exception
    assert [i.value for i in app.info] == ["Choose at least one more model to compare with."]
    assert data(app) is None


def test_the_only_model_of_a_data_set_says_how_to_get_another(app, folder):
    folder("digits-vae-2d")
    app.run()
    assert not app.exception
    assert "a comparison needs two" in app.info[0].value
    assert "--data digits --model pca" in app.info[0].value


def test_a_model_for_another_image_size_is_left_out_and_named(
    app, folder, monkeypatch, make_small
):
    make_small(folder("digits-vae-2d", "digits-pca-2d") / "tiny.safetensors", "digits")
    app.run()
    assert not app.exception
    assert names(app) == ["digits-vae-2d", "digits-pca-2d"]
    assert any("another size than 28×28 grey: tiny" in c.value for c in app.caption)


def test_a_model_of_one_unit_is_compared_on_a_line(app, folder, make_small):
    make_small(folder("digits-vae-2d") / "thin.safetensors", "digits", shape=(1, 28, 28))
    app.run()
    assert not app.exception
    assert data(app)["titles"][1] == ["PCA, 1 unit", "thin"]


def test_models_without_a_common_image_say_that_nothing_can_be_linked(app, folder, make_small):
    target = folder("digits-vae-2d") / "apart.safetensors"
    make_small(target, "digits", shape=(1, 28, 28), shift=5000)
    app.run()
    assert not app.exception
    assert any("no encoded image in common" in i.value for i in app.info)
    assert data(app)["rows"] == []
    assert any("apart" in html.proto.body for html in app.get("html"))


@pytest.fixture
def make_small():
    """make_small(path, data, shape, shift): a one-unit PCA checkpoint of noise."""
    from aecore.checkpoints import Card, save
    from aecore.data.imageset import ImageSet
    from aecore.evaluation import evaluate
    from aecore.latents.encoding import encode
    from aecore.models.config import ModelConfig
    from aecore.models.family import create
    from aecore.seeding import stream
    from aecore.training.config import TrainingConfig
    from aecore.training.loop import train

    def make(target, name, shape=(1, 8, 8), shift=0):
        pixels = np.random.default_rng(0).integers(0, 256, (60, *shape), dtype=np.uint8)
        images = ImageSet(name, "train", pixels, np.arange(60) % 10, tuple("0123456789"))
        model = create(ModelConfig(kind="pca", code_dim=1, shape=shape), stream(0, "weights"))
        list(train(model, images, images, TrainingConfig(epochs=1)))
        card = Card(
            data=name, classes=images.classes, model=model.config,
            encoder=model.layers["encoder"], decoder=model.layers["decoder"],
            training=TrainingConfig(epochs=1), command="", version="0",
            metrics=evaluate(model, images).to_json(), validation={},
        )  # fmt: skip
        table = encode(model, images)
        save(target, model, card, table.at(table.index + shift))

    return make


# ---- which images ------------------------------------------------------------------------------


def test_rows_are_test_images_each_class_once_and_follow_the_seed():
    table = read(path("digits-vae-2d")).latents
    common = compare.images(table)
    shown = compare.rows(table, common, 0)
    labels = dict(zip(samples(table), table.labels, strict=True))
    assert [labels[s] for s in shown] == list(range(10))
    assert {s.split for s in shown} == {2}
    assert shown == compare.rows(table, common, 0)
    assert shown != compare.rows(table, common, 1)


def test_rows_keep_to_the_images_that_all_models_have():
    table = read(path("mnist-vae-2d")).latents
    common = compare.images(table)[7:10]
    assert set(compare.rows(table, common, 0)) == set(samples(table)[7:10])
    assert compare.rows(table, common[:0], 0) == []


def test_all_checkpoints_of_a_data_set_store_the_same_images_or_some_of_them(shipped):
    stored = {}
    for each in shipped:
        checkpoint = read(each)
        if not checkpoint.card.encodes:  # draws of the prior, no images
            continue
        stored.setdefault(checkpoint.card.data, set()).add(frozenset(samples(checkpoint.latents)))
    for kinds in stored.values():
        most, *fewer = sorted(kinds, key=len, reverse=True)
        assert all(some < most for some in fewer)


def test_what_the_browser_reports_is_read_back():
    before = Shown.from_report({"gain": 1.5})
    assert Shown.from_report({"sample": [2, 7], "seed": 3}, before) == before.replace(
        sample=(2, 7), seed=3
    )
    assert Shown.from_report({"gain": 99}).gain == 6


# ---- figures -----------------------------------------------------------------------------------


def cards(*wanted):
    return [read_card(path(name)) for name in wanted]


def best(title, *wanted):
    figure = next(f for f in measures.FIGURES if f.title.startswith(title))
    return measures.best(figure, cards(*wanted))


def test_the_lowest_error_is_marked():
    assert best("MSE", "digits-vae-2d", "digits-pca-2d", "digits-ae-2d") == {2}


def test_likelihoods_are_compared_only_where_they_agree():
    assert best("reconstruction", "digits-pca-16d", "digits-ae-16d") == {1}
    assert best("reconstruction", "digits-pca-2d", "digits-vae-2d") == set()
    assert best("reconstruction", "digits-ae-2d", "digits-vae-2d") == set()
    assert best("−ELBO", "digits-ae-2d", "digits-vae-2d") == set()
    assert best("−ELBO", "mnist-vae-16d", "mnist-vae-2d", "mnist-pca-2d") == {0}
    assert best("−log p(x)", "mnist-bvae-10d-b1", "mnist-bvae-10d-b10") == {0}
    assert best("−log p(x)", "digits-vae-2d", "mnist-vae-2d") == set()


def test_more_kl_is_neither_better_nor_worse():
    assert best("KL", "mnist-bvae-10d-b1", "mnist-bvae-10d-b10") == set()
    assert best("active", "mnist-bvae-10d-b1", "mnist-bvae-10d-b10") == set()


def test_figures_over_other_images_are_not_compared():
    (card,) = cards("digits-vae-2d")
    other = replace(card, metrics=card.metrics | {"n": 12, "mse": 0.0})
    figure = measures.FIGURES[0]
    assert measures.best(figure, [card, other]) == set()
    assert measures.best(figure, [card, card]) == set()


def test_the_table_marks_in_words_and_escapes(app, folder):
    bad = "x<img src=a onerror=alert(1)>"
    target = folder("digits-vae-2d", "digits-pca-2d", "digits-ae-2d")
    (target / "digits-ae-2d.safetensors").rename(target / f"{bad}.safetensors")
    app.run()
    assert not app.exception
    (body,) = (html.proto.body for html in app.get("html") if "<table" in html.proto.body)
    assert "<small>lowest</small>" in body
    assert bad not in body


def test_pca_is_named_and_described():
    (card,) = cards("digits-pca-2d")
    assert messages.model_title("digits-pca-2d", card) == "digits-pca-2d · PCA, 2 units"
    assert "fitted in closed form" in messages.architecture(card, 3922)


# ---- error against code size -------------------------------------------------------------------


def test_the_shipped_benchmark_names_its_machine_and_has_every_size():
    measured = shipped.code_sizes()
    assert measured["machine"]["cpu"]
    assert measured["machine"]["date"]
    found = shipped.errors(measured)
    for family in ("pca", "linear", "ae"):
        assert sorted(found[family]) == [2, 4, 8, 16, 32, 64]


def test_its_pca_is_the_shipped_one():
    found = shipped.errors(shipped.code_sizes())["pca"]
    for k in (2, 16):
        (card,) = cards(f"digits-pca-{k}d")
        assert found[k] == pytest.approx(card.metrics["mse"], rel=1e-3)


def test_pca_of_64_units_overfits_and_the_deep_one_is_ahead_of_it_even_clipped():
    measured = shipped.code_sizes()
    train, test = (digits.load(split).images.reshape(-1, 784) for split in ("train", "test"))
    pca = PCA(64, svd_solver="full").fit(train)
    known, new = (pca.inverse_transform(pca.transform(images)) for images in (train, test))
    expected = {
        "train": np.square(known - train).mean(),
        "test": np.square(new - test).mean(),
        "clipped": np.square(new.clip(0, 1) - test).mean(),
    }
    for part, error in expected.items():
        assert shipped.errors(measured, part)["pca"][64] == pytest.approx(error, rel=1e-3)
    assert expected["train"] < 0.92 * expected["test"]
    deep, clipped = (shipped.errors(measured, part) for part in ("test", "clipped"))
    assert all(deep["ae"][k] < error for k, error in clipped["pca"].items())


def test_at_64_units_one_wide_layer_was_chosen_where_two_narrowing_ones_lose_to_pca():
    rows = {(row["family"], row["units"]): row for row in shipped.code_sizes()["rows"]}
    narrowing, wide = rows["ae", 64]["tried"]
    assert narrowing > rows["pca", 64]["val"] > wide == rows["ae", 64]["val"]
    assert rows["ae", 64]["widths"] == [1024]


def test_sentences_follow_the_numbers():
    pca = {2: 0.03, 64: 0.001}
    assert "within 10.0 % of PCA's error at k = 2, 64" in measures.linear_words(
        pca, {2: 0.03, 64: 0.0011}
    )
    assert measures.linear_words(pca, {}) == ""
    split = measures.deep_words(pca, {2: 0.015, 64: 0.002})
    assert "beats it** at k = 2, but not at k = 64" in split
    assert measures.deep_words(pca, {2: 0.015, 64: 0.0009}).endswith("at k = 2, 64.\n")
    assert measures.deep_words(pca, {2: 0.04}) == ""


def test_a_missing_or_broken_file_is_none(tmp_path):
    assert shipped.code_sizes(tmp_path / "none.json") is None
    (tmp_path / "bad.json").write_text("{}")
    assert shipped.code_sizes(tmp_path / "bad.json") is None


def test_the_figure_draws_every_family_and_titles_its_axes():
    figure = code_size_figure({"PCA": {2: 0.03, 4: 0.02}, "deep": {2: 0.01}}, 355)
    assert [line.name for line in figure.data] == ["PCA", "deep"]
    assert list(figure.data[0].y) == [0.03, 0.02]
    assert len({line.marker.symbol for line in figure.data}) == 2
    assert figure.layout.xaxis.title.text == "latent units k"
    assert "n = 355" in figure.layout.yaxis.title.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mnist-vae-2d", "Means over 10,000 test images. Bernoulli likelihood.</p>"),
        ("heartbeats-vae-2d", "Gaussian likelihood."),
        ("mnist-ae-2d", "Means over 10,000 test images.</p>"),  # it has no figures in nats
    ],
)
def test_the_sidebar_says_under_which_likelihood_nats_are_meant(name, said):
    assert said in messages.figures(read_card(shipped_folder() / f"{name}.safetensors"))
