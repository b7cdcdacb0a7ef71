"""What reminders cost: planning, claiming, and sending beside a bare loop that sends the same messages.

`python -m tests.bench.reminders PART` in the environment of a site whose mail server is setup/mail.py.
"""

import json
import multiprocessing
import os
import smtplib
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.clock import database_now  # noqa: E402
from accounts.models import Address, Person  # noqa: E402
from meetings.models import Attendance, Meeting  # noqa: E402
from notices.actions.planning import replan  # noqa: E402
from notices.actions.sending import send_due  # noqa: E402
from notices.models import Delivery  # noqa: E402
from tests import factories  # noqa: E402

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.bench.reminders"])
AWAKE = {"quiet_from": "00:00", "quiet_to": "00:00"}


def given_meetings(meetings: int, people: int) -> int:
    """As many meetings in 20 hours, as many people invited long ago to each: as many reminders due now."""
    now = database_now()
    made = Person.objects.bulk_create(Person(display_name=f"Person {n}", zone="Africa/Nairobi", **AWAKE) for n in range(people))
    Address.objects.bulk_create(Address(person=one, email=f"{one.pk.hex}@people.example", is_primary=True) for one in made)
    for _number in range(meetings):
        past = now - timedelta(days=10)
        meeting = factories.MeetingFactory(starts_at=now + timedelta(hours=20), scheduled_at=past)
        Attendance.objects.bulk_create(
            Attendance(meeting=meeting, person=one, invited_at=past) for one in made
        )
        replan(meeting, now=now)
    return Delivery.objects.due(database_now()).count()


def send_all(gate, done) -> None:
    send_due(now=database_now(), most=0)
    gate.wait()
    while send_due(now=database_now(), most=100_000):
        pass
    done.put(time.monotonic())


def timed(workers: int) -> float:
    gate, done = FORKS.Barrier(workers + 1), FORKS.Queue()
    processes = [FORKS.Process(target=send_all, args=(gate, done), daemon=True) for _number in range(workers)]
    for process in processes:
        process.start()
    gate.wait()
    began = time.monotonic()
    return max(done.get() for _process in processes) - began


def bare(messages: list[tuple[str, str, bytes]]) -> float:
    began = time.monotonic()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as smtp:
        for sender, recipient, text in messages:
            smtp.sendmail(sender, [recipient], text)
    return time.monotonic() - began


def arrived(folder: Path) -> list[tuple[str, str, bytes]]:
    messages = []
    for path in sorted(folder.glob("*.eml")):
        first, second, text = path.read_bytes().split(b"\r\n", 2)
        messages.append((first[14:-1].decode(), second[14:].decode(), text))
    return messages


if __name__ == "__main__":
    n, people = int(sys.argv[1]), int(sys.argv[2])
    mails = Path(sys.argv[3])
    for workers in (1, 2):
        Delivery.objects.all().exists()
        count = given_meetings(n, people)
        connection.close()
        seconds = timed(workers)
        print(f"{workers} workers: {count} in {seconds:.1f} s = {count / seconds:.0f}/s, left {Delivery.objects.due(database_now()).count()}", flush=True)
        if workers == 1:
            messages = arrived(mails)
            assert len(messages) == count, len(messages)
            seconds = bare(messages)
            print(f"bare: {len(messages) / seconds:.0f}/s; {len(messages[0][2])} bytes", flush=True)
    print(f"bare: {len(messages) / bare(messages):.0f}/s")
