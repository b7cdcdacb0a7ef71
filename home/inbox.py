"""The inbox of one person: what was told to them, as far as they may still see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.pages import KeysetPage, keyset_page
from notices.actions.claiming import no_longer_due
from notices.choices import Choice, choices_of
from notices.compose import written
from notices.kind import KINDS, in_plain_words, occasion_in_words
from notices.models import Delivery
from notices.pages import titles_of


@dataclass(frozen=True)
class Line:
    """One notice of the list; `title` is None when its reader may no longer see what it is about.

    `occasion`: which reminder it was ("24 hours before"); empty for what was told at once.
    """

    row: Delivery
    kind: str
    occasion: str
    title: str | None

    @property
    def is_unread(self) -> bool:
        return self.row.read_at is None


@dataclass(frozen=True)
class Opened:
    """One notice, whole. Without `text` its reader may no longer see what it is about.

    `over`: why it asks nothing any more, if so. `mail`: what became of the same notice by mail, if it was planned.
    """

    line: Line
    because: str = ""
    text: str = ""
    subject: str = ""
    path: str = ""
    over: str = ""
    mail: Delivery | None = None
    choice: Choice | None = None


def shows() -> list[tuple[str, str]]:
    """(value of `show`, label): what is left to do, what is unread, what is done, everything."""
    return [("", _("Not done")), ("unread", _("Unread")), ("done", _("Done")), ("all", _("All"))]


def page_of(user: User, asked: Mapping[str, str]) -> tuple[KeysetPage, list[Line]]:
    """The page of the inbox that the query string asks for, newest first."""
    page = keyset_page(_shown(user, asked.get("show", "")), asked, order="-settled_at")
    titles = titles_of(page.rows, user)
    return page, [_line(row, titles.get(row.object_id)) for row in page.rows]


def opened(row: Delivery, user: User, now: datetime) -> Opened:
    """As of the hour it arrived, in its reader's language and zone."""
    title = titles_of([row], user).get(row.object_id)
    kind, line = KINDS.get(row.kind), _line(row, title)
    if kind is None or title is None:
        return Opened(line)
    about = kind.subject(row.object_id)
    if about is None or not kind.is_readable(about, user):
        return Opened(line)
    row.person = user.person
    subject, text = written(row, about, row.settled_at, by_mail=False)
    return Opened(
        line,
        because=str(kind.because),
        text=text[:1].upper() + text[1:],  # in a mail it goes on after the greeting
        subject=subject,
        path=kind.path(about),
        over=no_longer_due(kind, row, about, now),
        mail=Delivery.objects.by_mail().filter(dedupe_key=row.key_by_mail).first(),
        choice=next((one for one in choices_of(user.person) if one.kind is kind), None),
    )


def _shown(user: User, show: str) -> QuerySet[Delivery]:
    rows = Delivery.objects.in_inbox_of(user.person)
    if show == "unread":
        return rows.unread()
    if show == "all":
        return rows
    return rows.filter(done_at__isnull=show != "done")


def _line(row: Delivery, title: Any) -> Line:
    kind = KINDS.get(row.kind)
    occasion = occasion_in_words(row.slot) if kind and kind.slots else ""
    return Line(row, str(kind) if kind else in_plain_words(row.kind), occasion, title)
