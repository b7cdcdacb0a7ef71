"""Asking: a round opens on a version; another text is put to the seats while they are asked."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.clock import Clock
from accounts.models import TransitionError, User
from accounts.rules import require
from decisions.actions.closing import read_again, unannounced_round
from decisions.actions.commenting import take_as_proposed
from decisions.actions.disposing import is_unconsulted, require_consulted, tell_with_sign_off
from decisions.actions.drafting import newest_text, next_version, require_newest, require_unchanged
from decisions.models import Answer, Comment, Decision, Elector, Position, Round, Version
from decisions.models.positions import fingerprint
from decisions.outcome import Outcome, Procedure
from history.actions import record
from meetings.models import Meeting
from members.models import Committee, Membership, Seat, SeatHolder, SeatTerm
from notices.actions.planning import cancel, post, replan

NOT_COUNTED = [Membership.Status.SUSPENDED, Membership.Status.ENDED]


@dataclass(frozen=True)
class Base:
    """Which seats count today, and how the others fell away. Of a term `zones`: those of who speaks for it today."""

    terms: list[Any]
    seats: int
    vacant: int
    suspended: int
    doubled: int


def base_of(committee: Committee) -> Base:
    """Who would be asked now: the current terms, without ended or suspended organisations, each organisation once."""
    seats = Seat.objects.filter(committee=committee).count()
    newest = Membership.objects.filter(organisation=OuterRef("organisation")).order_by("-since")
    held = SeatHolder.objects.current().filter(term=OuterRef("pk"))
    terms: list[Any] = list(
        SeatTerm.objects.current()
        .filter(seat__committee=committee)
        .select_related("organisation", "seat")
        .annotate(standing=Subquery(newest.values("status")[:1]), zones=ArraySubquery(held.values("person__zone")))
        .order_by("seat__number")
    )
    able = [term for term in terms if term.organisation.ended_on is None and term.standing not in NOT_COUNTED]
    once = {term.organisation_id: term for term in reversed(able)}
    counted = sorted(once.values(), key=lambda term: term.seat.number)
    return Base(counted, seats, seats - len(terms), len(terms) - len(able), len(able) - len(counted))


def zones_of(base: Base) -> list[tuple[str, list[str]]]:
    """Of each seat its organisation and the zones of those who speak for it today: what a window is looked at by."""
    return [(term.organisation.name, term.zones) for term in base.terms]


@dataclass(frozen=True)
class Question:
    """What is put to a committee: a version, how it is decided, until when (shown in `zone`), maybe at a meeting, and
    which decision it replaces if it is adopted. `seen`: the fingerprint of the version's wording as it was read.
    """

    version: Version
    seen: str
    procedure: str
    quorum: str
    threshold: str
    closes_at: datetime
    zone: str
    meeting: Meeting | None = None
    would_supersede: Decision | None = None


@transaction.atomic
def open_round(position: Position, *, by: User, question: Question, now: datetime) -> Round:
    """Ask the position's committee, and tell every holder.

    Raises Refused, also for who does not keep the decision that it would replace; TransitionError when the position is
    no draft and was not left undecided, the version is not its newest or its wording has changed, nobody can answer,
    the window is over before it began or shorter than its level allows, or that decision has been replaced.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.open_round", position)
    position.step_to(Position.Status.OPEN)
    require_newest(position, question.version, question.seen)
    _require_window(position, question, now)
    _require_languages(position, question)
    _require_in_force(question.would_supersede, by)
    require_consulted(position, now=now)
    position.changed_at = now
    position.save()
    opened = _ask(position, question, by=by, now=now)
    if is_unconsulted(position):
        record(gettext_noop("Went to sign-off without the consultation its level asks for"), position, by=by, now=now)
    record(
        gettext_noop("Opened version %(version)s for sign-off; seats that are asked: %(base)s"),
        position,
        by=by,
        now=now,
        version=question.version.number,
        procedure=opened.procedure,
        quorum=opened.quorum,
        threshold=opened.threshold,
        base=opened.base,
        would_supersede=question.would_supersede and str(question.would_supersede.pk),
    )
    tell_with_sign_off(position, by=by, now=now)
    post("decisions.round_opened", opened, opened.holders(), now=now, not_after=opened.closes_at)
    replan(opened, now=now)
    return opened


@transaction.atomic
def change_text(
    position: Position,
    *,
    by: User,
    body: str,
    seen: str,
    closes_at: datetime,
    zone: str,
    now: datetime,
    clock: Clock | None = None,
    taking: Comment | None = None,
) -> Round:
    """Put another text to the seats while they are being asked: the answers given so far are void, all are asked again.

    By the same rule and with at least the shortest window of its level. `seen`: the fingerprint of the wording it
    began from; `clock` is read again once position and round are ours; `taking`: a comment, settled as taken if the
    wording it proposes stands in `body`. Raises Refused; TransitionError when the round has closed, nothing differs, or
    somebody has changed the text or settled the comment meanwhile.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.open_round", position)
    now = read_again(clock, position, now)
    asked = running_round(position, now)
    text = newest_text(position)
    require_unchanged(text, seen)
    if text.body == body:
        raise TransitionError(_("Nothing differs from the text that the seats are asked about."))
    version = next_version(text, by=by, body=body, now=now)
    rule = {name: getattr(asked, name) for name in ("procedure", "quorum", "threshold", "meeting", "would_supersede")}
    question = Question(version, fingerprint(body), closes_at=closes_at, zone=zone, **rule)
    _require_window(position, question, now)
    asked.outcome, asked.announced_at = Outcome.REPLACED, now
    asked.save(update_fields=["outcome", "announced_at"])
    cancel(asked, reason=gettext_noop("the text was changed"), now=now)
    position.changed_at = now
    position.save()
    opened = _ask(position, question, by=by, now=now, replaces=asked)
    if taking is not None:
        take_as_proposed(taking, position, version, by=by, now=now)
    record(
        gettext_noop("Changed the text: version %(version)s; answers given before: %(void)s, now void"),
        position,
        by=by,
        now=now,
        version=version.number,
        void=Answer.objects.filter(elector__round=asked).count(),
    )
    post("decisions.text_changed", opened, opened.holders(), now=now, not_after=closes_at)
    replan(opened, now=now)
    return opened


def void_by(position: Position) -> int:
    """How many answers another text would void: those given in the round that has not been announced."""
    return Answer.objects.filter(elector__round__version__position=position, elector__round__announced_at=None).count()


def running_round(position: Position, now: datetime) -> Round:
    """The open round on a locked `position`, locked. Raises TransitionError when there is none or it has closed."""
    asked = unannounced_round(position, now=now)
    if asked is None or asked.closes_at <= now:
        raise TransitionError(_("The round has closed, so its text stays as the seats answered on it."))
    return asked


def _ask(position: Position, question: Question, *, by: User, now: datetime, replaces: Round | None = None) -> Round:
    base = base_of(position.committee)
    if not base.terms:
        raise TransitionError(_("No seat of this committee can answer. Seat the committee first."))
    opened = Round.objects.create(
        **{one.name: getattr(question, one.name) for one in fields(question) if one.name != "seen"},
        committee=position.committee,
        replaces=replaces,
        opens_at=now,
        scheduled_at=now,
        opened_by=by.person,
        **{name: getattr(base, name) for name in ("seats", "vacant", "suspended", "doubled")},
    )
    # In the order in which an import locks organisations, so that the two never wait for each other in a circle.
    terms = sorted(base.terms, key=lambda term: term.organisation_id)
    Elector.objects.bulk_create(Elector(round=opened, term=term, organisation=term.organisation) for term in terms)
    return opened


def _require_window(position: Position, question: Question, now: datetime) -> None:
    if question.closes_at <= now:
        raise TransitionError(_("The closing hour must lie ahead."))
    hours = position.level.least_hours
    if question.closes_at < now + timedelta(hours=hours) and question.procedure == Procedure.SILENCE:
        raise TransitionError(
            _(
                "Silence counts as assent only after at least %(hours)s hours (level “%(level)s”). Choose a later "
                "closing hour, or ask for explicit approval."
            )
            % {"hours": hours, "level": position.level.name}
        )


def _require_languages(position: Position, question: Question) -> None:
    there = question.version.texts.count()
    if there < position.level.languages:
        raise TransitionError(
            _("At the level “%(level)s” a text exists in at least %(least)s languages; this one in %(there)s.")
            % {"level": position.level.name, "least": position.level.languages, "there": there}
        )


def _require_in_force(decision: Decision | None, by: User) -> None:
    if decision is None:
        return
    require(by, "decisions.keep_register", decision)
    if not Decision.objects.in_force().filter(pk=decision.pk).exists():
        raise TransitionError(_("%(number)s has been superseded already.") % {"number": decision.label})
