"""Inside: what the chosen model does with an image, layer by layer and unit by unit."""

from aeview import pages

pages.show("inside")
