"""What is said of each seat of a round, in seat order?"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from decisions.models import Answer, AnswerChange, Elector, Round
from decisions.outcome import Choice, Outcome, Procedure
from members.models import Seat, SeatHolder

DISCS = {
    Choice.APPROVE: "yes",
    Choice.RESERVE: "part",
    Choice.OBJECT: "no",
    Choice.ABSTAIN: "abstain",
    Choice.RECUSE: "recused",
}


@dataclass(frozen=True)
class SeatLine:
    """One seat of the list: the disc's kind, whose it is, and what is said of it."""

    kind: str
    name: str
    language: str = ""
    words: str = ""
    elector: Elector | None = None
    answer: Answer | None = None
    is_unreached: bool = False
    is_mine: bool = False


def electors_of(asked: Round, user: User) -> list[Elector]:
    """In seat order; `speaks`: this user speaks for it today; `spoke`: this user has answered for it in time; `others`:
    the names of whoever else speaks for it today.
    """
    holders = SeatHolder.objects.current().filter(term=OuterRef("term"))
    holder, others = holders.filter(person=user.person_id), holders.exclude(person=user.person_id)
    given = AnswerChange.objects.filter(elector=OuterRef("pk"), by=user.person_id, is_late=False)
    return list(
        Elector.objects.filter(round=asked)
        .with_reach()
        .select_related("organisation", "term__seat", "answer__by", "answer__recorded_by")
        .select_related("seen_by", "recusal_proposed_by", "disagreement")
        .annotate(speaks=Exists(holder), spoke=Exists(given))
        .annotate(others=ArraySubquery(others.values("person__display_name")))
        .order_by("term__seat__number")
    )


def mine_of(electors: list[Elector], seat: str | None) -> list[Elector]:
    """Those this user may answer for, the one to show first in front: one person wears one hat per position."""
    mine: list[Any] = [one for one in electors if one.speaks]  # type: ignore[attr-defined]
    given = [one for one in mine if one.spoke]
    if given:
        return given[:1]
    return sorted(mine, key=lambda one: (str(one.pk) != seat, hasattr(one, "answer")))


def is_heard(elector: Elector) -> bool:
    """Whether it has answered or pressed *seen*: the committee may see who did."""
    return hasattr(elector, "answer") or elector.seen_at is not None


def line_of(elector: Elector, asked: Round, said: Outcome | None) -> SeatLine:
    who = {
        "name": elector.organisation.name,
        "language": elector.organisation.language,
        "elector": elector,
        "is_mine": elector.speaks,  # type: ignore[attr-defined]
    }
    answer = getattr(elector, "answer", None)
    if answer is None:
        is_told = elector.seen_at or elector.is_reached or elector.is_on_the_way  # type: ignore[attr-defined]
        is_unreached = not is_told and asked.procedure == Procedure.SILENCE
        kind = "seen" if elector.seen_at else "wait"
        return SeatLine(kind, words=_silent(elector, said), is_unreached=is_unreached, **who)
    words = {
        Choice.APPROVE: _("Approves"),
        Choice.RESERVE: _("Approves with a reservation"),
        Choice.OBJECT: _("Objects"),
        Choice.ABSTAIN: _("Abstains"),
        Choice.RECUSE: _("Has recused itself"),
    }
    choice = Choice(answer.choice)
    return SeatLine(DISCS[choice], words=words[choice], answer=answer, **who)


def _silent(elector: Elector, said: Outcome | None) -> str:
    if said == Outcome.SILENCE:
        return _("Assents by silence; had seen the text") if elector.seen_at else _("Assents by silence")
    if elector.seen_at is not None:
        return _("Has seen the text") if said is None else _("Had seen the text, gave no answer")
    return _("No answer yet") if said is None else _("No answer")


def uncounted(asked: Round) -> list[SeatLine]:
    """The seats outside the base; none if the committee has been given other seats since."""
    left_out = Seat.objects.filter(committee=asked.committee_id).exclude(terms__electors__round=asked)
    seats = list(left_out.order_by("number")) if asked.seats != asked.base else []
    if len(seats) != asked.seats - asked.base:
        return []
    return [
        SeatLine("gone", name=seat.constituency or str(seat), words=_("Not counted in this round")) for seat in seats
    ]


def late_ones(asked: Round) -> list[AnswerChange]:
    late = AnswerChange.objects.filter(elector__round=asked, is_late=True).select_related("elector__organisation", "by")
    return list(late.order_by("at"))
