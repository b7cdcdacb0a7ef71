"""Which hats does a user wear today? Everything that decides what they may see and do, read in one statement."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce

from accounts.models import Person, User, Visibility
from members.countries import in_region
from members.models import (
    Appointment,
    Committee,
    CommitteeOffice,
    Membership,
    Organisation,
    Representation,
    SeatHolder,
    SeatTerm,
)
from members.models.organisations import OrganisationQuerySet

ANYBODY = UUID(int=0)
FULL_MEMBERS = [Membership.Category.MEMBER, Membership.Category.AFFILIATE]


@dataclass(frozen=True)
class Hats:
    """`roles` of Appointment; ISO `countries` facilitated; organisations, committees and seats by id."""

    roles: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    organisations: frozenset[UUID] = frozenset()
    seated_in: frozenset[UUID] = frozenset()
    chairs: frozenset[UUID] = frozenset()
    steers: bool = False

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & {Appointment.Role.STAFF, Appointment.Role.ADMIN})

    @property
    def is_facilitator(self) -> bool:
        return Appointment.Role.FACILITATOR in self.roles

    @property
    def is_admin(self) -> bool:
        return Appointment.Role.ADMIN in self.roles


def hats(user: Any) -> Hats:
    """The hats of `user`, read once per user instance, that is once per request."""
    if not isinstance(user, User) or not user.is_active:
        return Hats()
    # An attribute, not an entry in __dict__: the user of a request is a proxy with a __dict__ of its own.
    if not hasattr(user, "worn"):
        user.worn = _read(user.person_id)  # type: ignore[attr-defined]
    return user.worn  # type: ignore[attr-defined]


def may_know(user: Any, committee: Committee) -> bool:
    """As `Committee.objects.visible_to`, of a row already read: whether a page about something else may name it."""
    worn = hats(user)
    return committee.pk in worn.seated_in | worn.chairs or committee.visibility in classes_seen_by(user)


def account_of(person: Person) -> User:
    """The user of `person`; one that was never saved if they cannot sign in yet, to ask what they would see."""
    return getattr(person, "user", None) or User(person=person)


def organisations_of(person: Person) -> OrganisationQuerySet:
    """Those `person` speaks for today, as their contact or on their seat, whoever asks: narrow it by `visible_to`."""
    contacts = Representation.objects.current().filter(person=person)
    seats = SeatHolder.objects.current().filter(person=person, term__in=SeatTerm.objects.current())
    named = Q(pk__in=contacts.values("organisation")) | Q(pk__in=seats.values("term__organisation"))
    return Organisation.objects.active().filter(named)


def _read(person: UUID) -> Hats:
    rows = _held(person)

    def ids(kind: str) -> frozenset[UUID]:
        return frozenset(UUID(row["what"]) for row in rows if row["hat"] == kind)

    return Hats(
        roles=frozenset(row["what"] for row in rows if row["hat"] == "role"),
        countries=frozenset(
            country
            for row in rows
            if row["hat"] == "role" and row["what"] == Appointment.Role.FACILITATOR
            for country in _countries(row["extra"])
        ),
        organisations=ids("organisation"),
        seated_in=ids("seat"),
        chairs=ids("office"),
        steers=any(row["extra"] == "true" for row in rows if row["hat"] in {"seat", "office"}),
    )


def _countries(region: str) -> list[str]:
    """`region`: an M49 code, or the list of an own region's countries as JSON."""
    return json.loads(region) if region.startswith("[") else in_region(region)


def _held(person: UUID) -> list[dict[str, str]]:
    """[{"hat", "what", "extra"}] of everything `person` holds now."""
    sql, values = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [person if value == ANYBODY else value for value in values])
        return [dict(zip(("hat", "what", "extra"), row, strict=True)) for row in cursor.fetchall()]


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The SQL, with ANYBODY for the person. Every page needs it; putting it together costs more than running it."""
    return _held_by(ANYBODY).query.sql_with_params()


def _held_by(person: UUID) -> Any:
    def text(field: str) -> Cast:
        return Cast(F(field), CharField())

    appointments = Appointment.objects.current().filter(person=person)
    represented = Representation.objects.current().filter(
        person=person,
        organisation__ended_on=None,
        organisation__memberships__status__in=[Membership.Status.ACTIVE, Membership.Status.DORMANT],
        organisation__memberships__category__in=FULL_MEMBERS,
    )
    seats = SeatHolder.objects.current().filter(person=person, term__in=SeatTerm.objects.current())
    offices = CommitteeOffice.objects.current().filter(person=person)
    parts = [
        (appointments, "role", text("role"), Coalesce(text("own_region__countries"), text("region"))),
        (represented, "organisation", text("organisation"), Value("")),
        (seats, "seat", text("term__seat__committee"), text("term__seat__committee__is_steering")),
        (offices, "office", text("committee"), text("committee__is_steering")),
    ]
    queries = [
        rows.order_by()
        .annotate(hat=Value(hat), what=what, extra=Cast(extra, CharField()))
        .values("hat", "what", "extra")
        for rows, hat, what, extra in parts
    ]
    return queries[0].union(*queries[1:], all=True)


def classes_seen_by(user: Any) -> frozenset[str]:
    """Which classes of visibility `user` sees whatever the object (foundations: one enum on each object).

    RESTRICTED is in nobody's set: those named on an object see it through the object's own `visible_to`.
    """
    worn = hats(user)
    seen = {Visibility.PUBLIC}
    if worn.organisations or worn.seated_in or worn.chairs or worn.is_facilitator:
        seen |= {Visibility.MEMBERS}
    if worn.steers:
        seen |= {Visibility.MEMBERS, Visibility.GROUP, Visibility.STEERING}
    if worn.is_staff:
        seen |= {Visibility.MEMBERS, Visibility.GROUP, Visibility.STEERING, Visibility.STAFF}
    return frozenset(seen)


def countries_kept_by(user: Any) -> frozenset[str]:
    """The ISO codes of the countries that `user` facilitates."""
    return hats(user).countries
