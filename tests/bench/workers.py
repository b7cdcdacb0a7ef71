"""Worker processes of the benchmark: they begin at the same moment, and the last one's end counts."""

import math
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

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
STAT = Path("/proc/stat")
FORKS.set_forkserver_preload(["tests.bench.workers"])


@dataclass(frozen=True)
class Took:
    """What all workers did, and how long until the last had come to its end: seconds on the wall, and of processor time
    of all of them together. `busy`: the share of the machine's processors that was at work, for whomever.
    """

    count: int
    seconds: float
    cpu: float
    busy: float

    @property
    def rate(self) -> float:
        """Per second."""
        return self.count / self.seconds


def timed(act: Callable[[], int], workers: int, ports: Sequence[int] = ()) -> Took:
    """What `act`, which says how many rows it saw to, takes in each of so many processes at once; each speaks to a mail
    server of its own, on one of `ports`.
    """
    connection.close()
    gate, ends = FORKS.Barrier(workers + 1), FORKS.Queue()
    processes = [
        FORKS.Process(target=_once_open, args=(gate, ends, act, ports[number] if ports else 0), daemon=True)
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    gate.wait()
    began, ticks = time.monotonic(), ticks_of_processors()
    found = [ends.get() for _process in processes]
    for process in processes:
        process.join()
    passed = ticks_of_processors() - ticks
    counts, ended, cpu = zip(*found, strict=True)
    busy = passed["work"] / passed.total() if passed else math.nan
    return Took(sum(counts), max(ended) - began, sum(cpu), busy)


def ticks_of_processors() -> Counter[str]:
    """What all processors have done since the machine started (proc(5)): "idle", or at work; nothing where no kernel
    says so.
    """
    if not STAT.exists():
        return Counter()
    ticks = [int(word) for word in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]  # waiting for a disk is no work
    return Counter(idle=idle, work=sum(ticks) - idle)


def _once_open(gate, ends, act: Callable[[], int], port: int) -> None:
    """A worker runs for days: the first mail, for which it loads what it needs, comes before the clock is started."""
    settings.EMAIL_PORT = port or settings.EMAIL_PORT
    send_due(now=database_now(), most=1)
    gate.wait()
    cpu = time.process_time()
    count = act()
    ends.put((count, time.monotonic(), time.process_time() - cpu))


def send_all() -> int:
    count = 0
    while sent := send_due(now=database_now(), most=100_000):
        count += sent
    return count


def keep_sending() -> int:
    """As the schedule does, until nothing is left for the next minute."""
    count = 0
    while Delivery.objects.waiting().filter(send_at__lte=database_now() + MINUTE).exists():
        count += send_due(now=database_now())
        time.sleep(1)
    return count


def claim_all() -> int:
    count = 0
    while (claims := reserve(Watch(database_now()))) is not None:
        count += sum(executed(claim.take()) for claim in claims)
    return count
