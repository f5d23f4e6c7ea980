"""Components: one text that runs from anywhere, and what the browser reports."""

import base64
import re

from aeview.components import FOLDER, script
from aeview.components.latent_map import MapState


def test_a_script_has_no_relative_imports_left_at_any_depth():
    for main in FOLDER.glob("*/main.js"):
        text = script(main)
        while found := re.search(r"data:text/javascript;base64,([A-Za-z0-9+/=]+)", text):
            assert not re.search(r'from\s+"\.', text)
            text = text.replace(found[0], "done") + base64.b64decode(found[1]).decode()
        assert not re.search(r'from\s+"\.', text)


def test_the_same_file_is_the_same_address_everywhere():
    def addresses(path):
        return set(re.findall(r"data:text/javascript;base64,[A-Za-z0-9+/=]+", script(path)))

    shared = addresses(FOLDER / "payload" / "main.js")
    store = next(a for a in shared if "Store" in base64.b64decode(a.split(",")[1]).decode())
    feed = script(FOLDER / "feed.js")
    assert store in feed


def test_reports_of_another_map_do_not_count():
    pin = {"key": "a", "code": [1.0, 2.0], "row": 3, "place": [1.0, 2.0]}
    values = {"pin": pin, "view": None}
    assert MapState.of(values, "a").pin.code == (1.0, 2.0)
    assert MapState.of(values, "b") == MapState(None, None)
    assert MapState.of(None, "a") == MapState(None, None)
