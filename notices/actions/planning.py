"""Planning: which notices will be due to whom. Running it again changes nothing."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext_noop

from accounts.models import Person
from notices.hours import MORNING, at_local, outside_quiet_hours
from notices.kind import KINDS, Kind, Slot, kinds_about
from notices.models import NAMESPACE, Delivery, DeliveryEvent

HORIZON = timedelta(days=8)
# How long before its deadline was set a slot may lie and still be sent in arrears: "24 h before" a meeting called
# 23 hours ahead is worth a mail, "14 days before" a milestone made last minute is not.
ARREARS = timedelta(hours=24)


@dataclass(frozen=True)
class Occasion:
    """One slot of one subject for one person: when it is due and until when it makes sense."""

    slot: Slot
    send_at: datetime
    not_after: datetime


def occasions(kind: Kind, subject: Any, person: Person) -> list[Occasion]:
    """The occasions of `subject` for `person`, earliest first, whatever the hour is now.

    A slot makes sense until the next one begins, so that after an outage only the latest is sent, once.
    """
    anchor = kind.anchor(subject)
    if anchor is None:
        return []
    end = at_local(anchor + timedelta(days=1), time(0), person.zone) if not isinstance(anchor, datetime) else anchor
    nominal = sorted(((_nominal(slot, anchor, person.zone), slot) for slot in kind.slots), key=lambda pair: pair[0])
    ends = [instant for instant, _slot in nominal[1:]] + [end]
    since = kind.since(subject)
    return [
        Occasion(slot, in_open_hours(kind, person, instant, end), not_after)
        for (instant, slot), not_after in zip(nominal, ends, strict=True)
        if since is None or instant >= since - ARREARS
    ]


def in_open_hours(kind: Kind, person: Person, instant: datetime, before: datetime | None) -> datetime:
    """When a mail due at `instant` leaves: after the person's quiet hours, or before them if it would be too late."""
    if kind.must_send:
        return instant
    return outside_quiet_hours(instant, person.zone, person.quiet_from, person.quiet_to, before)


def _nominal(slot: Slot, anchor: date | datetime, zone: str) -> datetime:
    if not slot.calendar:
        if not isinstance(anchor, datetime):
            raise TypeError(f"{slot.key} counts hours, but the anchor is a day")
        return anchor - slot.before
    day = anchor.astimezone(ZoneInfo(zone)).date() if isinstance(anchor, datetime) else anchor
    return at_local(day - slot.before, MORNING, zone)


def delivery_for(
    kind: Kind, subject: models.Model, person: Person, slot: str, send_at: datetime, not_after: datetime | None
) -> Delivery:
    """The unsaved row; its id, key and Message-ID depend only on kind, slot, subject, epoch, person and channel."""
    epoch = getattr(subject, "epoch", 0)
    key = f"v1|{kind.key}|{slot}|{subject._meta.label_lower}:{subject.pk}|{epoch}|{person.pk}|mail"
    row_id = uuid.uuid5(NAMESPACE, key)
    return Delivery(
        id=row_id,
        dedupe_key=key,
        kind=kind.key,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        slot=slot,
        epoch=epoch,
        person=person,
        send_at=send_at,
        not_after=not_after,
        message_id=f"<{row_id}@{settings.ALLOWED_HOSTS[0]}>",
    )


def post(
    kind: str,
    subject: models.Model,
    people: Iterable[Person],
    *,
    now: datetime,
    slot: str = "now",
    not_after: datetime | None = None,
) -> int:
    """Plan a notice of `kind` to each of `people` at once (after quiet hours); the same again makes no second one.

    Call it inside the action's transaction. Returns how many are new.
    """
    rows = [
        delivery_for(KINDS[kind], subject, person, slot, in_open_hours(KINDS[kind], person, now, not_after), not_after)
        for person in people
    ]
    return _insert(rows, now)


@transaction.atomic
def replan(subject: models.Model, *, now: datetime) -> None:
    """Bring the plan of all kinds about `subject` up to its present deadline, epoch and audience.

    Call it in the transaction that changed them: a commit always leaves a complete plan.
    """
    for kind in kinds_about(type(subject)):
        wanted = {row.pk: row for row in _wanted(kind, subject, now)}
        # What a worker holds right now is left to it: it asks again before it sends.
        standing = (
            Delivery.objects.about(subject)
            .filter(
                kind=kind.key, state__in=[Delivery.State.PLANNED, Delivery.State.DEFERRED, Delivery.State.CANCELLED]
            )
            .select_for_update(skip_locked=True)
        )
        for row in standing:
            _adjust(row, wanted.get(row.pk), now)
        _insert(list(wanted.values()), now)


def plan(*, now: datetime) -> None:
    """The scheduler's tick: everything due within the horizon has its row."""
    for kind in KINDS.values():
        if kind.slots:
            longest = max(slot.before for slot in kind.slots)
            for subject in kind.subjects(now - timedelta(days=1), now + longest + HORIZON):
                replan(subject, now=now)


@transaction.atomic
def cancel(
    subject: models.Model,
    *,
    reason: str,
    now: datetime,
    kinds: Iterable[str] | None = None,
    people: Iterable[Person] | None = None,
) -> None:
    """Nothing more goes out about `subject` (of these kinds, to these people). What is being sent is not recalled."""
    rows = Delivery.objects.about(subject).waiting().select_for_update(skip_locked=True)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if people is not None:
        rows = rows.filter(person__in=list(people))
    for row in rows:
        move(row, Delivery.State.CANCELLED, now=now, reason=reason)


def move(row: Delivery, state: Delivery.State, *, now: datetime, reason: str = "", by: Any = None) -> None:
    """Step, save and note it in the delivery's own events."""
    before = row.state
    row.step_to(state, now=now, reason=reason)
    row.save()
    DeliveryEvent.objects.create(delivery=row, at=now, from_state=before, to_state=state, by=by, detail=reason)


def _wanted(kind: Kind, subject: Any, now: datetime) -> list[Delivery]:
    return [
        delivery_for(kind, subject, person, one.slot.key, one.send_at, one.not_after)
        for person in kind.audience(subject)
        for one in occasions(kind, subject, person)
        if one.not_after > now and one.send_at <= now + HORIZON
    ]


def _adjust(row: Delivery, wanted: Delivery | None, now: datetime) -> None:
    if wanted is None:
        if row.state == Delivery.State.CANCELLED:
            return
        if row.not_after is not None and row.not_after <= now:
            move(row, Delivery.State.EXPIRED, now=now, reason=gettext_noop("a later reminder took its place"))
        else:
            move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("no longer asked"))
        return
    if row.state == Delivery.State.CANCELLED:
        move(row, Delivery.State.PLANNED, now=now, reason=gettext_noop("asked again"))
    if (row.send_at, row.not_after) != (wanted.send_at, wanted.not_after) and row.state == Delivery.State.PLANNED:
        row.send_at, row.not_after = wanted.send_at, wanted.not_after
        row.save(update_fields=["send_at", "not_after"])


def _insert(rows: list[Delivery], now: datetime) -> int:
    known = set(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    new = [row for row in rows if row.pk not in known]
    for row in new:
        row.settled_at = now
    Delivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
