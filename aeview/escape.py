"""What somebody named, as plain text in a sentence: files, classes, columns, models, links.

Streamlit reads sentences, labels and options as Markdown with directives (`:red[x]`), icons
(`:material/x:`), formulas ($x$) and HTML-like marks. A name must stand there as it is. What goes
into `st.html` is escaped by `html.escape` instead; the browser components use `textContent`.
"""

import re
import shlex
import unicodedata

LONGEST = 300  # characters of one text
JOINER = "\u2060"  # has no width; keeps what stands beside it from being read as one word
_MARKS = re.compile(r"[\\`*\[\]<>$~|{}]|(?<![^\W_])_|_(?![^\W_])|(?<=!)(?=\[)")
_COLON = re.compile(r":(?=[^\s:])")
_LINK = re.compile(r"(?i)\bwww(?=\.)|@(?=\w)")
_FIRST = re.compile(r"^(\s*)(#|>|[-+=](?=[\s=-]|$)|\d+(?=[.)]\s))")


def escaped(text: str, longest: int = LONGEST) -> str:
    """Return a text that Markdown shows as it is, on one line.

    Characters that steer (control characters, marks that turn the direction of writing) are left
    out, and what is longer than `longest` characters is cut.
    """
    shown = _visible(text)
    shown = shown if len(shown) <= longest else f"{shown[:longest]}…"
    shown = _MARKS.sub(lambda found: f"\\{found[0]}" if found[0] else JOINER, shown)
    shown = _COLON.sub(f"\\\\:{JOINER}", shown)
    shown = _LINK.sub(lambda found: f"{found[0]}{JOINER}", shown)
    return _FIRST.sub(lambda found: f"{found[1]}{JOINER}{found[2]}", shown)


def _visible(text: str) -> str:
    """Leave out what is not seen but steers; lines become one."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def code(text: str) -> str:
    """Return a text for a span between backticks, within which nothing can be escaped."""
    return _visible(text).replace("`", "'")


def argument(text: str) -> str:
    """Return a text as one argument of a command that is shown between backticks."""
    return code(shlex.quote(text))


def file_name(text: str, ending: str) -> str:
    """Return the name of a file to download: letters, digits, . - _ and nothing else.

    So that no name can end the header it stands in, leave the folder it is saved to, or be one
    that a system keeps for itself.
    """
    kept = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "-" for c in text)
    return f"{kept.strip('.-')[:80] or 'file'}{ending}"
