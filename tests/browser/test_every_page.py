"""What holds on every page of the catalogue, in light on a desktop and in dark on a phone, with all folds open."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from tests.browser.conftest import Open
from tests.browser.tour import Tour
from tests.browser.visits import DESKTOP, PHONE
from tests.pages import every_page


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
