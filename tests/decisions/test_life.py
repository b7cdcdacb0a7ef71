"""The whole life of a position, in any order of events that Hypothesis thinks of, against tests/decisions/oracle.py.

Real PostgreSQL and the real actions; the clock stands still unless it is told to go on. `make soak` looks for longer.
"""

import os
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import TransitionError, User
from decisions.actions.answering import give_answer, press_seen, propose_recusal, record_answer
from decisions.actions.asking import change_text, open_round
from decisions.actions.closing import announce_closed_rounds, close_early, confirm_outcome
from decisions.actions.correcting import approve_correction, drop_correction, propose_correction
from decisions.actions.drafting import draft_position, newest_text, withdraw_position, write_version
from decisions.models import Answer, AnswerChange, Correction, Decision, Elector, Round
from decisions.models.levels import usual_level
from decisions.models.rounds import ASKING_KINDS
from decisions.outcome import ADOPTING, Outcome
from history.actions import fingerprint
from history.models import Entry
from members.models import SeatHolder
from notices.models import Bounce, Delivery
from tests.decisions.making import chair_of, committee_of, question, reply
from tests.decisions.oracle import ADOPTS, Ballot, Item, Slip, Word, announce
from tests.factories import SeatHolderFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
STEPS = int(os.environ.get("SOAK_STEPS", "0"))  # 0: the short form
SEED = int(os.environ.get("SOAK_SEED", "0"))
# Without shrinking: it takes an hour with a database behind it, and the steps that are printed are few enough.
USUAL = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
SEATS = 5
CHOICES = ["approve", "reserve", "object", "abstain", "recuse"]
SHARES = ["none", "half_up", "half", "three_fifths", "two_thirds", "all"]
MINUTES = [0, 1, 29, 60, 11 * 60, 24 * 60, 48 * 60 - 1]
RECEIVED = {"counted", "late", "same", "refused"}
SEEN = {"approve", "abstain"}  # answers that need no reason


@pytest.fixture
def world():
    """Five seats and a vacant one; the first has an alternate, who is also the alternate of the second."""
    committee = committee_of(SEATS, vacant=1)
    people = [
        User.objects.get(
            person__seats_held__term__seat__committee=committee, person__seats_held__term__seat__number=one
        )
        for one in range(1, SEATS + 1)
    ]
    both = UserFactory()
    for user in people[:2]:
        term = SeatHolder.objects.get(person=user.person).term
        SeatHolderFactory(term=term, person=both.person, capacity=SeatHolder.Capacity.ALTERNATE)
    speaks = {number: [number] for number in range(SEATS)} | {SEATS: [0, 1]}
    level = usual_level()
    return SimpleNamespace(
        committee=committee,
        people=[*people, both],
        speaks=speaks,
        staff=user_with("staff"),
        chair=chair_of(committee),
        level=level,
    )


def open_items(machine: Any) -> list[int]:
    return [number for number, one in enumerate(machine.items) if one.status == "open"]


class Life(RuleBasedStateMachine):
    """A committee, up to three positions, and whatever anybody does with them."""

    world: SimpleNamespace
    steps = 0
    outcomes: Counter[str] = Counter()  # of each round, once
    answers: Counter[str] = Counter()
    results: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.now = START
        self.items: list[Item] = []
        self.positions: list[Any] = []
        self.slips: dict[int, Correction] = {}  # the last that was proposed for each
        self.numbered = 0
        self.changes = 0
        self.start()

    @initialize(
        procedure=st.sampled_from(["silence", "explicit", "vote"]),
        share=st.sampled_from(["half", "none", "two_thirds"]),
        are_told=st.booleans(),
    )
    def one_is_asked_about(self, *, procedure: str, share: str, are_told: bool) -> None:
        self.opens(0, procedure, share, share, 48)
        if are_told:
            self.mails_go_out(broken=set())

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.now += timedelta(days=30)
                self.announcer_runs()
                self.compare()
                self.kept()
                Life.outcomes.update(ballot.ended or ballot.said for item in self.items for ballot in item.ballots)
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def start(self) -> None:
        title = f"Position {len(self.items)}"
        fields = {"title": title, "body": "One.\n\nTwo.", "committee": self.world.committee, "level": self.world.level}
        self.positions.append(draft_position(by=self.world.staff, now=self.now, **fields))
        self.items.append(Item())

    def tried(self, act: Callable[[], Any]) -> Any:
        """What it returns, or None when it was refused; a refusal leaves nothing behind."""
        self.now += timedelta(microseconds=1)
        before = self.rows()
        try:
            with transaction.atomic():
                return act() or True
        except TransitionError:
            assert self.rows() == before
            return None

    def rows(self) -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (AnswerChange, Entry, Delivery, Round, Correction))

    def asked(self, number: int) -> Round | None:
        rounds = Round.objects.filter(version__position=self.positions[number])
        return rounds.select_related("version").order_by("opens_at").last()

    def elector(self, number: int, seat: int) -> Elector:
        asked = self.asked(number)
        return asked.electors.select_related("round").get(term__seat__number=seat + 1)

    # What is asked

    @precondition(lambda self: len(self.items) < 3)
    @rule()
    def another_draft_begins(self) -> None:
        self.start()

    @rule(
        data=st.data(),
        procedure=st.sampled_from(["silence", "silence", "explicit", "vote", "meeting"]),
        quorum=st.sampled_from(SHARES),
        threshold=st.sampled_from(SHARES),
        hours=st.sampled_from([3, 47, 48, 72]),
    )
    def a_round_opens(self, *, data: Any, procedure: str, quorum: str, threshold: str, hours: int) -> None:
        self.opens(data.draw(st.integers(0, len(self.items) - 1)), procedure, quorum, threshold, hours)

    def opens(self, number: int, procedure: str, quorum: str, threshold: str, hours: int) -> None:
        item, position = self.items[number], self.positions[number]
        closes = self.now + timedelta(microseconds=1, hours=hours)
        rule_of = {"procedure": procedure, "quorum": quorum, "threshold": threshold}
        put = question(position, closes_at=closes, zone="UTC", **rule_of)
        done = self.tried(lambda: open_round(position, by=self.world.chair, question=put, now=self.now))
        least = self.world.level.least_hours if procedure == "silence" else 0
        expected = item.may_open() and hours >= least
        assert bool(done) == expected
        if done:
            item.status = "open"
            item.ballots.append(Ballot(item.version, seats=SEATS, opens=self.now, closes=closes, **rule_of))

    @precondition(open_items)
    @rule(data=st.data(), hours=st.sampled_from([3, 48]), is_same=st.booleans())
    def the_text_changes(self, *, data: Any, hours: int, is_same: bool) -> None:
        number = data.draw(st.sampled_from(open_items(self)))
        item, position = self.items[number], self.positions[number]
        text = newest_text(position)
        body = text.body if is_same else f"{text.body} And more."
        closes = self.now + timedelta(microseconds=1, hours=hours)
        fields = {"body": body, "seen": text.sha256, "closes_at": closes, "zone": "UTC"}
        done = self.tried(lambda: change_text(position, by=self.world.staff, now=self.now, **fields))
        old = item.ballot
        is_long = hours >= self.world.level.least_hours or old.procedure != "silence"
        assert bool(done) == (item.runs(self.now) and not is_same and is_long)
        if done:
            old.ended, item.version = "replaced", item.version + 1
            asks = {name: getattr(old, name) for name in ("procedure", "quorum", "threshold", "seats")}
            item.ballots.append(Ballot(item.version, opens=self.now, closes=closes, **asks))

    @precondition(open_items)
    @rule(data=st.data(), proposer=st.integers(0, SEATS), others=st.integers(0, SEATS))
    def a_slip_is_corrected(self, *, data: Any, proposer: int, others: int) -> None:
        """One proposes, up to two others approve, whoever is asked in turn; the answers stand."""
        number = data.draw(st.sampled_from(open_items(self)))
        position = self.positions[number]
        text = newest_text(position)
        fields = {"by": self.world.people[proposer], "body": f"{text.body} Comma, added.", "seen": text.sha256}
        made = self.tried(lambda: propose_correction(position, now=self.now, **fields))
        item = self.items[number]
        assert bool(made) == (item.runs(self.now) and item.ballot.slip is None)
        if made:
            item.ballot.slip = Slip(proposer)
            self.slips[number] = made
            for person in range(others):
                self.approves_slip(number, person)

    @precondition(lambda self: self.slips)
    @rule(data=st.data(), person=st.integers(0, SEATS))
    def somebody_approves_a_slip(self, *, data: Any, person: int) -> None:
        self.approves_slip(data.draw(st.sampled_from(sorted(self.slips))), person)

    def approves_slip(self, number: int, person: int) -> None:
        made, by, item = self.slips[number], self.world.people[person], self.items[number]
        done = self.tried(lambda: approve_correction(made, by=by, now=self.now))
        is_made_for_it = made.round_id == self.asked(number).pk
        assert bool(done) == (
            is_made_for_it and item.runs(self.now) and item.approve_slip(person, self.world.speaks, self.now)
        )

    @precondition(lambda self: self.slips)
    @rule(data=st.data(), person=st.integers(0, SEATS))
    def somebody_drops_a_slip(self, *, data: Any, person: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.slips)))
        made, by = self.slips[number], self.world.people[person]
        done = self.tried(lambda: drop_correction(made, by=by, now=self.now))
        ballot, is_made_for_it = self.items[number].ballot, made.round_id == self.asked(number).pk
        is_waiting = is_made_for_it and ballot.slip is not None and not (ballot.ended or ballot.said)
        assert bool(done) == is_waiting
        if done:
            ballot.slip = None

    @rule(data=st.data())
    def a_new_version_is_written(self, *, data: Any) -> None:
        number = data.draw(st.integers(0, len(self.items) - 1))
        item, position = self.items[number], self.positions[number]
        text = newest_text(position)
        body = f"{text.body} Anew."
        done = self.tried(
            lambda: write_version(position, by=self.world.staff, body=body, seen=text.sha256, now=self.now)
        )
        assert bool(done) == item.may_rewrite()
        if done:
            item.status, item.version = "draft", item.version + 1

    @precondition(open_items)
    @rule(data=st.data(), is_meant=st.sampled_from([False, False, True]))
    def it_is_withdrawn(self, *, data: Any, is_meant: bool) -> None:
        if not is_meant:
            return
        number = data.draw(st.integers(0, len(self.items) - 1))
        item, position = self.items[number], self.positions[number]
        done = self.tried(lambda: withdraw_position(position, by=self.world.staff, reason="No.", now=self.now))
        assert bool(done) == item.may_withdraw(self.now)
        if done:
            if item.status == "open":
                item.ballot.ended = "withdrawn"
            item.status = "withdrawn"

    # What seats say

    def someone(self, data: Any) -> tuple[int, int, int]:
        """A position that was ever asked about, a person, and one of that person's seats."""
        asked = [number for number, one in enumerate(self.items) if one.ballot]
        number = data.draw(st.sampled_from(asked))
        person = data.draw(st.integers(0, SEATS))
        return number, person, data.draw(st.sampled_from(self.world.speaks[person]))

    @precondition(lambda self: any(one.ballot for one in self.items))
    @rule(
        data=st.data(), said=st.sampled_from([*CHOICES, "approve", "approve"]), heard=st.sampled_from(["", "", "phone"])
    )
    def a_seat_answers(self, *, data: Any, said: str, heard: str) -> None:
        """By the representative, the alternate, or taken down by staff."""
        self.says(*self.someone(data), said, heard)

    @precondition(open_items)
    @rule(data=st.data(), said=st.sampled_from(["approve", "abstain", "recuse", "seen"]), most=st.integers(2, SEATS))
    def many_seats_answer(self, *, data: Any, said: str, most: int) -> None:
        number = data.draw(st.sampled_from(open_items(self)))
        for seat in range(most):
            self.says_or_sees(number, seat, said)

    def says_or_sees(self, number: int, seat: int, said: str) -> None:
        if said == "seen":
            self.sees(number, seat, seat)
        elif said:
            self.says(number, seat, seat, said, "")

    @precondition(lambda self: any(self.items[one].ballot.procedure != "silence" for one in open_items(self)))
    @rule(data=st.data(), against=st.integers(1, 3), rest=st.sampled_from(["approve", "approve", "reserve", "abstain"]))
    def the_seats_are_divided(self, *, data: Any, against: int, rest: str) -> None:
        """Some object, the others do not."""
        divided = [one for one in open_items(self) if self.items[one].ballot.procedure != "silence"]
        number = data.draw(st.sampled_from(divided))
        for seat in range(SEATS):
            self.says(number, seat, seat, "object" if seat < against else rest, "")

    def says(self, number: int, person: int, seat: int, said: str, heard: str) -> None:
        asked, by = self.asked(number), self.world.people[person]
        elector, reason = self.elector(number, seat), "" if said in SEEN else "because"
        words = reply(asked, said, reason)
        if heard:
            fields = {"by": self.world.staff, "said_by": by.person, "heard": heard}
            done = self.tried(lambda: record_answer(elector, reply=words, now=self.now, **fields))
        else:
            done = self.tried(lambda: give_answer(elector, by=by, reply=words, now=self.now))
        item = self.items[number]
        result = item.ballot.hear(Word(seat, person, said, self.now, reason, heard), item.ballot.version)
        Life.answers[said] += result in {"counted", "late"}
        Life.results[result] += 1
        assert bool(done) == (result != "refused"), result
        if done:
            assert done.is_late == (result == "late") or result == "same"
            self.changes += result in {"counted", "late"}
        item.settle()

    @precondition(lambda self: any(one.ballot for one in self.items))
    @rule(data=st.data())
    def a_seat_presses_seen(self, *, data: Any) -> None:
        self.sees(*self.someone(data))

    def sees(self, number: int, person: int, seat: int) -> None:
        asked, by, elector = self.asked(number), self.world.people[person], self.elector(number, seat)
        done = self.tried(lambda: press_seen(elector, by=by, version=asked.version, now=self.now))
        ballot = self.items[number].ballot
        result = ballot.hear(Word(seat, person, "seen", self.now), ballot.version)
        assert bool(done) == (result != "refused"), result

    @precondition(open_items)
    @rule(data=st.data())
    def a_stale_form_is_sent(self, *, data: Any) -> None:
        """Whoever read another version is not taken to have answered this one."""
        number, person, seat = self.someone(data)
        asked, by = self.asked(number), self.world.people[person]
        older = asked.version.position.versions.exclude(pk=asked.version_id).first()
        if older is not None:
            words = reply(SimpleNamespace(version=older), "approve")
            elector = self.elector(number, seat)
            assert not self.tried(lambda: give_answer(elector, by=by, reply=words, now=self.now))

    @precondition(open_items)
    @rule(data=st.data(), seat=st.integers(0, SEATS - 1))
    def the_chair_proposes_a_recusal(self, *, data: Any, seat: int) -> None:
        """Which changes nothing: the seat decides."""
        number = data.draw(st.sampled_from(open_items(self)))
        elector = self.elector(number, seat)
        done = self.tried(lambda: propose_recusal(elector, by=self.world.chair, reason="A grant.", now=self.now))
        ballot = self.items[number].ballot
        last = ballot.standing(self.now).get(seat)
        is_free = last is None or last.said != "recuse"
        assert bool(done) == (not ballot.is_over(self.now) and is_free)

    # What the clock, the processes and the chair do

    @rule(minutes=st.sampled_from(MINUTES))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(open_items)
    @rule(data=st.data(), after=st.sampled_from([-1, 0, 1]))
    def the_closing_instant_comes(self, *, data: Any, after: int) -> None:
        """To the microsecond: the next act happens just before it, at it, or just after."""
        number = data.draw(st.sampled_from(open_items(self)))
        instant = self.items[number].ballot.end(self.now) + timedelta(microseconds=after - 1)
        self.now = max(self.now, instant)

    @rule()
    def announcer_runs(self) -> None:
        announce_closed_rounds(now=self.now)
        self.numbered = announce(self.items, self.now, self.numbered)
        assert announce_closed_rounds(now=self.now) == 0, "twice changes nothing"

    @precondition(open_items)
    @rule(data=st.data())
    def the_chair_closes_early(self, *, data: Any) -> None:
        number = data.draw(st.sampled_from(open_items(self)))
        asked, ballot = self.asked(number), self.items[number].ballot
        done = self.tried(lambda: close_early(asked, by=self.world.chair, now=self.now))
        has_all = len(ballot.standing(self.now)) == SEATS
        assert bool(done) == (has_all and not ballot.is_over(self.now))
        if done:
            numbered = [one.ballot.end(self.now) for one in self.items if one.ballot and one.ballot.number]
            last = max((word.at for word in ballot.words), default=self.now)
            later = timedelta(microseconds=1)
            ballot.early = max([self.now, last + later, *[one + later for one in numbered]])

    @rule(data=st.data())
    def the_chair_confirms(self, *, data: Any) -> None:
        number = data.draw(st.integers(0, len(self.items) - 1))
        asked, ballot = self.asked(number), self.items[number].ballot
        if asked is None:
            return
        done = self.tried(lambda: confirm_outcome(asked, by=self.world.chair, now=self.now))
        assert bool(done) == (bool(ballot.said) and not ballot.confirmed)
        ballot.confirmed = ballot.confirmed or bool(done)

    @rule(broken=st.sets(st.integers(0, SEATS), max_size=2))
    def mails_go_out(self, *, broken: set[int]) -> None:
        """All that is due; those to some come back at once."""
        due = Delivery.objects.by_mail().waiting().filter(send_at__lte=self.now, not_after__gt=self.now)
        numbers = {user.person_id: number for number, user in enumerate(self.world.people)}
        for row in due.filter(person__in=numbers):
            Delivery.objects.filter(pk=row.pk).update(state="sent", settled_at=self.now)
            person = numbers[row.person_id]
            if is_back := person in broken:
                Bounce.objects.create(delivery=row, status="5.1.1", is_final=True, read_at=self.now)
            if row.kind in ASKING_KINDS:
                ballot = self.ballot_of(row.object_id)
                ballot.mails.append([self.world.speaks[person], self.now, self.now if is_back else None])

    def ballot_of(self, pk: uuid.UUID) -> Ballot:
        asked = Round.objects.select_related("version").get(pk=pk)
        number = next(at for at, one in enumerate(self.positions) if one.pk == asked.version.position_id)
        before = Round.objects.filter(version__position=asked.version.position_id, opens_at__lt=asked.opens_at)
        return self.items[number].ballots[before.count()]

    @precondition(lambda self: any(one.may_open() for one in self.items))
    @rule(
        data=st.data(),
        procedure=st.sampled_from(["silence", "explicit", "vote", "meeting"]),
        said=st.sampled_from([*CHOICES, "seen"]),
        most=st.integers(0, SEATS),
        rest=st.sampled_from(["approve", "reserve", "abstain", ""]),
    )
    def a_round_is_held(self, *, data: Any, procedure: str, said: str, most: int, rest: str) -> None:
        """From its opening to the announcement, all at once: what single steps seldom come to."""
        number = data.draw(st.sampled_from([at for at, one in enumerate(self.items) if one.may_open()]))
        self.opens(number, procedure, "half", "half", 72)
        self.now += timedelta(minutes=1)
        self.mails_go_out(broken=set())
        for seat in range(SEATS):
            self.says_or_sees(number, seat, said if seat < most else rest)
        self.now = max(self.now, self.items[number].ballot.end(self.now))
        self.announcer_runs()

    # What must hold

    @invariant()
    def compare(self) -> None:
        Life.steps += 1
        for number, item in enumerate(self.items):
            self.positions[number].refresh_from_db()
            assert self.positions[number].status == item.status
            rounds = Round.objects.filter(version__position=self.positions[number]).order_by("opens_at")
            for asked, ballot in zip(rounds.select_related("version"), item.ballots, strict=True):
                self.same(asked, ballot)
            if item.ballot:
                self.same_people(asked, item.ballot)
        assert AnswerChange.objects.count() == self.changes, "every change is kept, and none twice"

    def same(self, asked: Round, ballot: Ballot) -> None:
        found, end = asked.standing(self.now), ballot.end(self.now)
        said = ballot.outcome(self.now)
        assert (found.outcome or "") == said
        assert (asked.outcome or "") == (ballot.ended or ballot.said)
        assert asked.version.number == ballot.version
        if ballot.ended:
            return
        assert found.closes_at == end
        counts = ballot.count(end)
        tally = found.tally
        assert {name: getattr(tally, name) for name in CHOICES} == {name: counts[name] for name in CHOICES}
        assert (tally.seen, tally.unreached) == (counts["seen"], counts["untold"])
        assert Answer.objects.filter(elector__round=asked).count() == sum(counts[name] for name in CHOICES)
        assert not Answer.objects.filter(elector__round=asked, at__gte=end).exists(), "nothing counts after the closing"
        if said and self.now >= asked.closes_at:
            carried = Round.objects.carried().filter(pk=asked.pk).exists()
            assert carried == (said in ADOPTING), "the count in SQL"
        assert Decision.objects.filter(round=asked).exists() == (ballot.number > 0)
        if ballot.number:
            assert ballot.said in ADOPTS
            assert asked.decision.number == ballot.number

    def same_people(self, asked: Round, ballot: Ballot) -> None:
        for number, user in enumerate(self.world.people):
            waits = Elector.objects.filter(round=asked).unanswered_by(user.person, self.now).exists()
            assert waits == ballot.awaits(number, self.world.speaks[number], self.now)

    def kept(self) -> None:
        closings = list(Decision.objects.order_by("number").values_list("decided_at", flat=True))
        assert closings == sorted(closings), "numbers follow the closings"
        for position in self.positions:
            previous = ""
            for entry in Entry.objects.of(position).order_by("number"):
                assert (entry.previous, entry.hash) == (previous, fingerprint(entry))
                previous = entry.hash


def test_a_position_lives_by_the_rules_whatever_happens_in_whatever_order(world, record_property):
    Life.world, Life.steps = world, 0
    for met in (Life.outcomes, Life.answers, Life.results):
        met.clear()
    short = settings(USUAL, max_examples=12, stateful_step_count=12, derandomize=True)
    long = settings(USUAL, max_examples=10, stateful_step_count=50)

    rounds = 0
    while rounds == 0 or Life.steps < STEPS:
        run_state_machine_as_test(seed(SEED + rounds)(Life) if STEPS else Life, settings=long if STEPS else short)
        rounds += 1

    record_property("figures", f"Life: {Life.steps} steps{f', seed {SEED}' * bool(STEPS)}; {tally_of_what_was_met()}")
    assert connection.in_atomic_block


def tally_of_what_was_met() -> str:
    """How often each outcome, answer and reception of an answer was met; and which never was."""
    parts = []
    for name, wanted, met in (
        ("outcomes", set(Outcome.values), Life.outcomes),
        ("answers", set(CHOICES), Life.answers),
        ("received as", RECEIVED, Life.results),
    ):
        told = ", ".join(f"{one} {met[one]}" for one in sorted(wanted) if met[one])
        never = ", ".join(sorted(one for one in wanted if not met[one]))
        parts.append(f"{name}: {told}" + f" (NEVER: {never})" * bool(never))
    return "; ".join(parts)
