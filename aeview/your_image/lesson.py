"""What a lesson can show of the page Your image."""

from aeview.shell.contents import Control
from aeview.work import live
from aeview.your_image import view

CONTROLS = {"own-image": Control(lambda model: view.show(model, live.natural(model.checkpoint)))}
