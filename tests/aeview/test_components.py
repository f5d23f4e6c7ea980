"""Components: one text that runs from anywhere, and what the browser reports."""

import re

from aeview.components import FOLDER, linked
from aeview.components.latent_map import MapState


def test_every_module_travels_once_and_behind_what_it_imports():
    before = set()
    for name, text in linked().items():
        assert 'from "./' not in text
        assert 'from "../' not in text
        assert set(re.findall(r'from "aeview:([^"]+)"', text)) <= before
        before.add(name)
    own = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.js")}
    assert own - before == {"modules.js", "entry.js"}


def test_reports_of_another_map_do_not_count():
    pin = {"key": "a", "code": [1.0, 2.0], "row": 3, "place": [1.0, 2.0]}
    values = {"pin": pin, "view": None}
    assert MapState.of(values, "a").pin.code == (1.0, 2.0)
    assert MapState.of(values, "b") == MapState(None, None)
    assert MapState.of(None, "a") == MapState(None, None)
