"""Real threads on PostgreSQL, for tests of races."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import TransitionError


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run `acts` at the same moment; what they return, in order, or the TransitionError they raise."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        gate.wait(timeout=10)
        return alone(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, act) for act in acts]]


def in_turn(rows: QuerySet[Any], *acts: Callable[[], Any]) -> list[Any]:
    """Run `acts` at once, each begun before the first goes on: `rows` are held until all wait for them, and they come
    by in this order. What they return, in order, or the TransitionError they raise.
    """
    with ThreadPoolExecutor(len(acts)) as pool:
        with transaction.atomic():
            list(rows.select_for_update())
            futures = []
            for number, act in enumerate(acts, start=1):
                futures.append(pool.submit(alone, act))
                wait_until_blocked(number)
        return [future.result(timeout=60) for future in futures]


def alone(act: Callable[[], Any]) -> Any:
    """Run `act` on the connection of its own thread, which is closed after it."""
    try:
        return act()
    except TransitionError as refusal:
        return refusal
    finally:
        connection.close()


def wait_until_blocked(number: int) -> None:
    """Until `number` sessions of this database wait for a row that somebody else holds."""
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT l.pid FROM pg_locks l"
                " JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database())"
            )
            if cursor.fetchone()[0] == number:
                return
        time.sleep(0.02)
    pytest.fail(f"{number} sessions should wait for each other, and do not")
