"""Lessons: five to ten minutes each, bound to the live controls of the other pages."""

from aeview import frame, lesson_page

frame.say_notices(lesson_page.show())
