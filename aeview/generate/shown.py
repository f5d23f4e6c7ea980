"""What the page Generate shows: bounds, starts and names in the address."""

from aecore.flows.flow import ANY, GUIDANCE, MAX_GUIDANCE, MAX_STEPS, STEPS
from aecore.latents.measures import MEASURES
from aecore.latents.sampling import MAX_TEMPERATURE, SAMPLERS
from aecore.noise import MAX_SEED
from aecore.soundness import MOST_CLASSES
from aeview import shown
from aeview.own_pictures import carried
from aeview.shown import choice, number, text

ORIGINS = ("noise", "image", carried.OWN)
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
        label: the class that a latent flow is asked for; −1 for any.
        guidance: of the flow.
        steps: of the flow, from noise to code.
        time: how far along the way "out of noise" is shown, 0 to 1.
        origin: where that way begins: noise, the noise that the chosen image comes from, or that
            of the user's own picture.
        measure: a name in `MEASURES`: which figure of the samples is shown.
    """

    seed: int = number(0, 0, MAX_SEED, title="The seed")
    n: int = number(36, 1, MAX_SAMPLES, title="The number of samples")
    temperature: float = number(1.0, 0, MAX_TEMPERATURE, step=0.1, title="The temperature")
    method: str = choice("prior", SAMPLERS, link="codes")
    image: str = text()
    noise: float = number(2.0, 0, MAX_NOISE, step=0.1, title="The noise")
    label: int = number(ANY, ANY, MOST_CLASSES - 1, link="ask", title="The class")
    guidance: float = number(GUIDANCE, 0, MAX_GUIDANCE, step=0.1, title="The guidance")
    steps: int = number(STEPS, 1, MAX_STEPS, title="The number of steps")
    time: float = number(1.0, 0, 1, step=0.01, title="The time")
    origin: str = choice("noise", ORIGINS)
    measure: str = choice("distance", MEASURES)


class Partner(shown.Shown):
    """The model beside the sidebar's."""

    beside: str = text()
