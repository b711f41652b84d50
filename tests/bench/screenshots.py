"""`python tests/bench/screenshots.py --data FOLDER`: the README's pictures of the report.

Opens the report of a data folder in Chromium at both widths and in both themes. Look at them.
"""

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page

from pipeline.report import write_report
from pipeline.settings import load_settings

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import chromium, missing  # the fixtures of the tests

# What the README shows; the others are for looking at (`--all`).
_README = {
    "report-1440-light",
    "report-1440-dark-evidence",
    "report-375-light",
    "report-375-dark-evidence",
    "report-measures-light",
    "report-licenses-light",
    "report-exports-light",
    "report-quality-dark",
}
_SIZES = {"1440": (1440, 900), "375": (375, 812)}
_SECTIONS = ("measures", "licenses", "exports", "quality", "runs")


def main() -> None:
    """Write PNG files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="Data folder, as for the commands.")
    parser.add_argument("--today", type=date.fromisoformat, default=date(2026, 3, 3))
    parser.add_argument("--folder", type=Path, default=Path(".readme"))
    parser.add_argument("--all", action="store_true", help="Every size, theme and section.")
    arguments = parser.parse_args()
    why = missing()
    if why:
        sys.exit(why)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        target = Path(folder) / "report.html"
        file = write_report(load_settings(arguments.data), today=arguments.today, target=target)
        for width, size in _SIZES.items():
            for theme in ("light", "dark"):
                _shoot(browser, file, arguments.folder, width, size, theme)
    for picture in sorted(arguments.folder.glob("report-*.png")):
        if picture.stem not in _README and not arguments.all:
            picture.unlink()
            continue
        print(f"{picture} {picture.stat().st_size / 1000:.0f} kB")


def _shoot(
    browser: Browser, file: Path, folder: Path, width: str, size: tuple[int, int], theme: str
) -> None:
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready=all]")
    page.screenshot(path=folder / f"report-{width}-{theme}.png")
    _open_event(page)
    page.screenshot(path=folder / f"report-{width}-{theme}-evidence.png")
    page.keyboard.press("Escape")
    if width == "1440":
        for section in _SECTIONS:
            # The bar at the top sticks to the window and would lie across a tall section.
            page.add_style_tag(content=".bar { position: static !important; }")
            page.locator(f"#{section}").screenshot(path=folder / f"report-{section}-{theme}.png")
    page.close()


def _open_event(page: Page) -> None:
    """Open the first event that has several sentences, firms and another date."""
    page.evaluate("document.getElementById('filters').open = true")
    page.fill("#filter-text", "general licenses Yunsheng")
    page.wait_for_timeout(200)
    page.locator(".option", has_text="Ningbo Yunsheng").first.click()
    page.fill("#filter-text", "")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.wait_for_timeout(400)


if __name__ == "__main__":
    main()
