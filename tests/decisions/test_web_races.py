"""Many at once over real HTTP, against gunicorn with several processes: one answer, one outcome, never a 500.

Short in the suite; `make soak` does 200 rounds of fifty threads and 2,000 trials at the closing instant.
"""

import http.client
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from accounts.clock import database_now
from accounts.models import User
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Answer, AnswerChange, Round
from setup import ROOT
from setup.ports import any_free_port, page_answers
from tests.decisions.making import alternate_of, committee_of, speaker_of
from tests.factories import PositionFactory, RoundFactory
from tests.threads import alone

pytestmark = pytest.mark.django_db(transaction=True)
IS_SOAK = "SOAK_STEPS" in os.environ
ROUNDS, TRIALS = (200, 2000) if IS_SOAK else (2, 12)
THREADS = 50
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


def sent(port: int, path: str, cookies: str, **fields: object) -> int:
    """The status of a form that is sent; of a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": "localhost",
        "X-CSRFToken": TOKEN,
    }
    with closing(connection):
        connection.request("POST", path, urlencode(fields), headers)
        with connection.getresponse() as response:
            response.read()
            return response.status


def open_round(committee, closes_at, **fields) -> Round:
    position = PositionFactory(committee=committee, status="open")
    opens_at = database_now() - timedelta(hours=1)
    return RoundFactory(position=position, opens_at=opens_at, closes_at=closes_at, **fields)


def test_fifty_at_once_on_one_seat_leave_one_answer(site, record_property):
    """Double clicks, two tabs, representative and alternate; every other one says something else."""
    committee = committee_of(2)
    seat = committee.seats.first().terms.get()
    elector = open_round(committee, database_now() + timedelta(days=1)).electors.get(term=seat)
    cookies = [cookies_of(one) for one in (speaker_of(elector), alternate_of(elector))]
    statuses: Counter[int] = Counter()
    for _round in range(ROUNDS):
        asked = open_round(committee, database_now() + timedelta(days=1))
        elector, path = asked.electors.get(term=seat), f"/positions/{asked.version.position_id}/answer/"
        gate = Barrier(THREADS)

        def one(number, elector=elector, asked=asked, path=path, gate=gate):
            said = "approve" if number % 4 < 2 else "abstain"
            gate.wait(timeout=60)
            fields = {"version": asked.version_id, "elector": elector.pk, "choice": said, "visibility": "steering"}
            return sent(site, path, cookies[number % 2], **fields)

        with ThreadPoolExecutor(THREADS) as pool:
            statuses.update(pool.map(one, range(THREADS)))
        changes = AnswerChange.objects.filter(elector=elector).order_by("at")
        stands, last = Answer.objects.get(elector__round=asked), changes.last()
        assert (stands.choice, stands.by_id, stands.at) == (last.choice, last.by_id, last.at)
        assert len({change.at for change in changes}) == len(changes)
    record_property(
        "figures", f"{ROUNDS} rounds of {THREADS} threads on one answer over HTTP: statuses {dict(statuses)}"
    )
    assert set(statuses) == {302}


def announce_until_done(asked: Round) -> None:
    while not Round.objects.filter(pk=asked.pk, announced_at__isnull=False).exists():
        announce_closed_rounds(now=database_now())


def trial(pool: ThreadPoolExecutor, port: int, cookies: str, asked: Round, at: datetime) -> AnswerChange:
    """An answer is sent so that it is taken at about `at`, while the announcer waits for the closing."""
    elector = asked.electors.get()
    fields = {"version": asked.version_id, "elector": elector.pk, "choice": "approve", "visibility": "steering"}

    def answering() -> int:
        time.sleep(max(0, (at - database_now()).total_seconds()))
        return sent(port, f"/positions/{asked.version.position_id}/answer/", cookies, **fields)

    answered, announced = pool.submit(alone, answering), pool.submit(alone, lambda: announce_until_done(asked))
    assert answered.result(timeout=60) == 302
    announced.result(timeout=60)
    asked.refresh_from_db()
    return AnswerChange.objects.get(elector=elector)


def test_an_answer_within_five_milliseconds_of_the_closing_counts_exactly_when_it_came_before(site, record_property):
    """What a request takes until it reads the clock is learnt from the trials before, so that most come that close."""
    committee = committee_of(1)
    cookies = cookies_of(User.objects.get(person__seats_held__term__seat__committee=committee))
    found: Counter[str] = Counter()
    took = timedelta(milliseconds=20)
    with ThreadPoolExecutor(2) as pool:
        for number in range(TRIALS):
            asked = open_round(committee, database_now() + timedelta(milliseconds=150))
            aim = asked.closes_at + timedelta(milliseconds=number % 11 - 5)
            change = trial(pool, site, cookies, asked, aim - took)
            took += (change.at - aim) / 4
            off = abs(change.at - asked.closes_at)
            assert change.is_late or change.at < asked.closes_at
            assert Answer.objects.filter(elector__round=asked).exists() == (not change.is_late)
            assert (asked.outcome == "adopted") == (not change.is_late)
            found["late" if change.is_late else "counted"] += 1
            found["within 5 ms"] += off <= timedelta(milliseconds=5)
    record_property("figures", f"{TRIALS} answers around the closing instant over HTTP: {dict(found)}")
