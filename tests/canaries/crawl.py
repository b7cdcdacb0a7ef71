"""Everything a reader can open: every address with every object, every list, and the filters and pages it links to."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

from django.db.models import Model, Q
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Milestone, Task
from decisions.models import Position
from meetings.models import Meeting
from members.models import Committee, ImportBatch, Organisation, Representation, Seat, SeatTerm, everybody
from notices.models import Delivery
from tests.canaries.world import WORD

LINK = re.compile(r'href="([^"#]+)')
# "zq" finds every word there is to find by its beginning; alone it is none.
LISTS = [
    "/",
    "/members/?q=zq",
    "/members/?q=zq&status=ended",
    "/members/export.csv",
    "/members/export.csv?status=ended",
    "/members/people/?q=zq",
    "/members/add/",
    "/members/committees/",
    "/members/committees/add/",
    "/members/imports/",
    "/members/imports/new/",
    "/campaigns/",
    "/campaigns/?show=over",
    "/campaigns/add/",
    *[f"/campaigns/tasks/?owner=&state={state}" for state in ("", "overdue", "done", "dropped", "all")],
    "/campaigns/tasks/shares/",
    "/meetings/",
    "/meetings/?show=earlier",
    "/meetings/call/",
    *[f"/positions/?status={status}" for status in ("", "draft", "open", "adopted", "rejected", "withdrawn")],
    "/positions/new/",
    "/positions/register/",
    "/positions/register/file/",
    "/reminders/",
    "/accounts/preferences/",
    "/accounts/sessions/",
]
PAGES: dict[Any, list[str]] = {
    Organisation: [
        f"members:{name}"
        for name in (
            "organisation",
            "organisation_edit",
            "organisation_membership",
            "organisation_names",
            "organisation_end",
            "contact_add",
        )
    ],
    Representation: ["members:representation_end"],
    Committee: [f"members:{name}" for name in ("committee", "committee_edit", "committee_seats", "office_add")],
    Seat: ["members:seat_fill"],
    SeatTerm: ["members:term_end", "members:seat_holder"],
    ImportBatch: ["members:import", "members:import_columns", "members:import_report", "members:import_row"],
    Campaign: [f"campaigns:{name}" for name in ("campaign", "edit_campaign", "finish_campaign", "add_milestone")],
    Milestone: [f"campaigns:{name}" for name in ("milestone", "edit_milestone", "drop_milestone")],
    Task: [f"campaigns:{name}" for name in ("task", "edit_task", "hand_task", "take_task", "drop_task")],
    Meeting: [
        f"meetings:{name}"
        for name in ("meeting", "calendar", "edit_meeting", "invite_people", "write_minutes", "cancel_meeting")
    ],
    Position: [
        f"decisions:{name}"
        for name in ("position", "edit_position", "new_version", "version", "withdraw", "open_round")
    ],
    Delivery: ["notices:delivery"],
}
SEARCHED = {"meetings:invite_people", "members:seat_fill", "members:office_add", "members:import_row"}
NUMBERED = {"decisions:version", "members:import_row"}


# Of what the factories made beside it, one page is like the other.
TELLING = {
    Organisation: Q(name__startswith="zq") | Q(representations__person__display_name__startswith="zq"),
    Representation: Q(person__display_name__startswith="zq"),
    Committee: Q(name__startswith="zq") | Q(is_steering=True),
    Seat: Q(committee__name__startswith="zq", terms__until=None),
    SeatTerm: Q(seat__committee__name__startswith="zq") | Q(organisation__name__startswith="zq"),
}


def addresses() -> Iterator[str]:
    yield from LISTS
    for model, names in PAGES.items():
        for row in model._default_manager.filter(TELLING.get(model, Q())):
            for name in names:
                yield from _of(name, row)
    for person in everybody().filter(display_name__startswith="zq"):
        for name in ("members:person", "members:person_edit", "members:person_appoint"):
            yield reverse(name, args=[person.pk])


def _of(name: str, row: Model) -> Iterable[str]:
    path = reverse(name, args=[row.pk, 1] if name in NUMBERED else [row.pk])
    return [path, f"{path}?q=zq"] if name in SEARCHED else [path]


def crawl(client: Client) -> dict[str, set[str]]:
    """{word: the addresses at which this client met it}."""
    met: dict[str, set[str]] = {}
    waiting, known = list(addresses()), set[str]()
    while waiting:
        path = waiting.pop()
        if path in known:
            continue
        known.add(path)
        text = read(client, path)
        for word in set(WORD.findall(text)):
            met.setdefault(word, set()).add(path)
        links = (urljoin(path, unescape(link)) for link in LINK.findall(text))
        waiting += [link for link in links if link.startswith("/") and "?" in link]
    return met


def read(client: Client, path: str) -> str:
    """What the page, the file or the refusal says; long lines of a calendar file are put together again."""
    response = client.get(path)
    return b"".join(response).decode().replace("\r\n ", "")
