"""Many at once over real HTTP, against gunicorn with several processes: one answer, one outcome, never a 500.

Short in the suite; `make soak` does 200 rounds of fifty threads and 2,000 closings with five answers around each.
"""

import http.client
import os
import subprocess
import sys
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func
from django.test import Client

from accounts.clock import database_now
from accounts.models import User
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Answer, AnswerChange, Decision, Elector, Round
from setup import ROOT
from setup.ports import any_free_port, page_answers
from tests.decisions.making import alternate_of, committee_of, speaker_of
from tests.factories import PositionFactory, RoundFactory
from tests.threads import alone

pytestmark = pytest.mark.django_db(transaction=True)
IS_SOAK = "SOAK_STEPS" in os.environ
ROUNDS, CLOSINGS = (200, 2000) if IS_SOAK else (2, 12)
THREADS = 50
SEATS = 5  # that answer around a closing
APART = timedelta(milliseconds=4)
TOKEN = "t" * 32


@pytest.fixture
def site(process_environ):
    """The port of a gunicorn with two processes of eight threads on this test's database."""
    port = any_free_port()
    words = ["-m", "gunicorn", "coalition.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "8"]
    server = subprocess.Popen([sys.executable, *words, "--log-level", "error"], cwd=ROOT, env=process_environ)
    try:
        for _turn in range(300):
            if page_answers(port, "localhost"):
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def cookies_of(user) -> str:
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; csrftoken={TOKEN}"


class CommittedAt(Func):
    """When the row with this id was last committed, by the server's own record."""

    template = (
        "pg_xact_commit_timestamp((SELECT xmin FROM decisions_answerchange AS row WHERE row.id = %(expressions)s))"
    )
    output_field = DateTimeField()


def sent(port: int, path: str, cookies: str, *, at: datetime | None = None, **fields: object) -> int:
    """The status of a form that is sent (at an instant) on a connection of its own."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": "localhost",
        "X-CSRFToken": TOKEN,
    }
    with closing(browser):
        browser.connect()
        if at is not None:
            wait_until(at)
        browser.request("POST", path, urlencode(fields), headers)
        with browser.getresponse() as response:
            response.read()
            return response.status


def open_round(committee, closes_at, **fields) -> Round:
    position = PositionFactory(committee=committee, status="open")
    opens_at = database_now() - timedelta(hours=1)
    return RoundFactory(position=position, opens_at=opens_at, closes_at=closes_at, **fields)


def fifty_answers(pool: ThreadPoolExecutor, port: int, cookies: list[str], elector: Elector) -> list[int]:
    """The statuses of as many requests sent at once, by two people who say two things."""
    asked, gate = elector.round, Barrier(THREADS)
    fields = {"version": asked.version_id, "elector": elector.pk, "visibility": "steering"}
    path = f"/positions/{asked.version.position_id}/answer/"

    def one(number: int) -> int:
        said = "approve" if number % 4 < 2 else "abstain"
        gate.wait(timeout=60)
        return sent(port, path, cookies[number % 2], choice=said, **fields)

    return list(pool.map(one, range(THREADS)))


def test_fifty_at_once_on_one_seat_leave_one_answer(site, record_property):
    """Double clicks, two tabs, representative and alternate; every other one says something else."""
    committee = committee_of(2)
    seat = committee.seats.first().terms.get()
    elector = open_round(committee, database_now() + timedelta(days=1)).electors.get(term=seat)
    cookies = [cookies_of(one) for one in (speaker_of(elector), alternate_of(elector))]
    statuses: Counter[int] = Counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for _round in range(ROUNDS):
            asked = open_round(committee, database_now() + timedelta(days=1))
            elector = asked.electors.get(term=seat)
            statuses.update(fifty_answers(pool, site, cookies, elector))
            changes = AnswerChange.objects.filter(elector=elector).order_by("at")
            stands, last = Answer.objects.get(elector__round=asked), changes.last()
            assert (stands.choice, stands.by_id, stands.at) == (last.choice, last.by_id, last.at)
            assert len({change.at for change in changes}) == len(changes)
    record_property(
        "figures", f"{ROUNDS} rounds of {THREADS} threads on one answer over HTTP: statuses {dict(statuses)}"
    )
    assert set(statuses) == {302}


@dataclass(frozen=True)
class Hit:
    """One answer at a closing: how long after it (negative: before) it was taken, and was committed."""

    taken: timedelta
    committed: timedelta
    is_late: bool


def announce_at(instant: datetime, asked: Round) -> None:
    """As a worker that happens to look at the closing instant itself."""
    connection.ensure_connection()
    wait_until(instant)
    while not Round.objects.filter(pk=asked.pk, announced_at__isnull=False).exists():
        announce_closed_rounds(now=database_now())


def wait_until(instant: datetime) -> None:
    """To some microseconds: the clock of this machine is the database's."""
    time.sleep(max(0, instant.timestamp() - time.time() - 0.001))
    while time.time() < instant.timestamp():
        pass


def volley(pool: ThreadPoolExecutor, port: int, cookies: list[str], asked: Round, middle: datetime) -> list[Hit]:
    """All seats answer, one soon after the other, the middle one at `middle`; the announcer waits for the closing."""
    electors = list(asked.electors.order_by("term__seat__number"))
    fields = {"version": asked.version_id, "choice": "approve", "visibility": "steering"}
    path = f"/positions/{asked.version.position_id}/answer/"

    announced = pool.submit(alone, lambda: announce_at(asked.closes_at, asked))
    answered = [
        pool.submit(sent, port, path, cookie, at=middle + APART * (number - SEATS // 2), elector=elector.pk, **fields)
        for number, (elector, cookie) in enumerate(zip(electors, cookies, strict=True))
    ]
    assert [one.result(timeout=60) for one in answered] == [302] * SEATS
    announced.result(timeout=60)
    changes = AnswerChange.objects.filter(elector__round=asked).annotate(committed=CommittedAt("pk"))
    return [Hit(one.at - asked.closes_at, one.committed - asked.closes_at, one.is_late) for one in changes]


def test_answers_within_milliseconds_of_the_closing_count_exactly_when_they_came_before(site, record_property):
    """What it takes from sending to commit is learnt from the closings before, so that answers fall around the closing.

    The instant that decides is the one an answer was taken at, by the database's clock; and the round's lock: what gets
    it after the announcement is late, whatever its clock said.
    """
    committee = committee_of(SEATS)
    seated = User.objects.filter(person__seats_held__term__seat__committee=committee)
    cookies = [cookies_of(user) for user in seated.order_by("person__seats_held__term__seat__number")]
    hits: list[Hit] = []
    took: deque[timedelta] = deque([timedelta(milliseconds=25)], maxlen=9)
    with ThreadPoolExecutor(SEATS + 1) as pool:
        for _closing in range(CLOSINGS):
            asked = open_round(committee, database_now() + timedelta(milliseconds=120))
            middle = asked.closes_at - sorted(took)[len(took) // 2]
            fell = volley(pool, site, cookies, asked, middle)
            halfway = sorted((one.taken + one.committed) / 2 for one in fell)[SEATS // 2]
            took.append(asked.closes_at + halfway - middle)
            assert_counted_exactly(asked, fell)
            hits += fell
    record_property("figures", figures_of(hits))
    assert {hit.is_late for hit in hits} == {True, False}


def assert_counted_exactly(asked: Round, hits: list[Hit]) -> None:
    """What is not late was taken before the closing; that, and nothing else, stands, is counted and decides."""
    asked.refresh_from_db()
    counted = [hit for hit in hits if not hit.is_late]
    assert len(hits) == SEATS
    assert all(hit.taken < timedelta(0) for hit in counted)
    assert (
        Answer.objects.filter(elector__round=asked).count() == len(counted) == asked.standing(asked.closes_at).tally.yes
    )
    is_carried = len(counted) > SEATS / 2
    assert asked.outcome == ("adopted" if is_carried else "rejected")
    assert [one.counts["approve"] for one in Decision.objects.filter(round=asked)] == [len(counted)] * is_carried


def figures_of(hits: list[Hit]) -> str:
    """How many fell how near, on each side, by the instant that decides and by the commit."""
    parts = [f"{CLOSINGS} closings, {len(hits)} answers around them over HTTP, none counted wrongly"]
    for name, offsets in (("taken", [one.taken for one in hits]), ("committed", [one.committed for one in hits])):
        for reach in (5, 1):
            near = [one for one in offsets if abs(one) <= timedelta(milliseconds=reach)]
            before = sum(one < timedelta(0) for one in near)
            parts.append(f"{name} within {reach} ms: {before} before, {len(near) - before} after")
    counted = [one for one in hits if not one.is_late]
    after = [one.committed / timedelta(milliseconds=1) for one in counted if one.committed >= timedelta(0)]
    overtaken = sum(one.is_late and one.taken < timedelta(0) for one in hits)
    on_their_way = (
        f"{len(after)} on their way at the closing, committed at most {max(after, default=0):.1f} ms after it"
    )
    parts.append(f"counted {len(counted)} ({on_their_way})")
    parts.append(f"late {len(hits) - len(counted)} ({overtaken} taken before the closing, but announced first)")
    return "; ".join(parts)
