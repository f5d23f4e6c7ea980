"""The way to a model that there is not yet: a button to Train, filled in."""

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aecore.data.own import SIDES
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
    side = card.model.shape[-1]
    own = {"side": str(side)} if card.data not in DATASETS and side in SIDES else {}
    target = Link(PAGE, sidebar.parameters() | {"family": family} | own)
    links.button(label, target, icon=":material/model_training:", type="primary")
