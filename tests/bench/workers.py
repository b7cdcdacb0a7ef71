"""Worker processes of the benchmark: they begin at the same moment, and the last one's end counts."""

import multiprocessing
import os
import time
from collections.abc import Callable
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.db import connection  # noqa: E402

from accounts.clock import database_now  # noqa: E402
from notices.actions.claiming import Watch, reserve  # noqa: E402
from notices.actions.sending import send_due  # noqa: E402
from notices.actions.statements import executed  # noqa: E402
from notices.models import Delivery  # noqa: E402

FORKS = multiprocessing.get_context("forkserver")
MINUTE = timedelta(minutes=1)
FORKS.set_forkserver_preload(["tests.bench.workers"])


def timed(act: Callable[[], None], workers: int) -> float:
    """Seconds until `act` has come to its end in each of so many processes."""
    connection.close()
    gate, ends = FORKS.Barrier(workers + 1), FORKS.Queue()
    processes = [FORKS.Process(target=_once_open, args=(gate, ends, act), daemon=True) for _number in range(workers)]
    for process in processes:
        process.start()
    gate.wait()
    began = time.monotonic()
    last = max(ends.get() for _process in processes)
    for process in processes:
        process.join()
    return last - began


def _once_open(gate, ends, act: Callable[[], None]) -> None:
    send_due(now=database_now(), most=0)  # what the first call alone costs
    gate.wait()
    act()
    ends.put(time.monotonic())


def send_all() -> None:
    while send_due(now=database_now(), most=100_000):
        pass


def keep_sending() -> None:
    """As the schedule does, until nothing is left for the next minute."""
    while Delivery.objects.waiting().filter(send_at__lte=database_now() + MINUTE).exists():
        send_due(now=database_now())
        time.sleep(1)


def claim_all() -> None:
    while (claims := reserve(Watch(database_now()))) is not None:
        for claim in claims:
            executed(claim.take())
