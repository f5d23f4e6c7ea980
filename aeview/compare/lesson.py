"""What a lesson can show of the page Compare."""

from aeview.compare import measures, view
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import without_fragment
from aeview.work import cache
from aeview.work.live import Opened


def _shown(model: Opened) -> list[view.Mapped]:
    return view.with_maps(view.linked_models(model), cache.STORED_POINTS)


CONTROLS = {
    "compare": Control(
        lambda model: without_fragment(view.show)(_shown(model)),
        lambda model: view.send(_shown(model)),
    ),
    "code-size": Control(lambda _: measures.code_sizes()),
}
