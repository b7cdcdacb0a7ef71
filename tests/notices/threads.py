"""Real threads on PostgreSQL, for tests of races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(number)` in `count` threads that start at the same moment; their results, or the first's exception."""
    gate = Barrier(count)

    def one(number: int) -> Any:
        try:
            gate.wait(timeout=10)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, number) for number in range(count)]]
