"""A velocity field that carries noise to codes, and the ways along it. No torch.

A flow moves x₀ ~ N(0, I) along dx/dt = v(x, t, class) from t = 0 to t = 1, where it is distributed
as the model's codes are (standardised by their mean and deviation). Lipman, Chen, Ben-Hamu, Nickel
& Le (2023), "Flow matching for generative modeling"; on the codes of an autoencoder instead of
pixels as Rombach, Blattmann, Lorenz, Esser & Ommer (2022). `aeview/browser/net/flow.js` is the
same in the browser.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from aecore import noise
from aecore.arrays import CodeArray, LabelArray, ValueArray
from aecore.configs import require
from aecore.flows.config import FlowConfig
from aecore.models.layers import Activation, Layer, Linear

N_TIMES = 8  # sines, and as many cosines, of the time
MAX_STEPS, MAX_GUIDANCE = 50, 4.0
STEPS, GUIDANCE = 12, 1.0
ANY = -1  # no class is asked for: each draw has one of its own, all of them alike often


def architecture(code_dim: int, n_classes: int, config: FlowConfig) -> tuple[Layer, ...]:
    """A code, 16 numbers of the time and one for each class → the velocity of the code."""
    widths = (code_dim + 2 * N_TIMES + n_classes, *[config.width] * config.depth)
    hidden = [
        layer
        for n_in, n_out in pairwise(widths)
        for layer in (Linear(n_in, n_out), Activation("silu"))
    ]
    return (*hidden, Linear(widths[-1], code_dim))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a flow.

    Attributes:
        label: class number; `ANY` draws each code's class.
        guidance: w of v = v(x, t) + w·(v(x, t, class) − v(x, t)): 1 is the class as it was
            learnt, more draws what is typical of it (Ho & Salimans 2022), 0 knows no class.
        steps: from noise to code; each asks the network twice, with guidance four times.
    """

    label: int = ANY
    guidance: float = GUIDANCE
    steps: int = STEPS

    def __post_init__(self) -> None:
        """Check what a page, a link or a notebook asks."""
        guided = 0 <= self.guidance <= MAX_GUIDANCE
        require(guided, "guidance", self.guidance, f"0 to {MAX_GUIDANCE:g}")
        require(1 <= self.steps <= MAX_STEPS, "steps", self.steps, f"1 to {MAX_STEPS}")


@dataclass(frozen=True, slots=True)
class Flow:
    """A trained flow: a source of codes, as `sampling.Mixture` is.

    Attributes:
        layers: of the network.
        weights: float32 by name, "0.weight" as torch has them.
        mean: of the training codes, (d,).
        scale: their standard deviations, (d,).
        n_classes: it can be asked for; 0 where it was trained without.
        asked: of the next draws.
    """

    layers: tuple[Layer, ...]
    weights: dict[str, np.ndarray]
    mean: Float[np.ndarray, " d"]
    scale: Float[np.ndarray, " d"]
    n_classes: int
    asked: Asked = field(default_factory=Asked)

    @property
    def code_dim(self) -> int:
        """Numbers in a code."""
        return len(self.mean)

    def tensors(self) -> dict[str, np.ndarray]:
        """As they are stored and sent: float16 weights, float32 mean and scale."""
        weights = {f"network.{k}": v.astype(np.float16) for k, v in self.weights.items()}
        ends = {"mean": self.mean.astype(np.float32), "scale": self.scale.astype(np.float32)}
        return weights | ends

    def ask(self, label: int = ANY, *, guidance: float = GUIDANCE, steps: int = STEPS) -> "Flow":
        """Return the same flow, which draws codes of a class.

        Raises:
            ValueError: for a class that it does not have, or settings out of range.
        """
        allowed = f"0 to {self.n_classes - 1}" if self.n_classes else "left out: it knows none"
        require(label == ANY or 0 <= label < self.n_classes, "label", label, allowed)
        return replace(self, asked=Asked(label, guidance, steps))

    def place(
        self, normals: CodeArray, uniforms: ValueArray, temperature: float = 1.0
    ) -> CodeArray:
        """Turn standard normal numbers into codes.

        Args:
            normals: x₀, (n, d).
            uniforms: in (0, 1), choose the class of each where none is asked for.
            temperature: what x₀ is multiplied by; 1 is what was learnt.
        """
        start = (temperature * normals).astype(np.float32)
        return self.codes(self.path(start, self.labels(uniforms))[-1])

    def labels(self, uniforms: ValueArray) -> LabelArray:
        """The class of each draw: the one that is asked for, else any."""
        if self.asked.label != ANY or not self.n_classes:
            return np.full(len(uniforms), self.asked.label, np.int64)
        return noise.classes(uniforms, self.n_classes)

    def path(
        self, start: CodeArray, labels: LabelArray, since: float = 0.0
    ) -> Float[np.ndarray, "steps n d"]:
        """Go from t = `since` to t = 1 by the midpoint method; all places, the start first.

        Each step is straight, with the velocity that is found half-way (Runge 1895).

        Args:
            start: standardised, (n, d).
            labels: class of each.
            since: where on the way from noise to code the start is, 0 to 1.
        """
        times = np.linspace(since, 1, self.asked.steps + 1)
        places = np.empty((len(times), *start.shape), np.float32)
        places[0] = start
        for k, (t, end) in enumerate(pairwise(times)):
            half = (end - t) / 2
            middle = places[k] + np.float32(half) * self.guided(places[k], t, labels)
            places[k + 1] = places[k] + np.float32(2 * half) * self.guided(
                middle, t + half, labels
            )
        return places

    def back(self, end: CodeArray, labels: LabelArray) -> CodeArray:
        """Go back from t = 1 to the noise that `path` would come from, without guidance.

        The way of an ordinary differential equation can be gone in either direction; here to the
        error of the midpoint method (Song et al. 2021 call what is found the image's encoding).

        Args:
            end: standardised codes, (n, d).
            labels: class of each.
        """
        half = 0.5 / self.asked.steps
        x = end.astype(np.float32)
        for t in np.linspace(1, 0, self.asked.steps + 1)[:-1]:
            middle = (x - half * self.velocity(x, t, labels)).astype(np.float32)
            x = (x - 2 * half * self.velocity(middle, t - half, labels)).astype(np.float32)
        return x

    def guided(self, x: CodeArray, t: float, labels: LabelArray) -> CodeArray:
        """The velocity with the guidance that is asked for, in standardised units."""
        w = np.float32(self.asked.guidance)
        if w == 1 or not self.n_classes:
            return self.velocity(x, t, labels)
        free = self.velocity(x, t, np.full(len(x), ANY))
        return free + w * (self.velocity(x, t, labels) - free)

    def velocity(self, x: CodeArray, t: float, labels: LabelArray) -> CodeArray:
        """v(x, t, class); `ANY` as a class tells the network none."""
        numbers = given(x, np.full(len(x), t), one_hot(labels, self.n_classes))
        for at, layer in enumerate(self.layers):
            if isinstance(layer, Linear):
                numbers = numbers @ self.weights[f"{at}.weight"].T + self.weights[f"{at}.bias"]
            else:
                numbers = numbers / (1 + np.exp(-numbers))
        return numbers

    def codes(self, x: CodeArray) -> CodeArray:
        """From standardised numbers to codes."""
        return (self.mean + self.scale * x).astype(np.float32)

    def standard(self, codes: CodeArray) -> CodeArray:
        """From codes to standardised numbers."""
        return ((codes - self.mean) / self.scale).astype(np.float32)


def one_hot(labels: LabelArray, n_classes: int) -> Float[np.ndarray, "n classes"]:
    """1 in the column of the class; a row of zeros for `ANY`."""
    return (labels[:, None] == np.arange(n_classes)).astype(np.float32)


def given(
    x: CodeArray, times: ValueArray, classes: Float[np.ndarray, "n classes"]
) -> Float[np.ndarray, "n in"]:
    """What the network is given: code, sin πkt and cos πkt for k = 1 to 8, class."""
    angles = np.pi * np.arange(1, N_TIMES + 1) * times[:, None]
    told = (x, np.sin(angles), np.cos(angles), classes)
    return np.concatenate(told, axis=1).astype(np.float32)
