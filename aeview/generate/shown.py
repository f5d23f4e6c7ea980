"""What the page Generate shows: bounds, starts and names in the address."""

from aecore.latents.sampling import MAX_TEMPERATURE, SAMPLERS
from aecore.noise import MAX_SEED
from aeview import shown
from aeview.shown import choice, number, text

MAX_SAMPLES = 100
MAX_NOISE = 3.0


class Shown(shown.Shown, component="generate", states=("generate_model",)):
    """Random codes of two models; all but `partner` is reported by the component.

    Attributes:
        seed: of all draws.
        n: samples for each model.
        temperature: what the noise is multiplied by.
        method: a name in `SAMPLERS`.
        image: the chosen image as split-index, for example "0-17"; empty for the first.
        noise: largest noise on its code, in standard deviations of the model's codes.
    """

    seed: int = number(0, 0, MAX_SEED, title="The seed")
    n: int = number(36, 1, MAX_SAMPLES, title="The number of samples")
    temperature: float = number(1.0, 0, MAX_TEMPERATURE, step=0.1, title="The temperature")
    method: str = choice("prior", SAMPLERS, link="codes")
    image: str = text()
    noise: float = number(2.0, 0, MAX_NOISE, step=0.1, title="The noise")


class Partner(shown.Shown):
    """The model beside the sidebar's."""

    beside: str = text()
