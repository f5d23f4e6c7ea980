"""Your image: draw, upload, paste or photograph something, and see what the model makes of it."""

from aeview import pages

pages.show("your_image")
