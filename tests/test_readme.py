"""What the READMEs promise."""

import re
from pathlib import Path

from aecore import checkpoints
from aecore.cli import _parser, markdown
from aecore.recipes import recipes

ROOT = Path(__file__).parent.parent
BROWSER = ROOT / "aeview/browser"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_are_there_as_printed():
    blocks = re.findall(r"```\n(.*?)```", README, re.DOTALL)
    assert "pip install -e . && streamlit run app.py\n" in blocks
    assert 'pip install -e ".[test]" && pytest\n' in blocks


def test_every_command_line_in_the_readme_is_understood():
    lines = re.findall(r"^python -m aecore (.+?)(?:\s{2,}.*)?$", README, re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        _parser().parse_args(line.split())


def test_the_family_can_be_trained_as_its_table_says():
    from aecore.cli.training import _recipe
    from aecore.models.family import MODELS

    rows = re.findall(r"^\| \S.* \| `(digits-\S+)`.* \| `(--model .+)` \|$", README, re.MULTILINE)
    assert len(rows) == 7
    for shipped, flags in rows:
        words = f"train --data digits --out x.safetensors {flags}".split()
        by_hand = _recipe(_parser().parse_args(words))
        assert by_hand.model.kind in MODELS
        assert by_hand.model.kind == recipes()[shipped].model.kind


def test_every_path_in_the_map_of_folders_exists():
    section = README.split("## The map of the folders")[1].split("```")[1]
    for line in section.splitlines():
        name = line.split()[0] if line.split() else ""
        if re.fullmatch(r"[a-z_]+(\.py|\.toml|/)", name):
            found = [p for base in (ROOT, ROOT / "aecore", ROOT / "aeview", BROWSER)
                     if (p := base / name).exists()]  # fmt: skip
            assert found, name


def test_pictures_in_the_readme_exist():
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file()


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
