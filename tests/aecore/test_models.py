"""The contract that every entry of MODELS and every body keeps."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from aecore.losses import sparsity, standing, total_correlation
from aecore.models.bodies import BODIES, GIVEN
from aecore.models.config import ModelConfig
from aecore.models.family import MODELS, create
from aecore.models.layers import (
    Activation,
    Add,
    Conv,
    LeakyReLU,
    Linear,
    Recall,
    Reshape,
    Upsample,
    from_json,
    to_json,
)
from aecore.models.networks import build
from aecore.seeding import stream

SMALL = {"shape": (1, 8, 8), "widths": (12,), "channels": (3,), "code_dim": 3}
CODE = {  # maps of the size of the last halving
    "spatial": {"code_dim": 2 * 4 * 4},
    "residual": {"code_dim": 2 * 4 * 4, "widths": (1, 1, 2)},
}
IMAGES = torch.rand(5, 1, 8, 8, generator=stream(0, "images"))


BUILT = [  # a class comes in at a linear layer
    (kind, body) for kind in MODELS for body in BODIES
    if body != GIVEN and not (kind == "conditional" and body in CODE)
]  # fmt: skip


@pytest.fixture(params=BUILT, ids="-".join)
def model(request):
    kind, body = request.param
    config = ModelConfig(kind=kind, body=body, **SMALL | CODE.get(body, {}))
    config = config.fitted(config.shape, 4)
    return create(config, stream(0, "weights")).eval().requires_grad_(False)


def with_an_encoder(model):
    """Where there is none, it is said that there is none."""
    if not model.encodes:
        with pytest.raises(ValueError, match="has no encoder"):
            model.encode(IMAGES)
        pytest.skip("without an encoder")


def test_it_is_known_beforehand_whether_there_is_an_encoder(model):
    assert MODELS[model.config.kind].encodes == model.encodes
    codes = torch.zeros(2, model.config.code_dim)
    assert model.decode(codes).shape == (2, *IMAGES.shape[1:])


def test_shapes_and_ranges(model):
    with_an_encoder(model)
    posterior = model.encode(IMAGES)
    assert posterior.mean.shape == (5, model.config.code_dim)
    assert posterior.log_var is None or posterior.log_var.shape == posterior.mean.shape
    images = model.decode(posterior.mean)
    assert images.shape == IMAGES.shape
    if model.config.output != "identity":
        assert images.min() >= 0
        assert images.max() <= 1


def test_one_by_one_equals_batch(model):
    with_an_encoder(model)
    together = model.reconstruct(IMAGES)
    alone = torch.cat([model.reconstruct(image[None]) for image in IMAGES])
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=1e-5)


def test_reconstruct_is_the_decoded_posterior_mean_and_repeats(model):
    with_an_encoder(model)
    expected = model.decode(model.encode(IMAGES).mean)
    assert torch.equal(model.reconstruct(IMAGES), expected)
    assert torch.equal(model.reconstruct(IMAGES), model.reconstruct(IMAGES))


def test_terms_are_for_each_image_and_depend_on_the_generator_alone(model):
    first = model.terms(IMAGES, stream(3, "codes"))
    again = model.terms(IMAGES, stream(3, "codes"))
    assert first.reconstruction.shape == first.regulariser.shape == (5,)
    assert torch.equal(first.reconstruction, again.reconstruction)
    assert (first.regulariser >= 0).all()


def test_only_a_model_with_a_posterior_has_noise_and_a_plain_one_no_regulariser(model):
    with_an_encoder(model)
    probabilistic = model.encode(IMAGES).log_var is not None
    first = model.terms(IMAGES, stream(1, "codes"))
    other = model.terms(IMAGES, stream(2, "codes"))
    kind = model.config.kind
    assert MODELS[kind].posterior == probabilistic
    assert MODELS[kind].regulariser or not first.regulariser.any()
    if kind not in ("sparse", "adversarial"):  # whose terms are tested below
        assert bool(first.regulariser.any()) == bool(MODELS[kind].regulariser) == probabilistic
    drawn = probabilistic or kind == "masked"
    assert torch.equal(first.reconstruction, other.reconstruction) != drawn


def test_weights_come_from_the_generator_alone(model):
    again = create(model.config, stream(0, "weights"))
    other = create(model.config, stream(1, "weights"))
    assert all(
        torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True)
    )
    assert not torch.equal(next(iter(model.parameters())), next(iter(other.parameters())))


def test_layers_survive_json(model):
    for layers in model.layers.values():
        assert from_json(json.loads(json.dumps(to_json(layers)))) == layers


def test_posterior_sample_has_the_moments_of_the_posterior():
    config = ModelConfig(kind="vae", **SMALL)
    model = create(config, stream(0, "weights"))
    posterior = model.encode(IMAGES[:1].expand(20_000, -1, -1, -1))
    draws = posterior.sample(stream(0, "codes"))
    std = (0.5 * posterior.log_var[0]).exp()
    torch.testing.assert_close(draws.mean(0), posterior.mean[0], atol=0.03, rtol=0)
    torch.testing.assert_close(draws.std(0), std, atol=0.03, rtol=0)


def test_beta_weighs_nothing_inside_terms():
    config = ModelConfig(kind="vae", **SMALL)
    one = create(config, stream(0, "weights")).terms(IMAGES, stream(0, "codes"))
    ten = create(replace(config, beta=10.0), stream(0, "weights")).terms(
        IMAGES, stream(0, "codes")
    )
    assert torch.equal(one.regulariser, ten.regulariser)


def test_beta_normalised_is_beta_times_units_over_pixels():
    config = ModelConfig(kind="vae", shape=(1, 28, 28), code_dim=10, beta=4.0)
    assert config.beta_normalised == pytest.approx(4 * 10 / 784)


def test_first_weights_have_torchs_own_spread():
    config = ModelConfig(kind="ae", shape=(1, 28, 28), body="conv", widths=(256,))
    ours = create(config, stream(0, "weights"))
    with torch.random.fork_rng():
        torch.manual_seed(0)  # noqa: TID251  # torch's own rule takes no generator
        torchs = [build(layers) for layers in ours.layers.values()]
    for network, other in zip((ours.encoder, ours.decoder), torchs, strict=True):
        for mine, theirs in zip(network, other, strict=True):
            if hasattr(mine, "weight"):
                assert mine.weight.std().item() == pytest.approx(
                    theirs.weight.std().item(), rel=0.1
                )


@pytest.mark.parametrize("shape", [(3, 20, 28), (1, 12, 8), (2, 1, 50)])
@pytest.mark.parametrize("body", ["conv", "spatial", "residual"])
def test_what_cannot_be_halved_evenly_is_padded_and_cut_off(body, shape):
    if shape[1] == 1 and body != "conv":
        return
    numbers = math.prod(-(-side // 8) for side in shape[1:])
    config = ModelConfig(
        kind="ae", shape=shape, body=body, channels=(4, 4, 4), widths=(2, 2), code_dim=2 * numbers
    )
    model = create(config, stream(0, "weights"))
    images = torch.rand(3, *shape, generator=stream(1, "images"))
    padded = model.encoder[0](images)
    assert all(side % 8 == 0 or side == 1 for side in padded.shape[2:])
    assert torch.equal(model.decoder[-2](padded), images)  # nothing of the image is lost
    assert padded.sum() == images.sum()
    assert model.reconstruct(images).shape == images.shape


def test_upsample_repeats_pixels():
    image = torch.arange(4.0).reshape(1, 1, 2, 2)
    expected = np.repeat(np.repeat(image.numpy(), 2, axis=2), 2, axis=3)
    assert np.array_equal(build((Upsample(2),))(image).numpy(), expected)


def test_layers_that_look_back_compute_what_they_say():
    layers = (
        Conv(1, 2, 3, 1, 1), LeakyReLU(0.1), Conv(2, 2, 3, 1, 1), Add(2), Recall(4),
        Conv(2, 2, 1, 1, 0), Add(3), Recall(8), Conv(1, 2, 1, 1, 0), Add(3), Reshape((32,)),
        Linear(32, 1), Activation("tanh"),
    )  # fmt: skip
    network = build(layers)
    x = IMAGES[:3, :, :4, :4]
    first = network[0](x)
    block = network[2](network[1](first)) + network[1](first)
    joined = network[5](first) + block
    wanted = network[12](network[11]((network[8](x) + joined).flatten(1)))
    assert torch.allclose(network(x), wanted)
    assert torch.allclose(network[:-1](x).tanh(), wanted)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "vea"}, "model is 'vea', but must be one of pca, ae, vae, conditional, sparse"),
        ({"code_dim": 0}, "code_dim is 0, but must be 1 to 1,024"),
        ({"body": "deep"}, "body is 'deep', but must be one of dense, conv, spatial, residual"),
        ({"beta": -1.0}, "beta is -1.0, but must be 0 to 1,000"),
        ({"output": "identity"}, "output is 'identity', but must be 'sigmoid' where"),
        (
            {"body": "conv", "channels": (4, 8, 16, 32)},
            "a picture of 8×8 has to be halved .* at most 3 times",
        ),
        ({"body": "spatial"}, "maps of 4×4, so code_dim must be a multiple of 16"),
        ({"body": "given"}, "no new model can be made of its settings"),
        ({"body": "residual"}, "must be two numbers for a residual body"),
        (
            {"body": "residual", "shape": (1, 12, 10), "code_dim": 30, "widths": (1, 1, 1)},
            "maps of the last halving are 5×6, which can't be halved",
        ),
    ],
)
def test_wrong_settings_are_named_in_one_line(wrong, words):
    with pytest.raises(ValueError, match=words) as caught:
        create(ModelConfig(**({"kind": "vae", **SMALL} | wrong)), stream(0, "weights"))
    assert "\n" not in str(caught.value)


def test_blocks_at_half_the_size_see_twice_as_far_and_are_added_to_what_goes_past_them():
    """A pixel changes numbers of the code within its reach; with a quiet way below, as without."""
    config = ModelConfig(
        kind="ae", body="residual", shape=(1, 32, 32), channels=(4,), code_dim=256, widths=(1, 1)
    )
    plain, deep = (
        create(replace(config, widths=w), stream(0, "weights")).requires_grad_(False)
        for w in ((1, 1), (1, 3, 1))
    )
    image, spot = torch.zeros(1, 1, 32, 32), torch.zeros(1, 1, 32, 32)
    spot[0, 0, 0, 0] = 1

    def reached(model):
        changed = (model.encode(spot).mean - model.encode(image).mean).reshape(16, 16).abs() > 0
        return int(changed.any(1).sum())

    assert reached(deep) > 2 * reached(plain)
    (up,) = (m for m in deep.encoder.modules() if isinstance(m, torch.nn.ConvTranspose2d))
    up.weight.zero_(), up.bias.zero_()
    for part in (0, 1):  # the first halving and the first block
        deep.encoder[part].load_state_dict(plain.encoder[part].state_dict())
    ends = [
        [m for m in net.encoder if isinstance(m, torch.nn.Conv2d)][-1] for net in (plain, deep)
    ]
    ends[1].load_state_dict(ends[0].state_dict())
    pictures = torch.rand(3, 1, 32, 32, generator=stream(0, "images"))
    assert torch.equal(deep.encode(pictures).mean, plain.encode(pictures).mean)


def test_tc_weight_adds_the_total_correlation_and_nothing_else():
    config = ModelConfig(kind="vae", **SMALL)
    plain, weighted = (
        create(replace(config, tc_weight=w), stream(0, "weights")) for w in (1.0, 6.0)
    )
    one, six = (m.terms(IMAGES, stream(0, "codes")) for m in (plain, weighted))
    posterior = plain.encode(IMAGES)
    codes = posterior.sample(stream(0, "codes"))
    expected = total_correlation(codes, posterior.mean, posterior.log_var)
    torch.testing.assert_close(six.regulariser - one.regulariser, 5 * expected)
    assert torch.equal(six.reconstruction, one.reconstruction)


# ---- sparse -----------------------------------------------------------------------------------


def test_penalties_are_what_their_formulas_say():
    codes = torch.rand(7, 4, generator=stream(0, "codes"))
    torch.testing.assert_close(sparsity("l1", codes), codes.abs().sum(1))
    weights = torch.tensor([0.25, 0.5, 0.75, 1.0])
    torch.testing.assert_close(sparsity("weighted", codes), (codes * weights).sum(1))
    ours, rate = sparsity("kl", codes), codes.mean(0)
    p, q = (torch.distributions.Bernoulli(x) for x in (torch.full((4,), 0.05), rate))
    expected = torch.distributions.kl_divergence(p, q).sum()
    torch.testing.assert_close(ours, expected.expand(7))
    at_rest = sparsity("kl", torch.full((3, 4), 0.05))
    torch.testing.assert_close(at_rest, torch.zeros(3), atol=1e-6, rtol=0)


def test_standing_is_the_divergence_of_each_units_numbers_from_the_standard_normal():
    values = 2 * torch.randn(50, 3, generator=stream(0, "codes")) + 1
    found = torch.distributions.Normal(values.mean(0), values.std(0, correction=0))
    expected = torch.distributions.kl_divergence(found, torch.distributions.Normal(0, 1)).sum()
    torch.testing.assert_close(standing(values), expected.expand(50))
    assert torch.isfinite(standing(values[:1])).all()


def test_of_a_top_k_code_as_many_units_speak_as_are_asked_for():
    config = ModelConfig(kind="sparse", penalty="top_k", n_active=2, **SMALL | {"code_dim": 9})
    model = create(config, stream(0, "weights"))
    before, codes = model.encoder[:-1](IMAGES), model.encode(IMAGES).mean
    assert ((codes > 0).sum(1) <= 2).all()
    for row, left in zip(before, codes, strict=True):
        best = row.sort(descending=True).indices[:2]
        torch.testing.assert_close(left[best], row[best].clamp(min=0))
        assert left.sum() == left[best].sum()
    with pytest.raises(ValueError, match="n_active is 10"):
        replace(config, n_active=10)


@pytest.mark.parametrize("penalty", ["l1", "weighted", "kl"])
def test_codes_of_a_sparse_autoencoder_are_not_negative(penalty):
    config = ModelConfig(kind="sparse", penalty=penalty, **SMALL)
    model = create(config, stream(0, "weights"))
    assert (model.encode(IMAGES).mean >= 0).all()


# ---- masked -----------------------------------------------------------------------------------


def masked(ratio=0.5, likelihood="gaussian"):
    config = ModelConfig(kind="masked", mask_ratio=ratio, likelihood=likelihood, **SMALL)
    return create(config, stream(0, "weights"))


@pytest.mark.parametrize(("ratio", "n_patches"), [(0.25, 1), (0.5, 2), (0.75, 3)])
def test_a_mask_hides_its_share_in_whole_patches_of_every_image(ratio, n_patches):
    hidden = masked(ratio).mask(IMAGES, stream(0, "mask"))
    assert (hidden.flatten(1).sum(1) == n_patches * 16).all()
    blocks = hidden.view(5, 1, 2, 4, 2, 4).float().mean(dim=(3, 5))
    assert set(blocks.flatten().tolist()) == {0.0, 1.0}
    assert len({tuple(each.flatten().tolist()) for each in hidden}) > 1


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli", "calibrated"])
def test_the_masked_loss_hears_of_hidden_pixels_alone(likelihood):
    model = masked(likelihood=likelihood)
    hidden = model.mask(IMAGES, stream(4, "mask"))
    elsewhere = torch.where(hidden, IMAGES, IMAGES.flip(0))  # visible pixels differ …
    codes = model.encode(torch.where(hidden, 0.5, IMAGES)).mean
    weight = hidden / hidden.float().mean(dim=(1, 2, 3), keepdim=True)
    loss = model.negative_log_likelihood(codes, IMAGES, weight)
    torch.testing.assert_close(loss, model.terms(IMAGES, stream(4, "mask")).reconstruction)
    # … and as targets make no difference
    torch.testing.assert_close(loss, model.negative_log_likelihood(codes, elsewhere, weight))
    whole = model.negative_log_likelihood(codes, IMAGES, torch.ones_like(IMAGES))
    torch.testing.assert_close(whole, model.negative_log_likelihood(codes, IMAGES))


def test_each_image_may_draw_its_own_share_of_hidden_patches():
    model = masked()
    model.config = replace(model.config, mask_ratio=0.5, mask_spread=0.4)
    images = torch.rand(300, *model.config.shape, generator=stream(0, "images"))
    shares = model.mask(images, stream(0, "mask")).float().mean(dim=(1, 2, 3))
    assert shares.min() < 0.3
    assert shares.max() > 0.7
    assert 0 < shares.min() <= shares.max() < 1
    with pytest.raises(ValueError, match=r"mask_spread is 0\.5, .* below 0\.5"):
        replace(model.config, mask_spread=0.5)


# ---- adversarial ------------------------------------------------------------------------------


def test_one_step_teaches_the_critic_and_deceives_it():
    config = ModelConfig(kind="adversarial", **SMALL)
    model = create(config, stream(0, "weights"))
    terms = model.terms(IMAGES, stream(0, "codes"))
    terms.regulariser.sum().backward()
    encoder = model.encoder[-1].weight.grad.clone()
    codes = model.encode(IMAGES).mean
    codes.retain_grad()
    honest = torch.nn.functional.softplus(model.critic(codes).squeeze(1)).sum()
    model.zero_grad()
    honest.backward()
    torch.testing.assert_close(model.encoder[-1].weight.grad, -encoder)


def test_the_accuracy_of_a_critic_that_knows_nothing_is_a_half():
    config = ModelConfig(kind="adversarial", **SMALL)
    model = create(config, stream(0, "weights"))
    codes = torch.empty(4000, 3).normal_(generator=stream(0, "images"))
    assert model.critic_accuracy(codes, stream(0, "codes")) == pytest.approx(0.5, abs=0.03)
