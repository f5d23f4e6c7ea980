"""What a lesson can show of the page Anomaly."""

from aeview.anomaly import view
from aeview.shell.contents import Control

CONTROLS = {"anomaly": Control(lambda _: view.show())}
