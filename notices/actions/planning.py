"""Planning: which notices will be due to whom. Running it again changes nothing.

Locks: an action locks its subject and then takes deliveries with SKIP LOCKED; a worker locks a delivery and then its
subject. So whoever holds a subject never waits for a worker, and a worker sees the subject as it is now.
"""

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext_noop

from accounts.models import Person
from notices.actions.life import alone
from notices.actions.steps import AT_ONCE_BY_STAFF, insert, move, too_late
from notices.choices import STOPPED, channels
from notices.kind import KINDS, NO_LONGER_ASKED, Kind, kinds_about
from notices.models import NAMESPACE, TOLD, Delivery
from notices.occasions import daily_mail_after, daily_mail_with, in_open_hours, occasions

logger = logging.getLogger(__name__)
HORIZON = timedelta(days=8)
PLANNER = 7_040_016  # any number; the advisory lock under which the scheduler plans
REVIVABLE = {Delivery.State.PLANNED, Delivery.State.DEFERRED, Delivery.State.CANCELLED, Delivery.State.HELD}


@dataclass(frozen=True)
class Difference:
    """What the plan lacks, and the ids of the rows that do not fit it any more."""

    wanted: dict[uuid.UUID, Delivery]
    new: list[Delivery]
    unfit: list[uuid.UUID]


def delivery_for(
    kind: Kind,
    subject: models.Model,
    person: Person,
    slot: str,
    send_at: datetime,
    not_after: datetime | None,
    channel: str = Delivery.Channel.MAIL,
) -> Delivery:
    """The unsaved row; its id, key and Message-ID depend only on kind, slot, subject, epoch, person and channel."""
    epoch = getattr(subject, "epoch", 0)
    # Within a daily mail or by itself: the same mail, so that whoever changes their mind does not get it twice.
    way = Delivery.Channel.MAIL if channel == Delivery.Channel.DIGEST else channel
    key = f"v1|{kind.key}|{slot}|{subject._meta.label_lower}:{subject.pk}|{epoch}|{person.pk}|{way}"
    row_id = uuid.uuid5(NAMESPACE, key)
    return Delivery(
        id=row_id,
        dedupe_key=key,
        kind=kind.key,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        slot=slot,
        epoch=epoch,
        deadline=_in_words_of_machines(kind.anchor(subject)),
        person=person,
        channel=channel,
        send_at=send_at,
        not_after=not_after,
        message_id=f"<{row_id}@{settings.ALLOWED_HOSTS[0].lstrip('.')}>",
    )


def post(
    kind: str,
    subject: models.Model,
    people: Iterable[Person],
    *,
    now: datetime,
    slot: str = "now",
    not_after: datetime | None = None,
    not_before: datetime | None = None,
) -> int:
    """Plan a notice of `kind` to each of `people` at once (after quiet hours); the same again makes no second one.

    `not_before`: it waits until then, so that one tells of everything that happens meanwhile. Call it inside the action's transaction. Returns how many mails are new.
    """
    asked, earliest = list(people), not_before or now
    reached = channels(KINDS[kind], asked)
    rows = [
        row
        for person in asked
        for parts in [(slot, in_open_hours(KINDS[kind], person, earliest, not_after), not_after)]
        for row in _rows(KINDS[kind], subject, person, parts, reached[person.pk], daily_mail_after(person, earliest))
    ]
    known = set(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    new = [row for row in rows if row.pk not in known]
    insert(new, now)
    return sum(row.channel != Delivery.Channel.INBOX for row in new)


@transaction.atomic
def replan(subject: models.Model, *, now: datetime) -> None:
    """Bring the plan of all kinds about `subject` up to its present deadline, epoch and audience.

    Call it in the transaction that changed them, with the subject locked: a commit always leaves a complete plan.
    """
    for kind in kinds_about(type(subject)):
        _carry_out(_difference(kind, subject, now), kind, subject, now)


def plan(*, now: datetime) -> bool:
    """The scheduler's tick: everything due within the horizon has its row. One faulty subject stops no other.

    False, at once, while another session plans: two would only do the same twice.
    """
    with alone(PLANNER) as is_alone:
        for kind in [kind for kind in KINDS.values() if kind.slots and is_alone]:
            _plan_kind(kind, now)
    return is_alone


def _plan_kind(kind: Kind, now: datetime) -> None:
    first, last = max(slot.before for slot in kind.slots), min(slot.before for slot in kind.slots)
    overdue = max(-last, timedelta(0))  # a deadline that is over still has the slots after it
    try:
        for subject in kind.subjects(now - timedelta(days=1) - overdue, now + first + HORIZON):
            _plan_one(kind, subject, now)
    except Exception:
        logger.exception("%s was not planned to the end", kind.key)


def _plan_one(kind: Kind, subject: Any, now: datetime) -> None:
    try:
        found = _difference(kind, subject, now)
        if found.new or found.unfit:
            _plan_locked(kind, subject, now)
    except Exception:
        logger.exception("%s about %s was not planned", kind.key, subject.pk)


@transaction.atomic
def _plan_locked(kind: Kind, subject: Any, now: datetime) -> None:
    """What the tick read may be stale. Whoever holds the subject now plans it themselves, or the next tick does."""
    fresh = subject._meta.model._base_manager.select_for_update(skip_locked=True, no_key=True)
    if (locked := fresh.filter(pk=subject.pk).first()) is not None:
        _carry_out(_difference(kind, locked, now), kind, locked, now)


@transaction.atomic
def cancel(
    subject: models.Model,
    *,
    reason: str,
    now: datetime,
    kinds: Iterable[str] | None = None,
    people: Iterable[Person] | None = None,
) -> set[uuid.UUID]:
    """Nothing more goes out about `subject` (of these kinds, to these people). What is being sent is not recalled.

    Returns the ids of the people who would have got it.
    """
    rows = Delivery.objects.about(subject).unsent().select_for_update(skip_locked=True)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if people is not None:
        rows = rows.filter(person__in=list(people))
    spared = set()
    for row in rows:
        move(row, Delivery.State.CANCELLED, now=now, reason=reason)
        spared.add(row.person_id)
    return spared


@transaction.atomic
def revive(subject: models.Model, *, kinds: Iterable[str], reason: str, now: datetime) -> set[uuid.UUID]:
    """What of these kinds was cancelled for `reason` and still makes sense goes out after all; the ids of its people."""
    rows = Delivery.objects.about(subject).filter(state=Delivery.State.CANCELLED, kind__in=list(kinds), reason=reason)
    rows = rows.filter(settled_by=None)  # what staff cancelled stays so, whatever words they chose
    revived = set()
    for row in rows.filter(epoch=getattr(subject, "epoch", 0)).select_for_update(of=("self",)).select_related("person"):
        if row.not_after is None or row.not_after > now:
            row.send_at = in_open_hours(KINDS[row.kind], row.person, now, row.not_after)
            move(row, Delivery.State.PLANNED, now=now, reason=gettext_noop("asked again"))
            revived.add(row.person_id)
    return revived


def _rows(
    kind: Kind,
    subject: models.Model,
    person: Person,
    parts: tuple[str, datetime, datetime | None],
    reached: dict[str, bool],
    morning: datetime | None,
) -> list[Delivery]:
    """One unsaved row per channel; a mail its reader stopped is written down as that, so that nobody looks for it.

    `morning`: of the daily mail that could take it along; what makes no sense until then goes by itself.
    """
    rows = [delivery_for(kind, subject, person, *parts, channel=channel) for channel in reached]
    for row in rows:
        if not reached[row.channel]:
            row.step_to(Delivery.State.CANCELLED, now=row.send_at, reason=STOPPED)
        elif row.channel == Delivery.Channel.DIGEST:
            if morning is None or (row.not_after is not None and row.not_after <= morning):
                row.channel = Delivery.Channel.MAIL
            else:
                row.send_at = morning
    return rows


def _difference(kind: Kind, subject: Any, now: datetime) -> Difference:
    audience = list(kind.audience(subject))
    reached = channels(kind, audience)
    standing = {row.pk: row for row in Delivery.objects.about(subject).filter(kind=kind.key)}
    elsewhere = _know_another(kind, subject, standing.values())
    wanted = {
        row.pk: row
        for person in audience
        for one in occasions(kind, subject, person, knows_another=person.pk in elsewhere)
        if one.not_after > now and one.send_at <= now + HORIZON
        for parts in [(one.slot.key, one.send_at, one.not_after)]
        for row in _rows(kind, subject, person, parts, reached[person.pk], daily_mail_with(kind, person, one))
    }
    return Difference(
        wanted,
        new=[row for row in wanted.values() if row.pk not in standing],
        unfit=[row.pk for row in standing.values() if _is_unfit(row, wanted.get(row.pk), now)],
    )


def _know_another(kind: Kind, subject: Any, standing: Iterable[Delivery]) -> set[uuid.UUID]:
    """Ids of the people whom the last reminder before the deadline moved told another one than now.

    Only a material move raises the epoch: to another day, or by an hour or more. So small ones make no mail, and of
    two moves before the mail has left only the second counts.
    """
    told: dict[uuid.UUID, Delivery] = {}
    for row in standing:
        is_older = row.epoch < getattr(subject, "epoch", 0) and row.deadline and row.state in TOLD
        if is_older and (row.person_id not in told or told[row.person_id].epoch < row.epoch):
            told[row.person_id] = row
    now_due = _in_words_of_machines(kind.anchor(subject)) if kind.tells_moves else None
    return {person for person, row in told.items() if now_due and row.deadline != now_due}


def _in_words_of_machines(anchor: date | datetime | None) -> str:
    return (anchor.astimezone(UTC) if isinstance(anchor, datetime) else anchor).isoformat() if anchor else ""


def _is_unfit(row: Delivery, wanted: Delivery | None, now: datetime) -> bool:
    if row.state not in REVIVABLE or (row.state == Delivery.State.CANCELLED and row.settled_by_id):  # by staff
        return False
    if wanted is None or wanted.state == Delivery.State.CANCELLED:
        return row.state != Delivery.State.CANCELLED
    if row.state == Delivery.State.HELD:
        return False
    # A due one may have been put off, by the server or by quiet hours: its hour is its own now.
    is_free = row.state == Delivery.State.PLANNED and row.reason != AT_ONCE_BY_STAFF
    moved = is_free and wanted.send_at > now and (wanted.send_at, wanted.channel) != (row.send_at, row.channel)
    return row.state == Delivery.State.CANCELLED or moved or wanted.not_after != row.not_after


def _carry_out(difference: Difference, kind: Kind, subject: Any, now: datetime) -> None:
    # What a worker holds right now is left to it: it asks again before it sends.
    rows = list(Delivery.objects.filter(pk__in=difference.unfit).select_for_update(skip_locked=True))
    asked = {row.person_id for row in difference.wanted.values()}
    why_gone = kind.why_gone(subject, {row.person_id for row in rows} - asked)
    for row in rows:
        wanted = difference.wanted.get(row.pk)
        if not _is_unfit(row, wanted, now):
            continue
        if wanted is None:
            _drop(row, subject, now, why_gone.get(row.person_id, NO_LONGER_ASKED))
        elif wanted.state == Delivery.State.CANCELLED:  # stopped by its reader
            move(row, Delivery.State.CANCELLED, now=now, reason=STOPPED)
        else:
            _adjust(row, wanted, kind, subject, now)
    insert(difference.new, now)


def _drop(row: Delivery, subject: Any, now: datetime, why_gone: str) -> None:
    if row.epoch != getattr(subject, "epoch", 0):
        move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("the date moved"))
    elif row.not_after is not None and row.not_after <= now:
        move(row, Delivery.State.EXPIRED, now=now, reason=too_late(row))
    else:
        move(row, Delivery.State.CANCELLED, now=now, reason=why_gone)


def _adjust(row: Delivery, wanted: Delivery, kind: Kind, subject: Any, now: datetime) -> None:
    if row.state == Delivery.State.CANCELLED:
        if kind.why_not(subject, row.person, now):  # it would only be cancelled again
            return
        move(row, Delivery.State.PLANNED, now=now, reason=gettext_noop("asked again"))
    if row.state == Delivery.State.PLANNED and row.reason != AT_ONCE_BY_STAFF:
        row.send_at, row.channel = wanted.send_at, wanted.channel
    row.not_after, row.deadline = wanted.not_after, wanted.deadline
    row.save(update_fields=["send_at", "channel", "not_after", "deadline"])
