"""Many at once over real HTTP, against gunicorn with several processes: one answer, one outcome, never a 500.

Short in the suite; `make soak` does 200 rounds of fifty threads and 2,000 trials at the closing instant.
"""

import http.client
import os
import random
import subprocess
import sys
import time
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Func
from django.test import Client

from accounts.clock import database_now
from accounts.models import User
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.correcting import propose_correction
from decisions.actions.drafting import newest_text
from decisions.models import Answer, AnswerChange, Decision, Elector, Round
from decisions.outcome import ADOPTING, standing
from history.verifying import verify
from setup import ROOT
from setup.ports import any_free_port, page_answers
from tests.decisions.making import alternate_of, chair_of, committee_of, opened, speaker_of
from tests.factories import PositionFactory, RoundFactory, user_with
from tests.threads import alone

pytestmark = pytest.mark.django_db(transaction=True)
IS_SOAK = "SOAK_STEPS" in os.environ
ROUNDS, TRIALS, STORMS = (200, 2000, 100) if IS_SOAK else (2, 20, 2)
SEED = int(os.environ.get("SOAK_SEED", "0"))
THREADS = 50
LONGEST_COMMIT = timedelta(milliseconds=100)  # from the last reading of the clock to the commit, on a busy machine
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


def sent(port: int, path: str, cookies: str, **fields: object) -> int:
    """The status of a form that is sent on a connection of its own."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": "localhost",
        "X-CSRFToken": TOKEN,
    }
    with closing(browser):
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
    """One answer at a closing: how long after it (negative: before) it was begun, and was committed."""

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


def blocked_since() -> datetime:
    """When the transaction began that waits for a lock we hold."""
    with connection.cursor() as cursor:
        for _turn in range(20_000):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT xact_start FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if found := cursor.fetchone():
                return found[0]
            time.sleep(0.0005)
    pytest.fail("the answer should wait for the round, and does not")


class Aim:
    """How long before or after an instant that we know the one lies that we want the closing to be near."""

    def __init__(self) -> None:
        self.last = deque([timedelta(milliseconds=5)], maxlen=15)

    @property
    def usual(self) -> timedelta:
        return sorted(self.last)[len(self.last) // 2]


def trial(pool: ThreadPoolExecutor, port: int, cookies: str, asked: Round, *, aim: Aim, by_commit: bool) -> Hit:
    """An answer waits for the round, which we hold; meanwhile the closing is set to within milliseconds of when the
    answer was taken, or of when it will be committed. An announcer waits for the closing.
    """
    elector = asked.electors.get()
    fields = {"version": asked.version_id, "elector": elector.pk, "choice": "approve", "visibility": "steering"}
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=asked.pk)
        answered = pool.submit(sent, port, f"/positions/{asked.version.position_id}/answer/", cookies, **fields)
        began = blocked_since()
        near = database_now() + aim.usual if by_commit else began - aim.usual
        closes_at = near + timedelta(microseconds=random.randrange(-6000, 6000))
        Round.objects.filter(pk=asked.pk).update(closes_at=closes_at)
        announced = pool.submit(alone, lambda: announce_at(closes_at, asked))
        known = database_now()
    assert answered.result(timeout=60) == 302
    announced.result(timeout=60)
    change = AnswerChange.objects.annotate(committed=CommittedAt("pk")).get(elector=elector)
    aim.last.append(change.committed - known if by_commit else began - change.at)
    return Hit(change.at - closes_at, change.committed - closes_at, change.is_late)


def test_an_answer_within_milliseconds_of_the_closing_counts_exactly_when_it_came_before(site, record_property):
    """The instant that decides is the last that is read before the commit, by the database's clock; and the round's
    lock: what gets it after the announcement is late, whatever its clock said.
    """
    committee = committee_of(1)
    cookies = cookies_of(User.objects.get(person__seats_held__term__seat__committee=committee))
    hits: list[Hit] = []
    aims = {by_commit: Aim() for by_commit in (True, False)}
    with ThreadPoolExecutor(2) as pool:
        for number in range(TRIALS):
            by_commit = number % 2 == 0
            asked = open_round(committee, database_now() + timedelta(days=1))
            hit = trial(pool, site, cookies, asked, aim=aims[by_commit], by_commit=by_commit)
            is_counted = not hit.is_late
            asked.refresh_from_db()
            assert hit.committed >= timedelta(0) if hit.is_late else hit.committed < LONGEST_COMMIT
            assert Answer.objects.filter(elector__round=asked).exists() == is_counted
            assert asked.outcome == ("adopted" if is_counted else "rejected")
            assert [one.counts["approve"] for one in Decision.objects.filter(round=asked)] == [1] * is_counted
            hits.append(hit)
    record_property("figures", figures_of(hits))
    assert {hit.is_late for hit in hits} == {True, False}


def figures_of(hits: list[Hit]) -> str:
    """How many fell how near, on each side, by the instant that decides and by the commit."""
    parts = [f"{len(hits)} answers around the closing instant over HTTP, none counted wrongly"]
    for name, offsets in (("begun", [one.taken for one in hits]), ("committed", [one.committed for one in hits])):
        for reach in (5, 1):
            near = [one for one in offsets if abs(one) <= timedelta(milliseconds=reach)]
            before = sum(one < timedelta(0) for one in near)
            parts.append(f"{name} within {reach} ms: {before} before, {len(near) - before} after")
    counted = [one for one in hits if not one.is_late]
    after = [one.committed / timedelta(milliseconds=1) for one in counted if one.committed >= timedelta(0)]
    overtaken = sum(one.is_late and one.taken < timedelta(0) for one in hits)
    committing = f"{len(after)} committed after the closing, by at most {max(after, default=0):.2f} ms"
    parts.append(f"counted {len(counted)} ({committing})")
    parts.append(f"late {len(hits) - len(counted)} ({overtaken} begun before the closing)")
    return "; ".join(parts)


def acts_of(asked: Round, chance: random.Random) -> list[tuple[User, str, dict[str, object]]]:
    """What many may do to one round at the same moment: (who, which page of the position, fields), in a random order."""
    position, text = asked.version.position, newest_text(asked.version.position)
    electors = list(asked.electors.order_by("term__seat__number"))
    seats, chair, staff = [speaker_of(one) for one in electors], chair_of(asked.committee), user_with("staff")
    slip = {"by": seats[0], "body": f"{text.body} Comma, added.", "seen": text.sha256, "now": database_now()}
    made = propose_correction(position, **slip)
    acts: list[tuple[User, str, dict[str, object]]] = []
    for elector, seat in zip(electors * 2, seats * 2, strict=True):
        choice = chance.choice(["approve", "approve", "reserve", "object", "abstain", "recuse"])
        said = {"choice": choice, "reason": "because", "visibility": "steering"}
        acts.append((seat, "answer", {"version": asked.version_id, "elector": elector.pk, **said}))
    acts.append((seats[1], "seen", {"version": asked.version_id, "elector": electors[1].pk}))
    acts += [(seat, f"correction/{made.pk}/approve", {}) for seat in seats[1:4]]
    acts.append((chair, f"seats/{electors[2].pk}/recusal", {"reason": "A grant."}))
    acts.append((chair, "close", {}))
    later = {"closes_on": (database_now() + timedelta(days=9)).date(), "closes_hour": "12:00", "zone": "UTC"}
    acts.append((staff, "text", {"body": f"{text.body} And more.", "seen": text.sha256, "despite": "on", **later}))
    acts += [(staff, "withdraw", {"reason": "No."})] * (chance.random() < 0.2)
    chance.shuffle(acts)
    return acts


@pytest.mark.parametrize("procedure", ["silence", "explicit"])
def test_whatever_many_do_to_one_round_at_once_it_ends_in_one_way_and_nobody_meets_an_error(
    site, record_property, procedure
):
    committee, chance, statuses, ends = committee_of(5), random.Random(SEED), Counter[int](), Counter[str]()
    for _storm in range(STORMS):
        asked = opened(committee, now=database_now(), procedure=procedure)
        acts = [(cookies_of(who), page, fields) for who, page, fields in acts_of(asked, chance)]
        closes_at = database_now() + timedelta(milliseconds=chance.choice([200, 400, 2000]))
        Round.objects.filter(pk=asked.pk).update(closes_at=closes_at)
        asked.refresh_from_db()
        with ThreadPoolExecutor(len(acts) + 1) as pool:
            announced = pool.submit(alone, lambda asked=asked: announce_at(asked.closes_at, asked))
            path = f"/positions/{asked.version.position_id}"
            sends = [pool.submit(sent, site, f"{path}/{page}/", who, **fields) for who, page, fields in acts]
            statuses.update(one.result(timeout=60) for one in sends)
            end_what_goes_on(asked, announced)
        asked.refresh_from_db()
        ends[asked.outcome] += 1
        assert_one_end(asked)
    record_property("figures", f"{STORMS} storms on a round ({procedure}): {dict(statuses)}; ends: {dict(ends)}")
    assert set(statuses) <= {200, 302}
    assert verify().found == []


def end_what_goes_on(asked: Round, announced: Future[None]) -> None:
    """What lacks a quorum goes on for a minute, in which nobody does anything any more: it ends now."""
    for _turn in range(600):
        if announced.done():
            break
        gone_on = Round.objects.unannounced().filter(pk=asked.pk, extended_from__isnull=False)
        gone_on.update(closes_at=database_now())
        time.sleep(0.1)
    announced.result(timeout=0)


def assert_one_end(asked: Round) -> None:
    """What counts of each seat is the last it said in time; position, register and rounds say the same."""
    for elector in asked.electors.all():
        last = elector.changes.filter(is_late=False).order_by("at").last()
        stands = Answer.objects.filter(elector=elector).first()
        assert (stands and (stands.choice, stands.at)) == (last and (last.choice, last.at))
    asked.version.position.refresh_from_db()
    status, running = asked.version.position.status, Round.objects.filter(replaces=asked).count()
    decided = Decision.objects.filter(round=asked).count()
    assert running == (asked.outcome == "replaced")
    assert decided == (asked.outcome in ADOPTING)
    ended = {"replaced": "open", "withdrawn": "withdrawn", "rejected": "rejected"}
    expected = "adopted" if decided else ended.get(asked.outcome, "undecided")
    may_be_withdrawn = expected in {"open", "undecided"}  # afterwards
    assert status == expected or (may_be_withdrawn and status == "withdrawn")
    if asked.outcome not in {"replaced", "withdrawn"}:
        found = standing(asked.rule, [one.voice for one in asked.electors.with_reach()], asked.window, asked.closes_at)
        assert asked.outcome == found.outcome
