"""A training that came to nothing: how a card shows it, and the setting that mends it.

Everything is judged by what the card holds, so that the command line, Train, the sidebar and the
map say the same. Older cards hold fewer figures and are judged by those.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aecore.checkpoints import Card
from aecore.models.config import ModelConfig
from aecore.models.family import family_of
from aecore.training.config import TrainingConfig

# Intensity²: what float32 makes of equal images. One grey level in one pixel of 784, of one image
# in a thousand, is 2·10⁻¹¹ times 1,000 of these.
EQUAL = 1e-12
# Of the images' variance. The worst shipped model keeps 0.2 of it (PCA of 2 units); outputs of
# a least-squares fit vary by what it explains, so below a hundredth there is nothing to look at.
CONSTANT = 0.01
# Of the error of answering every image with the mean one. The same PCA has 0.83; one unit of PCA
# on MNIST has 0.91. From here on a model explains less than a twentieth of the variance.
NO_BETTER = 0.95
# Of the digits an autoencoder of 2 units has explained a tenth of the variance in so many steps
# of a one-cycle training, and more than half in ENOUGH.
FEW_STEPS = 100
HALF = 0.5
LEAST_DRAWN = 10  # of 1,000 pictures that show a class, for it to count as drawn
ENOUGH_STEPS = 500
# Adam moves a weight by about the rate a step: at 10⁻⁵ a thousand steps move it by less than a
# third of what it is drawn with (1/√784); far above 0.03 trainings with Adam run away.
SLOW, FAST = 1e-5, 0.03
# Mean intensity. Digits and clothes of the shipped sets have 0.13 to 0.29; turned over, 0.71 up:
# of such an autoencoder of the digits has explained nothing in 80 steps (a twentieth as they are).
BRIGHT = 0.6


class Finding(NamedTuple):
    """What is wrong with a model, and what mends it, a sentence each."""

    fault: str
    mend: str

    def __str__(self) -> str:
        """Both sentences."""
        return f"{self.fault} {self.mend}"


def diagnose(card: Card) -> Finding | None:
    """Say why a model came to nothing; None where it learnt something."""
    faults, mends = (_faults, _mends) if card.encodes else (_collapsed, _mends_of_collapse)
    mends = _mends_elsewhere if card.foreign else mends
    fault = next(faults(card), "")
    return Finding(fault, " ".join(mends(card))) if fault else None


def _faults(card: Card) -> Iterator[str]:
    """The plainest first."""
    figures, words = card.metrics, card.things
    if not math.isfinite(figures["mse"]):
        yield "This model learnt nothing: what it makes of an image is not a number."
    if _equal(card):
        yield f"This model learnt nothing: all {figures['n']:,} test {words.many} are the same."
    if figures["kl"] is not None and figures["active_units"] == 0:
        yield (
            f"This model learnt nothing: no unit is active (0 of {card.model.code_dim}). Every "
            f"{words.one} gets the same code, and the decoder ignores it (posterior collapse)."
        )
    variance = figures.get("image_variance")
    if not variance:
        return
    if figures["output_variance"] < CONSTANT * variance:
        yield f"This model learnt nothing: it makes the same of every {words.one}."
    if figures["mse"] > NO_BETTER * variance:
        yield (
            f"This model learnt next to nothing: its error per {words.part} is "
            f"{figures['mse']:.3g}, and to answer always with the mean {words.one} has "
            f"{variance:.3g}."
        )
    if 0 < card.steps < FEW_STEPS and figures["mse"] > HALF * variance:
        share = max(0.0, 1 - figures["mse"] / variance)
        yield f"This model learnt little: {share:.0%} of how the {words.many} differ."


def _collapsed(card: Card) -> Iterator[str]:
    """Mode collapse of a generator, where what it draws has been told apart."""
    counts = card.metrics.get("drawn")
    if counts and (n := n_drawn(counts)) <= HALF * len(counts):
        yield (
            f"Mode collapse: {sum(counts):,} pictures that it draws show {n} of {len(counts)} "
            f"classes ({LEAST_DRAWN} or more of each)."
        )


def _mends_of_collapse(card: Card) -> Iterator[str]:
    usual = ModelConfig(kind=card.model.kind)
    if card.model.critic_rate < usual.critic_rate:
        yield (
            "The critic learns too slowly: let it learn as fast as the generator (--critic-rate "
            f"{usual.critic_rate:g})."
        )
    elif card.model.r1 < usual.r1:
        yield f"The critic's verdict is too steep: penalise that (--r1 {usual.r1:g})."
    else:
        yield "Train longer (--epochs), or at a lower learning rate (--learning-rate)."


def n_drawn(counts: Sequence[int]) -> int:
    """How many classes are drawn, of which so many pictures were taken for each."""
    return sum(count >= LEAST_DRAWN for count in counts)


def _equal(card: Card) -> bool:
    variance = card.metrics.get("image_variance")
    return variance is not None and card.metrics["n"] > 1 and variance < EQUAL


def _mends_elsewhere(card: Card) -> Iterator[str]:
    yield f"It was trained elsewhere: see that these are the {card.things.many} it has learnt."


def _mends(card: Card) -> Iterator[str]:
    """The settings that are likely to blame; the usual remedy where none stands out."""
    model, training, family = card.model, card.training, family_of(card.model.kind)
    if _equal(card):
        yield f"Look at the files: nothing can be learnt from equal {card.things.many}."
        return
    blamed = False
    if 0 < card.steps < FEW_STEPS:
        blamed = True
        yield _longer(card.steps, training)
    if not family.closed_form and not SLOW < training.learning_rate <= FAST:
        blamed = True
        size = "small" if training.learning_rate <= SLOW else "large"
        yield (
            f"The learning rate {training.learning_rate:g} is {size}: set it to "
            f"{TrainingConfig().learning_rate:g} (--learning-rate)."
        )
    if family.posterior and model.beta > 1:
        blamed = True
        yield f"β = {model.beta:g} is large: set it to 1 (--beta), or let it rise (--kl-warmup)."
    mean = card.metrics.get("mean_intensity")
    if mean is not None and mean > BRIGHT and model.shape[1] > 1:
        blamed = True
        yield (
            f"The images are bright nearly everywhere (mean {mean:.2f}) and so take more steps "
            "than bright ink on dark: train longer (--epochs), or turn them over (1 − intensity)."
        )
    if not blamed and family.closed_form:  # more passes find nothing more
        yield "Take more units (--latent-dim), or more images."
    elif not blamed:
        yield (
            f"Train longer (--epochs), {'with a smaller β' if family.posterior else 'or with'} "
            f"{'(--beta) or ' if family.posterior else ''}more units (--latent-dim)."
        )


def _longer(steps: int, training: TrainingConfig) -> str:
    """How many passes make enough steps."""
    done = "1 step was" if steps == 1 else f"{steps:,} steps were"
    epochs = math.ceil(ENOUGH_STEPS * training.total_epochs / steps)
    smaller = ", or in smaller batches (--batch-size)" if training.batch_size > 1 else ""
    return f"Only {done} taken: train for {epochs:,} epochs (--epochs){smaller}."
