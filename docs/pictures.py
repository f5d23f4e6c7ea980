"""Makes the pictures of the README from the running app: python docs/pictures.py URL."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]


def main(url: str) -> None:
    """Save the latent map with tiles and prior."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{url}/?layers=tiles,fog")
        page.wait_for_selector('.explorer[data-answered="yes"]', timeout=60_000)
        page.wait_for_timeout(4000)
        page.screenshot(path=Path(__file__).parent / "latent-map.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
