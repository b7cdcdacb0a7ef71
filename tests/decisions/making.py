"""What the tests of decisions are made of: seated committees and given answers."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from decisions.actions.answering import Reply, give_answer
from decisions.actions.asking import Question, open_round
from decisions.actions.drafting import text_of
from decisions.models import Answer, AnswerChange, Elector, Round
from decisions.outcome import REASONED, Procedure, Share, Tally
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
    text = reason if choice in REASONED else ""
    return Answer.objects.create(elector=elector, choice=choice, reason=text, by=speaker_of(elector).person, at=at)


def reply(asked: Round, choice: str, reason: str = "", **fields: Any) -> Reply:
    return Reply(asked.version, choice, reason, **fields)


def answer(elector: Elector, choice: str, *, now: datetime, by: User | None = None, **fields: Any) -> AnswerChange:
    """Through the action, by the seat's representative unless somebody else is named."""
    said = reply(elector.round, choice, **fields)
    return give_answer(elector, by=by or speaker_of(elector), reply=said, now=now)


def answers(asked: Round, choice: str, *, now: datetime, most: int = 99, reason: str = "") -> list[AnswerChange]:
    """The first `most` seats answer, through the action, in seat order."""
    return [
        answer(elector, choice, now=now, reason=reason)
        for elector in asked.electors.order_by("term__seat__number")[:most]
    ]


def tally_of(asked: Round) -> Tally:
    """As counted long after the closing instant."""
    return asked.standing(asked.closes_at + timedelta(days=365)).tally


def question(position: Any, **fields: Any) -> Question:
    """An explicit approval by more than half, of all seats, in two days; `fields` say what is otherwise."""
    version = fields.get("version", position.versions.order_by("number").last())
    usual = {
        "version": version,
        "seen": text_of(version).sha256,
        "procedure": Procedure.EXPLICIT,
        "quorum": Share.NONE,
        "threshold": Share.HALF,
        "closes_at": NOON + timedelta(hours=48),
        "zone": "Europe/Zurich",
    }
    return Question(**(usual | fields))


def opened(committee: Committee, *, hours: int = 48, now: datetime = NOON, **fields: Any) -> Round:
    """A round opened at NOON through the action, on a new position; `fields` of a question, others of the position."""
    asked = {
        name: fields.pop(name)
        for name in ("procedure", "quorum", "threshold", "zone", "would_supersede")
        if name in fields
    }
    position = PositionFactory(committee=committee, **fields)
    closes_at = now + timedelta(hours=hours)
    put = question(position, closes_at=closes_at, **asked)
    return open_round(position, by=chair_of(committee), question=put, now=now)
