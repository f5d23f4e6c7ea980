"""What `pyproject.toml` can't say: a wheel carries app, pages, lessons and models, too.

They lie beside the packages here and inside `aecore` there (`aecore/project.py`). An editable
install copies nothing.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = (
    "app.py", ".streamlit/config.toml", "pages/*.py", "lessons/*.toml",
    "checkpoints/[!.]*.flow", "checkpoints/**/[!.]*.safetensors", "checkpoints/originals/[!.]*",
)  # fmt: skip


def shipped() -> list[str]:
    """Return the paths of these files in the checkout."""
    return sorted(str(path) for pattern in SHIPPED for path in Path().glob(pattern))


class Build(build_py):
    """Copies them with the packages."""

    def run(self) -> None:
        """Copy into the wheel; an editable install finds them where they are."""
        super().run()
        for name in () if self.editable_mode else shipped():
            copy = Path(self.build_lib, "aecore", "_project", name)
            self.mkpath(str(copy.parent))
            self.copy_file(name, str(copy))

    def get_source_files(self) -> list[str]:
        """Say what the source distribution has to hold."""
        return [*super().get_source_files(), *shipped()]


setup(cmdclass={"build_py": Build})
