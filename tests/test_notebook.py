"""The example notebook: its cells run one after the other, and it is kept without outputs."""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent.parent / "examples" / "first_steps.ipynb"


def test_the_cells_run_in_order_and_show_what_they_say():
    cells = json.loads(FILE.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found: dict = {}
    for number, text in enumerate(code):
        exec(compile(text, f"cell {number}", "exec"), found)
    assert found["decoded"].shape == (225, 1, 28, 28)
    assert np.ptp(np.asarray(found["aecore"].picture(found["decoded"], columns=15))) > 200
    strays = {name: way.stray for name, way in found["ways"].items()}
    assert min(strays, key=strays.get) == "data"
    assert found["losses"][-1] < 0.8 * found["losses"][0]
    assert (found["values"] > found["limit"]).mean() > 0.2  # damaged ones; of whole ones 5 %


def test_outputs_are_stripped_and_cells_have_names():
    content = json.loads(FILE.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    for cell in content["cells"]:
        assert cell["id"]
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
