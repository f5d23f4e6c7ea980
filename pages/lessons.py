"""Lessons: five to ten minutes each, bound to the live controls of the other pages."""

from aeview.lessons import view as lesson_page
from aeview.shell import frame

frame.say_notices(lesson_page.show())
