"""Who is blocking what? For staff all, for a chair their committees': what is open, and who has not acted on it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from decisions.blocking_texts import MOST, consultations, drafts
from decisions.models import Correction, Disagreement, Elector, Round
from decisions.models.rounds import ASKING_KINDS
from decisions.outcome import DECIDED, Procedure, approvals_missing, needed
from members.hats import hats
from members.models import SeatHolder
from notices.models import Delivery


@dataclass
class Seat:
    """One seat that has not acted. `last`: when the last mail to it left; `next`: when the next one is planned."""

    elector: Elector
    speakers: list[str] = field(default_factory=list)
    last: datetime | None = None
    next: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """An open round with the seats it waits for. `acted` of `base` have; `quorum` must."""

    round: Round
    closes_at: datetime
    base: int
    acted: int
    quorum: int
    approvals_missing: int
    is_closed: bool  # and not announced yet
    seats: list[Seat]

    @property
    def missing(self) -> int:
        return max(0, self.quorum - self.acted)


@dataclass(frozen=True)
class Board:
    rounds: list[Waiting]
    corrections: list[Correction]
    outcomes: list[Round]
    disagreements: list[Disagreement]
    consultations: list[Any]  # of blocking_texts.py, as are the drafts
    drafts: list[Any]

    @property
    def is_empty(self) -> bool:
        return not any(vars(self).values())


def board(user: User, now: datetime, today: date) -> Board:
    """Everything open that `user` may see the blockers of, the nearest closing first; at most MOST of each sort."""
    disagreements = Disagreement.objects.kept_by(user).overdue(today).with_round().order_by("next_on", "id")
    opened, outcomes = _open_and_unconfirmed(user, now)
    return Board(
        rounds=_rounds(opened, now),
        corrections=list(_corrections(user)[:MOST]),
        outcomes=outcomes,
        disagreements=list(disagreements[:MOST]),
        consultations=consultations(user, now),
        drafts=drafts(user),
    )


def _open_and_unconfirmed(user: User, now: datetime) -> tuple[list[Round], list[Round]]:
    """Rounds that are not announced, and those announced that the chair has not confirmed; in one statement."""
    either = Q(announced_at=None, opens_at__lte=now) | Q(outcome__in=sorted(DECIDED), confirmed_at=None)
    rows = _ours(Round.objects.filter(either), user).select_related("version__position", "committee")
    found = list(rows.order_by(F("announced_at").asc(nulls_first=True), "closes_at", "id")[: 2 * MOST])
    return [one for one in found if one.outcome is None], [one for one in found if one.outcome is not None]


def _ours(rounds: QuerySet[Round], user: User) -> QuerySet[Round]:
    worn = hats(user)
    return rounds if worn.is_staff else rounds.filter(committee__in=worn.chairs)


def _corrections(user: User) -> QuerySet[Correction]:
    """Each with `approved`, how many have approved it."""
    waiting = Correction.objects.waiting().filter(round__in=_ours(Round.objects.unannounced(), user).values("pk"))
    read = waiting.select_related("round__version__position", "proposed_by").annotate(approved=Count("approvals"))
    return read.order_by("proposed_at", "id")


def _rounds(asked: list[Round], now: datetime) -> list[Waiting]:
    by_round: dict[UUID, list[Any]] = defaultdict(list)
    for one in _electors(asked):
        by_round[one.round_id].append(one)
    shown = [_waiting(one, by_round[one.pk], now) for one in asked]
    return sorted(shown, key=lambda one: (one.closes_at, str(one.round.pk)))


def _electors(asked: list[Round]) -> QuerySet[Elector]:
    """In seat order; `speakers`: who speaks for it today, the representative first; `last` and `next`: of a Seat."""
    holders = SeatHolder.objects.current()
    mails = Delivery.objects.by_mail().filter(
        kind__in=ASKING_KINDS,
        object_id=OuterRef("round"),
        person__in=holders.filter(term=OuterRef(OuterRef("term"))).values("person"),
    )
    left = mails.filter(state=Delivery.State.SENT).order_by("-settled_at").values("settled_at")
    coming = mails.unsent().order_by("send_at").values("send_at")
    speaking = holders.filter(term=OuterRef("term")).order_by("-capacity", "person__display_name")
    return (
        Elector.objects.filter(round__in=asked)
        .with_reach()
        .select_related("answer", "organisation")
        .annotate(
            speakers=ArraySubquery(speaking.values("person__display_name")),
            last=Subquery(left[:1]),
            next=Subquery(coming[:1]),
        )
        .order_by("term__seat__number")
    )


def _waiting(asked: Round, electors: list[Any], now: datetime) -> Waiting:
    found = asked.standing_of(electors, now)
    base = found.tally.base
    return Waiting(
        round=asked,
        closes_at=found.closes_at,
        base=base,
        acted=found.tally.acknowledged,
        quorum=needed(asked.quorum, base),
        approvals_missing=approvals_missing(found.tally, asked.rule),
        is_closed=found.outcome is not None,
        seats=[Seat(one, one.speakers, one.last, one.next) for one in electors if not _has_done_its_part(one, asked)],
    )


def _has_done_its_part(elector: Elector, asked: Round) -> bool:
    """Under silence, whoever pressed *seen* has."""
    return hasattr(elector, "answer") or (elector.seen_at is not None and asked.procedure == Procedure.SILENCE)
