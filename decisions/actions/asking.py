"""Asking: a round opens on a version, is closed early, is announced at its closing instant, and confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from decisions.actions.disposing import require_consulted, tell_with_sign_off
from decisions.actions.drafting import newest_text
from decisions.models import Answer, Decision, Elector, Position, Round, Version
from decisions.outcome import Outcome, Tally, outcome
from history.actions import record
from members.models import Committee, CommitteeOffice, Membership, Seat, SeatHolder, SeatTerm
from notices.actions.planning import post, replan

REGISTER = 7_040_014  # the advisory lock under which closing instants and numbers are given out, one at a time
NOT_COUNTED = [Membership.Status.SUSPENDED, Membership.Status.ENDED]


@dataclass(frozen=True)
class Base:
    """Which seats count today, and how the others fell away."""

    terms: list[SeatTerm]
    seats: int
    vacant: int
    suspended: int
    doubled: int


def base_of(committee: Committee) -> Base:
    """Who would be asked now: the current terms, without ended or suspended organisations, each organisation once."""
    seats = Seat.objects.filter(committee=committee).count()
    terms = list(
        SeatTerm.objects.current()
        .filter(seat__committee=committee)
        .select_related("organisation", "seat")
        .prefetch_related("organisation__memberships")
        .order_by("seat__number")
    )
    able = [term for term in terms if _may_answer(term)]
    once = {term.organisation_id: term for term in reversed(able)}
    counted = sorted(once.values(), key=lambda term: term.seat.number)
    return Base(counted, seats, seats - len(terms), len(terms) - len(able), len(able) - len(counted))


def without_holder(base: Base) -> list[SeatTerm]:
    """Those of `base` for whom nobody can answer today: no representative and no alternate."""
    held = set(SeatHolder.objects.current().filter(term__in=base.terms).values_list("term", flat=True))
    return [term for term in base.terms if term.pk not in held]


@transaction.atomic
def open_round(
    position: Position, *, by: User, version: Version, threshold: int, closes_at: datetime, zone: str, now: datetime
) -> Round:
    """Ask the position's committee about `version`, until `closes_at` (shown in `zone`), and tell every holder.

    Raises Refused; TransitionError when it is no draft, `version` is not its newest, nobody can answer, more
    approvals are asked for than there are seats, or the window is over before it began.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.open_round", position)
    position.step_to(Position.Status.OPEN)
    if newest_text(position).version_id != version.pk:
        raise TransitionError(_("There is a newer version than the one you read. Read it, then open it."))
    if closes_at <= now:
        raise TransitionError(_("The closing hour must lie ahead."))
    require_consulted(position, now=now)
    base = base_of(position.committee)
    _require_reachable(threshold, base)
    opened = Round.objects.create(
        version=version,
        committee=position.committee,
        threshold=threshold,
        opens_at=now,
        closes_at=closes_at,
        zone=zone,
        scheduled_at=now,
        opened_by=by.person,
        **{name: getattr(base, name) for name in ("seats", "vacant", "suspended", "doubled")},
    )
    # In the order in which an import locks organisations, so that the two never wait for each other in a circle.
    terms = sorted(base.terms, key=lambda term: term.organisation_id)
    Elector.objects.bulk_create(Elector(round=opened, term=term, organisation=term.organisation) for term in terms)
    position.changed_at = now
    position.save()
    record(
        gettext_noop("Opened version %(version)s for sign-off; approvals needed: %(threshold)s of %(base)s"),
        position,
        by=by,
        now=now,
        version=version.number,
        threshold=threshold,
        base=opened.base,
    )
    tell_with_sign_off(position, by=by, now=now)
    post("decisions.round_opened", opened, opened.holders(), now=now, not_after=closes_at)
    replan(opened, now=now)
    return opened


@transaction.atomic
def close_early(asked: Round, *, by: User, now: datetime) -> Round:
    """Bring the closing instant forward to now, once every elector has answered. Nothing else ends a round early.

    Raises Refused; TransitionError while a seat has not answered, or when the round has closed already.
    """
    # Under the register's lock, so that no round with a later closing instant is numbered meanwhile.
    _lock_register()
    asked = Round.objects.select_for_update().get(pk=asked.pk)
    require(by, "decisions.close_early", asked)
    if asked.announced_at is not None or asked.closes_at <= now:
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
    # The clock was read before the lock: an answer or a closing committed in between must stay before this one.
    newest = Answer.objects.filter(elector__round=asked).aggregate(at=Max("at"))["at"]
    numbered = Decision.objects.aggregate(at=Max("decided_at"))["at"]
    tick = timedelta(microseconds=1)
    asked.closes_at = max([now, *(earlier + tick for earlier in (newest, numbered) if earlier is not None)])
    asked.brought_forward, asked.scheduled_at, asked.epoch = True, now, asked.epoch + 1
    asked.save(update_fields=["closes_at", "brought_forward", "scheduled_at", "epoch"])
    record(gettext_noop("Brought the closing forward: every seat has answered"), asked.version.position, by=by, now=now)
    replan(asked, now=now)
    return asked


def announce_closed_rounds(*, now: datetime) -> int:
    """Announce every round that has closed by `now`, in order of closing; returns how many. Twice changes nothing.

    Each is announced in its own transaction, under one lock, so numbers follow the closings without a gap.
    """
    announced = 0
    while _announce_next(now):
        announced += 1
    return announced


@transaction.atomic
def confirm_outcome(asked: Round, *, by: User, now: datetime) -> Round:
    """The chair confirms what the answers said. Raises Refused; TransitionError before it is announced, or twice."""
    asked = Round.objects.select_for_update().get(pk=asked.pk)
    require(by, "decisions.confirm", asked)
    if asked.outcome not in {Outcome.ADOPTED, Outcome.REJECTED}:
        raise TransitionError(_("There is no announced outcome to confirm. It is announced soon after the closing."))
    if asked.confirmed_at is not None:
        raise TransitionError(_("The outcome has been confirmed already."))
    asked.confirmed_by_id, asked.confirmed_at = by.person_id, now
    asked.save(update_fields=["confirmed_by", "confirmed_at"])
    record(gettext_noop("Confirmed the outcome"), asked.version.position, by=by, now=now)
    return asked


def told_of_outcome(asked: Round) -> Iterable[Person]:
    """Who hears how a round ended: the seats that were asked, whoever opened it, and the chairs, who confirm it."""
    chairs = CommitteeOffice.objects.current().filter(committee=asked.committee_id).values("person")
    return asked.holders() | Person.objects.filter(pk=asked.opened_by_id) | Person.objects.filter(pk__in=chairs)


@transaction.atomic
def _announce_next(now: datetime) -> bool:
    _lock_register()
    first = Round.objects.unannounced().closed(now).order_by("closes_at", "id").select_related("version").first()
    if first is None:
        return False
    position = Position.objects.select_for_update().get(pk=first.version.position_id)
    asked = Round.objects.select_for_update().get(pk=first.pk)
    if asked.announced_at is not None:
        return True  # withdrawn between our look and our lock; go on with the next
    counted = asked.tally
    result = outcome(counted, asked.threshold, asked.closes_at, now)
    asked.outcome, asked.announced_at = result, now
    asked.save(update_fields=["outcome", "announced_at"])
    position.step_to(Position.Status.ADOPTED if result == Outcome.ADOPTED else Position.Status.REJECTED)
    position.changed_at = asked.closes_at
    position.save()
    details: dict[str, Any] = {"approve": counted.approve, "base": counted.base}
    if result == Outcome.ADOPTED:
        details["number"] = _number(position, asked, counted).label
        verb = gettext_noop("Adopted as %(number)s; seats that approved: %(approve)s of %(base)s")
    else:
        verb = gettext_noop("Not adopted; seats that approved: %(approve)s of %(base)s")
    record(verb, position, by=None, now=now, **details)
    post("decisions.outcome", asked, told_of_outcome(asked), now=now)
    replan(asked, now=now)
    return True


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


def _may_answer(term: SeatTerm) -> bool:
    membership = term.organisation.membership
    return term.organisation.ended_on is None and (membership is None or membership.status not in NOT_COUNTED)


def _require_reachable(threshold: int, base: Base) -> None:
    if not base.terms:
        raise TransitionError(_("No seat of this committee can answer. Seat the committee first."))
    if not 1 <= threshold <= len(base.terms):
        raise TransitionError(
            _("That cannot be reached: only seats that count can approve. Choose a number from 1 to %(base)s.")
            % {"base": len(base.terms)}
        )
