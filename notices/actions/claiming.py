"""Claiming: reserve some due rows, asking once more whether they are still due; then take each just before it leaves.

A reserved row stands as before: an action may cancel it, and if its worker dies another takes it some seconds later.
Only a row that was taken stands as "being sent", and only of those may anybody have to ask what became of them.
"""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext_noop, override

from accounts.models import primary_email
from notices.actions.statements import taking, taking_with_parts
from notices.actions.steps import move, too_late
from notices.choices import STOPPED, is_stopped
from notices.compose import part_of
from notices.daily import DAILY, Part, in_daily_mail
from notices.kind import KINDS, Kind
from notices.models import Delivery, is_suppressed
from notices.occasions import in_open_hours

AT_ONCE = 100  # rows in the first reservation: what is asked once for all of them costs each little
FEWEST, MOST = 10, 400  # rows in a later one, by the pace of the one before
FRESH = 1.0  # seconds a reservation holds: what was asked longer ago is asked again before the mail leaves
FENCE = 0.8  # of the lease: later than that no text may leave
ELAPSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60)]
MOST_ATTEMPTS = 50  # about two days, as mail servers do
NO_ADDRESS = gettext_noop("no e-mail address")
COMES_BACK = gettext_noop("mails to this address come back")
OUR_FAULT = gettext_noop("an error on our side; the log says which")


class Unsendable(Exception):
    """A kind could not say whether its notices are still due; `args` holds the deliveries' ids."""


class Watch:
    """The database's clock, read once, and what has passed since by a clock that nobody can set."""

    def __init__(self, now: datetime) -> None:
        self.began = time.clock_gettime(ELAPSED)
        self.read = now

    def passed(self) -> float:
        """Seconds since it was made."""
        return time.clock_gettime(ELAPSED) - self.began

    def instant(self) -> datetime:
        """The present instant by the database's clock."""
        return self.read + timedelta(seconds=self.passed())


def at_this_pace(count: int, seconds: float) -> int:
    """How many rows to reserve next when `count` left in so many seconds: what leaves while a reservation holds.

    A quick server is not kept waiting for questions, and for a slow one nothing is asked in vain.
    """
    return max(FEWEST, min(MOST, int(count / max(seconds, 0.001) * FRESH / 2)))


@dataclass
class Claim:
    """A row that is reserved for us, and once it is taken ours until its lease is over."""

    delivery: Delivery
    subject: Any
    email: str
    watch: Watch
    asked: float
    taken: float = 0.0
    parts: list[uuid.UUID] = field(default_factory=list)  # of a daily mail: ids of what its text names

    @property
    def is_fresh(self) -> bool:
        return self.watch.passed() - self.asked < FRESH

    def take(self) -> tuple[str, list[Any]]:
        """The statement that makes the row ours: from then on its text may leave."""
        row, now, self.taken = self.delivery, self.watch.instant(), self.watch.passed()
        row.attempts, row.sent_to = row.attempts + 1, self.email
        row.step_to(Delivery.State.SENDING, now=now)
        until = now + timedelta(seconds=settings.NOTICES_LEASE_SECONDS)
        return taking_with_parts(row, until, self.parts) if self.parts else taking(row, until)

    def in_time(self) -> bool:
        """Whether the lease is far from over. A frozen worker must not send what others call unconfirmed."""
        return self.watch.passed() - self.taken < settings.NOTICES_LEASE_SECONDS * FENCE


@transaction.atomic
def reserve(watch: Watch, owner: int | None = None, most: int = AT_ONCE) -> list[Claim] | None:
    """Reserve the next due rows. None: nothing is due; an empty list: none of them was due after all, or all are busy.

    `owner`: the lock that proves its worker alive. Alone, a row waits for whoever changes its subject; of several,
    such a row is left for later. Raises Unsendable when a kind fails.
    """
    asked, now = watch.passed(), watch.instant()
    rows = _due_rows(now, most)
    if not rows:
        return None
    subjects, claims = locked_subjects(rows, waits=len(rows) == 1), []
    for (key, content_type, object_id), group in _grouped(rows).items():
        if (content_type, object_id) in subjects:
            subject = subjects[content_type, object_id]
            claims += [Claim(row, subject, row.email, watch, asked) for row in _still_due(key, subject, group, now)]
        for row in group if key == DAILY else ():
            claims = _with_parts(row, claims, now)
    _hold(claims, owner, now + timedelta(seconds=FRESH))
    return claims


def _due_rows(now: datetime, most: int) -> list[Any]:
    rows = Delivery.objects.due(now).select_for_update(skip_locked=True, of=("self",)).select_related("person")
    return list(_annotated(rows)[:most])


def _annotated(rows: Any) -> Any:
    known = rows.annotate(email=primary_email(), is_stopped=is_stopped(), is_suppressed=is_suppressed())
    return known.order_by("send_at", "id")


def _with_parts(daily: Any, claims: list[Claim], now: datetime) -> list[Claim]:
    """`claims`, the one of `daily` with what it takes along; without it when nothing is left, or some of it is busy."""
    claim = next((one for one in claims if one.delivery is daily), None)
    if claim is None and daily.state != Delivery.State.FAILED:
        return claims
    others = [one for one in claims if one is not claim]
    wanted = Delivery.objects.parts_waiting().filter(in_daily_mail(daily, now), person=daily.person_id)
    rows = list(_annotated(wanted.select_for_update(skip_locked=True, of=("self",)).select_related("person")))
    subjects = locked_subjects(rows, waits=False)
    if len(rows) < wanted.count() or any((row.content_type_id, row.object_id) not in subjects for row in rows):
        daily.send_at = now + timedelta(seconds=FRESH)  # what somebody is changing is not left out
        daily.save(update_fields=["send_at"])
        return others
    parts = [part for row in rows for part in _part(row, subjects[row.content_type_id, row.object_id], daily, now)]
    if claim is None:
        return others
    if not parts:
        move(daily, Delivery.State.CANCELLED, now=now, reason=gettext_noop("nothing is left that it would tell"))
        return others
    claim.subject.parts, claim.parts = [part for _pk, part in parts], [pk for pk, _part in parts]
    return claims


def _part(row: Any, subject: Any, daily: Delivery, now: datetime) -> list[tuple[uuid.UUID, Part]]:
    """Asked as if it went by itself. What fails with its daily mail stays with it."""
    if daily.state == Delivery.State.FAILED:
        Delivery.objects.filter(pk=row.pk).update(digest=daily)
    try:
        due = _still_due(row.kind, subject, [row], now)
        with override(row.person.language):
            return [(one.pk, part_of(one, subject, now)) for one in due]
    except (OperationalError, Unsendable):
        raise
    except Exception as error:
        raise Unsendable(row.pk) from error


def _grouped(rows: Iterable[Delivery]) -> dict[tuple[str, int, uuid.UUID], list[Any]]:
    """{(kind, content type, id of the subject): its rows}"""
    groups = defaultdict(list)
    for row in rows:
        groups[row.kind, row.content_type_id, row.object_id].append(row)
    return groups


def _hold(claims: list[Claim], owner: int | None, until: datetime) -> None:
    token = uuid.uuid4()
    for claim in claims:
        claim.delivery.lease_token, claim.delivery.lease_owner = token, owner
    rows = Delivery.objects.filter(pk__in=[claim.delivery.pk for claim in claims])
    rows.update(lease_token=token, lease_owner=owner, lease_until=until)


def release(claims: Iterable[Claim]) -> None:
    """Leave what was reserved and not taken to whoever comes next."""
    for token in {claim.delivery.lease_token for claim in claims}:
        Delivery.objects.waiting().filter(lease_token=token).update(lease_until=None)


def locked_subjects(rows: Iterable[Delivery], *, waits: bool) -> dict[tuple[int, uuid.UUID], Any]:
    """{(content type, id): the subject as it is now, held until we commit, or None when it is gone}.

    Without those that somebody else holds, unless we wait. After the rows, never before them: an action that holds
    the subject skips our rows, so neither waits for a mail.
    """
    wanted = defaultdict(set)
    for row in rows:
        wanted[row.content_type_id].add(row.object_id)
    found: dict[tuple[int, uuid.UUID], Any] = {}
    for content_type, ids in wanted.items():
        model = ContentType.objects.get_for_id(content_type).model_class()
        subjects = _locked(model, ids, waits=waits) if model else dict.fromkeys(ids)
        found |= {(content_type, pk): subject for pk, subject in subjects.items()}
    return found


def _locked(model: type[models.Model], ids: set[uuid.UUID], *, waits: bool) -> dict[uuid.UUID, Any]:
    table, lock = connection.ops.quote_name(model._meta.db_table), "FOR SHARE" if waits else "FOR SHARE SKIP LOCKED"
    sql = f"SELECT * FROM {table} WHERE id = ANY(%s) {lock}"  # noqa: S608 - our table
    found: dict[uuid.UUID, Any] = {one.pk: one for one in model._base_manager.raw(sql, [list(ids)])}
    missing = ids - found.keys()
    busy = set(model._base_manager.filter(pk__in=missing).values_list("pk", flat=True)) if missing else set()
    return found | dict.fromkeys(missing - busy)


def _still_due(key: str, subject: Any, rows: list[Any], now: datetime) -> list[Any]:
    """Ask the rows once more; without those cancelled, expired, failed or put off here."""
    kind = KINDS.get(key)
    try:
        reasons = _reasons(kind, subject, rows, now) if kind and subject is not None else {}
        due = [row for row in rows if _is_still_due(row, kind, subject, reasons.get(row.pk, ""), now)]
        if kind and due:
            kind.prepare(subject, [row.person for row in due])
        return due
    except OperationalError:  # a deadlock, a lost connection: no fault of these rows
        raise
    except Exception as error:
        raise Unsendable(*[row.pk for row in rows]) from error


def _is_still_due(row: Any, kind: Kind | None, subject: Any, reason: str, now: datetime) -> bool:
    if kind is None or subject is None:
        move(row, Delivery.State.CANCELLED, now=now, reason=gettext_noop("what it was about is gone"))
    elif row.not_after is not None and now >= row.not_after:
        move(row, Delivery.State.EXPIRED, now=now, reason=too_late(row))
    elif row.is_stopped and not kind.kept_because:
        move(row, Delivery.State.CANCELLED, now=now, reason=STOPPED)
    elif reason:
        move(row, Delivery.State.CANCELLED, now=now, reason=reason)
    elif (opens := in_open_hours(kind, row.person, now, row.not_after)) != now:
        _put_off(row, opens, now)
    elif row.email is None or row.is_suppressed:
        move(row, Delivery.State.FAILED, now=now, reason=COMES_BACK if row.email else NO_ADDRESS)
    else:
        return True
    return False


def no_longer_due(kind: Kind, row: Delivery, subject: Any, now: datetime) -> str:
    """Why this notice, on whatever channel, tells its reader nothing any more; empty while it does."""
    return _reasons(kind, subject, [row], now).get(row.pk, "")


def _reasons(kind: Kind, subject: Any, rows: list[Delivery], now: datetime) -> dict[uuid.UUID, str]:
    """{row id: reason} for those that tell their readers nothing any more; the kind is asked once for all of them."""
    epoch, date_moved = getattr(subject, "epoch", 0), gettext_noop("the date moved")
    reasons = {row.pk: date_moved for row in rows if row.epoch != epoch}
    rows = [row for row in rows if row.epoch == epoch]
    if kind.slots and kind.anchor(subject) is None:
        return reasons | {row.pk: gettext_noop("nothing is awaited any more") for row in rows}
    against = kind.why_not_each(subject, [row.person for row in rows], now) if rows else {}
    return reasons | {row.pk: against[row.person_id] for row in rows if row.person_id in against}


def _put_off(row: Delivery, opens: datetime, now: datetime) -> None:
    """To the next hour at which its person takes mail; it lies behind us when none is left before it makes no sense."""
    if opens < now:
        reason = gettext_noop("no hour outside the person's quiet hours was left")
        move(row, Delivery.State.EXPIRED, now=now, reason=reason)
    else:
        row.send_at = opens
        row.save(update_fields=["send_at"])


@transaction.atomic
def put_back(delivery: uuid.UUID, *, now: datetime) -> None:
    """A row whose kind fails must not stand before all others for ever; a mended kind finds it again."""
    row = Delivery.objects.waiting().select_for_update(skip_locked=True).filter(pk=delivery).first()
    if row is not None:
        row.attempts += 1
        row.send_at = now + pause(row)
        is_hopeless = row.attempts >= MOST_ATTEMPTS
        move(row, Delivery.State.FAILED if is_hopeless else Delivery.State.DEFERRED, now=now, reason=OUR_FAULT)


def pause(row: Delivery) -> timedelta:
    """How long until it is tried again."""
    return BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
