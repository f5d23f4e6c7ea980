"""Makes the README's picture from the running app: python docs/pictures.py URL.

A short film: the map under the mouse, a way between two digits, random codes of two models, noise
dragged up.
"""

import io
import math
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
SIZE = (800, 450)
STEP_MS, REST_MS = 170, 1200
Film = list[tuple[Image.Image, int]]


def opened(page: Page, address: str, root: str) -> None:
    """Open a page and wait for what it shows."""
    page.goto(address)
    page.wait_for_selector(f'{root}[data-ready="yes"]', timeout=60_000)
    page.wait_for_timeout(2500)


def take(page: Page, film: Film, milliseconds: int = STEP_MS) -> None:
    """Add what is on screen to the film."""
    page.wait_for_timeout(120)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    film.append((picture.resize(SIZE, Image.Resampling.LANCZOS), milliseconds))


def drag(page: Page, film: Film, handle: str, to: float) -> None:
    """Drag a slider to a share of its width."""
    box = page.locator(handle).first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.02 * box["width"], middle)
    page.mouse.down()
    for i in range(1, 8):
        page.mouse.move(box["x"] + to * box["width"] * i / 7, middle)
        take(page, film)
    page.mouse.up()
    take(page, film, REST_MS)


def main(url: str) -> None:
    """Save the film."""
    film: Film = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        opened(page, f"{url}/?layers=tiles,fog", ".explorer")
        box = page.locator(".explorer .ground").bounding_box()
        assert box is not None
        for i in range(14):
            turn = 2 * math.pi * i / 14
            x = box["x"] + box["width"] * (0.5 + 0.3 * math.cos(turn))
            page.mouse.move(x, box["y"] + box["height"] * (0.5 + 0.27 * math.sin(turn)))
            take(page, film)
        take(page, film, REST_MS)
        opened(page, f"{url}/interpolate?model=digits-vae-16d&from=test-72&to=test-229", ".lab")
        drag(page, film, ".scrubber", 0.98)
        opened(page, f"{url}/generate?model=digits-vae-16d", ".generate")
        take(page, film, 2 * REST_MS)
        opened(page, f"{url}/denoise", ".denoise")
        drag(page, film, ".denoise .level", 0.6)
        browser.close()
    # An octree keeps the greys of the page and the colours of a few points alike.
    tree = Image.Quantize.FASTOCTREE
    frames = [frame.quantize(256, tree, dither=Image.Dither.NONE) for frame, _ in film]
    frames[0].save(
        Path(__file__).parent / "tour.gif", save_all=True, append_images=frames[1:], loop=0,
        duration=[milliseconds for _, milliseconds in film], optimize=True,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
