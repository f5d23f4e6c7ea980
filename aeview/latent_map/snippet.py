"""What the page Latent map shows, as Python."""

from aecore.latents.projection import projection_class
from aeview.latent_map import view as explorer
from aeview.shell import map_choice
from aeview.shell.snippets import Snippet, code, write
from aeview.work.cache import STORED_POINTS, MapChoice
from aeview.work.live import Opened

MAPPED = """
import aecore

lab = aecore.open($name)
plane = lab.map($choice)  # plane.points: where the images lie
"""
PINNED = """
# the pinned place: its picture, its support, the nearest images, draws of a posterior
position = lab.explain($code, plane)
print(f"support {position.support:.0%}")
picture = aecore.picture(position.image[None], enlarge=10)
picture
"""

CHANGED = """
# the least change of the pinned place after which our classifier sees another class
change = lab.counterfactual($code, $label, plane)
print(f"distance {change.distance:.2f}, support {change.support[-1]:.0%}")
picture = aecore.picture(change.images, enlarge=3)
picture
"""


def snippet(chosen: Opened) -> Snippet:
    """The map, and the pinned place explained."""
    checkpoint = chosen.checkpoint
    choice = map_choice.choice(checkpoint)
    pinned = explorer.pinned(checkpoint, choice)
    text = write(MAPPED, name=chosen.call, choice=_map(choice))
    if pinned is None:
        return Snippet(text)
    row = pinned.row if choice.n_points == STORED_POINTS else -1
    place = code(checkpoint, pinned.code, row)
    if pinned.towards < 0:
        return Snippet(f"{text}\n{write(PINNED, code=place)}")
    label = checkpoint.card.classes[pinned.towards]
    return Snippet(f"{text}\n{write(CHANGED, code=place, label=repr(label))}")


def _map(choice: MapChoice) -> str:
    """The arguments that make a map."""
    said = {"n": choice.n_points} if choice.n_points != STORED_POINTS else {}
    settings = projection_class(choice.projection).settings
    named = said | {name: getattr(choice, name) for name in settings}
    return ", ".join((repr(choice.projection), *(f"{k}={v!r}" for k, v in named.items())))
