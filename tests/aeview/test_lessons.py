"""Lessons: their files, their figures, and the page without a browser."""

import re
from html import unescape
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints, classifier, noise
from aecore.errors import DataError
from aecore.flows import files as flow_files
from aeview import pages
from aeview.classroom import access, votes
from aeview.lessons import controls as lesson_controls
from aeview.lessons import figures as lesson_figures
from aeview.lessons import files as lessons
from aeview.lessons import places as lesson_places
from aeview.lessons import progress as lesson_progress
from aeview.lessons import report
from aeview.lessons.bar import Progress
from aeview.lessons.figures import Context, fill, opened
from aeview.lessons.view import RIGHT
from aeview.shell import links
from aeview.shell.contents import Control
from aeview.shell.messages import PREDICT_FIRST
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 120
TITLES = [
    "What is a bottleneck", "PCA and the linear autoencoder",
    "Sampling an autoencoder", "The VAE and its two losses", "β and meaning",
    "Noise on, noise off", "What is normal", "What a likelihood hides", "What a score misses",
    "From autoencoder to diffusion", "Ask for a class",
]  # fmt: skip
SHELF = lessons.shelf()

# ---- files --------------------------------------------------------------------------------------


def test_the_lessons_can_be_read():
    assert SHELF.problems == ()
    assert [lesson.title for lesson in SHELF.lessons] == TITLES
    for lesson in SHELF.lessons:
        assert 5 <= lesson.minutes <= 10
        last = [step for step in lesson.steps if not step.part][-1]
        assert last.question.attempt or last.control


def test_the_controls_are_those_that_can_be_shown():
    named = {name: page for page in pages.PAGES.values() for name in page.controls}
    for name, page in named.items():
        assert name in page.part("lesson").CONTROLS
        assert isinstance(lesson_controls.control(name), Control)
    assert set(lessons.controls()) == set(named)


FIRST = '[[step]]\ntitle = "a"\ntext = "b"\nlink = "train"\n'
QUESTION = '[step.question]\nask = "a"\nchoices = ["b", "c"]\nanswer = 1\nreveal = "d"\n'
HEAD = 'title = "a"\nminutes = 5\nlearn = "b"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD, r"has no \[\[step\]\]"),
        (HEAD + FIRST, "two .* or more"),
        (HEAD + FIRST + FIRST, "a question in the last|question\\] in the last"),
        ("title", "is not TOML"),
        ('title = "a"\nlearn = "b"\n' + FIRST + FIRST + QUESTION, "minutes is missing"),
        (HEAD + 'colour = "red"\n' + FIRST + FIRST + QUESTION, "“colour” means nothing"),
        (HEAD.replace("5", "0") + FIRST + FIRST + QUESTION, "“minutes” has to be"),
        (HEAD + FIRST.replace("train", "home") + FIRST + QUESTION, "step 1: the link “home”"),
        (HEAD + FIRST.replace('"b"', '""') + FIRST + QUESTION, "step 1: “text” has to be"),
        (HEAD + FIRST + 'control = "knob"\n' + FIRST + QUESTION, "step 1: “control” is “knob”"),
        (HEAD + FIRST + 'control = "map"\n' + FIRST + QUESTION, "a part of the page latent_map"),
        (HEAD + FIRST + "after = true\n" + FIRST + QUESTION, "step 1: “after” is true or false"),
        (HEAD + FIRST + FIRST + QUESTION.replace("= 1", "= 3"), "step 2: “answer” is 3"),
        (HEAD + FIRST + FIRST + QUESTION.replace('"c"', '"b"'), "different answers"),
        (HEAD + FIRST + FIRST + QUESTION.replace("ask", "say"), "step 2: “say” means nothing"),
        (HEAD + FIRST + FIRST + QUESTION + 'try = "nowhere"', "names no page"),
        (HEAD + 'step = ["a", "b"]', "step 1: "),
        (HEAD + FIRST + FIRST + QUESTION + 'place = "test-1"', "not both"),
        (HEAD + FIRST + 'part = "before"\n' + FIRST + QUESTION, "write .*before"),
        (HEAD + FIRST + FIRST + QUESTION.replace('reveal = "d"', ""), "“reveal” has to be"),
        (HEAD + FIRST + FIRST + QUESTION + "[[after]]\nask = 3", "question 1 after: "),
        (HEAD + "before = 3\n" + FIRST + FIRST + QUESTION, "is written .*before"),
        (HEAD + FIRST + FIRST + QUESTION + 'shows = "train"', "“shows” wants a control"),
    ],
)
def test_a_mistake_is_said_in_one_sentence(tmp_path, text, words):
    file = tmp_path / "8-mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=words) as said:
        lessons.read(file)
    assert str(said.value).startswith("8-mine.toml")
    assert lessons.shelf(tmp_path).problems == (str(said.value),)


def test_lessons_come_in_the_order_of_their_numbers(tmp_path):
    for name in ("10-ten", "9-nine", "my-own", "2-two"):
        (tmp_path / f"{name}.toml").write_text(HEAD + FIRST + FIRST + QUESTION, encoding="utf-8")
    found = [lesson.id for lesson in lessons.shelf(tmp_path).lessons]
    assert found == ["2-two", "9-nine", "10-ten", "my-own"]


# ---- figures ------------------------------------------------------------------------------------


def contexts():
    for lesson in SHELF.lessons:
        for number, step in enumerate(lesson.steps, 1):
            model = opened(step.target.parameters.get("model", "digits-vae-2d"))
            here = lesson_controls.here(step.control, step.target.parameters, model)
            if step.question and step.question.place:
                here |= {"away": 1.5, "nearer": 7.0}
            yield lesson.id, number, step, Context(model, here)


def test_every_figure_of_every_lesson_is_found():
    for lesson, number, step, context in contexts():
        for text in step.texts:
            made = fill(text, context)
            assert "{{" not in made
            asked = len(re.findall(r"\{\{", text))
            assert made.count("?") == re.sub(r"\{\{.*?\}\}", "", text).count("?"), (lesson, number)
            assert asked == 0 or made != text


def test_figures_are_those_of_the_card_and_of_the_control():
    card = opened("digits-vae-16d").checkpoint.card.metrics
    context = Context(opened("digits-vae-16d"), {"level": 0.25, "n": 8.0})
    assert fill("{{model.kl}}", context) == f"{card['kl']:.1f}"
    assert fill("{{ digits-vae-16d.mse:.5f }}", context) == f"{card['mse']:.5f}"
    assert fill("{{here.level}} of {{here.n}}", context) == "0.25 of 8"
    assert fill(r"\frac{1}{ {{model.pixels}} }", context) == r"\frac{1}{ 784 }"
    assert fill("{{digits-ae-2d.reconstruction}}", context) == "106.1"
    assert fill("{{digits-ae-16d.reconstruction}}", context)[0] == "−"
    assert fill("{{digits-ae-2d.kl}}", context) == "?"
    assert fill("{{model.kl}}", Context(None, {})) == "?"
    assert fill("{{mnist-vae-2d.images}}", context) == "10,000"


@pytest.mark.parametrize(
    "text",
    [
        "{{model.__class__}}",
        "{{model.checkpoint}}",
        "{{model.kl.real}}",
        "{{1 + 1}}",
        "{{model}}",
        "{{digits-none.kl}}",
        "{{here.colour}}",
        "{{model.frechet uniform}}",
        "{{model.kl 3}}",
        "{{model.psnr gaussian}}",
        "{{wiener.kl}}",
        "{{code_size.ae 3}}",
        "{{knn.psnr}}",
        "{{model.mse:x}}",
    ],
)
def test_what_is_no_figure_is_said(text):
    with pytest.raises(DataError) as said:
        fill(text, Context(opened("digits-vae-2d"), {}))
    assert "\n" not in str(said.value)


def test_the_readme_lists_every_figure_and_control():
    words = (ROOT / "lessons" / "README.md").read_text(encoding="utf-8")
    for name, kind in lesson_figures.KINDS_OF_FIGURES.items():
        assert re.search(rf"`{name}[ `]", words)
        assert kind.says in words
    assert all(f"`{name}`" in words for name in lessons.controls())


def number(text):
    """A figure as a number, by what a lesson writes."""
    written = fill(f"{{{{{text}}}}}", Context(opened("digits-vae-16d"), {}))
    return float(written.replace("−", "-").replace(",", ""))


def test_right_answers_are_right():
    """What the choices say in words is what the figures say."""
    assert 4 < number("digits-ae-2d.mse") / number("digits-ae-16d.mse") < 6.5
    assert 0.65 < number("code_size.ae 64") / number("code_size.ae 32") < 0.75
    assert number("digits-ae-16d.photograph") > 10 * number("digits-ae-16d.limit")
    assert number("digits-linear-2d.mse:.6f") == pytest.approx(
        number("digits-pca-2d.mse:.6f"), rel=0.01
    )
    assert 0.01 < number("digits-ae-2d.mse") / number("digits-pca-2d.mse") < 0.5
    gains = -np.diff([number(f"code_size.ae {2**i}") for i in range(1, 7)])
    assert (np.diff(gains) < 0).all()
    assert all(number(f"code_size.pca {k}") > number(f"code_size.ae {k}") for k in (8, 16, 64))
    assert number("code_size.pca 64") > number("code_size.pca 64 clipped")
    assert number("code_size.pca 64 clipped") > number("code_size.ae 64")
    for family in ("pca", "ae"):
        assert number(f"code_size.{family} 64 train") < number(f"code_size.{family} 64")
    assert number("digits-ae-2d.outside") > 50 > 5 > number("digits-vae-2d.outside")
    prior, vae = number("digits-ae-16d.frechet prior"), number("digits-vae-16d.frechet prior")
    assert prior > 3 * vae
    assert number("digits-ae-16d.frechet mixture") < prior / 5
    assert number("digits-vae-16d.mse") > number("digits-ae-16d.mse")
    assert 8 <= number("digits-vae-16d.active") <= 12
    assert number("mnist-bvae-10d-b10.active") == 6
    assert number("mnist-bvae-10d-b10.mse") > 2 * number("mnist-bvae-10d-b1.mse")
    assert number("sprites-tcvae-10d-w6.mig") > number("sprites-vae-10d.mig")
    assert number("sprites-tcvae-10d-w6.reconstruction") > number("sprites-vae-10d.reconstruction")
    order = ["digits-dae-784d", "wiener", "median", "digits-ae-16d", "noisy"]
    levels = [number(f"{name}.psnr gaussian 0.4") for name in order]
    assert all(one > other for one, other in pairwise(levels))
    for level in ("0.1", "1"):
        assert number(f"wiener.psnr gaussian {level}") > number(
            f"digits-dae-784d.psnr gaussian {level}"
        )
    assert number("digits-dae-784d.psnr masking 0.5") > number("digits-dae-784d.psnr patches 0.5")
    others = ("isolation_forest", "one_class_svm", "lof", "knn", "elliptic_envelope")
    assert number("pca.auroc") > max(number(f"{name}.auroc") for name in others)
    assert number("pca.auroc rows") < number("isolation_forest.auroc rows")
    assert number("digits-vae-16d.strangeness") > 10


def test_right_answers_of_noise_and_diffusion_are_right():
    """Lesson 10; the classifier agrees by chance in one of ten where no class is heard."""
    frechet = {name: number(f"digits-ae-16d.frechet {name}") for name in ("mixture", "flow")}
    assert frechet["flow"] == pytest.approx(frechet["mixture"] / 3, rel=0.1)
    assert number("digits-ae-16d.frechet aggregate") < frechet["flow"]
    distance = {
        way: number(f"digits-ae-16d.flow_distance {way}") for way in ("1 12", "1 1", "2 12")
    }
    assert distance["1 12"] == frechet["flow"]
    assert distance["1 1"] == pytest.approx(1.8 * distance["1 12"], rel=0.1)
    assert distance["2 12"] > 1.5 * distance["1 12"]
    agree = [number(f"digits-ae-16d.flow_agreement {w} 12") for w in (0, 1, 2)]
    assert agree[0] == pytest.approx(10, abs=2)
    assert 95 < agree[1] < agree[2]
    assert number("digits-gan-16d.frechet prior") < distance["1 12"]
    link = next(each for each in SHELF.lessons if each.id == "10-diffusion").steps[3].target
    assert link.parameters["codes"] == "flow"
    assert "ask" not in link.parameters
    seen = headings(int(link.parameters["seed"]))
    assert seen[0] < 0.5 < 0.95 < seen[-1]


def headings(seed):
    """How sure the classifier is of where a code is heading, told no class, step by step."""
    stored = checkpoints.read(path := checkpoints.find("digits-ae-16d"))
    flow = flow_files.of_checkpoint(path, stored)
    assert flow is not None
    start = noise.normal(seed, "codes", 1, flow.code_dim).astype(np.float32)
    places = flow.ask(guidance=0.0).path(start, np.array([0]))[:, 0]
    left = np.arange(len(places) - 1, 0, -1, dtype=np.float32)[:, None]
    ahead = flow.codes(places[:-1] + left * np.diff(places, axis=0))
    drawn = checkpoints.build(stored).decode(torch.from_numpy(ahead))
    judge = classifier.load(checkpoints.classifier_file("digits")).network
    return judge(drawn).softmax(1).amax(1).tolist()


def test_right_answers_of_what_is_hidden_and_missed_are_right():
    """Lessons 8 and 9; whether the figures are right is asked in test_blind_spots.py."""
    bound, gap = (
        {beta: number(f"mnist-bvae-10d-b{beta}.{name}") for beta in (1, 2, 4, 10)}
        for name in ("iw_nll", "iw_gap")
    )
    left = (bound[10] - bound[1]) / (bound[10] + gap[10] - bound[1] - gap[1])
    assert left == pytest.approx(2 / 3, abs=0.05)
    assert sorted(gap.values()) == list(gap.values())
    costs, grey = number("digits-vae-16d.reconstruction"), number("digits-vae-16d.grey")
    assert number("digits-vae-16d.avoidable") / costs == pytest.approx(0.2, abs=0.02)
    assert number("digits-vae-16d.avoidable") == pytest.approx(costs - grey, abs=0.11)
    assert number("fashion-vae-16d.grey") > 0.8 * number("fashion-vae-16d.reconstruction")
    own, digits, faded = (
        number(f"fashion-vae-16d.stranger_elbo {which}") for which in ("own", "mnist", "faded")
    )
    assert faded < digits < own
    assert number("fashion-vae-16d.stranger_auroc elbo faded") < 30
    assert 40 < number("fashion-vae-16d.stranger_auroc elbo mnist") < 50
    assert number("digits-vae-16d.stranger_elbo rounded") < number(
        "digits-vae-16d.stranger_elbo own"
    )
    for name in ("digits-ae-16d", "mnist-ae-16d", "fashion-ae-16d"):
        assert number(f"{name}.detail variation") > number(f"{name}.detail ink") + 0.1
    assert number("fashion-pca-16d.black") < number("fashion-pca-16d.least_error")
    assert number("digits-ae-16d.black") > number("digits-ae-16d.largest_error")
    assert number("digits-ae-16d.flagged all") < 5
    assert number("digits-ae-16d.flagged 8") == pytest.approx(20, abs=2)
    assert number("digits-ae-16d.flagged 4") == number("digits-ae-16d.flagged 7") == 0
    one, each = (
        [number(f"mnist-ae-16d.class_rate {rule} {end}") for end in ("lowest", "highest")]
        for rule in ("conformal", "by_class")
    )
    assert one[0] < each[0] < 5 < each[1] < one[1]
    for level in ("0.2", "0.4", "0.6"):
        assert number(f"digits-dae-784d.denser {level}") == 100
        uphill = {w: number(f"digits-dae-784d.uphill {w} {level}") for w in ("residual", "mean")}
        assert uphill["residual"] > uphill["mean"] + 0.05


# ---- the page -----------------------------------------------------------------------------------


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)


def page(app, link="lessons"):
    """Open the page Lessons at a link."""
    query = link.partition("?")[2]
    app.query_params.clear()
    app.query_params.update(dict(part.split("=") for part in query.split("&") if part))
    app.switch_page("lessons.py").run()
    assert not app.exception
    return app


def head(app):
    return next(part.proto.body for part in app.get("html") if "<h1>" in part.proto.body)


def button(app, label):
    return next(each for each in app.button if each.label.startswith(label))


def formulas(app):
    return " ".join(part.value for part in app.latex)


def test_the_list_starts_a_lesson_and_its_formulas_follow_the_chosen_model(app):
    page(app)
    shown = " ".join(part.value for part in app.header)
    assert all(title in shown for title in TITLES)
    app.button(key="start 5-beta").click().run()
    assert "Step 1 of 10" in head(app)
    for _ in range(2):  # what one thinks before
        button(app, "Next").click().run()
    assert app.query_params["lesson"] == "5-beta"
    assert app.session_state["model"] == "mnist-bvae-10d-b1"
    assert "78.2" in formulas(app)
    app.selectbox(key="model").set_value("mnist-bvae-10d-b10").run()
    assert r"139.0 + 10 \cdot 4.0" in formulas(app)
    button(app, "All lessons").click().run()
    assert app.session_state["model"] == "digits-vae-2d"  # as it was before the lesson


def test_a_click_that_leads_elsewhere_counts_though_its_run_was_cut_short(app):
    page(app, "lessons?lesson=6-noise&step=5")
    app.session_state[links.LEAVING] = links.parse("inside?part=way")  # all that the click left
    app.run()
    assert "Inside" in head(app)
    assert app.query_params["part"] == "way"
    assert links.LEAVING not in app.session_state


def test_one_predicts_sees_goes_elsewhere_and_comes_back_to_the_place(app):
    page(app, "lessons?lesson=6-noise&step=4")
    assert button(app, "Reveal").disabled
    assert any(PREDICT_FIRST in part.value for part in app.caption)  # the sidebar tells no answer
    app.radio[0].set_value(1).run()
    button(app, "Reveal").click().run()
    assert not any(PREDICT_FIRST in part.value for part in app.caption)
    assert "**No: the denoising autoencoder.** 23.1 dB" in app.info[0].value
    marked = [option for option in app.radio[0].options if RIGHT in option]
    assert marked == [f":green[**the denoising autoencoder**] {RIGHT}"]
    assert app.radio[0].value == 1
    button(app, "Next").click().run()
    assert "Step 5 of 9" in head(app)
    button(app, "Open the page Inside").click().run()
    assert "Inside" in head(app)
    assert app.query_params["part"] == "way"
    app.switch_page("traverse.py").run()  # by the menu
    assert button(app, "Back to the lesson, step 5 of 9")
    button(app, "Back to the lesson").click().run()
    assert "Step 5 of 9" in head(app)
    assert app.query_params["part"] == "way"
    # AppTest does not follow a switch of pages with its next click
    page(app, "lessons?lesson=6-noise&step=5")
    button(app, "Back").click().run()
    assert "Step 4 of 9" in head(app)
    assert (app.radio[0].value, app.radio[0].disabled) == (1, True)
    assert app.info
    app.switch_page("train.py").run()
    button(app, "Leave the lesson").click().run()
    assert not [each for each in app.button if each.label.startswith("Back to the lesson")]
    page(app)
    assert any("2 of 9 steps done · 0 of 1 predictions right" in c.value for c in app.caption)
    app.button(key="start 6-noise").click().run()
    assert "Step 4 of 9" in head(app)


def test_one_clicks_where_an_image_will_land_and_then_sees(app):
    page(app, "lessons?lesson=1-bottleneck&step=4")
    assert button(app, "Reveal").disabled
    key = told(app, "start")["keys"][0]
    pin = {"key": key, "code": [-10.0, 10.0], "row": -1, "place": [-10.0, 10.0]}
    app.session_state["latent_map"] = {"pin": pin}
    app.run()
    assert "z = (−10.00" in formulas(app)
    button(app, "Reveal").click().run()
    landed = opened("digits-ae-2d").checkpoint.latents
    code = landed.codes[(landed.split == 2) & (landed.index == 59)][0]
    away = np.linalg.norm(code - (-10, 10))
    assert f"Your place is {away:.2f} away" in app.info[0].value
    assert app.query_params["z"] == ",".join(f"{value:.6g}" for value in code)
    assert "Reveal" not in [each.label for each in app.button]
    button(app, "Next").click().run()
    button(app, "Back").click().run()
    assert app.query_params["z"] == ",".join(f"{value:.6g}" for value in code)


def test_a_teachers_page_can_put_its_question_and_reveals_unanswered(app, monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "1")
    page(app, "lessons?lesson=6-noise&step=4")
    student = app.session_state[access.SESSION]
    assert votes.book().offered.get(student) is None
    assert button(app, "Reveal").disabled
    access._teachers()[student] = ""
    app.run()
    assert votes.book().offered[student].id == "6-noise/4"
    button(app, "Reveal").click().run()
    assert app.info[0].value.startswith("**the denoising autoencoder.**")


def test_what_a_class_knew_before_is_asked_without_an_answer_and_reported(app, monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "1")
    lesson = next(each for each in SHELF.lessons if each.id == "2-pca")
    for number in (1, 2, 8, 9):  # all right but the second
        page(app, f"lessons?lesson=2-pca&step={number}")
        step = lesson.steps[number - 1]
        assert step.part == ("before" if number < 3 else "after")
        right = step.question.answer - 1
        app.radio[0].set_value((right + 1) % 3 if number == 2 else right).run()
        reveals = [each for each in app.button if each.label == "Reveal"]
        assert len(reveals) == (step.part == "after")
    button(app, "Reveal").click().run()
    told = next(each.value for each in app.markdown if "Before the lesson" in each.value)
    asked = lesson.steps[lesson.before(9) - 1].question
    assert f"{asked.ask} **{asked.choices[asked.answer - 1]}.**" in told
    assert told.endswith(f"You had said: {asked.choices[asked.answer % 3]}.")
    page(app, "lessons?lesson=2-pca&step=2")
    assert app.radio[0].disabled  # what was known before stays as it was

    def tables():
        found = [each.proto.body for each in app.get("html") if "figures asked" in each.proto.body]
        rows = [re.findall("<tr>(.*?)</tr>", each)[1:] for each in found]
        return [[re.findall("<t[hd].*?>(.*?)</t[hd]>", row) for row in each] for each in rows]

    page(app)
    assert not tables()
    access._teachers()[app.session_state[access.SESSION]] = ""
    app.run()
    gains, questions = tables()
    assert gains == [[lesson.title, "1", "50 %", "100 %", "1.00"]]
    assert [row[2] for row in questions] == ["100 %", "0 %", "100 %", "100 %"]
    asked = [unescape(row[0].partition(" <small>")[0]) for row in questions]
    assert asked == [lesson.steps[number - 1].question.ask for number in (1, 2, 8, 9)]  # whole
    assert report.FEW in [each.value for each in app.caption]  # no interval of one student
    button(app, "Forget all answers").click().run()
    assert not tables()


def test_questions_before_and_after_are_pairs(tmp_path):
    def asked(*parts):
        tables = [QUESTION.replace("[step.question]", f"[[{part}]]") for part in parts]
        file = tmp_path / "8-mine.toml"
        file.write_text(HEAD + FIRST + FIRST + QUESTION + "".join(tables), encoding="utf-8")
        return lessons.read(file)

    made = asked("before", "after", "before", "after")
    assert [step.part for step in made.steps] == ["before", "before", "", "", "after", "after"]
    assert [made.before(number) for number in (5, 6)] == [1, 2]
    with pytest.raises(DataError, match="as many"):
        asked("before")


def test_who_presents_reveals_what_nobody_has_answered(app):
    page(app, "lessons?lesson=6-noise&step=4")
    app.button(key="lesson_reveal_6-noise_4_unanswered").click().run()
    assert app.info[0].value.startswith("**the denoising autoencoder.** 23.1 dB")
    assert app.radio[0].value is None
    page(app, "lessons?lesson=1-bottleneck&step=4")
    app.button(key="lesson_reveal_1-bottleneck_4_unanswered").click().run()
    assert app.info[0].value == lesson_places.LANDED
    landed = opened("digits-ae-2d").checkpoint.latents
    code = landed.codes[(landed.split == 2) & (landed.index == 59)][0]
    assert app.query_params["z"] == ",".join(f"{value:.6g}" for value in code)
    page(app)
    assert not any("predictions right" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("lessons?lesson=alchemy", "no such lesson"),
        ("lessons?lesson=5-beta&step=11", "is not a step of this lesson, 1 to 10"),
        ("lessons?lesson=5-beta&step=-1", "is not a step of this lesson"),
    ],
)
def test_a_wrong_link_is_ignored_with_a_notice(app, link, words):
    page(app, link)
    assert any(words in info.value and "ignored" in info.value for info in app.info)
    app.session_state[lesson_progress.LESSON_KEPT] = {"kept": ""}  # the tab answers: another run
    app.run()
    assert any(words in info.value for info in app.info)
    assert not any(words in info.value for info in app.run().info)


def test_the_link_of_a_step_says_what_is_shown(app):
    page(app, "lessons?lesson=5&step=7&columns=11")  # by its number in the list
    assert app.query_params["lesson"] == "5-beta"
    assert app.query_params["columns"] == "11"
    assert app.session_state["model"] == "sprites-tcvae-10d-w6"


def test_the_page_runs_alone(monkeypatch):
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "pages/lessons.py"), default_timeout=TIMEOUT)
    app.query_params.update({"lesson": "5-beta", "step": "5"})
    app.run()
    assert not app.exception
    assert "Step 5 of 10" in head(app)


def leave_things_behind(app):
    """What a session may carry: a drawing, another map, another second model."""
    app.session_state["own_given"] = None
    app.session_state["carried_drawing"] = np.ones((28, 28), np.float32)
    app.session_state["projection"] = "tsne"
    app.session_state["beside"] = "digits-pca-2d"


def test_every_step_opens(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    for lesson in SHELF.lessons:
        leave_things_behind(app)
        page(app, f"lessons?lesson={lesson.id}&step=1")
        for number, step in enumerate(lesson.steps, 1):
            assert f"Step {number} of {len(lesson.steps)}" in head(app)
            assert app.session_state["model"] == step.target.parameters["model"]
            assert not app.exception, (lesson.id, number)
            assert not app.warning, (lesson.id, number)
            assert not app.error, (lesson.id, number)
            if step.after:
                assert step.question.choices
                app.radio[0].set_value(step.question.answer - 1).run()
                button(app, "Reveal").click().run()
                assert not app.exception, (lesson.id, number)
                if step.control == "own-image":
                    given = f"sample {step.target.parameters['picture']}"
                    assert app.session_state["own_given"].id == given
                assert app.success[0].value.startswith("**As you said")
            assert "projection" not in app.session_state
            last = number == len(lesson.steps)
            button(app, "Finish" if last else "Next").click().run()


def test_a_lesson_that_cannot_be_read_is_said_and_the_others_are_there(app, monkeypatch, tmp_path):
    (tmp_path / "1-broken.toml").write_text("title", encoding="utf-8")
    (tmp_path / "2-whole.toml").write_text(
        (ROOT / "lessons" / "2-pca.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    monkeypatch.setattr("aeview.lessons.bar.FOLDER", tmp_path)
    monkeypatch.setattr("aeview.lessons.bar.shelf", lambda: lessons.shelf(tmp_path))
    page(app)
    assert "1-broken.toml is not TOML" in app.warning[0].value
    assert [each.key for each in app.button if str(each.key).startswith("start")] == [
        "start 2-whole"
    ]


# ---- what a tab keeps ---------------------------------------------------------------------------


def test_progress_comes_back_as_it_was_written():
    done = Progress(
        step=4, seen={3, 4}, chosen={5: 1}, placed={4: (1.5, -2.0)}, landed={4: (0.0, 1.0)},
        revealed={5},
    )  # fmt: skip
    shown = Progress(seen={5}, landed={4: (0.0, 1.0)}, revealed={5})  # nobody has answered
    assert lesson_progress.read(lesson_progress.write({"1-bottleneck": shown}), SHELF.lessons) == {
        "1-bottleneck": shown
    }
    assert lesson_progress.read(lesson_progress.write({"1-bottleneck": done}), SHELF.lessons) == {
        "1-bottleneck": done
    }


@pytest.mark.parametrize(
    "said",
    [
        '{"step": 99, "seen": [0, 11, true, "1"], "chosen": [[3, 0], [5, 9], [5, "1"], [5], 4]}',
        '{"revealed": [4], "placed": [[4, [1.0, NaN]]], "landed": [[4, [1e9, 0]]]}',
        '{"placed": [[4, [1.0, 2.0]]], "landed": [[5, [1.0, 2.0]]], "chosen": {"5": 1}}',
    ],
)
def test_what_does_not_fit_the_lessons_is_left_out(said):
    text = f'{{"1-bottleneck": {said}, "9-alchemy": {{"seen": [1]}}}}'
    assert lesson_progress.read(text, SHELF.lessons) == {"1-bottleneck": Progress()}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"1-bottleneck": 3}', "[" * 15000, "1" * 30000]
)
def test_nonsense_in_a_tab_is_no_progress(text):
    assert lesson_progress.read(text, SHELF.lessons) == {}
