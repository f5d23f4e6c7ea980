"""What pages show, declared once: in the address, in the session, in the browser, as Python."""

from aeview.shown.declare import Shown
from aeview.shown.fields import as_many, choice, number, numbers, only, several, text

__all__ = ["Shown", "as_many", "choice", "number", "numbers", "only", "several", "text"]
