"""Signs of life: whether the scheduler and the worker are there, and whether what is due goes out."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from notices.models import Delivery, Heartbeat

PROCESSES = ("beat", "worker")
COUNTED = 10_000  # rows of one state and channel: what is more costs a scrape nothing
DAY = timedelta(days=1)
# Each state and channel cut on its own: a table of millions costs as much as one of thousands.
COUNT = """
SELECT state, channel, (
    SELECT count(*) FROM (
        SELECT 1 FROM notices_delivery
        WHERE notices_delivery.state = each_state.state AND notices_delivery.channel = each_channel.channel LIMIT %s
    ) AS few
)
FROM unnest(%s::text[]) AS each_state(state), unnest(%s::text[]) AS each_channel(channel)
"""


@dataclass(frozen=True)
class Ages:
    """Seconds since the last sign of life of each, None where there was none; and since when the oldest mail waits."""

    heard: dict[str, float | None]
    oldest_due: float


def let_go_when_frozen() -> None:
    """From now on in this session: a transaction in which nothing happens for NOTICES_FROZEN_SECONDS is rolled back.

    A worker that stands still holds rows that all others wait for: how far the journal was read, subjects, notices.
    One that wakes up finds its session gone and begins anew; what it had taken is found out by `resolving`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = %s", [settings.NOTICES_FROZEN_SECONDS * 1000])


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether no other session holds `lock` (any number); if so this one holds it until the end.

    Nobody waits. A session that died gives the lock back, and one that stands still for NOTICES_FROZEN_SECONDS ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        is_alone = cursor.fetchone()[0]
        if is_alone:
            cursor.execute("SET idle_session_timeout = %s", [settings.NOTICES_FROZEN_SECONDS * 1000])
    try:
        yield is_alone
    finally:
        # A broken connection has given the lock back already.
        with suppress(DatabaseError), connection.cursor() as cursor:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
                cursor.execute("RESET idle_session_timeout")


def beat(process: str, *, now: datetime) -> None:
    """Note that `process` ("beat" or "worker") is alive, or that planning came to its end ("plan")."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(process=process, at=now)], update_conflicts=True, update_fields=["at"], unique_fields=["process"]
    )


def heard() -> dict[str, datetime]:
    """{process: its last sign of life}, of those that ever gave one."""
    return dict(Heartbeat.objects.values_list("process", "at"))


def silent(seen: dict[str, datetime], now: datetime) -> dict[str, datetime | None]:
    """{process: last sign of life or None} for each that has been silent for 15 minutes or longer.

    `seen`: as `heard` gives it. Planning is among them once it has been heard of: in the first half minute of an
    installation it has not.
    """
    awaited = [*PROCESSES, *([Heartbeat.PLAN] if Heartbeat.PLAN in seen else [])]
    return {
        process: seen.get(process)
        for process in awaited
        if process not in seen or now - seen[process] >= Heartbeat.SILENCE
    }


def ages(seen: dict[str, datetime], now: datetime) -> Ages:
    """Of `seen`, as `heard` gives it, and of the oldest mail that nobody has taken."""
    since = Delivery.objects.due(now).order_by("send_at", "id").values_list("send_at", flat=True).first()
    seconds = {
        name: (now - seen[name]).total_seconds() if name in seen else None for name in (*PROCESSES, Heartbeat.PLAN)
    }
    return Ages(seconds, (now - since).total_seconds() if since else 0.0)


def counted() -> dict[tuple[str, str], int]:
    """{(state, channel): how many, at most COUNTED}, in one statement."""
    values: list[Any] = [COUNTED, Delivery.State.values, Delivery.Channel.values]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        return {(state, channel): count for state, channel, count in cursor.fetchall()}


def failed_lately(now: datetime) -> int:
    """How many mails have failed in the last day and still stand so; at most COUNTED."""
    rows = Delivery.objects.by_mail().filter(state=Delivery.State.FAILED, settled_at__gte=now - DAY)
    return rows[:COUNTED].count()
