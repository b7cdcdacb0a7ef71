"""One run: four workers, two schedulers, and everything that can go wrong at its share of the way."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

from django.db import Error, connection

from tests.chaos.errands import standing, surely
from tests.chaos.relay import Relay
from tests.chaos.site import Site

FROZEN = 4.0  # seconds: longer than a lease and its grace


@dataclass(frozen=True)
class Size:
    """How much is sent and how much goes wrong meanwhile."""

    errands: int
    people: int
    kills: int
    freezes: int
    crashes: int  # of the database
    away: float  # seconds without a broker, and without a scheduler
    changes: int  # of deadlines, and people who leave
    longest: float  # seconds until we say that something hangs

    @property
    def reminders(self) -> int:
        return self.errands * self.people


SHORT = Size(errands=6, people=40, kills=20, freezes=1, crashes=1, away=1.0, changes=4, longest=200)
LONG = Size(errands=100, people=100, kills=1000, freezes=60, crashes=10, away=60, changes=100, longest=3600)


def plan(size: Size, chance: random.Random, *, changes: bool) -> list[tuple[float, str]]:
    """(share of the way, what goes wrong there), first things first. Half of the dead die after the server's 250."""
    kills = size.kills * 6 // 5 + 2  # one process may be due to die twice at once
    half, rest = kills // 2, kills - kills // 2
    faults = ["after"] * half + ["before"] * (rest // 3) + ["later"] * (rest // 3) + ["kill"] * (rest - 2 * (rest // 3))
    faults += ["freeze"] * size.freezes + ["crash"] * size.crashes + ["no broker", "no beat"]
    faults += ["move", "leave"] * size.changes if changes else []
    return sorted((chance.uniform(0.0, 0.85), fault) for fault in faults)


@dataclass
class Run:
    """Keeps `starts` processes of a kind alive, kills them by the plan, and goes on until nothing is unsettled."""

    site: Site
    relay: Relay
    size: Size
    chance: random.Random
    work: Callable[[], BaseProcess]
    starts: int
    beat: Callable[[int], BaseProcess] | None = None
    change: dict[str, Callable[[], None]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.faults = plan(self.size, self.chance, changes=bool(self.change))
        self.workers = [self.work() for _number in range(self.starts)]
        self.beats = [self.beat(number) for number in range(2)] if self.beat else []
        self.frozen: dict[int, float] = {}
        self.later: list[tuple[float, Callable[[], None]]] = []

    @property
    def share(self) -> float:
        """Of the way that is behind us."""
        return len(self.relay.answered) / self.size.reminders

    def until(self, settled: Callable[[], bool]) -> "Run":
        """Go on until everything is settled and everything has gone wrong. Raises SystemExit when that never comes."""
        end = time.monotonic() + self.size.longest
        try:
            while self.faults or self.later or not surely(settled):
                if time.monotonic() > end:
                    left = [fault for _share, fault in self.faults] or surely(standing)
                    raise SystemExit(f"not settled after {self.size.longest:.0f} s; what is left: {left}")
                for _turn in range(30):
                    self.step()
                    time.sleep(0.01)
        finally:
            for process in [*self.workers, *self.beats]:
                process.kill()
                process.join()
        return self

    def step(self) -> None:
        while self.faults and self.faults[0][0] <= self.share:
            self.go_wrong(self.faults.pop(0)[1])
        for when, act in [pair for pair in self.later if pair[0] <= time.monotonic()]:
            self.later.remove((when, act))
            act()
        for number, worker in enumerate(self.workers):
            if not worker.is_alive():
                self.done["kills" if worker.exitcode == -signal.SIGKILL else "fell"] += 1
                self.workers[number] = self.work()

    def go_wrong(self, fault: str) -> None:
        self.done[fault] += 1
        if fault in self.change:
            self.try_to(fault)
        elif fault in {"after", "before", "later"}:
            self.relay.orders.append(fault)
        elif fault == "kill":
            self.chance.choice(self.workers).kill()
        elif fault == "freeze":
            self.freeze(self.chance.choice(self.workers).pid or 0)
        elif fault == "crash":
            self.site.crash_postgres()
        elif fault == "no broker":
            self.site.stop_broker()
            self.afterwards(self.size.away, self.site.start_broker)
        else:
            self.end_beats()

    def try_to(self, change: str) -> None:
        """Now, or later when the database is down or somebody frozen holds what is to change."""
        try:
            self.change[change]()
        except Error:
            connection.close()
            self.afterwards(0.2, lambda: self.try_to(change))

    def freeze(self, pid: int) -> None:
        signalled(pid, signal.SIGSTOP)
        self.afterwards(FROZEN, lambda: signalled(pid, signal.SIGCONT))

    def end_beats(self) -> None:
        if self.beat:
            for process in self.beats:
                process.kill()
            self.beats, begin = [], self.beat
            self.afterwards(self.size.away, lambda: self.beats.extend(begin(number) for number in range(2)))

    def afterwards(self, seconds: float, act: Callable[[], None]) -> None:
        self.later.append((time.monotonic() + seconds, act))


def signalled(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
