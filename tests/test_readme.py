"""What the READMEs and the pages in `docs/` promise."""

import re
from pathlib import Path

import pytest

from aecore import checkpoints
from aecore.cli import _parser, markdown
from aecore.recipes import recipes

ROOT = Path(__file__).parent.parent
BROWSER = ROOT / "aeview/browser"
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
HOUSE = (ROOT / "docs/house.md").read_text(encoding="utf-8")
PROSE = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/*.md", "[a-z]*/README.md")
    for path in ROOT.glob(pattern)
)


def test_the_two_commands_are_there_as_printed():
    blocks = re.findall(r"^```\n([^\n].*?)```", README, re.DOTALL | re.MULTILINE)
    assert "pip install -e . && streamlit run app.py\n" in blocks
    assert 'pip install -e ".[test]" && pytest\n' in blocks


def test_few_modules_lie_directly_in_the_view():
    assert len(list((ROOT / "aeview").glob("*.py"))) <= 6


def test_the_readme_fits_on_a_screen():
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize(
    ("page", "least"), [("README.md", 1), ("docs/command-line.md", 14), ("docs/class.md", 2)]
)
def test_every_command_line_is_understood(page, least):
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = re.findall(r"^python -m aecore (.+?)(?:\s{2,}.*)?$", text, re.MULTILINE)
    lines += re.findall(r"`python -m aecore (.+?)`", text)
    assert len(lines) >= least
    for line in lines:
        _parser().parse_args(line.split())


def test_the_family_can_be_trained_as_its_table_says():
    from aecore.cli.training import _recipe
    from aecore.models.family import MODELS

    rows = re.findall(
        r"^\| \S.* \| `(digits-\S+)`.* \| `(--model .+)` \|$", COMMANDS, re.MULTILINE
    )
    assert len(rows) == 9
    for shipped, flags in rows:
        words = f"train --data digits --out x.safetensors {flags}".split()
        by_hand = _recipe(_parser().parse_args(words))
        assert by_hand.model.kind in MODELS
        assert by_hand.model.kind == recipes()[shipped].model.kind


def test_every_path_in_the_map_of_folders_exists():
    section = HOUSE.split("## The map of the folders")[1].split("```")[1]
    for line in section.splitlines():
        name = line.split()[0] if line.split() else ""
        if re.fullmatch(r"[a-z_]+(\.py|\.toml|/)", name):
            found = [p for base in (ROOT, ROOT / "aecore", ROOT / "aeview", BROWSER)
                     if (p := base / name).exists()]  # fmt: skip
            assert found, name


@pytest.mark.parametrize("page", PROSE)
def test_what_the_prose_leads_to_exists(page):
    """Links and pictures, and files that are named with their folder."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / page).parent.joinpath(link).exists(), link
    for path in re.findall(r"`([a-z_]+/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_tables_that_the_house_names_lie_where_it_says():
    rows = re.findall(r"`([A-Z_]+)`, `(\w[\w/]+\.py)`", HOUSE)
    assert len(rows) >= 14
    for name, path in rows:
        assert re.search(rf"^{name}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_checkpoints_readme_holds_the_cards_figures(shipped):
    text = (ROOT / "checkpoints" / "README.md").read_text(encoding="utf-8")
    entries = [
        checkpoints.Entry(path, checkpoints.read_card(path), "", path.stem) for path in shipped
    ]
    assert markdown(entries) in text


def test_app_stays_a_router():
    assert len((ROOT / "app.py").read_text().splitlines()) <= 15
    for page in (ROOT / "pages").glob("*.py"):
        assert len(page.read_text().splitlines()) <= (50 if page.stem == "main" else 25)


def test_security_names_tests_and_settings_that_exist():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    named = set(re.findall(r"test_\w+\.py", text))
    assert len(named) >= 10
    assert named <= tests
    sources = [*(ROOT / "aecore").rglob("*.py"), *(ROOT / "aeview").rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    for variable in re.findall(r"AECORE_[A-Z_]+", text):
        assert variable in code
    for path in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / path).exists()
    _parser().parse_args(["class", "--code", "kiwi"])
