"""What holds on every page of the catalogue, in light on a desktop and in dark on a phone, with all folds open."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from accounts.models import User
from tests.browser.conftest import Open
from tests.browser.visits import DESKTOP, PHONE, Window
from tests.pages import Page, every_page

FAILED = "Failed to load resource"


@dataclass
class Tour:
    """One window per reader, all of the same look; what was wrong on which page."""

    visit: Open
    look: dict
    windows: dict[str, Window] = field(default_factory=dict)

    def opens(self, page: Page) -> Window:
        if page.reader not in self.windows:
            user = User.objects.get(email=f"{page.reader}@demo.example") if page.reader else None
            self.windows[page.reader] = self.visit(user, bypass_csp=True, **self.look)
        window = self.windows[page.reader]
        status = window.goto(page.path)
        if page.status >= 400:  # the console says so, as it should
            window.trouble[:] = [said for said in window.trouble if FAILED not in said]
        if page.press:
            window.press(page.press)
            assert window.page.title().startswith("Error: ")
        window.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert status == page.status
        return window

    def faults(self, page: Page) -> Iterator[str]:
        """What axe finds, and whether the page is wider than its window."""
        window = self.opens(page)
        for violation in Axe().run(window.page).response["violations"]:
            for node in violation["nodes"]:
                yield f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        wider = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            yield f"{wider} px wider than the window"


def test_axe_would_find_something(visit: Open) -> None:
    window = visit()
    window.goto("/accounts/login/")
    window.page.evaluate("document.querySelector('h1').style.color = '#eee'")
    window.trouble.clear()

    found = Axe().run(window.page).response["violations"]

    assert [violation["id"] for violation in found] == ["color-contrast"]


LOOKS = {
    "light, desktop": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark, phone": {"viewport": PHONE, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible_and_fits_its_window(visit: Open, look: str) -> None:
    pages = every_page(timezone.now())
    if look == "dark, phone":  # there, whoever reads a page, it has the same colours
        pages = list({(page.path, page.press): page for page in pages}.values())
    tour = Tour(visit, LOOKS[look])

    found = {}
    for page in pages:
        try:
            faults = list(tour.faults(page))
        except Exception as error:  # noqa: BLE001 - the other pages are still to be looked at
            faults = [f"{type(error).__name__}: {str(error)[:500]}"]
        if faults:
            found[str(page)] = faults

    assert not found, "\n".join(f"{page}\n    " + "\n    ".join(faults) for page, faults in found.items())
