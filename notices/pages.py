"""What staff's page of notices shows: bounded lists, each row with as much as its reader may see."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet, Value
from django.utils.translation import gettext

from accounts.models import Person
from accounts.pages import KeysetPage, keyset_page
from history.panels import Line as Step
from notices.kind import KINDS, in_plain_words, occasion_in_words
from notices.models import Delivery, Suppression

SIZE = 50  # rows of a list that stands alone
FEW = 8  # rows of each of several: what is more has a page of its own
MOST = 200  # people who cannot be reached: more is a fault of the mail server
SPAN = timedelta(hours=48)
State = Delivery.State


@dataclass(frozen=True)
class Line:
    """One notice for its reader; `title` is None when they may not see what it is about."""

    delivery: Delivery
    person: Person
    kind: str
    occasion: str
    title: str | None
    reason: str
    may_go_again: bool


@dataclass(frozen=True)
class Section:
    """One list; `has_more` when it was cut. Where it stands alone, `page` leads to its neighbours instead."""

    name: str
    lines: list[Line]
    has_more: bool = False
    page: KeysetPage | None = None


def sections(user: Any, now: datetime, asked: Mapping[str, str]) -> dict[str, Section]:
    """{unconfirmed, failed, held, due, sent, unsent: Section}, whatever the number of rows in a fixed number of statements.

    `asked` (the query string): "show" is the only one of them to read, in pages; any other value reads the first few
    of each.
    """
    lists = _lists(Delivery.objects.visible_to(user).by_mail(), now)
    if (show := asked.get("show", "")) in lists:
        return {show: _alone(show, lists[show], asked, order=_order(show), user=user, now=now)}
    cut = [_first(name, rows) for name, rows in lists.items()]
    found: dict[str, list[Any]] = defaultdict(list)
    for row in cut[0].union(*cut[1:], all=True):
        found[row.section].append(row)
    for name, rows in found.items():
        field = _order(name).removeprefix("-")
        rows.sort(key=attrgetter(field), reverse=_order(name) != field)
    lines = {line.delivery.pk: line for line in _lines([row for rows in found.values() for row in rows], user, now)}
    return {
        name: Section(name, [lines[row.pk] for row in found[name][:FEW]], has_more=len(found[name]) > FEW)
        for name in lists
    }


@dataclass(frozen=True)
class Narrowed:
    """The mails to one person or about one thing, the latest hour first.

    `title` is None when its reader may not see what they are about.
    """

    section: Section
    person: Person | None
    title: str | None


def narrowed(user: Any, now: datetime, asked: Mapping[str, str]) -> Narrowed | None:
    """What `asked` (the query string) narrows the list to by "person" and "about"; None when by nothing.

    An id that is none, or of nobody, finds nothing.
    """
    ids = {name: _id(asked[name]) for name in ("person", "about") if name in asked}
    if not ids:
        return None
    rows = Delivery.objects.visible_to(user).by_mail()
    person, about = ids.get("person"), ids.get("about")
    if None in ids.values():
        rows = rows.none()
    if person:
        rows = rows.filter(person=person)
    if about:
        types = ContentType.objects.get_for_models(*{kind.model for kind in KINDS.values()}).values()
        rows = rows.filter(content_type__in=list(types), object_id__in=[about, *_parts_of(about)])
    section = _alone("found", rows, asked, order="-send_at", user=user, now=now)
    return Narrowed(
        section,
        person=Person.objects.filter(pk=person).first() if person else None,
        title=next((line.title for line in section.lines if line.title), None) if about else None,
    )


def _alone(
    name: str, rows: QuerySet[Delivery], asked: Mapping[str, str], *, order: str, user: Any, now: datetime
) -> Section:
    page = keyset_page(rows, asked, order=order, size=SIZE)
    return Section(name, _lines(page.rows, user, now), page=page)


def _parts_of(about: UUID) -> QuerySet[Any]:
    """Ids of what belongs to it, in one statement."""
    kinds = {kind.model: kind for kind in KINDS.values()}.values()
    found = [part for kind in kinds if (part := kind.parts_of(about)) is not None]
    ids = [part.order_by().values_list("pk", flat=True) for part in found]
    return Delivery.objects.none().values_list("pk", flat=True).union(*ids)


def _first(name: str, rows: QuerySet[Delivery]) -> QuerySet[Any]:
    """The few that stand there among other lists, and one more that tells whether there are more."""
    order = _order(name)
    return rows.annotate(section=Value(name)).order_by(order, "-id" if order.startswith("-") else "id")[: FEW + 1]


def _order(name: str) -> str:
    """What is ahead: the next one first; what is over: the newest."""
    return "send_at" if name in {"due", "held"} else "-settled_at"


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def unreachable_people(user: Any) -> list[Suppression]:
    """Whose mail came back, the newest first; at most MOST."""
    standing = Suppression.objects.visible_to(user).standing().of_primary_addresses()
    return list(standing.select_related("person", "bounce__delivery").order_by("-since", "id")[:MOST])


def line_of(delivery: Delivery, user: Any, now: datetime) -> Line:
    """As a row of the lists, for the page of one notice."""
    return _lines([delivery], user, now, {delivery.person_id: delivery.person})[0]


def steps_of(delivery: Delivery) -> list[Step]:
    """What happened to a notice, newest first, as the history component reads it."""
    events = delivery.events.select_related("by__person").order_by("-id")
    steps = [
        Step(event.at, str(event.by) if event.by else "", _sentence(event.to_state, event.detail), [])
        for event in events
    ]
    return [*steps, Step(delivery.planned_at, "", _sentence(State.PLANNED, ""), [])]


def _sentence(state: str, detail: str) -> str:
    return f"{State(state).label}: {gettext(detail)}" if detail else str(State(state).label)


WAITING = {State.PLANNED, State.DEFERRED, State.SENDING}


def _lists(visible: QuerySet[Delivery], now: datetime) -> dict[str, QuerySet[Delivery]]:
    return {
        "unconfirmed": visible.filter(state=State.UNCONFIRMED),
        "failed": visible.filter(state=State.FAILED),
        "held": visible.filter(state=State.HELD),
        "due": visible.filter(state__in=WAITING, send_at__lte=now + SPAN),
        "sent": visible.filter(state=State.SENT, settled_at__gte=now - SPAN),
        "unsent": visible.filter(state__in=[State.CANCELLED, State.EXPIRED], settled_at__gte=now - SPAN),
    }


def _lines(rows: list[Delivery], user: Any, now: datetime, people: Mapping[UUID, Person] | None = None) -> list[Line]:
    people = people or Person.objects.in_bulk({row.person_id for row in rows})
    titles = titles_of(rows, user)
    return [
        Line(
            delivery=row,
            person=people[row.person_id],
            kind=str(KINDS[row.kind]) if row.kind in KINDS else in_plain_words(row.kind),
            occasion=occasion_in_words(row.slot),
            title=titles.get(row.object_id),
            reason=gettext(row.reason) if row.reason else "",
            may_go_again=row.not_after is None or row.not_after > now,
        )
        for row in rows
    ]


def titles_of(rows: list[Delivery], user: Any) -> dict[UUID, str]:
    """{object id: title} of what `user` may see. Resolved once per model, by any kind about it."""
    ids: dict[Any, set[UUID]] = defaultdict(set)
    kinds = {}
    for row in rows:
        if row.kind in KINDS:
            model = KINDS[row.kind].model
            kinds[model] = KINDS[row.kind]
            ids[model].add(row.object_id)
    return {pk: title for model, kind in kinds.items() for pk, title in kind.titles(user, ids[model]).items()}
