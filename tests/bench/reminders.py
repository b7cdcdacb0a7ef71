"""What reminders cost: planning, claiming, and sending beside a bare loop that sends the same messages.

`python -m tests.bench.reminders FOLDER:PORT FOLDER:PORT [--million]` in the environment of a site with two mail servers,
setup/mail.py, which keep their mails in these folders: each worker has its own, as mail servers have a process for each
connection, so that two workers do not wait for one. Prints figures; exits with 1 when one breaks what the design demands.
"""

import os
import resource
import smtplib
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402

from accounts.clock import database_now  # noqa: E402
from accounts.models import Address, Person  # noqa: E402
from meetings.models import Attendance, Meeting  # noqa: E402
from notices.actions.planning import replan  # noqa: E402
from notices.models import Delivery  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench.workers import Took, claim_all, keep_sending, send_all, timed  # noqa: E402

MAILS, ROUNDS = 4500, 3
AWAKE = {"quiet_from": "00:00", "quiet_to": "00:00", "keeps_weekend": False}
LEAST_OF_BARE, LEAST_WITH_TWO, LATEST = 0.5, 1.5, 60.0


def people(count: int) -> list[Person]:
    made = Person.objects.bulk_create(
        Person(display_name=f"Person {number}", zone="Africa/Nairobi", **AWAKE) for number in range(count)
    )
    Address.objects.bulk_create(
        Address(person=one, email=f"{one.pk.hex}@people.example", is_primary=True) for one in made
    )
    return made


def meetings(count: int, invited: list[Person]) -> list[Meeting]:
    """In 20 hours, called long ago: the reminder of the day before is due for each of the invited."""
    now = database_now()
    past = now - timedelta(days=10)
    made = [
        factories.MeetingFactory(starts_at=now + timedelta(hours=20), scheduled_at=past) for _number in range(count)
    ]
    for meeting in made:
        Attendance.objects.bulk_create(Attendance(meeting=meeting, person=one, invited_at=past) for one in invited)
    return made


def due_now(count: int, invited: list[Person]) -> int:
    """So many reminders per person are due, and nothing else; how many that is."""
    Delivery.objects.waiting().update(send_at=F("send_at") + timedelta(days=400))
    for meeting in meetings(count, invited):
        replan(meeting, now=database_now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notices_delivery")  # as autovacuum does within minutes
    return Delivery.objects.due(database_now()).count()


def planning(sizes: list[int]) -> Iterator[str]:
    """Each size is so many occurrences: two slots of each of the invited, a thousand to a meeting."""
    rates, invited = {}, people(500)
    for size in sizes:
        made = meetings(size // 1000, invited)
        before, began = Delivery.objects.count(), time.monotonic()
        for meeting in made:
            replan(meeting, now=database_now())
        rows, seconds = Delivery.objects.count() - before, time.monotonic() - began
        rates[size] = rows / seconds
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(f"planning {rows:9,} rows: {rates[size]:6,.0f} rows/s, {memory:.0f} MB", flush=True)
    if max(rates.values()) > 1.5 * min(rates.values()):
        yield "planning: its cost is not linear"


def claiming() -> None:
    invited = people(500)
    for workers in (1, 2, 4):
        due_now(10, invited)
        print(f"claiming with {workers} workers: {timed(claim_all, workers).rate:6,.0f} rows/s", flush=True)


@dataclass(frozen=True)
class MailServer:
    folder: Path
    port: int

    def mails(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"))


def sending(servers: list[MailServer]) -> Iterator[str]:
    invited = people(MAILS // 5)
    tries: dict[int, list[Took]] = {1: [], 2: []}
    floor, messages = [], []
    for _round in range(ROUNDS):  # in turn, so that a slow moment of the machine hits all alike
        for workers, found in tries.items():
            already, rows = [len(one.mails()) for one in servers], due_now(5, invited)
            took = timed(send_all, workers, [one.port for one in servers])
            found.append(took)
            messages = [mail for one, count in zip(servers, already, strict=True) for mail in arrived(one, count)]
            if len(messages) != rows:
                yield f"sending: {rows} were due and {len(messages)} arrived"
        floor.append(len(messages) / bare(messages, servers[0].port))
    one, two = (statistics.median(took.rate for took in tries[workers]) for workers in (1, 2))
    cpu = [1000 * statistics.median(took.cpu / took.count for took in tries[workers]) for workers in (1, 2)]
    busy = [statistics.median(took.busy for took in tries[workers]) for workers in (1, 2)]
    least = statistics.median(floor)
    print(
        f"sending: bare loop {least:.0f} mails/s; one worker {one:.0f} ({one / least:.0%}), two {two:.0f}"
        f" ({two / one:.2f}x, {two / least:.0%}); each the median of {ROUNDS}. A worker's processor time per mail:"
        f" {cpu[0]:.2f} ms alone, {cpu[1]:.2f} ms beside another; the machine's processors, mail servers and database"
        f" included, were busy for {busy[0]:.0%} and {busy[1]:.0%} of the time"
    )
    if one < LEAST_OF_BARE * least:
        yield f"sending: less than {LEAST_OF_BARE:.0%} of the bare loop"
    if two < LEAST_WITH_TWO * one:
        yield f"sending: two workers send less than {LEAST_WITH_TWO}x as many as one"


def bare(messages: list[tuple[str, str, bytes]], port: int) -> float:
    """Seconds that a loop takes which does nothing but send, over one kept connection to the same server."""
    began = time.monotonic()
    with smtplib.SMTP(settings.EMAIL_HOST, port) as smtp:
        for sender, recipient, text in messages:
            smtp.sendmail(sender, [recipient], text)
    return time.monotonic() - began


def arrived(server: MailServer, already: int) -> list[tuple[str, str, bytes]]:
    """(sender, recipient, text) of the mails that came after the first `already`."""
    lines = [path.read_bytes().split(b"\r\n", 2) for path in server.mails()[already:]]
    return [(first[14:-1].decode(), second[14:].decode(), text) for first, second, text in lines]


def lateness() -> Iterator[str]:
    """6,000 reminders are due, one after the other, within one minute; two workers look every second."""
    due_now(10, people(600))
    rows = Delivery.objects.due(database_now())
    ids, start = list(rows.values_list("pk", flat=True)), database_now() + timedelta(seconds=2)
    for number in range(60):
        rows.filter(pk__in=ids[number::60]).update(send_at=start + timedelta(seconds=number))
    timed(keep_sending, 2)
    waits = sorted(
        (settled - due).total_seconds()
        for settled, due in Delivery.objects.filter(pk__in=ids, state="sent").values_list("settled_at", "send_at")
    )
    middle, late = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    print(f"lateness of {len(waits):,} due within a minute: median {middle:.1f} s, p99 {late:.1f} s")
    if len(waits) < len(ids) or late > LATEST:
        yield f"lateness: p99 of {late:.0f} s, or some of {len(ids)} are missing"


def main(servers: list[MailServer], sizes: list[int]) -> int:
    parts: list[Callable[[], Iterator[str]]] = [lambda: planning(sizes), lambda: sending(servers), lateness]
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    claiming()
    broken = [fault for part in parts for fault in part()]
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}, the workers' own included")
    print("\n".join(broken) or "Within what the design demands.")
    return 1 if broken else 0


if __name__ == "__main__":
    million = [1_000_000] if "--million" in sys.argv else []
    places = [word.rpartition(":") for word in sys.argv[1:] if not word.startswith("-")]
    sys.exit(
        main([MailServer(Path(folder), int(port)) for folder, _colon, port in places], [10_000, 100_000, *million])
    )
