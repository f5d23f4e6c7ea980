"""What a lesson can show of the page Inside."""

from aeview.inside import view
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import without_fragment

CONTROLS = {
    "inside": Control(
        without_fragment(view.show), view.send,
        lambda model, _: {"error": view.error(model.checkpoint)}, ("error",),
    )
}  # fmt: skip
