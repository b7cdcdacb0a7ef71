"""Who is blocking what? For staff all, for a chair their committees': what is open, and who has not acted on it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Person, User
from decisions.models import Correction, Disagreement, Elector, Round
from decisions.models.rounds import ASKING_KINDS
from decisions.outcome import DECIDED, Outcome, Procedure, approvals_missing, needed
from members.hats import hats
from members.models import SeatHolder
from notices.models import Delivery

MOST = 50  # of each sort


@dataclass
class Seat:
    """One seat that has not acted. `last`: when the last mail to it left; `next`: when the next one is planned."""

    elector: Elector
    speakers: list[Person] = field(default_factory=list)
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

    @property
    def is_empty(self) -> bool:
        return not (self.rounds or self.corrections or self.outcomes or self.disagreements)


def board(user: User, now: datetime, today: date) -> Board:
    """Everything open that `user` may see the blockers of, the nearest closing first; at most MOST of each sort."""
    disagreements = Disagreement.objects.kept_by(user).overdue(today).with_round().order_by("next_on", "id")
    opened, outcomes = _open_and_unconfirmed(user, now)
    return Board(
        rounds=_rounds(opened, now),
        corrections=list(_corrections(user)[:MOST]),
        outcomes=outcomes,
        disagreements=list(disagreements[:MOST]),
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
    electors = Elector.objects.filter(round__in=asked).with_reach().select_related("answer", "organisation")
    by_round: dict[UUID, list[Elector]] = defaultdict(list)
    for one in electors.order_by("term__seat__number"):
        by_round[one.round_id].append(one)
    speakers = _speakers(one.term_id for found in by_round.values() for one in found if not _has_acted(one))
    mails = _mails([one.pk for one in asked])
    shown = [_waiting(one, by_round[one.pk], speakers, mails, now) for one in asked]
    return sorted(shown, key=lambda one: (one.closes_at, str(one.round.pk)))


def _waiting(
    asked: Round,
    electors: list[Elector],
    speakers: dict[UUID, list[Person]],
    mails: dict[tuple[UUID, UUID], tuple[datetime | None, datetime | None]],
    now: datetime,
) -> Waiting:
    found = asked.standing_of(electors, now)
    base = found.tally.base
    seats = []
    for one in electors:
        if _has_acted(one) and (asked.procedure == Procedure.SILENCE or hasattr(one, "answer")):
            continue
        people = speakers.get(one.term_id, [])
        times = [mails[key] for person in people if (key := (asked.pk, person.pk)) in mails]
        seats.append(Seat(one, people, *_latest(times)))
    return Waiting(
        round=asked,
        closes_at=found.closes_at,
        base=base,
        acted=found.tally.acknowledged,
        quorum=needed(asked.quorum, base),
        approvals_missing=approvals_missing(found.tally, asked.rule),
        is_closed=found.outcome is not None and found.outcome != Outcome.NO_QUORUM,
        seats=seats,
    )


def _has_acted(elector: Elector) -> bool:
    return hasattr(elector, "answer") or elector.seen_at is not None


def _latest(times: list[tuple[datetime | None, datetime | None]]) -> tuple[datetime | None, datetime | None]:
    """(the last that left, the next that is planned) of those of several people."""
    left = [last for last, _next in times if last is not None]
    planned = [coming for _last, coming in times if coming is not None]
    return max(left, default=None), min(planned, default=None)


def _speakers(terms: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """{seat term: who speaks for it today}, the representative first."""
    held = SeatHolder.objects.current().filter(term__in=set(terms)).select_related("person")
    found: dict[UUID, list[Person]] = defaultdict(list)
    for one in held.order_by("-capacity", "person__display_name"):
        found[one.term_id].append(one.person)
    return found


def _mails(rounds: list[UUID]) -> dict[tuple[UUID, UUID], tuple[datetime | None, datetime | None]]:
    """{(round, person): (when the last mail that asks for an answer left, when the next is planned)}."""
    rows = Delivery.objects.by_mail().filter(kind__in=ASKING_KINDS, object_id__in=rounds)
    unsent = {Delivery.State.PLANNED, Delivery.State.DEFERRED, Delivery.State.HELD}
    found: dict[tuple[UUID, UUID], tuple[Any, Any]] = {}
    columns: Any = rows.values_list("object_id", "person", "state", "settled_at", "send_at")
    for asked, person, state, settled, send_at in columns:
        last, coming = found.get((asked, person), (None, None))
        if state == Delivery.State.SENT:
            last = max(filter(None, (last, settled)), default=None)
        elif state in unsent:
            coming = min(filter(None, (coming, send_at)), default=None)
        found[asked, person] = last, coming
    return found
