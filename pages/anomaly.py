"""Anomaly: what is normal, what is strange, and where to draw the line."""

from aeview.anomaly import view as anomaly
from aeview.shell import frame

notices = frame.head(
    "Anomaly",
    "Drag the line on the histogram: what lies to the right of it is flagged as an anomaly.",
)
anomaly.show()
anomaly.explain()
frame.say_notices(notices)
