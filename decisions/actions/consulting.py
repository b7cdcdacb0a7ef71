"""Consulting: members are asked about a version, longer or shorter than was said first, and told when it has closed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from decisions.actions.contributing import has_closed
from decisions.actions.drafting import require_newest
from decisions.models import Consultation, Consulted, Contribution, Position, Question, Version
from decisions.models.consultations import MOST_QUESTIONS, audience_of, contacts_of
from history.actions import record
from members.models import OwnRegion
from notices.actions.planning import post, replan

TICK = timedelta(microseconds=1)
OPENED, MOVED, CLOSED = (f"decisions.consultation_{what}" for what in ("opened", "moved", "closed"))


def minimum_window(position: Position) -> timedelta:
    """How long members should have at least: half of what the level asks for. Shorter ones are warned of.

    Source: domain, W2: a policy position is put to the members for 10 days, at least 5.
    """
    return timedelta(days=max(1, position.level.consultation_days // 2))


@transaction.atomic
def open_consultation(
    position: Position,
    *,
    by: User,
    version: Version,
    seen: str,
    questions: Sequence[str] = (),
    region: str = "",
    own_region: OwnRegion | None = None,
    theme: str = "",
    closes_at: datetime,
    zone: str,
    now: datetime,
) -> Consultation:
    """Ask the members in a region (M49's or our own), on a theme, or all, about `version`, and tell their contacts.

    `seen`: the fingerprint of its wording as it was read; `questions`: at most ten, besides the text. From now on the
    version stays as it is. Raises Refused; TransitionError when the position is no draft, `version` is not its newest
    or its wording has changed, a consultation on it is open, nobody would be asked, or the closing lies behind.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.consult", position)
    _require_ready(position, closes_at, now)
    require_newest(position, version, seen)
    if len(questions) > MOST_QUESTIONS:
        raise TransitionError(_("Ten questions are the most that people answer with care."))
    opened = Consultation.objects.create(
        version=version,
        region=region,
        own_region=own_region,
        theme=theme,
        opens_at=now,
        closes_at=closes_at,
        zone=zone,
        scheduled_at=now,
        opened_by=by.person,
    )
    numbered = enumerate(questions, start=1)
    Question.objects.bulk_create(Question(consultation=opened, number=number, text=text) for number, text in numbered)
    asked = _ask_whom_is_new(opened, now)
    if not asked:
        raise TransitionError(_("No member would be asked. Choose others, or enter their contacts first."))
    verb = gettext_noop("Opened a consultation on version %(version)s; members asked: %(asked)s")
    record(verb, position, by=by, now=now, version=version.number, asked=len(asked))
    post(OPENED, opened, opened.contacts(), now=now, not_after=closes_at)
    replan(opened, now=now)
    return opened


@transaction.atomic
def extend_consultation(
    consultation: Consultation, *, by: User, closes_at: datetime, zone: str, reason: str = "", now: datetime
) -> Consultation:
    """Give members more time (`zone`: where the hour is meant); all who are asked are told.

    Raises Refused; TransitionError when it has closed, or `closes_at` is not later than the present closing.
    """
    consultation = _locked(consultation)
    require(by, "decisions.consult", consultation)
    _require_open(consultation, now)
    if closes_at <= consultation.closes_at:
        raise TransitionError(_("A consultation can only be extended here: choose a later hour than the present one."))
    consultation.zone = zone
    _move(consultation, closes_at, reason, now)
    verb = gettext_noop("Extended the consultation to %(closes)s UTC")
    record(verb, consultation.position, by=by, now=now, closes=f"{closes_at:%Y-%m-%d %H:%M}")
    post(MOVED, consultation, consultation.contacts(), now=now, not_after=closes_at)
    replan(consultation, now=now)
    return consultation


@transaction.atomic
def end_consultation_early(consultation: Consultation, *, by: User, reason: str, now: datetime) -> Consultation:
    """Bring the closing forward to now; the mail that tells of the closing says why. Raises Refused, TransitionError."""
    consultation = _locked(consultation)
    require(by, "decisions.end_consultation_early", consultation)
    _require_open(consultation, now)
    if not reason.strip():
        raise TransitionError(_("Say why it closes early: those who meant to write later will read it."))
    # The clock was read before the lock: what was said in between came in time and must stay before the closing.
    newest = consultation.contributions.in_time().aggregate(at=Max("at"))["at"]
    answered = consultation.asked.aggregate(at=Max("answered_at"))["at"]
    consultation.ended_early = True
    _move(consultation, max([now, *(at + TICK for at in (newest, answered) if at is not None)]), reason, now)
    record(
        gettext_noop("Closed the consultation early: %(reason)s"), consultation.position, by=by, now=now, reason=reason
    )
    replan(consultation, now=now)
    return consultation


def tend_consultations(*, now: datetime) -> int:
    """What the clock does: ask the members who joined within the scope of one that runs, and tell of those that have
    closed by `now`. Twice changes nothing; returns how many were touched.
    """
    touched = 0
    for consultation in Consultation.objects.running(now):
        touched += ask_whoever_joined(consultation, now=now) > 0
    for consultation in Consultation.objects.closed(now).filter(announced_at=None).order_by("closes_at", "id"):
        touched += _announce(consultation, now)
    return touched


@transaction.atomic
def ask_whoever_joined(consultation: Consultation, *, now: datetime) -> int:
    """Members that came within its scope since it opened are asked too, and their contacts told; returns how many.

    Nobody who was asked is unasked: whoever was there at the opening stays.
    """
    if not consultation.audience().exclude(consulted__consultation=consultation).exists():
        return 0
    consultation = _locked(consultation)
    if has_closed(consultation, now):
        return 0
    new = _ask_whom_is_new(consultation, now)
    if new:
        verb = gettext_noop("Asked members that joined since: %(asked)s")
        record(verb, consultation.position, by=None, now=now, asked=len(new))
        earlier = consultation.asked.exclude(pk__in=[one.pk for one in new])
        known = contacts_of(earlier.values("organisation"))
        people = consultation.contacts().exclude(pk__in=known.values("pk"))
        post(OPENED, consultation, people, now=now, not_after=consultation.closes_at)
        replan(consultation, now=now)
    return len(new)


@transaction.atomic
def _announce(consultation: Consultation, now: datetime) -> bool:
    consultation = _locked(consultation)
    if consultation.announced_at is not None or consultation.closes_at > now:
        return False
    consultation.announced_at = now
    consultation.save(update_fields=["announced_at"])
    comments = Contribution.objects.filter(consultation=consultation).in_time().with_words().count()
    verb = gettext_noop("The consultation has closed; contributions: %(comments)s")
    record(verb, consultation.position, by=None, now=now, comments=comments)
    post(CLOSED, consultation, told_of_closing(consultation), now=now)
    replan(consultation, now=now)
    return True


def told_of_closing(consultation: Consultation) -> Iterable[Person]:
    """Who hears that it has closed: everybody who was asked, and whoever opened it."""
    return consultation.contacts() | Person.objects.filter(pk=consultation.opened_by_id)


def reach_of(*, countries: frozenset[str] | None, theme: str) -> tuple[int, int]:
    """(members, contacts) that would be asked now; the scope as `audience_of` takes it."""
    organisations = audience_of(countries=countries, theme=theme)
    return organisations.count(), contacts_of(organisations.values("pk")).count()


def _locked(consultation: Consultation) -> Consultation:
    """Its row orders what is said with its closing."""
    rows = Consultation.objects.select_related("version__position", "own_region")
    return rows.select_for_update(of=("self",)).get(pk=consultation.pk)


def _ask_whom_is_new(consultation: Consultation, now: datetime) -> list[Consulted]:
    new = consultation.audience().exclude(consulted__consultation=consultation).order_by("id")
    return Consulted.objects.bulk_create(
        Consulted(consultation=consultation, organisation=organisation, asked_at=now) for organisation in new
    )


def _move(consultation: Consultation, closes_at: datetime, reason: str, now: datetime) -> None:
    consultation.closes_at, consultation.moved_because = closes_at, reason.strip()
    consultation.scheduled_at, consultation.epoch = now, consultation.epoch + 1
    consultation.save(update_fields=["closes_at", "zone", "moved_because", "scheduled_at", "epoch", "ended_early"])


def _require_open(consultation: Consultation, now: datetime) -> None:
    if has_closed(consultation, now):
        raise TransitionError(_("The consultation has closed already."))


def _require_ready(position: Position, closes_at: datetime, now: datetime) -> None:
    if position.status != Position.Status.DRAFT:
        raise TransitionError(
            _("A position that is “%(state)s” is not put to consultation: only a draft is.")
            % {"state": position.get_status_display()}
        )
    if Consultation.objects.of_position(position).filter(announced_at=None).exists():
        raise TransitionError(_("A consultation on this position is open. It ends before another one begins."))
    if closes_at <= now:
        raise TransitionError(_("The closing hour must lie ahead."))
