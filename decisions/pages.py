"""What does the page of a position show, and to whom?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import allows, require
from decisions.models import AnswerChange, Elector, Position, Round, Text
from decisions.outcome import Choice, Outcome, Tally, outcome, tally
from decisions.reading import Reading, read_by
from decisions.words import arithmetic, committee_for
from history.panels import Line, history
from members.models import Seat, SeatHolder

DISCS = {Choice.APPROVE: "yes", Choice.OBJECT: "no", Choice.ABSTAIN: "abstain"}


@dataclass(frozen=True)
class SeatLine:
    """One seat of the list: the disc's kind, whose it is, and what is said of it."""

    kind: str
    name: str
    language: str = ""
    words: str = ""
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    is_mine: bool = False


@dataclass(frozen=True)
class Asked:
    """A round as its page shows it. `outcome` is computed until it is announced; None while the round is open."""

    round: Round
    tally: Tally
    outcome: Outcome | None
    arithmetic: str
    is_open: bool
    mine: Elector | None = None
    others_of_mine: list[Elector] = field(default_factory=list)
    seats: list[SeatLine] = field(default_factory=list)
    late: list[AnswerChange] = field(default_factory=list)
    hidden: int = 0  # seats that have not answered and that this reader is not told

    @property
    def is_confirmed(self) -> bool:
        return self.round.confirmed_at is not None

    @property
    def all_have_answered(self) -> bool:
        return not self.tally.silent


@dataclass(frozen=True)
class Page:
    position: Position
    committee: str
    reading: Reading
    asked: Asked | None
    history: list[Line]

    @property
    def text(self) -> Text:
        """The wording that decides, of the newest version."""
        return self.reading.decides

    @property
    def is_about_this_text(self) -> bool:
        """Whether the newest round asks about the newest version; else it was about an earlier one."""
        return self.asked is not None and self.asked.round.version_id == self.text.version_id

    @property
    def earlier(self) -> range:
        return range(1, self.text.version.number)

    @property
    def next_number(self) -> int:
        return self.text.version.number + 1


@dataclass(frozen=True)
class Row:
    """A position in the list; `asked`: its newest round, if it is open or about to be announced."""

    position: Position
    committee: str
    asked: Round | None
    is_closed: bool
    is_mine: bool  # this reader's answer is awaited


def rows_of(positions: list[Position], user: User, now: datetime) -> list[Row]:
    """The list's rows, with the running rounds of those that are open, in two statements."""
    rounds = Round.objects.unannounced().filter(version__position__in=positions).select_related("version")
    running = {one.version.position_id: one for one in rounds}
    waiting = set()
    if running:
        electors = Elector.objects.filter(round__in=running.values()).unanswered_by(user.person, now)
        waiting = set(electors.values_list("round", flat=True))
    return [
        Row(
            one,
            committee_for(user, one.committee),
            asked,
            is_closed=asked is not None and asked.closes_at <= now,
            is_mine=asked is not None and asked.pk in waiting,
        )
        for one in positions
        for asked in [running.get(one.pk)]
    ]


def page_of_position(position: Position, user: User, now: datetime, where: Mapping[str, Any]) -> Page:
    """Everything on the page at `now`; `where`: the query string, its "seat" the elector's id if this reader speaks
    for several.
    """
    asked = asked_about(position, user, now, where.get("seat"))
    committee = committee_for(user, position.committee)
    reading = read_by(user, position, where.get("language", ""))
    assert reading is not None  # noqa: S101 - for mypy: no position is without a version
    return Page(position, committee, reading, asked, history(position, user, where))


def asked_about(position: Position, user: User, now: datetime, seat: str | None = None) -> Asked | None:
    """The newest round on `position`, cut to what `user` may know; None when there has been none."""
    latest = (
        Round.objects.filter(version__position=position)
        .select_related("version", "committee", "opened_by", "confirmed_by", "decision")
        .first()
    )
    if latest is None:
        return None
    electors = electors_of(latest, user)
    answers = [(one.answer.choice, one.answer.at) for one in electors if hasattr(one, "answer")]
    counted = tally(latest.base, answers, latest.closes_at)
    is_open = latest.announced_at is None and now < latest.closes_at
    is_insider = allows(user, "decisions.see_answers", position)
    sees_silent = allows(user, "decisions.see_silent", position)
    mine = _mine(electors, seat) if is_open else []
    silent = _("No answer yet") if is_open else _("No answer")
    shown = [one for one in electors if hasattr(one, "answer") or sees_silent or one.speaks]  # type: ignore[attr-defined]
    return Asked(
        round=latest,
        tally=counted,
        outcome=Outcome(latest.outcome)
        if latest.outcome
        else outcome(counted, latest.threshold, latest.closes_at, now),
        arithmetic=arithmetic(
            seats=latest.seats, vacant=latest.vacant, suspended=latest.suspended, doubled=latest.doubled
        ),
        is_open=is_open,
        mine=mine[0] if mine and allows(user, "decisions.answer", mine[0]) else None,
        others_of_mine=mine[1:],
        seats=[*(_line(one, silent) for one in shown), *_uncounted(latest)] if is_insider else [],
        late=_late(latest) if is_insider and not is_open else [],
        hidden=len(electors) - len(shown),
    )


def electors_of(asked: Round, user: User) -> list[Elector]:
    """In seat order; `speaks`: this user speaks for it today; `spoke`: this user has answered for it in time."""
    holder = SeatHolder.objects.current().filter(term=OuterRef("term"), person=user.person_id)
    given = AnswerChange.objects.filter(elector=OuterRef("pk"), by=user.person_id, is_late=False)
    return list(
        Elector.objects.filter(round=asked)
        .select_related("organisation", "term__seat", "answer__by")
        .annotate(speaks=Exists(holder), spoke=Exists(given))
        .order_by("term__seat__number")
    )


def _mine(electors: list[Elector], seat: str | None) -> list[Elector]:
    """Those this user may answer for, the one to show first in front: one person wears one hat per position."""
    mine: list[Any] = [one for one in electors if one.speaks]  # type: ignore[attr-defined]
    given = [one for one in mine if one.spoke]
    if given:
        return given[:1]
    return sorted(mine, key=lambda one: (str(one.pk) != seat, hasattr(one, "answer")))


def _line(elector: Elector, silent: str) -> SeatLine:
    who = {
        "name": elector.organisation.name,
        "language": elector.organisation.language,
        "is_mine": elector.speaks,  # type: ignore[attr-defined]
    }
    answer = getattr(elector, "answer", None)
    if answer is None:
        return SeatLine("wait", words=silent, **who)
    words = {Choice.APPROVE: _("Approves"), Choice.OBJECT: _("Objects"), Choice.ABSTAIN: _("Abstains")}
    choice = Choice(answer.choice)
    return SeatLine(
        DISCS[choice], words=words[choice], at=answer.at, by=answer.by.display_name, reason=answer.reason, **who
    )


def _uncounted(asked: Round) -> list[SeatLine]:
    """The seats outside the base; none if the committee has been given other seats since."""
    left_out = Seat.objects.filter(committee=asked.committee_id).exclude(terms__electors__round=asked)
    seats = list(left_out.order_by("number")) if asked.seats != asked.base else []
    if len(seats) != asked.seats - asked.base:
        return []
    return [
        SeatLine("gone", name=seat.constituency or str(seat), words=_("Not counted in this round")) for seat in seats
    ]


def _late(asked: Round) -> list[AnswerChange]:
    late = AnswerChange.objects.filter(elector__round=asked, is_late=True).select_related("elector__organisation", "by")
    return list(late.order_by("at"))


def elector_to_answer(position: Position, user: User, named: str) -> Elector:
    """The elector of the newest round that `user` answers for. `named`: the id on the form, maybe of an older round:
    the same organisation's is meant. Raises Refused when there is none, or for staff.
    """
    newest = Round.objects.filter(version__position=position).values("pk")[:1]
    mine = Elector.objects.filter(round__in=newest).spoken_for_by(user.person).order_by("term__seat__number")
    if _is_uuid(named):
        mine = mine.order_by(
            Exists(Elector.objects.filter(pk=named, organisation=OuterRef("organisation"))).desc(), "term__seat__number"
        )
    elector = mine.first()
    require(user, "decisions.answer", elector)
    assert elector is not None  # noqa: S101 - for mypy: nobody speaks for None
    return elector


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
