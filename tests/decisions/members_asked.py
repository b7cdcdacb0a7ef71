"""What the tests of consultations are made of: members with contacts who can sign in, and consultations that ask them."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from decisions.actions.consulting import open_consultation
from decisions.actions.contributing import answer_officially, comment
from decisions.actions.disposing import dispose
from decisions.actions.drafting import newest_text
from decisions.models import Consultation, Consulted, Contribution, Position
from tests.factories import (
    NOON,
    CommitteeFactory,
    OrganisationFactory,
    PositionFactory,
    RepresentationFactory,
    UserFactory,
    user_with,
)

CLOSING = NOON + timedelta(days=10)
LATER = NOON + timedelta(hours=1)
OVER = CLOSING + timedelta(minutes=1)


def member(*, role: str = "main", country: str = "KEN", **fields: Any) -> User:
    """The contact of a new member who can sign in."""
    organisation = OrganisationFactory(country=country, **fields)
    user = UserFactory()
    RepresentationFactory(person=user.person, organisation=organisation, role=role)
    return user


def colleague_of(user: User, role: str = "alternate") -> User:
    other = UserFactory()
    RepresentationFactory(person=other.person, organisation=organisation_of(user), role=role)
    return other


def organisation_of(user: User) -> Any:
    return user.person.representations.get().organisation


def opened(position: Position | None = None, *, by: User | None = None, **fields: Any) -> Consultation:
    """Opened at NOON through the action, until ten days later; by staff if nobody is named."""
    position = position or PositionFactory(committee=CommitteeFactory(is_steering=False))
    text = newest_text(position)
    usual = {"version": text.version, "seen": text.sha256, "closes_at": CLOSING, "zone": "Europe/Zurich", "now": NOON}
    return open_consultation(position, by=by or user_with("staff"), **(usual | fields))


def row_of(consultation: Consultation, user: User) -> Consulted:
    """The row of the member that `user` speaks for."""
    return consultation.asked.get(organisation=organisation_of(user))


def answers(
    consultation: Consultation, user: User, text: str = "We agree.", *, now: datetime = LATER, **fields: Any
) -> bool:
    """The official answer on the whole, through the action."""
    row = row_of(consultation, user)
    given = {"texts": {None: text}, "language": "en", "openness": "asked", "seen": row.edits} | fields
    return answer_officially(row, by=user, now=now, **given)


def comments(
    consultation: Consultation, user: User, text: str = "Shorter, please.", *, now: datetime = LATER, **fields: Any
) -> Contribution:
    """A personal comment on the whole, through the action."""
    return comment(consultation, by=user, text=text, now=now, **{"language": "en", "openness": "asked"} | fields)


def disposes(
    consultation: Consultation,
    by: User,
    *said: Contribution,
    outcome: str = "taken",
    reason: str = "",
    now: datetime = OVER,
) -> int:
    """As if seen a moment ago: without a disposition of somebody else in between."""
    seen = {one.pk: 0 for one in said}
    return dispose(consultation, by=by, seen=seen, outcome=outcome, reason=reason, now=now)
