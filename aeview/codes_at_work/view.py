"""The page Codes at work: a probe, image search and compression, in words, tables and charts."""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.compression import CODECS, N_PACKED, Codec
from aecore.data.catalogue import DATASETS
from aeview.codes_at_work import figures as work_figures
from aeview.codes_at_work import preview
from aeview.codes_at_work.figures import CODE, Line, Work
from aeview.codes_at_work.search import search
from aeview.codes_at_work.shown import FILES, USES, Shown
from aeview.own_pictures import carried
from aeview.shell import frame, links, sidebar
from aeview.shell.links import Link
from aeview.work import cache, jobs, live
from aeview.work.live import Opened
from aeview.work.pixels import data_address

if TYPE_CHECKING:  # plotly comes in when a chart is drawn
    from aeview.codes_at_work.charts import Accuracy, Packing

QUICK = 3000  # images that are measured without being asked
NO_CLASSES = (
    "These images have no classes, so there is nothing for a probe to learn and no right answer "
    "to a search. Give each class a folder of its own, and train again."
)
NOT_HERE = "These figures are measured on test images. {why}"
MEASURE_HELP = (
    "Encodes up to 11,000 images, trains up to 27 small classifiers and packs 200 images in ten "
    "ways: about half a minute."
)
MISSING_HELP = "Hidden pixels filled in by a masked autoencoder: on the page Inside."
SPECIFIC_DB = 3  # decibels that are lost besides what a file format loses: half the error
JPEG = "jpeg50"

# ---- the page -----------------------------------------------------------------------------------


def choose() -> str:
    """Let the user choose what codes are used for; it is in the link."""
    with st.container(horizontal=True):
        section: str = Shown.select(
            "work", "What for", words=lambda name: USES[name],
            widget=st.segmented_control, label_visibility="collapsed",
        )  # fmt: skip
        links.button(
            sidebar.say("Missing pixels"),
            Link("inside", sidebar.parameters() | {"part": "masked"}),
            icon=":material/arrow_forward:", help=MISSING_HELP,
        )  # fmt: skip
    return section


def show(chosen: Opened, section: str, asked: Shown) -> None:
    """Show one use of codes; `asked` says which image is searched for at first."""
    if section == "search":
        find(chosen, asked.of)
        live.send(chosen.name, chosen.checkpoint, live.natural(chosen.checkpoint))
    work = _measured(chosen)
    if work is None:
        if cache.has_set(chosen.checkpoint.card.data):
            preview.show(chosen, section)
        return
    if section == "compression":
        _compression(chosen, work)
    elif work.classes < 2:
        st.info(sidebar.say(NO_CLASSES))
    elif section == "probe":
        _probe(chosen, work)
    else:
        _search(chosen, work)


def _measured(chosen: Opened) -> Work | None:
    """What is measured; else measure at once where that is quick, or offer it."""
    checkpoint = chosen.checkpoint
    if (work := work_figures.known(checkpoint)) is not None:
        return work
    if not cache.has_set(checkpoint.card.data):
        sidebar.say_missing(checkpoint.card, NOT_HERE)
        return None
    name, measure = work_figures.job_name(checkpoint), partial(work_figures.measure, checkpoint)
    if jobs.find(name) is None and _n_images(chosen) > QUICK:
        jobs.offer("Measure", name, measure, icon=":material/speed:", type="primary",
                   help=sidebar.say(MEASURE_HELP))  # fmt: skip
    else:
        title = sidebar.say("Encoding images, training probes, packing files")
        jobs.need(name, measure, title, "Measure again")
    return None


def _n_images(chosen: Opened) -> int:
    known = DATASETS.get(chosen.checkpoint.card.data)
    return known.n_images if known else len(chosen.checkpoint.latents)


# ---- probe --------------------------------------------------------------------------------------


def _probe(chosen: Opened, work: Work) -> None:
    from aeview.codes_at_work.charts import FEATURES, Accuracy, probe_figure

    points = [Accuracy(s.features, s.n_labels, 100 * s.mean, 100 * s.std) for s in work.scores]
    with frame.chart(probe_figure(points, work.n_test, sidebar.say), "probe"):
        st.markdown(sidebar.say(_probe_words(points)))
        rows = {name: [p for p in points if p.features == name] for name in FEATURES}
        sizes = [point.n_labels for point in rows["code"]]
        body = "".join(
            _probe_row(FEATURES[name][0], mine, work.n_train) for name, mine in rows.items()
        )
        head = "".join(f'<th scope="col">{n:,} labels</th>' for n in sizes)
        table = (
            f'<table class="figures"><caption>Accuracy, %, on {work.n_test:,} test images: mean ± '
            "standard deviation over three draws of labels, even over the classes; one draw where "
            f"all {work.n_train:,} images are used.</caption><thead><tr><th></th>{head}</tr>"
            f"</thead><tbody>{body}</tbody></table>"
        )
        st.html(sidebar.say(table))
    st.caption(
        sidebar.say(
            f"The encoder stays as it is; a new head, logistic regression on its "
            f"{chosen.checkpoint.card.model.code_dim} numbers (scikit-learn, C = 1), "
            f"is trained with few "
            f"labels. The encoder has seen the training images without labels, and so has PCA."
        )
    )


def _probe_row(title: str, points: Sequence["Accuracy"], n_train: int) -> str:
    cells = "".join(
        f"<td>{p.mean:.1f}{'' if p.n_labels == n_train else f' ± {p.std:.1f}'}</td>"
        for p in points
    )
    return f'<tr><th scope="row">{escape(title)}</th>{cells}</tr>'


def _probe_words(points: Sequence["Accuracy"]) -> str:
    """Say how the code stands against the two others, for each number of labels."""
    said = []
    for n in sorted({point.n_labels for point in points}):
        mine = {point.features: point for point in points if point.n_labels == n}
        said.append(
            f"- **{n:,} labels**: the code {_against(mine['code'], mine['pca'], 'a PCA code')}, "
            f"{_against(mine['code'], mine['pixels'], 'the raw pixels')}"
        )
    return "\n".join(said)


def _against(code: "Accuracy", other: "Accuracy", name: str) -> str:
    gap = code.mean - other.mean
    if abs(gap) <= max(code.std, other.std, 0.05):
        return f"is level with {name}"
    return f"is {abs(gap):.1f} points {'ahead of' if gap > 0 else 'behind'} {name}"


# ---- search -------------------------------------------------------------------------------------


@st.fragment
def find(chosen: Opened, first: str) -> None:
    """Show the component: an image, its ten nearest by code and by pixels."""
    checkpoint = chosen.checkpoint
    own = carried.picture(checkpoint)
    reported = (st.session_state.get(Shown.component) or {}).get("of")
    search(
        cache.atlas_key(checkpoint, live.natural(checkpoint)),
        own.packed if own else None,
        reported or first,
        cache.has_originals(checkpoint),
        key=Shown.component,
    )
    if reported or first:
        Shown.tell(of=None if reported == carried.OWN else reported or first)


def _search(chosen: Opened, work: Work) -> None:
    found = work.search
    if found is None:
        st.info(sidebar.say("There are fewer than ten training images, too few to search among."))
        return
    d, pixels = (
        chosen.checkpoint.card.model.code_dim,
        int(np.prod(chosen.checkpoint.card.model.shape)),
    )
    rows = (
        ("by code", f"{100 * found.code:.1f}", f"{2 * d:,} bytes ({d} numbers of 16 bits)"),
        ("by pixels", f"{100 * found.pixels:.1f}", f"{pixels:,} bytes (a byte each)"),
        ("at random", f"{100 * found.chance:.1f}", "–"),
    )
    body = "".join(
        f'<tr><th scope="row">{a}</th><td>{b}</td><td>{c}</td></tr>' for a, b, c in rows
    )
    table = (
        '<table class="figures"><caption>Precision at 10: how many of the ten nearest training '
        f"images have the query's class; mean over {found.n_queries:,} test images as queries, "
        f"searched among {found.n_images:,} training images, Euclidean distance.</caption><thead>"
        '<tr><th></th><th scope="col">precision at 10, %</th><th scope="col">compared for each '
        f"image</th></tr></thead><tbody>{body}</tbody></table>"
    )
    st.html(sidebar.say(table))


# ---- compression --------------------------------------------------------------------------------


def _compression(chosen: Opened, work: Work) -> None:
    if not work.own:
        st.info("File formats hold images of one or three channels; these have others.")
        return
    from aeview.codes_at_work.charts import packing_figure

    files = Shown.select(
        "files",
        sidebar.say(
            "Files: a head is paid for once in a common file, and for every image otherwise"
        ),
        words=lambda name: FILES[name],
        widget=st.segmented_control,
    )
    which = list(FILES).index(files)
    st.markdown(sidebar.say(_compression_words(work, which)))
    n = min(work.n_test, N_PACKED)
    own, others = (_packings(lines, which) for lines in (work.own, work.photographs))
    with frame.chart(packing_figure(own, others, n), "compression"):
        st.html(_packing_table(work, which, n))
    st.html(_pictures(work))
    st.caption(
        f"A code is cut to 8 bits a unit over the range of the training codes. The "
        f"{chosen.checkpoint.n_bytes / 1e6:.1f} MB of weights are not counted, as no codec counts "
        "its program; an image's file format needs none. Photographs are pieces of "
        "scikit-image's, of the same shape."
    )


def _compression_words(work: Work, which: int) -> str:
    own, other = work.own[0], work.photographs[0]
    png = next(line for line in work.own if line.name == "png").n_bytes[which]
    smaller = own.n_bytes[0] < png
    said = (
        f"The code takes **{own.n_bytes[0]:.0f} bytes** where PNG takes {png:.0f}, "
        f"{'but' if smaller else 'and'} it is **lossy**: {own.psnr:.1f} dB on images of its own "
        f"kind. "
    )
    jpeg, jpeg_other = (
        next(line.psnr for line in lines if line.name == JPEG)
        for lines in (work.own, work.photographs)
    )
    if other.psnr < own.psnr - max(0, jpeg - jpeg_other) - SPECIFIC_DB:
        return said + (
            f"And it is **data-specific**: on photographs it comes to {other.psnr:.1f} dB, as it "
            f"draws with what it has learnt ({CODECS[JPEG].title}: {jpeg:.1f} and "
            f"{jpeg_other:.1f} dB)."
        )
    return said + (
        f"On photographs it comes to {other.psnr:.1f} dB: a code of so many numbers is hardly "
        "bound to what it was trained on."
    )


def _title(name: str) -> str:
    return "this model's code, 8 bits" if name == CODE else CODECS[name].title


def _packings(lines: list[Line], which: int) -> list["Packing"]:
    from aeview import theme
    from aeview.codes_at_work.charts import Packing

    def kind(codec: Codec | None) -> tuple[str, bool, str]:
        if codec is None:
            return CODE, False, theme.CLASS_COLOURS[0]
        return codec.kind, codec.lossless, theme.COLOURS[codec.colour]

    def packing(line: Line) -> Packing:
        name, lossless, colour = kind(CODECS.get(line.name))
        size = line.n_bytes[which]
        return Packing(name, _title(line.name), size, line.psnr, lossless, colour)

    return [packing(line) for line in lines]


def _packing_table(work: Work, which: int, n: int) -> str:
    def quality(line: Line) -> str:
        return "exact" if line.name != CODE and CODECS[line.name].lossless else f"{line.psnr:.1f}"

    rows = "".join(
        f'<tr><th scope="row">{escape(_title(own.name))}</th><td>{own.n_bytes[which]:.0f}</td>'
        f"<td>{quality(own)}</td><td>{other.n_bytes[which]:.0f}</td><td>{quality(other)}</td></tr>"
        for own, other in zip(work.own, work.photographs, strict=True)
    )
    heads = ("bytes, own data", "PSNR, dB", "bytes, photographs", "PSNR, dB")
    head = "".join(f'<th scope="col">{title}</th>' for title in heads)
    return (
        f'<table class="figures"><caption>Means over {n} test images and as many pieces of '
        f"photographs; {FILES[list(FILES)[which]]}.</caption><thead><tr><th></th>{head}</tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _pictures(work: Work) -> str:
    shown = ("original", CODE, "jpeg10", "webp10", "jpeg50")
    own, other = (
        {line.name: line.pictures for line in part} for part in (work.own, work.photographs)
    )
    rows = []
    for name in shown:
        first, second = work.originals if name == "original" else (own[name], other[name])
        cells = "".join(_picture(image) for image in (*first, *second))
        title = "original" if name == "original" else _title(name)
        rows.append(f'<tr><th scope="row">{escape(title)}</th>{cells}</tr>')
    return f'<table class="figures pictures">{"".join(rows)}</table>'


def _picture(image: np.ndarray) -> str:
    picture = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    return f'<td><img src="{data_address(picture)}" alt=""></td>'


# ---- the page -----------------------------------------------------------------


def page() -> None:
    """Show the page below its head."""
    chosen = sidebar.chosen_model()
    asked = Shown.start()  # before a widget tells the address what it shows
    show(chosen, choose(), asked)
