"""What a person's page shows: for whom they speak, what they are appointed to, where they sit, how they sign in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, Value

from accounts.models import Person
from members.models import Appointment, Committee, CommitteeOffice, Invitation, Representation, SeatHolder


@dataclass(frozen=True)
class Post:
    """An appointment, said in words; `region` is a name, empty for none."""

    appointment: Appointment
    region: str


@dataclass(frozen=True)
class Profile:
    """`places` are dicts: committee, committee_name, number (None for an office), organisation, capacity, since, until."""

    representations: list[Representation]
    posts: list[Post]
    places: list[dict[str, Any]]
    invitation: Invitation | None
    has_expired: bool


def profile(person: Person, user: Any, now: datetime) -> Profile:
    """The page of `person` as `user` may see it."""
    rows = Representation.objects.visible_to(user).filter(person=person).select_related("organisation")
    account = getattr(person, "user", None)
    invitation = None if account else Invitation.objects.filter(person=person).first()
    return Profile(
        representations=list(rows.order_by(F("until").desc(nulls_first=True), "-since")),
        posts=[Post(one, one.region_name) for one in person.appointments.all()],
        places=_places(person, user),
        invitation=invitation,
        has_expired=bool(invitation and invitation.is_open and now >= invitation.expires_at),
    )


def _places(person: Person, user: Any) -> list[dict[str, Any]]:
    """Seats and offices in one statement, those that hold first."""
    committees = Committee.objects.visible_to(user)
    seats = SeatHolder.objects.filter(person=person, term__seat__committee__in=committees).annotate(
        committee=F("term__seat__committee"),
        committee_name=F("term__seat__committee__name"),
        number=F("term__seat__number"),
        role=F("capacity"),
    )
    offices = CommitteeOffice.objects.filter(person=person, committee__in=committees).annotate(
        committee_name=F("committee__name"),
        number=Value(None, output_field=IntegerField()),
        role=F("office"),
    )
    words = dict(SeatHolder.Capacity.choices) | dict(CommitteeOffice.Office.choices)
    columns = ("committee", "committee_name", "number", "role", "since", "until")
    both = seats.order_by().values(*columns).union(offices.order_by().values(*columns), all=True)
    rows = [row | {"role": words[row["role"]]} for row in both]
    return sorted(rows, key=lambda row: (row["until"] is not None, row["since"]))
