"""Neighbours, support, projections and positions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import decomposition
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from aecore.checkpoints import load, read, shipped_folder
from aecore.data.catalogue import load as load_data
from aecore.latents import stored_maps
from aecore.latents.encoding import encode, encode_batches, join
from aecore.latents.layout import tsne_layout
from aecore.latents.neighbours import nearest
from aecore.latents.position import Surroundings, explain
from aecore.latents.projection import FILLS, PCA, TSNE, Axes, Cancelled
from aecore.latents.support import Support, words


def codes(n=300, d=5, seed=0):
    """Three elongated clusters."""
    draw = np.random.default_rng(seed)
    centres = 6 * np.eye(3, d)
    spread = np.linspace(1.5, 0.3, d)
    return (centres[np.arange(n) % 3] + spread * draw.standard_normal((n, d))).astype(np.float32)


# ---- neighbours and support ------------------------------------------------------------


@pytest.mark.parametrize("leave_one_out", [False, True])
def test_neighbours_are_scikit_learns(leave_one_out):
    points = codes()
    got = nearest(points, points, 4, leave_one_out=leave_one_out)
    reference = NearestNeighbors(n_neighbors=4 + leave_one_out).fit(points)
    distance, rows = reference.kneighbors(points)
    assert np.allclose(got.distance, distance[:, leave_one_out:], atol=1e-4)
    assert np.array_equal(got.rows[:, 1:], rows[:, leave_one_out + 1 :])


def test_blocks_do_not_change_neighbours(monkeypatch):
    points, queries = codes(), codes(seed=1)
    whole = nearest(points, queries, 3)
    monkeypatch.setattr("aecore.latents.neighbours.BLOCK", 1000)
    assert np.array_equal(nearest(points, queries, 3).rows, whole.rows)


def test_support_of_fresh_draws_is_uniform_and_vanishes_far_away():
    support = Support(codes(2000))
    fresh = support.share(codes(2000, seed=1))
    assert abs(np.mean(fresh <= 0.5) - 0.5) < 0.05
    assert abs(np.mean(fresh <= 0.1) - 0.1) < 0.03
    assert support.share(np.full((1, 5), 50, np.float32)) == 0
    assert support.share(codes(2000)[:1]) > support.share(codes(2000)[:1] + 3)


def test_support_falls_on_the_way_out():
    support = Support(codes(900))
    way = np.linspace(8, 48, 15, dtype=np.float32)[:, None] * np.eye(1, 5, dtype=np.float32)
    shares = support.share(way)
    assert (np.diff(shares) <= 0).all()
    assert shares[0] > 0.1 > 0 == shares[-1]


def test_support_is_the_share_of_codes_as_isolated():
    known, asked, spreads = codes(400), codes(50, seed=1) * np.float32(1.2), np.full((400, 5), 0.5)
    spreads[:, 1] = 1  # tells nothing: counts for nothing
    scale = np.sqrt([3, 0, 3, 3, 3])  # 1/σ² − 1

    def isolation(queries, skip):
        reference = NearestNeighbors(n_neighbors=100 + skip).fit(known * scale)
        distance = reference.kneighbors(queries * scale)[0][:, skip:]
        return distance[:, :5].mean(axis=1) / distance.mean(axis=1)

    ours = Support(known, spreads.astype(np.float32))
    want = (isolation(known, 1)[None] >= isolation(asked, 0)[:, None]).mean(axis=1)
    assert np.abs(ours.share(asked) - want).max() <= 1 / 400
    assert np.ptp(want) > 0.9


@pytest.mark.parametrize("name", ["digits-vae-16d", "fashion-vae-16d"])
def test_a_unit_that_a_vae_leaves_unused_does_not_move_support(name):
    latents = read(shipped_folder() / f"{name}.safetensors").latents
    training, support = latents.training_codes, Support.of(latents)
    unused = training.var(axis=0) <= 0.01
    before = support.share(training[:200]).mean()

    def pulled(unit):
        moved = training[:200].copy()
        moved[:, unit] = 3
        return support.share(moved).mean()

    after = np.array([pulled(unit) for unit in range(16)])
    assert 0 < unused.sum() < 16
    assert np.abs(after - before)[unused].max() < 0.03
    assert (after < before - 0.2)[~unused].all()


def test_words_of_support():
    assert [words(s) for s in (0.9, 0.2, 0.02, 0.0)] == [
        "as near as most training images",
        "more isolated than most training images",
        "more isolated than 9 in 10 training images",
        "no training image near here",
    ]


# ---- projections -----------------------------------------------------------------------


def linear_maps(fill="mean", anchor=None):
    return [
        Axes(fill=fill, anchor=anchor, units=(3, 1)).fit(codes()),
        PCA(fill=fill, anchor=anchor).fit(codes()),
    ]


# OpenBLAS may raise the flag in lanes of a vector that it does not use; the result is checked.
@pytest.mark.filterwarnings("ignore:invalid value encountered in matmul")
@settings(max_examples=30)
@given(st.tuples(st.floats(-8, 8), st.floats(-8, 8)), st.sampled_from(FILLS))
def test_projecting_what_inverse_gave_gives_the_place_back(place, fill):
    for projection in linear_maps(fill, codes()[7]):
        point = np.array([place], np.float32)
        back = projection.transform(projection.inverse(point))
        assert np.allclose(back, point, atol=1e-3)


def test_pca_is_scikit_learns_up_to_sign():
    ours, theirs = PCA().fit(codes()), decomposition.PCA(2).fit(codes())
    points = theirs.transform(codes())
    for axis in range(2):
        assert abs(np.corrcoef(ours.points[:, axis], points[:, axis])[0, 1]) > 0.9999
    assert np.allclose(ours.variance, theirs.explained_variance_ratio_, atol=1e-4)
    assert ours.describe().axes[0] == f"PC1 ({100 * theirs.explained_variance_ratio_[0]:.0f} %)"


def test_two_axes_of_two_are_the_space_itself():
    plane = Axes().fit(codes(d=3)[:, :2])
    assert np.array_equal(plane.points, codes(d=3)[:, :2])
    assert np.allclose(plane.inverse(plane.points), codes(d=3)[:, :2])
    assert plane.describe().approximate == ""


def test_fill_image_gives_the_anchor_back_at_its_own_place():
    anchor = codes()[11]
    for projection in linear_maps("image", anchor):
        place = projection.transform(anchor[None])
        assert np.allclose(projection.inverse(place)[0], anchor, atol=1e-4)


def test_fill_neighbours_comes_closer_to_the_data_than_the_mean():
    support = Support(codes())
    fresh = codes(seed=4)
    for mean, local in zip(linear_maps("mean"), linear_maps("neighbours"), strict=True):
        places = mean.transform(fresh)
        gain = support.isolation(mean.inverse(places)) - support.isolation(local.inverse(places))
        assert gain.mean() > 0


def test_a_rotated_cloud_has_the_same_pca_map_up_to_sign():
    turn, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((5, 5)))
    straight, turned = PCA().fit(codes()), PCA().fit((codes() @ turn).astype(np.float32))
    assert np.allclose(np.abs(straight.points), np.abs(turned.points), atol=1e-2)


@pytest.mark.parametrize("units", [(0, 0), (0, 9), (-1, 1)])
def test_wrong_units_are_named(units):
    with pytest.raises(ValueError, match="two different ones of 0 to 4"):
        Axes(units=units).fit(codes())


def test_one_unit_makes_no_map():
    with pytest.raises(ValueError, match="2 or more"):
        Axes().fit(codes()[:, :1])


# ---- t-SNE -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tsne():
    return TSNE(perplexity=15, n_iterations=150).fit(codes())


def test_tsne_keeps_clusters_together(tsne):
    labels = np.arange(300) % 3
    guess = KNeighborsClassifier(5).fit(tsne.points, labels)
    assert guess.score(tsne.points, labels) > 0.97


def test_tsne_places_new_codes_among_their_class(tsne):
    fresh, labels = codes(seed=9), np.arange(300) % 3
    guess = KNeighborsClassifier(5).fit(tsne.points, labels)
    assert guess.score(tsne.transform(fresh), labels) > 0.95


def test_tsne_inverse_is_near_the_truth_and_exact_on_a_point(tsne):
    assert np.allclose(tsne.inverse(tsne.points), codes(), atol=0.05)
    assert np.allclose(tsne.transform(codes()), tsne.points, atol=0.3)
    spread = np.linalg.norm(codes() - codes().mean(0), axis=1).mean()
    fresh = codes(seed=9)
    back = tsne.inverse(tsne.transform(fresh))
    assert np.linalg.norm(back - fresh, axis=1).mean() < 0.5 * spread


def test_tsne_reports_and_stops_when_told():
    steps = []

    def after_three(done, total, points):
        steps.append((done, total, points.shape))
        return len(steps) == 3

    with pytest.raises(Cancelled):
        TSNE(perplexity=10, n_iterations=200, progress=after_three).fit(codes())
    assert [done for done, _, _ in steps] == [25, 50, 75]
    assert {(total, shape) for _, total, shape in steps} == {(250, (300, 2))}


def test_tsne_refuses_a_perplexity_too_large_for_the_data():
    with pytest.raises(ValueError, match="less than a third of the 300 codes: 2 to 99"):
        TSNE(perplexity=100).fit(codes())
    with pytest.raises(ValueError, match="less than a third of the 90 codes: 2 to 29"):
        TSNE(perplexity=30).fit(codes()[:90])
    with pytest.raises(ValueError, match="the number of codes is 6"):
        TSNE(perplexity=2).fit(codes()[:6])


def test_tsne_of_equal_or_endless_codes_is_a_sentence_and_pca_one_point():
    equal = np.repeat(codes()[:1], 60, axis=0)
    with pytest.raises(ValueError, match="all 60 codes are the same"):
        TSNE(perplexity=5).fit(equal)
    assert np.ptp(PCA().fit(equal).points, axis=0) == pytest.approx(0, abs=1e-6)
    assert "nan" not in " ".join(PCA().fit(equal).describe().axes)
    endless = codes()[:60].copy()
    endless[3, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        TSNE(perplexity=5).fit(endless)
    two_places = TSNE(perplexity=5, n_iterations=50).fit(np.repeat(codes()[:2], 30, axis=0))
    assert np.isfinite(two_places.points).all()


def test_a_layout_is_kept_by_digest_and_parameters(tsne):
    fresh = TSNE(perplexity=15, n_iterations=150)
    assert stored_maps.stored(fresh, codes(), "digest") is None
    made = stored_maps.compute(TSNE(perplexity=15, n_iterations=150), codes(), "digest")
    again = stored_maps.stored(fresh, codes(), "digest")
    assert np.array_equal(made.points, again.points)
    assert np.allclose(made.points, tsne.points)
    assert stored_maps.stored(TSNE(perplexity=16), codes(), "digest") is None
    longer = TSNE(perplexity=15, early_iterations=60, n_iterations=150)
    assert stored_maps.stored(longer, codes(), "digest") is None
    assert stored_maps.stored(fresh, codes(), "other") is None


def test_a_damaged_layout_is_computed_again(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CACHE_DIR", str(tmp_path))
    made = TSNE(perplexity=15, n_iterations=50)
    stored_maps.compute(made, codes(), "digest")
    (file,) = (tmp_path / "maps").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert stored_maps.stored(made, codes(), "digest") is None


# ---- encoding and positions ------------------------------------------------------------


def test_encoding_in_batches_is_encoding_at_once(small, monkeypatch):
    path, _, splits = small
    model, _ = load(path)
    whole = encode(model, splits.test)
    monkeypatch.setattr("aecore.latents.encoding.BATCH", 7)
    parts = join(list(encode_batches(model, splits.test)))
    for name in ("codes", "log_var", "error", "kl"):
        assert np.allclose(getattr(whole, name), getattr(parts, name), atol=1e-5)
    assert np.array_equal(parts.index, np.arange(60))


@pytest.fixture
def around(small):
    stored = read(small[0])
    model, _ = load(small[0])
    latents = stored.latents
    return Surroundings(model, latents, Axes().fit(latents.codes), Support.of(latents))


def test_position_on_a_training_image(around):
    position = explain(around.table.codes[5], around)
    assert position.neighbours.rows[0, 0] == 5
    assert position.neighbours.distance[0, 0] == pytest.approx(0, abs=1e-6)
    assert (np.diff(position.neighbours.distance[0]) >= 0).all()
    assert (around.table.split[position.neighbours.rows[0]] == 0).all()
    want = around.model.decode(torch.from_numpy(around.table.codes[5:6]))
    assert np.allclose(position.image, want[0].numpy(), atol=1e-6)
    encoded = around.model.encode(want).mean.numpy()
    assert position.landing_distance == pytest.approx(
        np.linalg.norm(encoded - around.table.codes[5:6]), rel=1e-4
    )


def test_posterior_draws_repeat_and_lie_in_their_ellipse(around):
    first = explain(around.table.codes[5], around).posterior
    again = explain(around.table.codes[5], around).posterior
    assert np.array_equal(first.images, again.images)
    mean, std = around.table.codes[5], np.exp(0.5 * around.table.log_var[5])
    inside = (np.square((first.places - mean) / std).sum(1) <= 4).mean()
    assert inside > 0.5
    radius = np.square((first.ellipse - mean) / std).sum(1)
    assert np.allclose(radius, 4, rtol=0.02)


def test_a_plain_autoencoder_has_no_posterior(tmp_path, make_checkpoint):
    make_checkpoint(tmp_path / "ae.safetensors", kind="ae")
    stored = read(tmp_path / "ae.safetensors")
    latents = stored.latents
    around = Surroundings(
        load(tmp_path / "ae.safetensors").model,
        latents,
        PCA().fit(latents.codes),
        Support.of(latents),
    )
    assert explain(latents.codes[0], around).posterior is None


# ---- layouts to begin with --------------------------------------------------------------


def test_a_layout_keeps_neighbours_together_and_is_kept_on_disk(monkeypatch):
    images = load_data("digits", "val")
    places = tsne_layout(images, seed=3)
    shares = cross_val_score(KNeighborsClassifier(5), places, images.labels, cv=5)
    assert shares.mean() > 0.8
    monkeypatch.setattr(TSNE, "fit", None)  # a second computation would fail
    assert np.array_equal(tsne_layout(images, seed=3), places)
