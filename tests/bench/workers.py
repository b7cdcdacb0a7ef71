"""Worker processes of the benchmark: they begin at the same moment, and the last one's end counts."""

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.clock import database_now  # noqa: E402
from notices.actions.claiming import Watch, reserve  # noqa: E402
from notices.actions.sending import send_due  # noqa: E402
from notices.actions.statements import executed  # noqa: E402
from notices.models import Delivery  # noqa: E402

FORKS = multiprocessing.get_context("forkserver")
MINUTE = timedelta(minutes=1)
FORKS.set_forkserver_preload(["tests.bench.workers"])


@dataclass(frozen=True)
class Took:
    """Until the last worker had come to its end: seconds on the wall, and of processor time of all workers together."""

    seconds: float
    cpu: float


def timed(act: Callable[[], None], workers: int, ports: Sequence[int] = ()) -> Took:
    """What `act` takes in each of so many processes at once; each speaks to a mail server of its own, on one of `ports`."""
    connection.close()
    gate, ends = FORKS.Barrier(workers + 1), FORKS.Queue()
    processes = [
        FORKS.Process(target=_once_open, args=(gate, ends, act, ports[number] if ports else 0), daemon=True)
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    gate.wait()
    began = time.monotonic()
    found = [ends.get() for _process in processes]
    for process in processes:
        process.join()
    return Took(max(end for end, _cpu in found) - began, sum(cpu for _end, cpu in found))


def _once_open(gate, ends, act: Callable[[], None], port: int) -> None:
    settings.EMAIL_PORT = port or settings.EMAIL_PORT
    send_due(now=database_now(), most=0)  # what the first call alone costs
    gate.wait()
    cpu = time.process_time()
    act()
    ends.put((time.monotonic(), time.process_time() - cpu))


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
