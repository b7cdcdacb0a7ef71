"""Resolving: what became of the notices whose worker died, froze or heard no answer.

With the mail server's journal (RELAY_JOURNAL) we know: it took the message, or it did not and it goes out again.
Without one a formal notice goes out again, better twice than never; everything else waits for staff.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DataError, connection, transaction
from django.utils.translation import gettext_noop

from notices.actions.steps import move
from notices.journal import Noted, Place, lines_since, noted
from notices.kind import KINDS, Ambiguity
from notices.models import Delivery, JournalMark, RelayedMail

logger = logging.getLogger(__name__)
KNOWN = gettext_noop("the mail server’s journal has it")
RESCUED = gettext_noop("the mail server never took it")
AGAIN = gettext_noop("nobody knows whether it arrived; formal notices go out again")
HEARD_NOTHING = gettext_noop("the worker stopped before it heard the answer")
MOST = 500  # rows in one go


def follow_journal(*, now: datetime) -> datetime | None:
    """Read what the mail server has noted since last time; returns up to which instant it is known, None without one.

    `now` is the database's clock, read before. Whoever sends calls it first and waits for another who reads: after a
    restore the journal knows of mails that the rows have forgotten. Raises what the database raises: without it nobody
    may say that there is no journal.
    """
    path = Path(settings.RELAY_JOURNAL or "/dev/null")
    if not path.is_file():
        return None
    try:
        while _follow(path, now):
            pass
    except (OSError, ValueError, DataError):  # whatever is wrong with a log, mail goes out
        logger.exception("the mail server's journal could not be read")
        return None
    return now


@transaction.atomic
def _follow(path: Path, now: datetime) -> bool:
    """One piece; True when there may be more."""
    JournalMark.objects.bulk_create([JournalMark(path=str(path))], ignore_conflicts=True)
    mark = JournalMark.objects.select_for_update().get(path=str(path))
    before = Place(mark.inode, mark.offset)
    lines, place = lines_since(path, before)
    if lines:
        _believe(_keep(noted(lines)), now)
    mark.inode, mark.offset, mark.read_at = place.inode, place.offset, now
    mark.save()
    return place != before


def _keep(found: Noted) -> list[str]:
    """Write down what the lines say; returns the Message-IDs that are queued now.

    A message is named again when it is tried again: then its queue is the one that took it, or the last.
    """
    known = RelayedMail.objects.filter(queue_id__in=found.queued).values_list("message_id", flat=True)
    taken = {*known, *(message for queue, message in found.named.items() if queue in found.queued)}
    queues = {message: queue for queue, message in found.named.items()}
    queues |= {message: queue for queue, message in found.named.items() if queue in found.queued}
    rows = [RelayedMail(message_id=message, queue_id=queue) for message, queue in queues.items()]
    RelayedMail.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["message_id"], update_fields=["queue_id"], batch_size=1000
    )
    RelayedMail.objects.filter(message_id__in=taken).update(is_queued=True)
    return list(taken)


def _believe(messages: Iterable[str], now: datetime) -> None:
    """Whatever our rows thought: the mail server has these. What is being sent is left to its worker."""
    held = Delivery.State.HELD  # by staff, before or after a restore
    open_states = [Delivery.State.PLANNED, Delivery.State.DEFERRED, Delivery.State.UNCONFIRMED, held]
    rows = Delivery.objects.filter(message_id__in=list(messages), state__in=open_states)
    for row in rows.select_for_update():
        move(row, Delivery.State.SENT, now=now, reason=KNOWN)


@transaction.atomic
def resolve(*, now: datetime, journal_read: datetime | None) -> int:
    """Settle what can be settled; returns how many. `journal_read`: as `follow_journal` gave it."""
    rows = Delivery.objects.doubtful(now).select_for_update(skip_locked=True).order_by("settled_at")[:MOST]
    settled = 0
    for row in rows:
        if row.state == Delivery.State.SENDING and _is_alive(row):
            continue
        settled += _settle(row, now, journal_read)
    return settled


def _is_alive(row: Delivery) -> bool:
    """Whether its worker still holds the lock it took: frozen perhaps, but it may wake up."""
    if row.lease_owner is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [row.lease_owner])
        return not cursor.fetchone()[0]


def _settle(row: Delivery, now: datetime, journal_read: datetime | None) -> bool:
    if journal_read is not None:
        if RelayedMail.objects.filter(message_id=row.message_id, is_queued=True).exists():
            move(row, Delivery.State.SENT, now=now, reason=KNOWN)
            return True
        if _is_trusted(now):
            return _send_what_was_not_taken(row, now, journal_read)
    if row.kind in KINDS and KINDS[row.kind].ambiguity is Ambiguity.RESEND:
        row.send_at = now
        move(row, Delivery.State.DEFERRED, now=now, reason=AGAIN)
        return True
    if row.state == Delivery.State.SENDING:
        move(row, Delivery.State.UNCONFIRMED, now=now, reason=HEARD_NOTHING)
        return True
    return False


def _is_trusted(now: datetime) -> bool:
    """Whether the journal holds the last mail of which we heard that it was taken: else it is not this server's, or
    its log has stopped, and its silence says nothing."""
    heard = Delivery.objects.filter(state=Delivery.State.SENT, channel=Delivery.Channel.MAIL, settled_by=None)
    heard = heard.filter(settled_at__lte=now - grace()).exclude(reason=KNOWN)
    last = heard.order_by("-settled_at").values_list("message_id", flat=True).first()
    return last is not None and RelayedMail.objects.filter(message_id=last).exists()


def _send_what_was_not_taken(row: Delivery, now: datetime, journal_read: datetime) -> bool:
    # The mail server may still have been writing when the lease was over; and its log may lag behind.
    over = row.lease_until if row.state == Delivery.State.SENDING else row.settled_at
    if over is None or journal_read < over + grace():
        return False
    row.send_at = now
    move(row, Delivery.State.DEFERRED, now=now, reason=RESCUED)
    return True


def grace() -> timedelta:
    """How long a mail that was taken may take to reach the journal."""
    return timedelta(seconds=settings.RELAY_JOURNAL_GRACE_SECONDS)
