"""What the page Generate shows, as Python."""

import math
from dataclasses import asdict

from aecore.flows.flow import ANY
from aecore.latents.sampling import SAMPLERS
from aeview.generate import view as generation
from aeview.shell.snippets import Snippet, write
from aeview.work import flows
from aeview.work.live import Opened

ASKED = "lab.flow.ask({label}, guidance={guidance:g}, steps={steps})"
LABEL = ", label={} if lab.card.model.n_classes else None"
SAMPLES = """
import aecore

made = {}
for name in $names:  # the same seed draws the same noise for every model
    lab = aecore.open(name)
    made[name] = lab.sample($n, $source, seed=$seed, temperature=$temperature$label)
    print(f"{name}: mean support {made[name].support.mean():.0%}")
picture = aecore.picture(*(each.images for each in made.values()), columns=$columns)
picture
"""


def snippet(chosen: Opened) -> Snippet:
    """The samples of both models."""
    shown = generation.now(chosen)
    beside = generation.beside(chosen)
    both = [chosen, *([beside] if beside else [])]
    flow = SAMPLERS[shown.method].learnt
    names = [each.name for each in both if not flow or flows.flow_of(each)]
    if not names:
        return Snippet("", flows.told(chosen)["words"])
    source = ASKED.format(**asdict(shown)) if flow else repr(shown.method)
    asks = not flow and shown.label != ANY and any(m.checkpoint.card.model.n_classes for m in both)
    return Snippet(
        write(
            SAMPLES, names=names, source=source, n=shown.n, seed=shown.seed,
            temperature=shown.temperature, label=LABEL.format(shown.label) if asks else "",
            columns=math.ceil(math.sqrt(shown.n)),
        )
    )  # fmt: skip
