"""What the page of a campaign shows of its milestones: a window, one owner's or everybody's, drawn and as a table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from accounts.models import Person
from campaigns.models import Campaign, Milestone
from campaigns.rows import Row, numbered, page_of
from campaigns.timeline import timeline
from campaigns.window import Window, window

NOBODY = "nobody"


def program_of(campaign: Campaign, asked: Mapping[str, str], today: date) -> dict[str, Any]:
    """For the template, from the query string: `zoom`, `from`, `to`, `owner`, and where the table goes on."""
    rows = numbered(campaign)
    shown_window = window(asked, min(today, campaign.finished_on or today))
    owners = _owners(rows)
    owner, ignored = _chosen(asked.get("owner", ""), owners)
    shown = [row for row in rows if shown_window.holds(row.milestone) and owner in {"", _owner_of(row)}]
    return {
        **_table(shown, asked, today),
        **_windows(shown_window, {"owner": owner} if owner else {}),
        "number_of_all": len(rows),
        "reached": _last_reached(rows),
        "owner": owner,
        "owners": owners,
        "ignored": shown_window.ignored + ignored,
        "timeline": timeline(shown, today, shown_window, with_today=campaign.is_running, mirrored=get_language_bidi()),
    }


def _table(shown: Sequence[Row], asked: Mapping[str, str], today: date) -> dict[str, Any]:
    page = page_of(shown, asked.get("after", ""), asked.get("before", ""))
    return {
        "page": page,
        "rows": [(row, (row.milestone.starts_on - today).days) for row in page.rows],
        "number_of_rows": len(shown),
        "has_order": any(row.after for row in shown),
    }


def _windows(shown: Window, kept: dict[str, str]) -> dict[str, Any]:
    """The one that is shown, and the addresses of those that one can turn to from it."""
    return {
        "window": shown,
        "zooms": _zooms(shown, kept),
        "earlier": _address(shown.earlier, kept),
        "later": _address(shown.later, kept),
        "everything": "?" + urlencode(kept),
    }


def _last_reached(rows: Sequence[Row]) -> Milestone | None:
    reached = [(row.milestone.reached_on, row.number, row.milestone) for row in rows if row.milestone.reached_on]
    return max(reached)[2] if reached else None


def _zooms(shown: Window, kept: dict[str, str]) -> list[tuple[str, str, bool]]:
    """(label, address, whether it is the present one)."""
    begin = {"from": shown.first.isoformat()} if shown.first else {}
    labels = {"year": _("A year"), "quarter": _("A quarter"), "month": _("A month")}
    whole = (_("Everything"), "?" + urlencode(kept), shown.is_whole)
    return [
        whole,
        *[
            (label, "?" + urlencode({"zoom": zoom, **begin, **kept}), shown.zoom == zoom)
            for zoom, label in labels.items()
        ],
    ]


def _address(question: dict[str, str], kept: dict[str, str]) -> str:
    return "?" + urlencode({**question, **kept}) if question else ""


def _owners(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """(id, name) of everybody who owns a milestone, by name; nobody last."""
    people: dict[UUID, Person] = {row.milestone.owner.pk: row.milestone.owner for row in rows if row.milestone.owner}
    named = sorted(((str(pk), str(person)) for pk, person in people.items()), key=lambda pair: pair[1].casefold())
    unowned = any(row.milestone.owner is None for row in rows)
    return [*named, (NOBODY, _("Nobody yet"))] if unowned else named


def _owner_of(row: Row) -> str:
    return str(row.milestone.owner_id) if row.milestone.owner_id else NOBODY


def _chosen(asked: str, owners: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    """The owner asked for, and what was wrong with the question."""
    if not asked or asked in {pk for pk, _name in owners}:
        return asked, []
    return "", [_("Nobody like that owns a milestone here: everybody’s are shown.")]
