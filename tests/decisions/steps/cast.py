"""Who tries every step: one committee, its seats and offices, and whoever stands beside it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from members.models import Committee, Organisation, SeatTerm
from tests import factories as make
from tests.factories import NOON, user_with

NOW = NOON + timedelta(hours=60)
READERS = (
    "admin",
    "staff",
    "chair",
    "repr",  # representative of the first seat, whose voice is tried
    "altern",  # its alternate
    "seat 2",  # representative of another seat of the committee
    "st+seat",  # staff who are alternate in a third seat
    "former",  # spoke for the first seat until last year
    "chair 2",  # chairs another committee
    "facil",
    "member",  # main contact of a member that is asked and holds no seat
    "media",  # another contact of the same member
    "observer",
    "author",  # wrote the first draft of everything, and has no hat any more
    "closed",  # an administrator who chairs the committee too, and whose account is closed
    "anonym",
)
GONE = date(2025, 1, 1)


@dataclass
class Cast:
    """`seat`: the term of the first seat; `member`: the organisation of the main contact; `other`: of nobody here."""

    users: dict[str, Any]
    committee: Committee
    second: Committee
    seat: SeatTerm
    member: Organisation
    other: Organisation

    def user(self, reader: str, *, anew: bool) -> Any:
        """`anew`: as if nobody had asked before which hats they wear."""
        if reader == "anonym":
            return AnonymousUser()
        return User.objects.select_related("person").get(pk=self.users[reader].pk) if anew else self.users[reader]

    @property
    def author(self) -> Any:
        return self.users["author"].person


def build_cast() -> Cast:
    committee, second = make.CommitteeFactory(is_steering=True), make.CommitteeFactory()
    speakers = [make.UserFactory() for _number in range(5)]
    terms = [
        make.SeatHolderFactory(
            person=one.person,
            term__seat__committee=committee,
            term__seat__number=number,
            term__organisation__country="PER",
        ).term
        for number, one in enumerate(speakers, start=1)
    ]
    users = {role: user_with(role) for role in ("admin", "staff", "facilitator", "member")}
    users |= {name: make.UserFactory() for name in ("altern", "former", "media", "author")}
    users |= {"chair": user_with("chair", committee), "chair 2": user_with("chair", second)}
    users |= {"repr": speakers[0], "seat 2": speakers[1], "st+seat": user_with("staff"), "facil": users["facilitator"]}
    users["closed"] = user_with("admin")
    users["observer"] = make.AppointmentFactory(person=make.UserFactory().person, role="observer").person.user
    make.CommitteeOfficeFactory(committee=committee, person=users["closed"].person, office="co-chair")
    beside = [(terms[0], "altern", None), (terms[0], "former", GONE), (terms[2], "st+seat", None)]
    for term, name, until in beside:
        make.SeatHolderFactory(term=term, person=users[name].person, capacity="alternate", until=until)
    User.objects.filter(pk=users["closed"].pk).update(is_active=False)
    member = users["member"].person.representations.get().organisation
    make.RepresentationFactory(person=users["media"].person, organisation=member, role="media")
    other = make.RepresentationFactory(person=make.UserFactory().person, organisation__country="PER").organisation
    make.SeatHolderFactory(term__seat__committee=second, person=make.UserFactory().person)
    users = {name: User.objects.select_related("person").get(pk=one.pk) for name, one in users.items()}
    return Cast(users, committee, second, terms[0], member, other)
