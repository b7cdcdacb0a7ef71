"""Closing: a round closes by the clock, goes on once without a quorum, is broken or closed early; is announced, confirmed."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.clock import Clock
from accounts.models import Person, TransitionError, User
from accounts.rules import require
from decisions.actions.register import supersede
from decisions.models import Decision, Elector, Position, Round
from decisions.outcome import ADOPTING, DECIDED, UNDECIDED, Outcome, Standing, Tally
from history.actions import record
from members.models import CommitteeOffice
from notices.actions.planning import post, replan

logger = logging.getLogger(__name__)

REGISTER = 7_040_014  # the advisory lock under which closing instants and numbers are given out, one at a time
TICK = timedelta(microseconds=1)
SAID = {
    Outcome.ADOPTED: gettext_noop("Adopted as %(number)s; seats that approved: %(yes)s of %(base)s"),
    Outcome.DISSENT: gettext_noop(
        "Adopted as %(number)s with recorded dissent; seats that approved: %(yes)s of %(base)s, objected: %(object)s"
    ),
    Outcome.SILENCE: gettext_noop(
        "Adopted as %(number)s by silence; seats that answered: %(answered)s of %(base)s, by silence: %(silent)s"
    ),
    Outcome.BROKEN: gettext_noop("The silence was broken by an objection; nothing is adopted"),
    Outcome.REJECTED: gettext_noop("Not adopted; seats that approved: %(yes)s of %(base)s"),
    Outcome.NO_QUORUM: gettext_noop("No quorum; seats that took part: %(acknowledged)s of %(base)s"),
    Outcome.MEETING: gettext_noop("Goes to a meeting: %(recuse)s seats recused themselves, too few are left"),
}


def unannounced_round(position: Position, *, now: datetime) -> Round | None:
    """The round on a locked `position` that has not been announced, locked, with its extension written down if due.

    The round alone is locked: an answer that waits for it has its version already, to refer to it.
    """
    asked = _held_round(position)
    if asked is not None:
        extend_if_due(asked, now=now)
    return asked


def read_again(clock: Clock | None, position: Position, now: datetime) -> datetime:
    """What the clock says once a locked `position` and its round are ours, which had to be waited for; `now`, as it was
    read before, without a clock.
    """
    _held_round(position)
    return clock() if clock else now


def _held_round(position: Position) -> Round | None:
    return Round.objects.select_for_update(of=("self",)).filter(version__position=position).unannounced().first()


def extend_if_due(asked: Round, *, now: datetime) -> Standing | None:
    """Write down that a round which closed without a quorum goes on, once; call it with the round locked.

    The clock has decided it; this only keeps it, before anything else is done to the round. Returns where it stands at
    `now`; None of one that has been announced.
    """
    if asked.announced_at is not None:
        return None
    found = asked.standing(now)
    if found.is_extended == (asked.extended_from is not None):
        return found
    asked.extended_from, asked.closes_at = asked.closes_at, found.closes_at
    asked.scheduled_at, asked.epoch = now, asked.epoch + 1
    asked.save(update_fields=["extended_from", "closes_at", "scheduled_at", "epoch"])
    record(gettext_noop("Closed without a quorum, and goes on once"), asked.version.position, by=None, now=now)
    post("decisions.extended", asked, asked.holders_to_remind(), now=now, not_after=asked.closes_at)
    replan(asked, now=now)
    return asked.standing(now)  # whom a mail reached depends on when it closes


@transaction.atomic
def close_early(asked: Round, *, by: User, now: datetime) -> Round:
    """Bring the closing instant forward to now, once every elector has answered. Only an objection to a silence else
    ends a round early.

    Raises Refused; TransitionError while a seat has not answered, or when the round has closed already.
    """
    # Under the register's lock, so that no round with a later closing instant is numbered meanwhile.
    _lock_register()
    asked = Round.objects.select_for_update().get(pk=asked.pk)
    require(by, "decisions.close_early", asked)
    extend_if_due(asked, now=now)
    numbered = Decision.objects.aggregate(at=Max("decided_at"))["at"]
    instant = max(now, numbered + TICK) if numbered else now
    # The clock was read before the locks: by another's hand it may have been brought forward, or reached its end.
    is_closed = asked.announced_at is not None or asked.brought_forward_from is not None
    if is_closed or instant >= asked.closes_at:
        raise TransitionError(_("The round has closed already."))
    silent = asked.electors.silent().count()
    if silent:
        raise TransitionError(
            ngettext(
                "%(count)s seat has not answered yet. A round is closed early only when all have.",
                "%(count)s seats have not answered yet. A round is closed early only when all have.",
                silent,
            )
            % {"count": silent}
        )
    _close_at(asked, instant, now=now)
    record(gettext_noop("Brought the closing forward: every seat has answered"), asked.version.position, by=by, now=now)
    return asked


def break_silence(asked: Round, *, now: datetime) -> None:
    """An objection has come: nothing more is asked, and every seat hears why at once. Position and round are locked."""
    position = Position.objects.get(pk=asked.version.position_id)
    _close_at(asked, now, now=now)
    _conclude(position, asked, asked.standing(asked.closes_at), now=asked.closes_at)


def announce_closed_rounds(*, now: datetime) -> int:
    """Announce every round that has closed by `now`, in order of closing; returns how many. Twice changes nothing.

    Each is announced in its own transaction, under one lock, so numbers follow the closings without a gap. One that
    cannot be announced keeps no other waiting: it is logged, and its turn comes again with the next call.
    """
    announced, tried = 0, list[UUID]()
    while (was_announced := _announce_next(now, tried)) is not None:
        announced += was_announced
    return announced


@transaction.atomic
def confirm_outcome(asked: Round, *, by: User, now: datetime) -> Round:
    """The chair confirms what the answers said. Raises Refused; TransitionError before it is announced, or twice."""
    asked = Round.objects.select_for_update().get(pk=asked.pk)
    require(by, "decisions.confirm", asked)
    if asked.outcome not in DECIDED:
        raise TransitionError(_("There is no announced outcome to confirm. It is announced soon after the closing."))
    if asked.confirmed_at is not None:
        raise TransitionError(_("The outcome has been confirmed already."))
    asked.confirmed_by_id, asked.confirmed_at = by.person_id, now
    asked.save(update_fields=["confirmed_by", "confirmed_at"])
    record(gettext_noop("Confirmed the outcome"), asked.version.position, by=by, now=now)
    return asked


def told_of_outcome(asked: Round) -> Iterable[Person]:
    """Who hears how a round ended: the seats that were asked, whoever opened it, and the chairs, who confirm it."""
    return asked.holders() | Person.objects.filter(pk=asked.opened_by_id) | chairs_of(asked)


def chairs_of(asked: Round) -> QuerySet[Person]:
    """Who chairs the committee today."""
    chairs = CommitteeOffice.objects.current().filter(committee=asked.committee_id)
    return Person.objects.filter(pk__in=chairs.values("person"))


@transaction.atomic
def _announce_next(now: datetime, tried: list[UUID]) -> int | None:
    """How many were announced: one, or none when the first that was not `tried` was withdrawn, goes on or cannot be
    announced; None when none is left.
    """
    _lock_register()
    left = Round.objects.unannounced().closed(now).exclude(pk__in=tried).select_related("version")
    first = left.order_by("closes_at", "id").first()
    if first is None:
        return None
    tried.append(first.pk)
    try:
        return _announce(first, now)
    except Exception:
        logger.exception("The outcome of round %s cannot be announced", first.pk)
        return 0


@transaction.atomic
def _announce(first: Round, now: datetime) -> int:
    position = Position.objects.select_for_update().get(pk=first.version.position_id)
    asked = Round.objects.select_for_update().get(pk=first.pk)
    found = extend_if_due(asked, now=now)
    if found is None or found.outcome is None:
        return 0
    _conclude(position, asked, found, now=now)
    return 1


def _conclude(position: Position, asked: Round, found: Standing, *, now: datetime) -> None:
    """Write down what the answers say, and tell it."""
    said = found.outcome
    assert said is not None  # noqa: S101 - for mypy: it has closed
    asked.outcome, asked.announced_at = said, now
    asked.save(update_fields=["outcome", "announced_at"])
    position.step_to(_status_after(said))
    position.changed_at = asked.closes_at
    position.save()
    counted = found.tally
    details: dict[str, Any] = {"yes": counted.yes, "answered": counted.answered, "acknowledged": counted.acknowledged}
    details |= counted.as_row()
    if said in ADOPTING:
        decision = _number(position, asked, counted)
        details["number"] = decision.label
        if asked.would_supersede_id:
            supersede(asked.would_supersede_id, decision, now=now)
    record(SAID[said], position, by=None, now=now, **details)
    post("decisions.outcome", asked, told_of_outcome(asked), now=now)
    replan(asked, now=now)


def _status_after(said: Outcome) -> Position.Status:
    if said in ADOPTING:
        return Position.Status.ADOPTED
    return Position.Status.UNDECIDED if said in UNDECIDED else Position.Status.REJECTED


def _close_at(asked: Round, instant: datetime, *, now: datetime) -> None:
    """Bring the closing forward to `instant`, or to just after the last answer, after it went on, or was opened.

    The clock was read before the lock: what was committed in between must stay before the closing.
    """
    newest = Elector.objects.filter(round=asked).aggregate(at=Max(Greatest("answer__at", "seen_at")))["at"]
    earlier = [at + TICK for at in (newest, asked.extended_from, asked.opens_at) if at]
    asked.brought_forward_from, asked.closes_at = asked.closes_at, max(instant, *earlier)
    asked.scheduled_at, asked.epoch = now, asked.epoch + 1
    asked.save(update_fields=["closes_at", "brought_forward_from", "scheduled_at", "epoch"])


def _number(position: Position, asked: Round, counted: Tally) -> Decision:
    """The next entry of the register; called under its lock."""
    year = asked.closes_at.year  # UTC
    last = Decision.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
    return Decision.objects.create(
        year=year,
        number=last + 1,
        round=asked,
        position=position,
        text=asked.version.texts.get(is_authoritative=True),
        title=position.title,
        counts=counted.as_row(),
        decided_at=asked.closes_at,
    )


def _lock_register() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REGISTER])
