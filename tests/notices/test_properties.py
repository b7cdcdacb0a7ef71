"""The properties of the reminders, P1 to P20, under any order of events that Hypothesis thinks of.

A clock that stands still unless it is told to go on, a real mail server that refuses, breaks off and loses answers,
workers that die and freeze, backups that are restored; real PostgreSQL. `make soak` looks for longer.

Checked here, each where its number stands: P1 to P12, P15 to P20. Elsewhere:
P2, P3, P6, P7 and P16 between real processes that are killed: tests/chaos;
P10 in every zone over every jump of ten years: test_every_zone.py;
P13: there is no digest yet; each notice is one mail (P17);
P14: silence is no consent in any rule there is: tests/decisions/test_outcome.py;
P17, who may read what: tests/test_canaries.py over mails of every kind;
P18 with the rows of one night: test_journal.py, test_after_a_restore_nobody_gets_what_they_already_had;
P20 on the pages: tests/home/test_pages.py.
"""

import os
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import islice, product
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Person
from notices import tasks
from notices.actions import arriving, planning, resolving, sending
from notices.actions.life import heard, silent
from notices.actions.planning import cancel, delivery_for, replan
from notices.actions.reading import choose_mail, leave_kind
from notices.actions.sending import Report, finish
from notices.choices import choices_of
from notices.compose import compose
from notices.daily import DAILY
from notices.hours import quiet_span
from notices.kind import KINDS, MOVED, kinds_about
from notices.mail import Relay
from notices.models import Delivery, Heartbeat, NoticePreference
from notices.occasions import occasions
from notices.wire import as_sent
from tests.factories import PersonFactory, UserFactory
from tests.notices.errands.kinds import ErrandLate
from tests.notices.errands.models import Errand
from tests.notices.fallible import FAULTS, Clock, ClockWatch, fallible
from tests.notices.given import AWAKE, claim_next

pytestmark = pytest.mark.django_db
State = Delivery.State
START = datetime(2026, 3, 26, 12, tzinfo=UTC)  # a Thursday; on Sunday the clocks go forward in Zurich
FINAL = [State.SENT, State.CANCELLED, State.EXPIRED, State.FAILED]
STEPS = int(os.environ.get("SOAK_STEPS", "0"))  # 0: the short form
SEED = int(os.environ.get("SOAK_SEED", "0"))
A_SOAK = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
OFTEN = settings(A_SOAK, max_examples=max(3, STEPS // 100), derandomize=not STEPS)


@pytest.fixture
def world(tmp_path, settings, monkeypatch):
    """The clock, the server and five people, two of whom can sign in."""
    clock = Clock(START)
    people = [
        PersonFactory(pk=uuid.UUID(int=1), zone="Asia/Kathmandu", **AWAKE),
        PersonFactory(pk=uuid.UUID(int=2), zone="Europe/Zurich", keeps_weekend=True),
        PersonFactory(pk=uuid.UUID(int=3), zone="Pacific/Kiritimati"),
        PersonFactory(pk=uuid.UUID(int=4), zone="America/New_York", **AWAKE),
        PersonFactory(
            pk=uuid.UUID(int=5), zone="Asia/Dubai", keeps_weekend=True, quiet_from=time(12), quiet_to=time(9)
        ),
    ]
    for person in (people[1], people[3]):
        UserFactory(person=person)
    monkeypatch.setattr(ErrandLate, "digestable", True)
    with fallible(tmp_path, clock, settings, monkeypatch) as server:
        yield SimpleNamespace(clock=clock, server=server, people=people, settings=settings)


def begun(world: SimpleNamespace, start: datetime = START) -> None:
    """The first instant: one mail has been taken, so that the journal is believed to be this server's."""
    world.clock.now = start
    world.server.begin()
    person, subject = world.people[0], Errand.objects.create(id=uuid.UUID(int=99), title="Long done", is_done=True)
    row = delivery_for(KINDS["errand_due"], subject, person, "P0D", start - timedelta(days=1), None)
    row.planned_at = row.settled_at = start - timedelta(hours=1)
    row.state = State.SENT
    row.save(force_insert=True)
    world.server.note(row.message_id)
    world.server.copies[row.message_id] += 1


def given_errand(number: int, people: list[Person], now: datetime, *, ahead: timedelta, by_day: bool) -> Errand:
    fields = {"day": (now + ahead).date()} if by_day else {"at": now + ahead}
    subject = Errand.objects.create(id=uuid.UUID(int=100 + number), title=f"Errand {number}", since=now, **fields)
    subject.people.set(people)
    replan(subject, now=now)
    return subject


def moved(subject: Errand, by: timedelta, now: datetime) -> None:
    """As an app moves a deadline: to another day or by an hour it is another one, else a correction."""
    before = subject.deadline
    if subject.at:
        subject.at += by
    else:
        subject.day += timedelta(days=by.days)
    if subject.deadline != before and (subject.day or abs(by) >= timedelta(hours=1)):
        subject.epoch, subject.since = subject.epoch + 1, now
    subject.save()
    replan(subject, now=now)


def told_another(kind: Any, subject: Errand, person: Person) -> bool:
    """Whether the last this person heard before the deadline moved is another deadline than now."""
    heard = Delivery.objects.about(subject).told().filter(kind=kind.key, person=person, epoch__lt=subject.epoch)
    last = heard.exclude(deadline="").order_by("epoch", "send_at").last()
    return last is not None and last.deadline != delivery_for(kind, subject, person, "now", START, None).deadline


def has_stopped(kind: Any, person: Person) -> bool:
    return not next(one for one in choices_of(person) if one.kind is kind).takes_mail


def rows_as_they_are() -> list[dict[str, Any]]:
    return list(Delivery.objects.order_by("id").values("id", "state", "reason", "send_at", "not_after", "deadline"))


def run_for(clock: Clock, span: timedelta) -> None:
    """The planner runs four times a day, the worker whenever something is due and while something is doubtful."""
    end, planned = clock.now + span, None
    while clock.now <= end:
        if planned is None or clock.now - planned >= timedelta(hours=6):
            tasks.plan()
            planned = clock.now
        tasks.send_due()
        coming = Delivery.objects.waiting().filter(send_at__gt=clock.now).order_by("send_at").first()
        pause = timedelta(minutes=4) if Delivery.objects.doubtful(end).exists() else timedelta(hours=6)
        clock.now = min(clock.now + pause, max(clock.now + timedelta(minutes=1), coming.send_at) if coming else end)
        clock.now += timedelta(seconds=1)


def awaits_something(_machine: Any) -> bool:
    return Errand.objects.filter(is_done=False).exists()


class Reminders(RuleBasedStateMachine):
    """One coalition's errands, and everything that may befall its reminders."""

    world: SimpleNamespace
    journal = True
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.server, self.people = self.world.clock, self.world.server, self.world.people
        self.outer = transaction.atomic()
        self.outer.__enter__()
        begun(self.world)
        self.world.settings.RELAY_JOURNAL = str(self.server.journal) if self.journal else ""
        self.errands = 0
        self.frozen: list[tuple[Any, Report | None]] = []
        self.backup: str | None = None
        self.seen = 0

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.heal_and_run_to_the_end()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return self.clock.now

    def errand(self, data: st.DataObject) -> Errand:
        return data.draw(st.sampled_from(list(Errand.objects.filter(is_done=False).order_by("id"))))

    # What people do

    @rule(
        who=st.sets(st.integers(0, 4), min_size=1),
        ahead=st.sampled_from([3, 26, 70, 24 * 7, 24 * 15]),
        by_day=st.booleans(),
    )
    def somebody_sets_a_deadline(self, *, who: set[int], ahead: int, by_day: bool) -> None:
        people = [self.people[one] for one in sorted(who)]
        span = timedelta(hours=ahead)
        self.complete(given_errand(self.errands, people, self.now, ahead=span, by_day=by_day))
        self.errands += 1

    @initialize()
    def two_deadlines_stand(self) -> None:
        for by_day in (True, False):
            given_errand(self.errands, self.people[:4], self.now, ahead=timedelta(hours=75), by_day=by_day)
            self.errands += 1

    @precondition(awaits_something)
    @rule(data=st.data(), hours=st.sampled_from([-30, -2, -0.5, 0.1, 0.5, 2, 24, 24 * 8]))
    def its_deadline_moves(self, data: st.DataObject, hours: float) -> None:
        subject = self.errand(data)
        moved(subject, timedelta(hours=hours), self.now)
        self.complete(subject)

    @precondition(awaits_something)
    @rule(data=st.data())
    def it_is_done(self, data: st.DataObject) -> None:
        """P15, for everybody: nothing waits once nothing is awaited."""
        subject = self.errand(data)
        subject.is_done = True
        subject.save()
        replan(subject, now=self.now)
        assert not Delivery.objects.about(subject).waiting().exists()

    @precondition(awaits_something)
    @rule(data=st.data(), who=st.integers(0, 4))
    def one_of_them_answers(self, data: st.DataObject, who: int) -> None:
        """P15: an answer takes back every reminder of that person, whenever it was due."""
        subject, person = self.errand(data), self.people[who]
        subject.people.remove(person)
        cancel(subject, reason="answered", now=self.now, people=[person])
        assert not Delivery.objects.about(subject).waiting().filter(person=person).exists()

    @precondition(awaits_something)
    @rule(data=st.data(), who=st.integers(0, 4))
    def somebody_is_asked_too(self, data: st.DataObject, who: int) -> None:
        subject = self.errand(data)
        subject.people.add(self.people[who])
        replan(subject, now=self.now)
        self.complete(subject)

    @rule(who=st.integers(0, 4), kind=st.sampled_from(["errand_due", "errand_late"]))
    def somebody_stops_a_kind(self, who: int, kind: str) -> None:
        leave_kind(self.people[who], kind=KINDS[kind], now=self.now)

    @rule(who=st.integers(0, 4))
    def somebody_takes_all_kinds_again(self, who: int) -> None:
        NoticePreference.objects.filter(person=self.people[who]).update(takes_mail=True, is_daily=False)

    @rule(who=st.sampled_from([1, 3]), is_daily=st.booleans())
    def somebody_takes_what_can_wait_once_a_day_or_does_not(self, who: int, *, is_daily: bool) -> None:
        user = self.people[who].user
        choose_mail(user.person, by=user, kind="errand_late", takes_mail=True, is_daily=is_daily, now=self.now)

    # What the processes do

    @rule()
    def the_scheduler_ticks(self) -> None:
        """P11: a second tick, and a third by a second scheduler, change nothing."""
        tasks.plan()
        once = rows_as_they_are()
        tasks.plan()
        assert rows_as_they_are() == once
        for subject in Errand.objects.filter(is_done=False):
            self.complete(subject)

    @rule()
    def the_order_of_planning_does_not_matter(self) -> None:
        """P11: plan(A); plan(B) is plan(B); plan(A)."""
        subjects, outcomes = list(Errand.objects.order_by("id")), []
        for order in (subjects, subjects[::-1]):
            before = transaction.savepoint()
            for subject in order:
                replan(subject, now=self.now)
            outcomes.append(rows_as_they_are())
            transaction.savepoint_rollback(before)
        assert outcomes[0] == outcomes[1]

    @rule()
    def a_worker_runs(self) -> None:
        tasks.send_due()
        self.judge_what_was_taken()

    @rule(dies_after_the_text=st.booleans())
    def a_worker_dies_or_freezes(self, *, dies_after_the_text: bool) -> None:
        """After it took a row, or after the server took its mail. Some wake up later; most never do.

        As every run, it has read first what the journal knows of mails that a restored backup has forgotten.
        """
        resolving.follow_journal(now=self.now)
        if (claim := claim_next(ClockWatch(self.clock))) is None:
            return
        report = self.hand_over(claim) if dies_after_the_text else None
        self.judge_what_was_taken()
        self.frozen.append((claim, report))

    @precondition(lambda self: self.frozen)
    @rule()
    def a_frozen_worker_wakes_up(self) -> None:
        """It goes on where it stood, whatever others have done meanwhile: only the fence holds it back (P2)."""
        claim, report = self.frozen.pop()
        finish(report or self.hand_over(claim))
        self.seen = len(self.server.taken)  # it asked long ago; what it hands over was under way when that changed (P6)

    def hand_over(self, claim: Any) -> Report:
        mail = compose(claim.delivery, claim.subject, claim.email, self.now)
        with Relay() as relay:
            words = relay.hand_over(as_sent(mail), mail.from_email, claim.email, in_time=claim.in_time)
        return Report(claim, *words)

    # What befalls them

    @rule(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=6))
    def the_next_mails_fail(self, faults: list[str]) -> None:
        self.server.faults.extend(faults)

    @rule(minutes=st.sampled_from([0.5, 2, 3.9, 7, 20, 60, 9 * 60, 24 * 60, 3 * 24 * 60]))
    def time_passes(self, minutes: float) -> None:
        self.clock.go(minutes=minutes)

    @rule(hours=st.integers(1, 9))
    def hours_pass_while_all_is_well(self, hours: int) -> None:
        for _hour in range(hours):
            self.clock.go(hours=1)
            tasks.plan()
            self.a_worker_runs()

    @precondition(lambda self: self.journal and self.backup is None)
    @rule()
    def a_backup_is_made(self) -> None:
        self.backup = transaction.savepoint()

    @precondition(lambda self: self.backup is not None)
    @rule()
    def the_backup_is_restored(self) -> None:
        """P18: the rows are as they were, the journal and the clock are not. Whoever worked before is gone."""
        transaction.savepoint_rollback(self.backup)
        self.frozen.clear()

    # What must hold

    @invariant()
    def counted(self) -> None:
        Reminders.steps += 1

    @invariant()
    def no_mail_comes_twice(self) -> None:
        """P2: with the journal never; without it only a formal notice of which nobody knew."""
        twice = [message for message, copies in self.server.copies.items() if copies > 1]
        kinds = set(Delivery.objects.filter(message_id__in=twice).values_list("kind", flat=True)) if twice else set()
        assert kinds <= (set() if self.journal else {"errand_formal"})

    @invariant()
    def nothing_counts_as_sent_that_was_not_taken(self) -> None:
        """P3."""
        sent = Delivery.objects.by_mail().filter(state=State.SENT).values_list("message_id", flat=True)
        assert set(sent) <= self.server.copies.keys()

    @invariant()
    def silence_is_told_when_it_lasts(self) -> None:
        """P20: the alarm sounds if and only if the last sign of life is fifteen minutes old, and no older than now."""
        last = Heartbeat.objects.filter(process="worker").values_list("at", flat=True).first()
        assert last is None or last <= self.now
        assert ("worker" in silent(heard(), self.now)) == (last is None or self.now - last >= timedelta(minutes=15))

    @invariant()
    def what_waited_for_a_daily_mail_shares_what_became_of_it(self) -> None:
        """P13: a part is sent if and only if its daily mail is, and is in one only."""
        gone = [State.SENDING, State.UNCONFIRMED, State.SENT]
        parts = Delivery.objects.filter(channel=Delivery.Channel.DIGEST)
        assert not parts.filter(state__in=gone).exclude(digest__state=F("state")).exists()
        assert not parts.filter(digest__state__in=gone).exclude(state=F("digest__state")).exists()

    def judge_what_was_taken(self) -> None:
        """Of what a run handed over just now: the rows are as they were when it asked."""
        for message_id, recipients in islice(self.server.taken, self.seen, None):
            row = Delivery.objects.select_related("person").get(message_id=message_id)
            assert recipients == [row.person.email], "P17: one recipient, and the right one"
            assert row.send_at <= self.now, "P5: not too early"
            span = quiet_span(self.now, row.person.zone, row.person.quiet_from, row.person.quiet_to)
            assert KINDS[row.kind].must_send or span is None, "P9: not in quiet hours"
            told = list(row.parts.select_related("person")) if row.kind == DAILY else [row]
            assert told, "P13: no daily mail tells nothing"
            for one in told:
                self.judge(one)
        self.seen = len(self.server.taken)

    def judge(self, row: Delivery) -> None:
        """One notice that was told just now, by itself or within a daily mail."""
        kind, person, subject = KINDS[row.kind], row.person, row.subject
        assert self.now < row.not_after, "P5: not too late"
        assert row.epoch == subject.epoch, "P6: of the deadline as it is"
        assert not subject.is_done, "P7: to nobody who is not asked any more"
        assert subject.people.contains(person), "P7: to nobody who is not asked any more"
        assert not has_stopped(kind, person), "P8: nothing that its reader has stopped"

    def complete(self, subject: Errand) -> None:
        """P1: each occasion of each person who is asked has its row or a reason, and no other row waits.

        P10: at nine by the reader's clock, unless quiet hours or a weekend put it off.
        """
        expected = set()
        for kind in kinds_about(Errand):
            for person in subject.people.all():
                knows_another = told_another(kind, subject, person)
                for one in occasions(kind, subject, person, knows_another=knows_another):
                    if one.not_after > self.now and one.send_at <= self.now + timedelta(days=8):
                        expected.add(self.stands(kind, subject, person, one))
        in_range = subject.deadline is not None
        waiting = Delivery.objects.about(subject).by_mail().waiting().filter(not_after__gt=self.now)
        assert not in_range or set(waiting.values_list("pk", flat=True)) <= expected

    def stands(self, kind: Any, subject: Errand, person: Person, one: Any) -> uuid.UUID:
        wanted = delivery_for(kind, subject, person, one.slot.key, one.send_at, one.not_after)
        row = Delivery.objects.get(pk=wanted.pk)
        if row.state in {State.CANCELLED, State.EXPIRED, State.FAILED, State.DEFERRED}:
            assert row.reason, "P1: whatever did not leave says why"
        assert row.state != State.CANCELLED or has_stopped(kind, person)
        if one.slot.calendar and one.slot.key != MOVED and person.quiet_from == person.quiet_to:
            assert one.send_at.astimezone(ZoneInfo(person.zone)).time() == time(9), "P10"
        return row.pk

    def heal_and_run_to_the_end(self) -> None:
        """P4: each row reaches its end by an hour after it makes sense. P18: after a restore too."""
        self.server.faults.clear()
        run_for(self.clock, timedelta(hours=30))
        self.no_mail_comes_twice()
        self.nothing_counts_as_sent_that_was_not_taken()
        over = Delivery.objects.filter(not_after__lte=self.now - timedelta(hours=1)).exclude(state__in=FINAL)
        assert set(over.values_list("state", flat=True)) <= (set() if self.journal else {State.UNCONFIRMED})
        doubtful = Delivery.objects.doubtful(self.now)
        assert not (self.journal and doubtful.exists()), "the journal leaves no doubt"


class RemindersWithoutJournal(Reminders):
    """Nobody can know what became of a mail whose answer was lost."""

    journal = False


@pytest.mark.parametrize("machine", [Reminders, RemindersWithoutJournal])
def test_whatever_happens_in_whatever_order_the_properties_hold(world, machine, record_property):
    Reminders.world, Reminders.steps = world, 0
    short = settings(A_SOAK, max_examples=4, stateful_step_count=14, derandomize=True)
    long = settings(A_SOAK, max_examples=10, stateful_step_count=40)

    rounds = 0
    while rounds == 0 or Reminders.steps < STEPS:
        run_state_machine_as_test(seed(SEED + rounds)(machine) if STEPS else machine, settings=long if STEPS else short)
        rounds += 1

    record_property("figures", f"{machine.__name__}: {Reminders.steps} steps" + f", seed {SEED}" * bool(STEPS))


# Histories that are run twice

STILL = {"Asia/Kathmandu", "Asia/Dubai"}  # whose clocks never jump
DEEDS = st.one_of(
    st.tuples(st.just("pass"), st.sampled_from([1, 5, 60, 11 * 60, 26 * 60])),
    st.tuples(st.just("move"), st.sampled_from([-26, 0.5, 3, 24])),
    st.tuples(st.just("fail"), st.sampled_from(FAULTS)),
    st.tuples(st.just("plan"), st.just(0)),
    st.tuples(st.just("send"), st.just(0)),
)


def rolled_back(history: Callable[..., Any], *arguments: Any) -> Any:
    """What `history` gives; the rows are as before."""
    with transaction.atomic():
        outcome = history(*arguments)
        transaction.set_rollback(True)
    return outcome


def lived(world: SimpleNamespace, start: datetime, deeds: list[tuple[str, Any]]) -> list[tuple[Any, ...]]:
    """All that became of one errand, its instants told from `start`."""
    begun(world, start)
    clock, people = world.clock, [person for person in world.people if person.zone in STILL]
    subject = given_errand(0, people, start, ahead=timedelta(hours=75), by_day=False)
    for deed, value in deeds:
        if deed == "pass":
            clock.go(minutes=value)
        elif deed == "move":
            moved(subject, timedelta(hours=value), clock.now)
        elif deed == "fail":
            world.server.faults.append(value)
        else:
            tasks.plan() if deed == "plan" else tasks.send_due()
    rows = Delivery.objects.about(subject).order_by("id")
    return [(row.pk, row.state, row.reason, row.attempts, row.send_at - start, row.settled_at - start) for row in rows]


@OFTEN
@given(deeds=st.lists(DEEDS, max_size=12), weeks=st.integers(-10, 500))
def test_p12_the_same_history_weeks_later_is_the_same_history(world, deeds, weeks):
    later = START + timedelta(weeks=weeks)

    assert rolled_back(lived, world, START, deeds) == rolled_back(lived, world, later, deeds)


RUNS: dict[str, Callable[[datetime], Any]] = {
    "plan": lambda now: planning.plan(now=now),
    "arrive": lambda now: arriving.arrive_due(now=now),
    "resolve": lambda now: resolving.resolve(now=now, journal_read=resolving.follow_journal(now=now)),
    "send": lambda now: sending.send_due(now=now),
}


USUAL = tuple(RUNS)


def mails_of(world: SimpleNamespace, orders: list[tuple[str, ...]]) -> Counter[str]:
    """Who got what in the end, and what came in which inbox, if the processes run in this order hour by hour."""
    begun(world, START)
    world.settings.RELAY_JOURNAL = str(world.server.journal)
    given_errand(0, world.people[:3], START, ahead=timedelta(hours=27), by_day=False)
    given_errand(1, world.people[:3], START, ahead=timedelta(hours=30), by_day=True)
    claim_next(ClockWatch(world.clock))  # by a worker that dies
    world.server.faults.extend(["lost answer", "lost text", "451 rcpt"])
    for order in [*orders, *[USUAL] * 3]:
        for part in order:
            RUNS[part](world.clock.now)
        world.clock.go(hours=1)
    arrived = Delivery.objects.filter(channel=Delivery.Channel.INBOX, state=State.SENT)
    return world.server.copies + Counter(arrived.values_list("message_id", flat=True))


@OFTEN
@given(orders=st.lists(st.permutations(sorted(RUNS)), min_size=1, max_size=4))
def test_p16_in_whatever_order_the_processes_run_everybody_gets_the_same_mails(world, orders):
    assert rolled_back(mails_of, world, orders) == rolled_back(mails_of, world, [USUAL] * len(orders))


# Keys


def test_p19_two_notices_never_have_the_same_id():
    """A million different ones in `make soak`."""
    many = 1_000_000 if STEPS else 3_000
    kinds = [kind for kind in KINDS.values() if kind.model is Errand]
    slots = sorted({slot.key for kind in KINDS.values() for slot in kind.slots} | {MOVED, "now", "now+1", "now+11"})
    subjects = [Errand(pk=uuid.UUID(int=one), epoch=epoch) for one in range(40) for epoch in (0, 1, 11)]
    people = [Person(pk=uuid.UUID(int=one)) for one in range(1000)]
    # Within the daily mail it is the same mail (test_daily.py): no second one when its reader changes their mind.
    ways = (Delivery.Channel.MAIL, Delivery.Channel.INBOX)
    parts = islice(product(people, subjects, kinds, slots, ways), many)

    ids = {delivery_for(kind, about, person, slot, START, None, on).pk for person, about, kind, slot, on in parts}

    assert len(ids) == many


def test_p19_nothing_in_a_key_holds_what_parts_it():
    parts = {kind.key for kind in KINDS.values()} | {slot.key for kind in KINDS.values() for slot in kind.slots}

    assert [part for part in parts if set(part) & set("|:")] == []
