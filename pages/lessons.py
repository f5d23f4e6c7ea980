"""Lessons: five to ten minutes each, bound to the live controls of the other pages."""

from aeview import pages

pages.show("lessons")
