"""Everything a reader can open: every address with every object, every list, and the filters and pages it links to."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.db.models import Model, Q, QuerySet
from django.test import Client
from django.test.client import FakePayload
from django.test.utils import override_settings
from django.urls import reverse

from campaigns.models import Assignment, Campaign, Milestone, Scope, Task
from decisions.models import Comment, Consultation, Decision, Disagreement, Position
from history.models import Deed
from home.findable import GROUPS
from meetings.models import Meeting
from members.models import Committee, ImportBatch, Organisation, OwnRegion, Representation, Seat, SeatTerm, everybody
from notices.models import Delivery, Suppression
from tests.canaries.world import WORD

LINK = re.compile(r'href="([^"#]+)')
# Another order shows the same rows, and a page before a cursor those that a page after another one has shown; the
# notices about one thing or to one person stand in the list of all, and each on a page of its own.
SHOWN_BEFORE = re.compile(r"[?&](sort|before|zoom|from)=|^/reminders/\?(about|person)=")
# "zq" finds every word there is to find by its beginning; alone it is none.
LISTS = [
    "/",
    "/search/?q=zq",
    *[f"/search/?q=zq&in={group.name}" for group in GROUPS],
    "/inbox/?show=all",
    "/members/?q=zq",
    "/members/?q=zq&status=ended",
    "/members/export.csv",
    "/members/export.csv?status=ended",
    "/members/people/?q=zq",
    "/members/people/invite/?all=yes&where=q%3Dzq",
    "/members/bulk/?act=endorse&all=yes&where=q%3Dzq",
    "/members/?q=zq&as=csv&cols=name&cols=acronym&cols=contact&cols=website&cols=note",
    "/members/add/",
    "/members/committees/",
    "/members/committees/add/",
    "/members/imports/",
    "/members/imports/new/",
    "/campaigns/",
    "/campaigns/?show=over",
    "/campaigns/add/",
    "/campaigns/facilitators/",
    "/campaigns/facilitators/?q=zq",
    "/members/regions/",
    "/members/regions/add/",
    *[f"/campaigns/tasks/?owner=&state={state}" for state in ("", "overdue", "done", "dropped", "all")],
    "/campaigns/tasks/shares/",
    "/meetings/",
    "/meetings/?show=earlier",
    "/meetings/call/",
    *[f"/positions/?status={status}" for status in ("", "draft", "open", "adopted", "rejected", "withdrawn")],
    "/positions/new/",
    "/positions/consultations/",
    "/positions/consultations/?as=csv",
    "/positions/register/",
    "/positions/register/file/",
    *[f"/positions/disagreements/?show={show}&cols=reason&cols=ending" for show in ("", "mine", "overdue", "ended")],
    "/positions/blocking/",
    "/positions/disagreements/?as=csv&cols=reason&cols=note",
    "/reminders/",
    "/reminders/unreachable/",
    "/undo/",
    "/accounts/preferences/",
    "/accounts/preferences/mail/",
    "/accounts/sessions/",
]
PAGES: dict[Any, list[str]] = {
    Organisation: [
        f"members:{name}"
        for name in (
            "organisation",
            "organisation_edit",
            "organisation_membership",
            "organisation_endorsement",
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
    Campaign: [
        f"campaigns:{name}"
        for name in (
            "campaign",
            "edit_campaign",
            "finish_campaign",
            "add_milestone",
            "plan_backwards",
            "coverage",
            "add_scope",
        )
    ],
    Scope: [f"campaigns:{name}" for name in ("scope", "edit_scope", "end_scope", "reassign", "hand_over")],
    Assignment: ["campaigns:write_note"],
    OwnRegion: ["members:region_edit"],
    Milestone: [
        f"campaigns:{name}"
        for name in ("milestone", "edit_milestone", "order_milestone", "move_with_deadline", "drop_milestone")
    ],
    Task: [f"campaigns:{name}" for name in ("task", "edit_task", "hand_task", "take_task", "drop_task")],
    Meeting: [
        f"meetings:{name}"
        for name in ("meeting", "calendar", "edit_meeting", "invite_people", "write_minutes", "cancel_meeting")
    ],
    Position: [
        f"decisions:{name}"
        for name in (
            "position",
            "edit_position",
            "new_version",
            "version",
            "versions",
            "compare",
            "translate",
            "comments",
            "comment",
            "withdraw",
            "open_round",
            "consult",
        )
    ],
    Consultation: [
        f"decisions:{name}"
        for name in ("consultation", "contributions", "dispositions", "extend_consultation", "end_consultation")
    ],
    Comment: ["decisions:settle"],
    Disagreement: [
        f"decisions:{name}" for name in ("disagreement", "hand_disagreement", "date_disagreement", "end_disagreement")
    ],
    Delivery: ["notices:delivery"],
    Suppression: ["notices:lift"],
    Deed: ["history:deed"],
}
STARTING = {"display_name__startswith": "zq"}
SEARCHED = {"meetings:invite_people", "members:seat_fill", "members:office_add", "members:import_row"}
NUMBERED = {"decisions:comment", "decisions:version", "members:import_row"}


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
        for row in one_of_each(model._default_manager.filter(TELLING.get(model, Q()))):
            for name in names:
                yield from _of(name, row)
    for decision in Decision.objects.all():
        yield reverse("decisions:decision", args=[decision.label])
    for person in everybody().filter(**STARTING):
        for name in ("members:person", "members:person_edit", "members:person_appoint"):
            yield reverse(name, args=[person.pk])


def one_of_each(rows: QuerySet[Any]) -> Iterable[Model]:
    """Of the notices that say the same of the same thing to several people, one."""
    if rows.model is not Delivery:
        return rows
    return rows.order_by("kind", "object_id", "state").distinct("kind", "object_id", "state")


def _of(name: str, row: Model) -> Iterable[str]:
    path = reverse(name, args=[row.pk, 1] if name in NUMBERED else [row.pk])
    return [path, f"{path}?q=zq"] if name in SEARCHED else [path]


def crawl(client: Client, begin: Iterable[str] | None = None) -> dict[str, set[str]]:
    """{word: the addresses at which this client met it}, from `begin` or everywhere.

    Of each sort of refusal one is read as people see it.
    """
    met: dict[str, set[str]] = {}
    refused: dict[int, str] = {}
    with override_settings(ROOT_URLCONF="tests.canaries.refusals"):
        waiting, known = list(begin or addresses()), set[str]()
        while waiting:
            path = waiting.pop()
            if path in known:
                continue
            known.add(path)
            status, text = read(client, path)
            take(met, path, text)
            if status in {403, 404}:
                refused[status] = path
            links = (urljoin(path, unescape(link)) for link in LINK.findall(text))
            waiting += [
                link for link in links if link.startswith("/") and "?" in link and not SHOWN_BEFORE.search(link)
            ]
    for path in refused.values():
        take(met, path, read(client, path)[1])
    return met


def take(met: dict[str, set[str]], path: str, text: str) -> None:
    for word in set(WORD.findall(text)):
        met.setdefault(word, set()).add(path)


def read(client: Client, path: str) -> tuple[int, str]:
    """(status, what the page, the file or the refusal says); long lines of a calendar file are put together again.

    Past the client's own `get`, which copies the context of every template.
    """
    where = urlsplit(path)
    request = {"PATH_INFO": unquote(where.path), "QUERY_STRING": where.query, "wsgi.input": FakePayload()}
    response = client.handler(client._base_environ(**request))
    content = b"".join(response)
    if "spreadsheet" in response["Content-Type"]:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = book.read("xl/worksheets/sheet1.xml")
    return response.status_code, content.decode().replace("\r\n ", "")
