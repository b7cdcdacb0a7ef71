"""Answering: one voice per seat, changeable until the closing instant, every change kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.clock import Clock
from accounts.models import Person, TransitionError, User, Visibility
from accounts.rules import require
from decisions.actions.closing import break_silence, chairs_of, extend_if_due, told_of_outcome
from decisions.actions.disagreements import follow_answer
from decisions.models import Answer, AnswerChange, Elector, Position, Round, Version
from decisions.outcome import REASONED, Choice, Outcome, Procedure
from decisions.proof import seal
from history.actions import record
from members.hats import account_of, hats
from notices.actions.planning import post, replan

VERBS = {
    Choice.APPROVE: gettext_noop("%(organisation)s approved"),
    Choice.RESERVE: gettext_noop("%(organisation)s approved with a reservation"),
    Choice.OBJECT: gettext_noop("%(organisation)s objected"),
    Choice.ABSTAIN: gettext_noop("%(organisation)s abstained"),
    Choice.RECUSE: gettext_noop("%(organisation)s recused itself: %(reason)s"),
}
LATE = gettext_noop("%(organisation)s answered after the closing: kept, and not counted")
RECORDED = gettext_noop("Staff recorded an answer for %(organisation)s, as they heard it from its seat")


class ClosedMeanwhileError(Exception):
    """The closing instant came while an answer was being written down; `at` is what the clock says now."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


@dataclass(frozen=True)
class Reply:
    """What a seat says about the version that was read."""

    version: Version
    choice: str
    reason: str = ""
    proposal: str = ""
    visibility: str = Visibility.STEERING

    @property
    def fields(self) -> dict[str, str]:
        """As rows keep it: who needs no reason gives none, and only whoever objects proposes another text."""
        has_reason = self.choice in REASONED
        return {
            "choice": self.choice,
            "reason": self.reason.strip() if has_reason else "",
            "proposal": self.proposal.strip() if self.choice == Choice.OBJECT else "",
            "visibility": self.visibility if has_reason else Visibility.STEERING,
        }


@transaction.atomic
def give_answer(elector: Elector, *, by: User, reply: Reply, now: datetime, clock: Clock | None = None) -> AnswerChange:
    """Answer for a seat. `now`: the database's clock; `clock` reads it again just before the commit, which decides
    whether the answer came in time (without one, `now` does).

    From the closing instant on the answer is kept, marked late, changes nothing, and the chairs hear of it; in a round
    that goes on it counts. The same answer again by the same person (a double click, a replayed form) adds nothing. An
    objection ends a silence at once. Raises Refused; TransitionError when the round asks about another version, was
    withdrawn, or this person has answered for another seat.
    """
    asked, elector = _locked(elector, reply.choice)
    require(by, "decisions.answer", elector)
    return _take(elector, asked, reply, said_by=by.person, by=by, heard="", now=now, clock=clock)


@transaction.atomic
def record_answer(
    elector: Elector,
    *,
    by: User,
    said_by: Person,
    heard: str,
    reply: Reply,
    now: datetime,
    clock: Clock | None = None,
) -> AnswerChange:
    """Staff take down what `said_by`, who speaks for the seat, told them (`heard`: by phone …). Marked as such.

    The seat's other voice and whoever said it are told by mail, and may change it as any answer. Raises as
    `give_answer`, and TransitionError when `said_by` does not speak for the seat, or is staff: they never answer.
    """
    asked, elector = _locked(elector, reply.choice)
    require(by, "decisions.record_answer", elector)
    if not elector.holders().filter(pk=said_by.pk).exists():
        raise TransitionError(_("%(name)s does not speak for this seat today.") % {"name": said_by.display_name})
    if hats(account_of(said_by)).is_staff:
        raise TransitionError(
            _("%(name)s is staff, and staff never answer, even from a seat.") % {"name": said_by.display_name}
        )
    change = _take(elector, asked, reply, said_by=said_by, by=by, heard=heard, now=now, clock=clock)
    slot = f"recorded {change.pk.hex[:16]}"
    post("decisions.answer_recorded", asked, elector.holders(), now=now, slot=slot)
    return change


@transaction.atomic
def press_seen(elector: Elector, *, by: User, version: Version, now: datetime, clock: Clock | None = None) -> Elector:
    """Say that the seat has read the text and lets it pass unless it speaks up. Counts for the quorum of a silence.

    Raises Refused; TransitionError when silence decides nothing, from the closing instant on, or as `give_answer`.
    Twice changes nothing.
    """
    asked, elector = _locked(elector, "")
    require(by, "decisions.answer", elector)
    extend_if_due(asked, now=now)
    _require_answerable(elector, asked, by.person, version)
    if asked.procedure != Procedure.SILENCE:
        raise TransitionError(_("Here only answers count. Please approve, object, abstain or recuse yourself."))
    if has_closed(asked, now):
        raise TransitionError(_("The round had closed before you pressed it, so it does not count any more."))
    try:
        with _in_time(asked, now, clock):
            _note_seen(elector, asked, by=by, now=now)
    except ClosedMeanwhileError as closed:
        return press_seen(elector, by=by, version=version, now=closed.at, clock=clock)
    return elector


@transaction.atomic
def propose_recusal(elector: Elector, *, by: User, reason: str, now: datetime) -> Elector:
    """The chair says why a seat should recuse itself; the seat decides, by its answer. Its holders are told.

    Raises Refused; TransitionError when the round has closed, or the seat has recused itself.
    """
    asked, elector = _locked(elector, "")
    require(by, "decisions.propose_recusal", asked)
    extend_if_due(asked, now=now)
    if has_closed(asked, now):
        raise TransitionError(_("The round has closed, so nobody can recuse themselves any more."))
    if Answer.objects.filter(elector=elector, choice=Choice.RECUSE).exists():
        raise TransitionError(_("This seat has recused itself already."))
    elector.recusal_why, elector.recusal_proposed_by_id, elector.recusal_proposed_at = reason, by.person_id, now
    elector.save(update_fields=["recusal_why", "recusal_proposed_by", "recusal_proposed_at"])
    verb = gettext_noop("Proposed that %(organisation)s recuse itself: %(reason)s")
    _record(verb, elector, asked, by=by, now=now, reason=reason)
    slot = f"recusal {elector.pk.hex[:16]}"
    post("decisions.recusal_proposed", asked, elector.holders(), now=now, slot=slot)
    return elector


def has_closed(asked: Round, now: datetime) -> bool:
    """Whether an answer comes too late; asked under the round's lock.

    The clock decides. It was read before the lock, though: what was closed early or announced while we waited for
    the lock has closed, even if by that reading it had not.
    """
    return now >= asked.closes_at or asked.brought_forward_from is not None or asked.announced_at is not None


def _locked(elector: Elector, choice: str) -> tuple[Round, Elector]:
    """The round's row orders answers among themselves, and with its closing and announcement.

    An objection may end the round, and with it the position's state: the position is then locked first, as whoever
    closes rounds does. The position alone: an answer that has the round already needs its version, to refer to it.
    """
    if choice == Choice.OBJECT:
        Position.objects.select_for_update(of=("self",)).get(versions__rounds__electors=elector.pk)
    asked = Round.objects.select_for_update().get(pk=elector.round_id)
    return asked, Elector.objects.select_related("organisation").get(pk=elector.pk)


def _take(
    elector: Elector,
    asked: Round,
    reply: Reply,
    *,
    said_by: Person,
    by: User,
    heard: str,
    now: datetime,
    clock: Clock | None,
) -> AnswerChange:
    extend_if_due(asked, now=now)
    _require_answerable(elector, asked, said_by, reply.version)
    recorded_by = by.person_id if heard else None
    given = reply.fields | {"by_id": said_by.pk, "recorded_by_id": recorded_by, "heard": heard}
    last = elector.changes.order_by("-at").first()
    if last is not None and {name: getattr(last, name) for name in given} == given:
        return last
    if last is not None and last.at >= now:
        now = last.at + timedelta(microseconds=1)  # whoever gets the lock last answers last, whichever clock was first
    change = AnswerChange(elector=elector, at=now, version=reply.version, **given)
    if has_closed(asked, now):
        _keep_late(change, asked, by=by, now=now)
        return change
    try:
        with _in_time(asked, now, clock):
            _count(change, given, asked, by=by, now=now)
    except ClosedMeanwhileError as closed:
        asked.refresh_from_db()
        return _take(elector, asked, reply, said_by=said_by, by=by, heard=heard, now=closed.at, clock=clock)
    return change


@contextmanager
def _in_time(asked: Round, now: datetime, clock: Clock | None) -> Iterator[None]:
    """What is done within is undone if the round has closed by the last reading of the clock: ClosedMeanwhileError.

    Whether the round goes on, without a quorum, is asked anew then, and of its rows as they were before.
    """
    closes_at = asked.closes_at  # an objection may bring it forward
    with transaction.atomic():
        yield
        at = _at_commit(now, clock)
        if at >= closes_at:
            raise ClosedMeanwhileError(at)


def _note_seen(elector: Elector, asked: Round, *, by: User, now: datetime) -> None:
    if elector.seen_at is None:
        elector.seen_at, elector.seen_by_id = now, by.person_id
        elector.save(update_fields=["seen_at", "seen_by"])
        _record(gettext_noop("%(organisation)s has seen the text"), elector, asked, by=by, now=now)
        replan(asked, now=now)


def _count(change: AnswerChange, given: dict[str, Any], asked: Round, *, by: User, now: datetime) -> None:
    """An answer in time: from now on it is what the seat says."""
    change.save(force_insert=True)
    Answer.objects.update_or_create(elector=change.elector, defaults={"at": now, **given})
    follow_answer(change.elector, asked, change, now=now)
    _record_answer(RECORDED if change.heard else VERBS[Choice(change.choice)], change, asked, by=by, now=now)
    if change.choice == Choice.OBJECT:
        _tell_of_objection(asked, change, now=now)
    replan(asked, now=now)


def _keep_late(change: AnswerChange, asked: Round, *, by: User, now: datetime) -> None:
    """An answer that came too late: kept, told to the chairs, and nothing else."""
    change.is_late = True
    change.save(force_insert=True)
    _record_answer(LATE, change, asked, by=by, now=now)
    post("decisions.answered_late", asked, chairs_of(asked), now=now, slot=f"late {change.pk.hex[:16]}")


def _at_commit(now: datetime, clock: Clock | None) -> datetime:
    """The instant that decides: what the commit would still check is checked before, so that little comes after it."""
    if clock is None:
        return now
    connection.check_constraints()
    return clock()


def _record_answer(verb: str, change: AnswerChange, asked: Round, *, by: User, now: datetime) -> None:
    sealed = {"answer": change.pk, "sha256": seal(change)}
    _record(verb, change.elector, asked, by=by, now=now, reason=change.reason, **sealed)


def _tell_of_objection(asked: Round, change: AnswerChange, *, now: datetime) -> None:
    """At once and to all: under silence it is the outcome, otherwise what the others should know before they answer."""
    if asked.procedure == Procedure.SILENCE:
        break_silence(asked, now=now)
        return
    slot = f"objection {change.pk.hex[:16]}"
    post("decisions.objected", asked, told_of_outcome(asked), now=now, slot=slot, not_after=asked.closes_at)


def _record(
    verb: str, elector: Elector, asked: Round, *, by: User, now: datetime, reason: str = "", **more: Any
) -> None:
    record(
        verb,
        asked.version.position,
        by=by,
        now=now,
        visibility=Visibility.STEERING,
        organisation=elector.organisation.name,
        **({"reason": reason} if "%(reason)s" in verb else {}),
        **more,
    )


def _require_answerable(elector: Elector, asked: Round, said_by: Person, version: Version) -> None:
    if asked.outcome == Outcome.WITHDRAWN:
        raise TransitionError(_("The position was withdrawn while you read it. No answer is needed any more."))
    if asked.outcome == Outcome.REPLACED or asked.version_id != version.pk:
        raise TransitionError(
            _("The text has changed since you opened this page. Read it, then send again; what you wrote is kept.")
        )
    if Elector.objects.filter(round=asked).exclude(pk=elector.pk).heard_from(said_by).exists():
        raise TransitionError(
            _("You have answered for another seat. One person speaks for one organisation on each position.")
        )
