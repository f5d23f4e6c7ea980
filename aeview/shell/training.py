"""The way to a model that there is not yet: a button to Train, filled in."""

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aecore.data.imageset import is_signal
from aecore.data.pictures.sizes import Size
from aeview.shell import links, sidebar
from aeview.shell.links import Link

PAGE = "train"


def offer(label: str, family: str, card: Card) -> None:
    """Show a button that opens Train with the sidebar's data set and a family chosen.

    Args:
        label: of the button.
        family: an entry of `training.presets`.
        card: of the sidebar's model.
    """
    pictures = card.data not in DATASETS and not is_signal(card.model.shape)
    own = {"side": Size.of(card.model.shape[1:]).written} if pictures else {}
    target = Link(PAGE, sidebar.parameters() | {"family": family} | own)
    links.button(label, target, icon=":material/model_training:", type="primary")
