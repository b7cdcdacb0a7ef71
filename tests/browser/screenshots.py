"""`make screenshots`: twelve pages of the demo as pictures in var/screenshots, on a desktop and on a phone."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from notices.actions.life import PROCESSES, beat
from tests.browser.conftest import Open
from tests.browser.visits import DESKTOP, PHONE
from tests.pages import Page, every_page

LOOKS = {
    "1280-light": {"viewport": DESKTOP, "color_scheme": "light"},
    "1280-dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "360-light": {"viewport": PHONE, "color_scheme": "light"},
    "360-dark": {"viewport": PHONE, "color_scheme": "dark"},
}
SHOWN = (
    ("home:home", "staff"),
    ("home:home", "seat"),
    ("members:organisations", "staff"),
    ("members:organisation", "staff"),
    ("members:import", "staff"),
    ("campaigns:tasks", "seat"),
    ("campaigns:campaign", "staff"),
    ("campaigns:all_coverage", "member"),
    ("meetings:meeting", "seat"),
    ("decisions:position", "seat"),
    ("decisions:register", "member"),
    ("notices:deliveries", "staff"),
)


@pytest.fixture
def pages(same_types: None) -> dict[str, Page]:
    """{name of the picture: page}: of each address and reader the first in the catalogue."""
    now = timezone.now()
    listed = list(reversed(every_page(now)))
    for process in PROCESSES:  # nothing runs here but the pages; no banner about it
        beat(process, now=now)
    firsts = {(page.name, page.reader): page for page in listed if not page.press}
    return {f"{name.replace(':', '-')}-{reader}": firsts[name, reader] for name, reader in SHOWN}


@pytest.mark.parametrize("look", LOOKS)
def test_pictures(visit: Open, pages: dict[str, Page], look: str) -> None:
    folder = Path(settings.BASE_DIR) / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    for name, page in pages.items():
        window = visit(User.objects.get(email=f"{page.reader}@demo.example"), **LOOKS[look])
        window.goto(page.path)
        window.page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
        window.context.close()

    print(f"\n{look}: {len(pages)} pictures in {folder}")
