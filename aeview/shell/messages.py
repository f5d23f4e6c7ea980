"""Words for what is missing, and for a model's figures."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aecore.data.imageset import Axis, Things
from aecore.diagnosis import LEAST_DRAWN, n_drawn
from aecore.export import decodes_a_second, served
from aecore.models.bodies import BODIES
from aecore.models.config import LIKELIHOODS
from aecore.models.family import MODELS, family_of

NO_MODELS = (
    "No model for this data set yet. Train one: "
    "`python -m aecore train --data {data} --model vae --epochs 30 --out my-model.safetensors`"
)
ONE_MODEL = (
    "There is only one model for this data set and image size, and a comparison needs two. Train "
    "another one: `python -m aecore train --data {data} --model pca --latent-dim 2 --out "
    "my-pca.safetensors`"
)
UNREAD = "Its layers can't be read, and there is no least change to another class."
FLUENT = 20  # pictures a second; below it one sees the hover lag
FAMILIES = {kind: family.title for kind, family in MODELS.items()}
PREDICT_FIRST = "The model's figures come back when you have revealed the answer."
# What the names of the figures mean; shown where one points at them.
EXPLAINED = {
    "MSE": "Mean squared error: how far the picture that comes back is from the original.",
    "reconstruction": (
        "How surprising the original is, given what the decoder draws: −log p(x given z). In "
        "nats, the unit of natural logarithms; 1 nat is 1.44 bits. Lower is better. With the "
        "cross-entropy grey counts as the probability of ink, by custom: p is then not quite one."
    ),
    "KL": (
        "How much an image's posterior (the codes its encoder finds likely) differs from the "
        "prior N(0, I), in nats: what the code tells of the image, at most. 0 is nothing."
    ),
    "−ELBO": (
        "Reconstruction plus KL: what a VAE with β = 1 is trained to make small. It bounds from "
        "above how surprising the images are to the model (ELBO: evidence lower bound)."
    ),
    "−log p(x), at most": (
        "The importance-weighted bound of Burda, Grosse & Salakhutdinov (2016): nearer to how "
        "surprising the images are than −ELBO, by 500 draws from each image's posterior. Over "
        "1,000 test images, or all where there are fewer."
    ),
    "Fréchet distance": (
        "How far the drawn pictures are from the training images, in mean and covariance of 32 "
        "features of our classifier. Lower is better; within a data set only."
    ),
    "classes drawn": (
        f"Classes that {LEAST_DRAWN} or more of 1,000 drawn pictures show. A generator that "
        "leaves most of them out has collapsed (mode collapse)."
    ),
    "active units": "The units of the code that vary from image to image; others are unused.",
}
DENOISE = """
- **Original, noisy, restored.** Noise is added to test images that no model was trained on, in
  your browser, drawn from the seed. Every network gets the noisy image as it is; the **denoising
  autoencoder** was trained to turn spoilt images of all these kinds into clean ones, and is never
  told kind or level. The other models were trained on clean images alone.
- **PSNR** is −10·log₁₀ of the mean squared error (peak 1), in decibels: 3 dB more is half the
  error. **SSIM** compares brightness, contrast and structure in windows of 7×7 pixels (weights
  equal); 1 is identical. Both are means of the values of the single images.
- **Classical filters** are computed on the server as soon as the slider rests, each fitted to the
  nearest tested level: they are told the level, the networks are not. Their strength is the best
  on validation images. The **Wiener** filter is the best linear one: each pixel is a weighted sum
  of all noisy pixels, fitted on training images; of images with more than {whole:,} numbers it
  sees and gives what lies along the {axes} axes in which they vary most, and with more than
  {most:,} it is left out. Noise is clipped to [0, 1], which raises low values and lowers high
  ones; behind each filter a **tone curve**, a monotone map of each pixel's value fitted on
  validation images, takes that back, as the networks have learnt to.
- **Missing patch** and what you **paint away** are set to 0.5, which tells nothing. The denoising
  autoencoder has met such patches in training, and fills in what it finds likely.
- **Residuals** show how far each pixel is from the original, from 0 to 1.
"""


def model_title(name: str, card: Card | None) -> str:
    """A model in a few words; its name comes first, so that a narrow field cuts off the rest."""
    if card is None:
        return f"{name} (can't be opened)"
    return f"{name} · {family_title(card)}"


def family_title(card: Card) -> str:
    """What a model is: "β-VAE, β = 4, 10 units"."""
    units = "1 unit" if card.model.code_dim == 1 else f"{card.model.code_dim} units"
    return f"{family(card)}, {units}"


def squeezes(card: Card) -> str:
    """What one sees happen in a model, in a sentence for those who have never heard of one."""
    known = family_of(card.model.kind)
    who = known.heading if known.closed_form else "An autoencoder"
    n_pixels, d = math.prod(card.model.shape), card.model.code_dim
    count = {1: "one number", 2: "two numbers"}.get(d, f"{d:,} numbers")
    into = f"turns the {n_pixels:,} pixels of a picture into {count}"
    does = f"squeezes a picture into {count}" if d < n_pixels else into
    if card.model.n_classes:
        return card.things.say(
            f"Told the class of a picture, this model squeezes the rest, its style, into {count}; "
            "the same style can be drawn as any class."
        )
    them = "it" if d == 1 else "them"
    sentence = f"{who} {does} and draws it again from {them}; near numbers are similar pictures."
    return card.things.say(sentence)


def family(card: Card) -> str:
    """What kind of model it is."""
    return family_of(card.model.kind).named(card.model)


def figures(card: Card) -> str:
    """The test figures as HTML; everything that could come from a user is escaped."""
    metrics = card.metrics
    words = card.things
    if not card.encodes:
        return _drawn(metrics)
    rows = [(f"MSE per {words.part}", f"{metrics['mse']:.4f}")]
    if metrics["kl"] is not None:
        rows += [
            ("reconstruction", _nats(metrics, "reconstruction")),
            ("KL", _nats(metrics, "kl")),
            ("−ELBO", _nats(metrics, "negative_elbo")),
        ]
        if metrics.get("iw_nll") is not None:
            rows.append(("−log p(x), at most", _nats(metrics, "iw_nll")))
        rows.append(("active units", f"{metrics['active_units']} of {card.model.code_dim}"))
    lines = "".join(
        f"<dt{_explained(name, words)}>{escape(name)}</dt><dd>{escape(value)}</dd>"
        for name, value in rows
    )
    only = card.training.only
    of = f" ({escape(', '.join(only))})" if only else ""
    note = f"Means over {metrics['n']:,} {escape(metrics['split'])} {words.many}{of}."
    if metrics["kl"] is not None:
        note = f"{note} {card.model.likelihood.title()} likelihood."
    if card.data in DATASETS and (caveat := DATASETS[card.data].caveat):
        note = f"{note} {caveat}"
    return f'<div class="card"><dl>{lines}</dl><p>{note}</p></div>'


def _drawn(metrics: dict[str, Any]) -> str:
    """The figures of a model that draws, by our classifier, where one is shipped."""
    if "drawn" not in metrics:
        return ""
    counts = metrics["drawn"]
    rows = {
        "Fréchet distance": f"{metrics['distance']:.1f}",
        "classes drawn": f"{n_drawn(counts)} of {len(counts)}",
    }
    lines = "".join(
        f'<dt title="{escape(EXPLAINED[name])}">{name}</dt><dd>{value}</dd>'
        for name, value in rows.items()
    )
    note = "Of codes drawn from N(0, I), in features and classes of our own classifier."
    return f'<div class="card"><dl>{lines}</dl><p>{note}</p></div>'


def _explained(name: str, words: Things) -> str:
    said = words.say(EXPLAINED.get(name.partition(" per ")[0], ""))
    return f' title="{escape(said)}"' if said else ""


def _nats(metrics: dict[str, Any], name: str) -> str:
    """A mean with the standard error over the images, where that is known."""
    error = metrics.get(f"{name}_se")
    mean = f"{metrics[name]:.1f}".replace("-", "−")
    return f"{mean}{f' ± {error:.1f}' if error else ''} nats"


def signal(n_samples: int, axis: Axis | None) -> str:
    """What a drawn signal shows: its extent, and what a square of the grid stands for."""
    step = ruling(n_samples)
    if axis is None:
        return (
            f"Signals of {n_samples} samples. A square of the grid: {step} samples, and a fifth "
            "of the range of the training signals."
        )
    if axis.columns is not None:
        return (
            f"Rows of {n_samples} numbers, a column after another, from {axis.low:g} to "
            f"{axis.high:g} standard deviations of the training rows around their mean. A square "
            f"of the grid: {step} {'column' if step == 1 else 'columns'} by "
            f"{(axis.high - axis.low) / 5:g}."
        )
    last = axis.start + axis.step * (n_samples - 1)
    unit = f" {axis.unit}" if axis.unit else ""
    scaled = "" if axis.unit else " of the training signals, scaled to 0 … 1"
    return (
        f"Signals of {n_samples} samples, {axis.start:g} to {last:g} {axis.across}, from "
        f"{axis.low:.3g} to {axis.high:.3g}{unit}{scaled}. A square of the grid: "
        f"{step * axis.step:g} {axis.across.split()[0]} by {(axis.high - axis.low) / 5:.3g}{unit}."
    )


def columns(names: Sequence[str]) -> str:
    """The columns of a table as a numbered list in HTML."""
    return f"<ol>{''.join(f'<li>{escape(name)}</li>' for name in names)}</ol>"


def ruling(n_samples: int) -> int:
    """Samples from one upright line of the grid to the next, as `signal.js` draws it."""
    power = 10 ** max(0, int(math.log10(n_samples / 5)))
    return next((step * power for step in (5, 2, 1) if n_samples >= 5 * step * power), 1)


def speed(card: Card) -> str:
    """How a decoder that a browser is slow with, or can't run, feels; nothing of others."""
    if card.served:
        return f"{served()}. {UNREAD}"
    each = decodes_a_second(card)
    if each >= FLUENT:
        return ""
    often = f"{each:.0f} times a second" if each >= 1.5 else "once a second"
    often = often if each >= 0.67 else f"every {1 / each:.0f} seconds"
    return card.things.say(
        f"A large decoder: a browser takes about {1 / each:.1f} s for an image, so that the "
        f"picture follows the mouse about {often}."
    )


def architecture(card: Card, n_parameters: int | None) -> str:
    """How the model is built, in plain words."""
    model, family = card.model, family_of(card.model.kind)
    body = family.layers or BODIES[model.body].words(model.channels, model.widths)
    objective = LIKELIHOODS[model.likelihood]
    if n_parameters is None:
        return (
            f"two ONNX graphs, as they were brought; {model.code_dim} latent units; trained "
            f"elsewhere. Figures in nats take {objective} for its loss."
        )
    if card.foreign:
        return (
            f"{body}; {model.code_dim} latent units; {n_parameters:,} parameters; trained "
            f"elsewhere. Figures in nats take {objective} for its loss."
        )
    if not card.encodes:
        return (
            f"generator and critic {body}; {model.code_dim} latent units; {model.activation}; "
            f"R1 with γ = {model.r1:g}; the critic's learning rate is {model.critic_rate:g} times "
            f"the generator's; {n_parameters:,} parameters; {card.training.total_epochs} epochs"
        )
    if family.closed_form:
        return (
            f"{body}; {model.code_dim} latent units; {objective}; {n_parameters:,} parameters; "
            "fitted in closed form"
        )
    beta = (
        f"; β = {model.beta:g} (normalised {model.beta_normalised:.4f})"
        if family.posterior
        else ""
    )
    if model.tc_weight != 1:
        beta += f", total correlation × {model.tc_weight:g}"
    return (
        f"{body}; {model.code_dim} latent units; {model.activation}; {objective}{beta}; "
        f"{n_parameters:,} parameters; {card.training.total_epochs} epochs"
    )
