"""Anomaly: what is normal, what is strange, and where to draw the line."""

from aeview import pages

pages.show("anomaly")
