"""What the tests of decisions are made of: seated committees and given answers."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from decisions.actions.answering import give_answer
from decisions.actions.asking import base_of, open_round
from decisions.models import Answer, AnswerChange, Elector, Round
from members.models import Committee, SeatHolder
from tests.factories import (
    NOON,
    CommitteeFactory,
    CommitteeOfficeFactory,
    PositionFactory,
    SeatFactory,
    SeatHolderFactory,
    UserFactory,
)


def committee_of(seats: int, *, vacant: int = 0, is_steering: bool = True, **fields: Any) -> Committee:
    """A committee with a co-chair, `seats` seats that each have a representative who can sign in, and vacant ones."""
    committee = CommitteeFactory(is_steering=is_steering, **fields)
    CommitteeOfficeFactory(committee=committee, person=UserFactory().person, office="co-chair")
    for number in range(1, seats + 1):
        SeatHolderFactory(term__seat__committee=committee, term__seat__number=number, person=UserFactory().person)
    for number in range(seats + 1, seats + vacant + 1):
        SeatFactory(committee=committee, number=number)
    return committee


def chair_of(committee: Committee) -> User:
    return User.objects.get(person__offices__committee=committee)


def speaker_of(elector: Elector, capacity: str = SeatHolder.Capacity.REPRESENTATIVE) -> User:
    """Who answers for a seat."""
    return User.objects.get(person__seats_held__term=elector.term_id, person__seats_held__capacity=capacity)


def alternate_of(elector: Elector) -> User:
    """Name an alternate who can sign in."""
    user = UserFactory()
    SeatHolderFactory(term=elector.term, person=user.person, capacity=SeatHolder.Capacity.ALTERNATE)
    return user


def say(elector: Elector, choice: str, *, at: datetime, reason: str = "because") -> Answer:
    """The row that answering leaves, without the action."""
    text = reason if choice == "object" else ""
    return Answer.objects.create(elector=elector, choice=choice, reason=text, by=speaker_of(elector).person, at=at)


def answers(asked: Round, choice: str, *, now: datetime, most: int = 99, reason: str = "") -> list[AnswerChange]:
    """The first `most` seats answer, through the action, in seat order."""
    return [
        give_answer(elector, by=speaker_of(elector), version=asked.version, choice=choice, reason=reason, now=now)
        for elector in asked.electors.order_by("term__seat__number")[:most]
    ]


def opened(committee: Committee, *, hours: int = 48, threshold: int | None = None, **fields: Any) -> Round:
    """A round opened at NOON through the action, on a new position; the usual majority."""
    position = PositionFactory(committee=committee, **fields)
    seats = len(base_of(committee).terms)
    return open_round(
        position,
        by=chair_of(committee),
        version=position.versions.get(),
        threshold=threshold or seats // 2 + 1,
        closes_at=NOON + timedelta(hours=hours),
        zone="Europe/Zurich",
        now=NOON,
    )
