"""`page`: a model's pages as one HTML file that opens without a server and without internet."""

import argparse
from importlib import import_module
from pathlib import Path

from aecore.errors import DataError


def add_page(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    form = commands.add_parser(
        "page",
        help="save a model as one HTML file that still decodes",
        description="Writes the app's pages with one model into a single HTML file, which opens "
        "in any browser without a server and without internet.",
    )
    form.add_argument("names", nargs="*", metavar="NAME", help="a checkpoint, or its file")
    form.add_argument("--out", type=Path, help="the file; default: NAME.html")
    form.add_argument(
        "--pages",
        default="",
        help="separated by commas: map, interpolate, traverse, generate, draw; default: all that "
        "the model can show",
    )
    form.add_argument(
        "--gallery",
        type=Path,
        metavar="FOLDER",
        help="write several models, all that ship where none is named, with an index",
    )
    form.set_defaults(run=_save)


def _save(options: argparse.Namespace) -> None:
    if len(options.names) != 1 and not options.gallery:
        raise DataError("name one model, or give --gallery FOLDER for several")
    wanted = [name for name in options.pages.split(",") if name]
    # What stands in the file is the app's, which lies above the engine: it is asked for here
    # and now by its name, as `class` starts Streamlit.
    view = import_module("aeview.pages").web_pages()
    with view.without_session():
        if options.gallery:
            for written in view.gallery(options.gallery, options.names, wanted):
                print(written, flush=True)
        else:
            [name] = options.names
            out = options.out or Path(f"{Path(name).stem}.html")
            print(view.write(name, out, wanted))
