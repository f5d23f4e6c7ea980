"""One HTML file that runs the app's components without a server: how it is put together.

The components are those of the app, fed with the payloads that they are sent there. In the file
stand the modules that they import (`browser/web_page/boot.js` makes blob: URLs of them), what each
component is told, and the payloads. A content-security policy in the file forbids every
connection. Which pages and models there are, is not known here.
"""

import base64
import gzip
import hashlib
import json
import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from string import Template
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np

from aecore import project
from aeview.work.browser_files import text
from aeview.work.component import markup

FOLDER = "web_page"
CONFIG = project.FOLDER / ".streamlit" / "config.toml"
POLICY = (
    "default-src 'none'; script-src '{boot}' blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)
LICENCE = "<details><summary>Licence of these images</summary><pre>{}</pre></details>"
# An HTML parser changes NUL and CR, and `<` may begin a tag; above these seven bits are free.
_CHANGED = {byte: byte + 0x80 for byte in b"\0\r<"}
_IMPORT = re.compile(
    r'^(import\s+|(?:import|export)\s*[\w*{][^;"]*?\bfrom\s+)"(\.{1,2}/[^"\n]+)"', re.MULTILINE
)


class Mounted(NamedTuple):
    """A component of a page: its folder below `browser/`, and what it is told."""

    folder: str
    data: dict[str, Any]


class Content(NamedTuple):
    """What a page consists of in the file.

    Attributes:
        components: from left to right.
        sentence: what to do there, where that is another one than in the app.
    """

    components: tuple[Mounted, ...]
    sentence: str = ""


class Missing(ValueError):  # noqa: N818  # what a model lacks, not a fault
    """Why a page can't be saved of a model, as the rest of a sentence."""


class Section(NamedTuple):
    """A page in the file.

    Attributes:
        name: its address behind the #.
        title: on its tab.
        sentence: what to do there.
        components: from left to right.
    """

    name: str
    title: str
    sentence: str
    components: tuple[Mounted, ...]


class Words(NamedTuple):
    """What stands around the pages.

    Attributes:
        title: of the file.
        credit: one line at its foot.
        licence: of the images in it, as plain text; empty for none.
    """

    title: str
    credit: str
    licence: str


def html(words: Words, sections: Sequence[Section], payloads: Iterable[str]) -> bytes:
    """Write the file, as UTF-8.

    Args:
        words: around the pages.
        sections: the pages; the first one is shown at first.
        payloads: as `packed` makes them.
    """
    boot = text(f"{FOLDER}/boot.js")
    digest = base64.b64encode(hashlib.sha256(boot.encode()).digest()).decode()
    folders = [FOLDER, "payload", *(m.folder for each in sections for m in each.components)]
    code = {
        "modules": list(modules(f"{folder}/main.js" for folder in folders).items()),
        "sections": [_plain(section) for section in sections],
    }
    parts = [_script("code", json.dumps(code, separators=(",", ":")).encode()), *payloads]
    page = Template(text(f"{FOLDER}/{FOLDER}.html")).substitute(
        policy=POLICY.format(boot=f"sha256-{digest}"),
        title=escape(words.title), credit=escape(words.credit),
        licence=LICENCE.format(escape(words.licence)) if words.licence else "",
        style=_style(), boot=boot,
        parts="\n".join(parts),
    )  # fmt: skip
    return page.encode()


class Listed(NamedTuple):
    """A file as the index lists it: its name, the model's, and what that is."""

    file: str
    name: str
    words: str


def index(groups: Mapping[str, Sequence[Listed]]) -> bytes:
    """Write the page that leads to several files, by data set."""
    lists = "\n".join(
        f"<section><h2>{escape(title)}</h2><ul>{''.join(map(_line, files))}</ul></section>"
        for title, files in groups.items()
    )
    page = Template(text(f"{FOLDER}/gallery.html"))
    return page.substitute(lists=lists, style=_style()).encode()


def _line(listed: Listed) -> str:
    name, words = escape(listed.name), escape(listed.words)
    return f'<li><a href="{escape(quote(listed.file))}">{name}</a> {words}</li>'


def _style() -> str:
    return theme() + text(f"{FOLDER}/{FOLDER}.css")


def packed(block: bytes) -> str:
    """A payload, which is a block of `aecore.export.pack`, as it stands in the file."""
    return _script("payload", planes(block))


def _script(kind: str, content: bytes) -> str:
    """Content as a script element that is not run."""
    zipped = as_text(gzip.compress(content, mtime=0))
    return f'<script type="text/plain" class="{kind}">{zipped}</script>'


def _plain(section: Section) -> dict[str, Any]:
    told = [
        {**mounted._asdict(), **dict(zip(("html", "css"), markup(mounted.folder), strict=True))}
        for mounted in section.components
    ]
    return section._asdict() | {"components": told}


def modules(entries: Iterable[str]) -> dict[str, str]:
    """The modules that these need, each after those that it imports.

    What one imports is written as "module:net/net.js", in whose place a blob: URL is put.
    """
    found: dict[str, str] = {}

    def add(name: str) -> None:
        def linked(match: re.Match[str]) -> str:
            other = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
            add(other)
            return f'{match[1]}"module:{other}"'

        if name not in found:
            found[name] = _IMPORT.sub(linked, text(name))

    for entry in entries:
        add(entry)
    return found


def planes(block: bytes) -> bytes:
    """The first bytes of all 16-bit numbers, then the second ones: half floats pack smaller so."""
    return block[0::2] + block[1::2]


def as_text(content: bytes) -> str:
    """Bytes as text, seven bits a character, of which a parser of HTML changes none."""
    bits = np.unpackbits(np.frombuffer(content, np.uint8))
    sevens = np.append(bits, np.zeros(-len(bits) % 7, np.uint8)).reshape(-1, 7)
    return (np.packbits(sevens, axis=1) >> 1).tobytes().decode("ascii").translate(_CHANGED)


def theme() -> str:
    """The app's colours, light and dark, under the names that Streamlit gives them."""
    told = tomllib.loads(CONFIG.read_text())["theme"]
    light, dark = (
        "".join(f"--st-{_kebab(k)}: {v}; " for k, v in told[name].items() if isinstance(v, str))
        for name in ("light", "dark")
    )
    return (
        f":root {{ color-scheme: light dark; {light}}}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark}}} }}\n"
    )


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
