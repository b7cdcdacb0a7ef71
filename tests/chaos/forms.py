"""The three forms of a run, with the same faults: with the mail server's journal, without it, and a naive loop."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.chaos import processes
from tests.chaos.errands import Errands, Found, is_known, is_settled
from tests.chaos.relay import Relay
from tests.chaos.run import FROZEN, Run, Size
from tests.chaos.site import Site

WORKERS = 4


@dataclass(frozen=True)
class Outcome:
    run: Run
    found: Found

    @property
    def most_unconfirmed(self) -> int:
        """Crashes x concurrency: whatever the dead and the frozen had in hand."""
        done = self.run.done
        return processes.THREADS * (done["kills"] + done["freeze"] + done["crash"] * WORKERS)


def judge_all(site: Site, folder: Path, size: Size, seed: int) -> tuple[str, list[str]]:
    """(the line of figures, what was promised and not kept) after all three forms."""
    prepare()
    with_journal, without, loop = (Relay(folder / name, seed) for name in ("journal", "hold", "naive"))
    outcomes = (
        engine(site, with_journal, size, seed, folder=folder, journal=True),
        engine(site, without, size, seed, folder=folder, journal=False),
        naive(site, loop, size, seed, folder=folder),
    )
    return line(size, seed, *outcomes), list(broken(size, *outcomes))


def prepare() -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:  # a crash of the server, not of the machine: the commits are there
        cursor.execute("ALTER DATABASE coalition SET synchronous_commit = on")
        cursor.execute("CREATE TABLE naive_mail (id int PRIMARY KEY, sent boolean NOT NULL DEFAULT false)")
    connection.close()


def engine(site: Site, relay: Relay, size: Size, seed: int, *, folder: Path, journal: bool) -> Outcome:
    """The house's own engine."""
    empty()
    chance = random.Random(seed)
    errands = Errands(chance)
    errands.give(size.errands, size.people)
    log, port, path = folder / "chaos.log", relay.controller.port, str(relay.journal) if journal else ""
    run = Run(
        site,
        relay,
        size,
        chance,
        work=lambda: processes.start(processes.work, log, port, path),
        starts=WORKERS,
        beat=lambda number: processes.start(processes.beat, log, folder / f"beat-{number}"),
        change={"move": errands.move, "leave": errands.leave},
    )
    return Outcome(run.until(is_known if journal else is_settled), errands.judge(relay))


def naive(site: Site, relay: Relay, size: Size, seed: int, *, folder: Path) -> int:
    """How many mails come more than once from a loop of one process."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO naive_mail (id) SELECT generate_series(1, %s)", [size.reminders])
    dsn = connection.get_connection_params()
    words = " ".join(f"{name}={dsn[name]}" for name in ("dbname", "user", "host"))
    log, port = folder / "naive.log", relay.controller.port
    run = Run(
        site,
        relay,
        size,
        random.Random(seed),
        work=lambda: processes.start(processes.loop_naively, log, port, words),
        starts=1,
    )
    run.until(is_naively_settled)
    return len(relay.accepted) - len(set(relay.accepted))


def is_naively_settled() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM naive_mail WHERE NOT sent")
        return cursor.fetchone()[0] == 0


def empty() -> None:
    """Nothing is left of an earlier form."""
    tables = ", ".join(model._meta.db_table for model in emptied())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def emptied() -> Iterator[type]:
    for label in ("accounts.Person", "notices.Delivery", "notices.RelayedMail", "notices.JournalMark"):
        yield apps.get_model(label)
    yield from apps.get_app_config("errands").get_models()


def line(size: Size, seed: int, with_journal: Outcome, without: Outcome, duplicates: int) -> str:
    done, held = with_journal.run.done, without.found
    return (
        f"chaos (seed {seed}): {size.reminders} reminders, {done['kills']} kills"
        f" ({with_journal.run.relay.killed_after_250} directly after the 250), {done['freeze']} freezes,"
        f" {done['crash']} database crashes: {told(with_journal.found)}; without a journal {told(held)}"
        f" ({held.unconfirmed - held.unheard} by crashes, at most {without.most_unconfirmed});"
        f" naive loop {duplicates} duplicates"
    )


def told(found: Found) -> str:
    return f"{found.lost} lost, {found.duplicates} duplicates, {found.foreign} foreign, {found.unconfirmed} unconfirmed"


def broken(size: Size, with_journal: Outcome, without: Outcome, duplicates: int) -> Iterator[str]:
    """What was promised and not kept; or why the run says nothing."""
    yield from (f"{fault} with a journal" for fault in faults_of(size, with_journal))
    yield from (f"{fault} without a journal" for fault in faults_of(size, without))
    if with_journal.found.unconfirmed:
        yield "unconfirmed in spite of a journal"
    if without.found.unconfirmed - without.found.unheard > without.most_unconfirmed:
        yield "more unconfirmed than the dead had in hand"
    if not duplicates:
        yield "void: these faults do not even make a naive loop send twice"
    if settings.NOTICES_LEASE_SECONDS + settings.RELAY_JOURNAL_GRACE_SECONDS >= FROZEN:
        yield "void: nobody is frozen for longer than a lease"


def faults_of(size: Size, outcome: Outcome) -> Iterator[str]:
    found, done = outcome.found, outcome.run.done
    if found.lost or found.duplicates or found.foreign:
        yield "lost, sent twice or to the wrong reader"
    if done["kills"] < size.kills:
        yield f"void: only {done['kills']} of {size.kills} kills"
    if done["fell"] > done["crash"] * WORKERS:  # without a database a worker may give up: it is started again
        yield f"{done['fell']} workers fell by themselves"
