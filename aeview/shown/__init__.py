"""What pages show, declared once: in the address, in the session, in the browser, as Python."""

from aeview.shown.declare import Shown, choice, number, numbers, several, text

__all__ = ["Shown", "choice", "number", "numbers", "several", "text"]
