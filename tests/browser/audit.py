"""`make audit`: every page of the catalogue, read by everybody who may, in every look.

The short form of it runs in `make test` (test_every_page.py, test_cold_load.py). This one takes its time and prints
what it saw. Prints go past pytest's capture with `-s`, which the make target gives.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Person, User
from home.pseudo_locale import build
from notices.actions.life import PROCESSES, beat
from tests.bench.measure import Browser as Wire
from tests.bench.measure import cold_load
from tests.browser.conftest import Open
from tests.browser.tour import Tour
from tests.browser.visits import DESKTOP, PHONE
from tests.pages import Page, every_page

ROLES = ("admin", "staff", "chair", "seat", "facilitator", "member", "")
MOST_BYTES, MOST_REQUESTS, MOST_STATEMENTS = 60_000, 6, 12


@pytest.fixture(scope="package", autouse=True)
def catalogue(environ: dict[str, str]) -> None:
    """Before the server starts: it reads translations once."""
    build(settings.BASE_DIR, settings.VAR / "locale")


def wire(site: str, role: str) -> Wire:
    """A client without a browser, signed in as the demo's `role` (empty: nobody)."""
    client, key = Client(), ""
    if role:
        client.force_login(User.objects.get(email=f"{role}@demo.example"))
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return Wire(urlsplit(site).port or 80, key)


def read_by_all(pages: list[Page], wires: dict[str, Wire]) -> Iterator[Page]:
    """Each page for every role that gets it there; a page behind a button only for its own reader."""
    seen = set()
    for page in pages:
        for role in [page.reader] if page.press else ROLES:
            wires[role].connection.close()  # the server ends kept connections that are silent for a while
            response, _body = wires[role].get(page.path)
            if response.status == page.status and (page.path, role, page.press) not in seen:
                seen.add((page.path, role, page.press))
                yield replace(page, reader=role)


@pytest.fixture
def listed(same_types: None) -> list[Page]:
    for process in PROCESSES:
        beat(process, now=timezone.now())
    return every_page(timezone.now())


@pytest.fixture
def wires(site: str, listed: list[Page]) -> Iterator[dict[str, Wire]]:
    """{role: its client}, once there are pages and people."""
    opened = {role: wire(site, role) for role in ROLES}
    yield opened
    for one in opened.values():
        one.connection.close()


@pytest.fixture
def pages(listed: list[Page], wires: dict[str, Wire]) -> list[Page]:
    return list(read_by_all(listed, wires))


@pytest.mark.parametrize("language", ["en", "qps"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "360"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(visit: Open, pages: list[Page], scheme, viewport, language) -> None:
    Person.objects.update(language=language)
    is_pseudo = language == "qps"
    look = {"viewport": viewport, "color_scheme": scheme, "locale": "ar" if is_pseudo else "en"}
    tour = Tour(visit, look, is_pseudo=is_pseudo)
    found = {}

    for page in pages:
        try:
            faults = list(tour.faults(page))
        except Exception as error:  # noqa: BLE001 - the other pages are still to be looked at
            faults = [f"{type(error).__name__}: {str(error)[:300]}"]
        if faults:
            found[str(page)] = faults

    print(f"\n{scheme}, {viewport['width']} px, {language}: {len(pages)} visits, {len(found)} pages with faults")
    assert not found, "\n".join(f"{page}\n    " + "\n    ".join(faults) for page, faults in found.items())


def test_every_page_is_light_and_asks_few_statements(pages: list[Page], wires: dict[str, Wire]) -> None:
    too_much, weights, counts = {}, [], []

    for page in [page for page in pages if not page.press]:
        wires[page.reader].connection.close()
        weight, requests = cold_load(wires[page.reader], page.path)
        statements = int(wires[page.reader].get(page.path)[0].headers["X-Statements"])
        weights.append(weight)
        counts.append(statements)
        if weight > MOST_BYTES or requests > MOST_REQUESTS or statements > MOST_STATEMENTS:
            too_much[str(page)] = (weight, requests, statements)

    heaviest, most = max(weights) / 1000, max(counts)
    print(f"\n{len(weights)} pages: at most {heaviest:.1f} kB cold and {most} statements")
    assert not too_much, "\n".join(f"{page}: bytes, requests, statements {seen}" for page, seen in too_much.items())
