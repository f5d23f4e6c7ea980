"""The settings on which speed rests (a full collection after every rerun costs 100 ms)."""

import gc
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def printed(code):
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return done.stdout


def test_streamlit_does_not_collect_after_every_run():
    code = (
        "import streamlit as st; from streamlit import config; config.get_config_options();"
        "print(st.get_option('runner.postScriptGC'), st.get_option('server.showEmailPrompt'),"
        "st.get_option('browser.gatherUsageStats'), st.get_option('client.showErrorDetails'))"
    )
    assert printed(code).split() == ["False", "False", "False", "none"]


def test_warming_up_freezes_the_garbage_collector_and_leaves_torch_one_thread():
    code = (
        "import gc; from aeview.work import cache; before = gc.get_freeze_count();"
        "cache.warm_up(); import torch;"
        "print(before, gc.get_freeze_count() > 10_000, torch.get_num_threads(), cache.is_warm())"
    )
    assert printed(code).split() == ["0", "True", "1", "True"]
    assert gc.isenabled()


def test_pages_import_nothing_heavy():
    code = (
        "import sys; sys.argv=['x'];"
        "from aeview.latent_map import view; from aeview.shell import frame, sidebar;"
        "from aeview.train import view;"
        "print(sorted({'torch', 'sklearn', 'openTSNE'} & set(sys.modules)))"
    )
    assert printed(code).strip() == "[]"


def test_the_first_page_and_a_click_on_it_need_no_large_library():
    code = """
import sys
from streamlit.testing.v1 import AppTest
at = AppTest.from_file("pages/main.py", default_timeout=120).run()
from tests.told import told
key = told(at, "start")["keys"][0]
pin = {"key": key, "code": [0.5, -1.25], "row": -1, "place": [0.5, -1.25]}
at.session_state["latent_map"] = {"pin": pin}
at.run()
assert not at.exception
print(at.query_params["z"], *({"torch", "pandas", "sklearn"} & set(sys.modules)))
"""
    assert printed(code).split() == ["0.5,-1.25"]


def test_the_torch_pin_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "torch==2.13.*" in project["dependencies"]


def test_alone_is_the_default_and_strangers_pages_are_kept_out():
    server = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["server"]
    assert server["address"] == "localhost"
    assert server["enableXsrfProtection"] is True
    assert server["enableCORS"] is True
    assert "enableStaticServing" not in server


def test_every_dependency_has_an_upper_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert [line for line in project["dependencies"] if "<" not in line and "==" not in line] == []
