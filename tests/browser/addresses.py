"""The twelve pages by their addresses: what each shows without parameters, and what by a link."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import expect

LAB = '.lab[data-ready="yes"]'


class Address(NamedTuple):
    """A page and a link to it.

    Attributes:
        page: its address behind the app's root.
        title: the heading at its head.
        link: parameters that no visitor has by default.
        model: what the link makes the sidebar's model.
        shown: selector of something that only the link brings.
        value: what that holds, where it is a field.
        bare: selector of something that is there without parameters.
        by_link: the heading where the link changes it.
    """

    page: str
    title: str
    link: str
    model: str
    shown: str
    value: str = ""
    bare: str = LAB
    by_link: str = ""


def field(label):
    return f'[aria-label="{label}"]'


ADDRESSES = [
    Address("", "Latent map", "?model=fashion-vae-2d&z=0.5,-1.25", "fashion-vae-2d",
            field("z2"), "-1.25"),
    Address("interpolate", "Interpolate", "?model=digits-vae-16d&from=test-72&to=test-229",
            "digits-vae-16d", "text=test image 229"),
    Address("traverse", "Traverse", "?model=digits-dae-784d&seed=3", "digits-dae-784d",
            field("Seed"), "3"),
    Address("generate", "Generate", "?model=fashion-vae-2d&n=16", "fashion-vae-2d",
            field("Number of samples"), "16"),
    Address("your_image", "Your image", "?model=fashion-vae-16d&picture=smiley&input=upload",
            "fashion-vae-16d", "text=a smiley"),
    Address("denoise", "Denoise", "?model=fashion-dae-784d&kind=gaussian&level=0.7",
            "fashion-dae-784d", field("Noise level, typed"), "0.7"),
    Address("anomaly", "Anomaly", "?model=digits-vae-16d&rule=conformal&at_most=7",
            "digits-vae-16d", field("Setting of the rule"), "7"),
    Address("train", "Train", "?model=digits-vae-16d", "digits-vae-16d",
            field("Nodes per layer"), "256, 128", bare=field("Nodes per layer")),
    Address("inside", "Inside", "?model=digits-dae-784d&part=units", "digits-dae-784d",
            '[role=tab][aria-selected=true]:has-text("Units")'),
    Address("codes_at_work", "Codes at work", "?model=digits-ae-2d&work=search&of=test-3",
            "digits-ae-2d", "text=test image 3", bare="text=raw pixels"),
    Address("compare", "Compare", "?model=digits-linear-2d&with=digits-pca-2d",
            "digits-linear-2d", 'h3:has-text("digits-pca-2d")'),
    Address("lessons", "Lessons", "?lesson=6-noise&step=4", "digits-dae-784d",
            "text=the Wiener filter", bare="[class*=st-key-lesson_card_]",
            by_link="Noise on, noise off"),
]  # fmt: skip
SCENE = Address("", "Denoise", "?scene=denoise-beats-filters", "digits-dae-784d",
                field("Noise level, typed"), "0.4")  # fmt: skip


def enter(page, url):
    """Go to another address of the app as the browser's Back does, which starts nothing anew."""
    done = expect(page.get_by_test_id("stApp"))
    done.to_have_attribute("data-test-script-state", "notRunning")
    page.evaluate(BACK, url)
    path = urlsplit(url).path.strip("/")
    title = next(address.title for address in ADDRESSES if address.page == path)
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    done.to_have_attribute("data-test-script-state", "notRunning")


BACK = """(url) => {
    history.pushState({}, "", url);
    dispatchEvent(new PopStateEvent("popstate"));
}"""


def is_bare(page, address):
    """Check that a page stands there as one finds it without parameters."""
    expect(page.locator(address.bare).first).to_be_visible()
    _has_head(page, address.title)


def is_linked(page, address):
    """Check that a page stands there as the link says."""
    shown = page.locator(address.shown).first
    expect(shown).to_be_visible()
    if address.value:
        expect(shown).to_have_value(address.value)
    expect(page.get_by_label("Model", exact=True)).to_have_value(
        re.compile(f"^{address.model} · ")
    )
    expect(page.get_by_text("is ignored")).to_have_count(0)
    _has_head(page, address.by_link or address.title)


def _has_head(page, title):
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)  # where Streamlit says "Page not found"
