"""A real Chromium for tests and benchmarks: the system's, or a clear reason why there is none."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDE, NARROW = (1440, 900), (375, 812)
CHROMIUM = Path("/usr/bin/chromium")
# A container has no sandbox and no GPU; the rest keeps the browser from calling home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_RESET = """
() => {
  const byId = (id) => document.getElementById(id);
  byId("evidence-close").click();
  for (const value of ["authority", "reported"]) document.querySelector(`[value=${value}]`).click();
  byId("as-of").value = byId("as-of").max;
  byId("as-of").dispatchEvent(new Event("input"));
  byId("clear").click();
  byId("event-list").scrollTop = 0;
  document.activeElement.blur();
  window.scrollTo(0, 0);
}
"""


def missing() -> str | None:
    """Return why no browser can be started, or None."""
    if not CHROMIUM.exists():
        return f"no {CHROMIUM}: install the system's chromium"
    if find_spec("playwright") is None:
        return "no playwright: install the package's dev extra"
    return None


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start a headless Chromium and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


class Opened:
    """A page with what it did: console messages, errors and requests."""

    def __init__(self, browser, file, size=WIDE, theme="light"):
        self.page = browser.new_page(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme
        )
        self.trouble = []
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", self._note)
        self.own = file.as_uri()
        self.page.goto(self.own)
        self.page.wait_for_selector("html[data-ready=all]")

    def _note(self, request):
        if request.url not in {self.own, "data:,"}:
            self.trouble.append(request.url)

    def reset(self):
        """Bring the page back to all events, lanes by authority, the latest, wide and light.

        For tests that share a page: to load it again takes longer than most of them.
        """
        self.page.emulate_media(media="screen", color_scheme="light")
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        self.page.evaluate(_RESET)

    def count(self):
        return self.page.inner_text("#count")

    def shown(self):
        """Return how many events are shown."""
        return int(re.match(r"[\d,]+", self.count()).group().replace(",", ""))

    def all_dates(self):
        if self.page.is_visible("#all-dates"):
            self.page.click("#all-dates")

    def marks(self):
        """Return the marks of events on the timeline chart."""
        return self.page.locator("#timeline-chart path[stroke-width='1.6']")

    def slide(self, index):
        self.page.evaluate(
            "index => { const s = document.getElementById('as-of'); s.value = index;"
            " s.dispatchEvent(new Event('input')); }",
            index,
        )

    def width(self):
        return self.page.evaluate("document.documentElement.scrollWidth")
