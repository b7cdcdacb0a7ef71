"""Real threads on PostgreSQL: one answer, one outcome, one number, whoever comes first."""

from datetime import timedelta

import pytest

from accounts.clock import database_now
from decisions.actions.answering import give_answer
from decisions.actions.asking import open_round
from decisions.actions.closing import announce_closed_rounds, close_early
from decisions.actions.drafting import withdraw_position
from decisions.models import Answer, AnswerChange, Decision, Round
from tests.decisions.making import alternate_of, answers, chair_of, committee_of, opened, question, reply, speaker_of
from tests.factories import NOON, PositionFactory, RoundFactory, user_with
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(hours=1)


def test_both_holders_of_a_seat_answer_at_once_and_one_answer_stands():
    asked = opened(committee_of(3))
    elector = asked.electors.first()
    people = [speaker_of(elector), alternate_of(elector)]

    together(
        *[
            lambda by=by, choice=choice: give_answer(elector, by=by, reply=reply(asked, choice), now=LATER)
            for by, choice in zip(people * 4, ["approve", "abstain"] * 4, strict=True)
        ]
    )

    last = AnswerChange.objects.latest("at")
    assert (Answer.objects.get().choice, Answer.objects.get().by) == (last.choice, last.by)
    assert len(set(AnswerChange.objects.values_list("at", flat=True))) == AnswerChange.objects.count()


def test_one_form_sent_ten_times_at_once_is_one_answer():
    asked = opened(committee_of(3))
    elector = asked.electors.first()
    by = speaker_of(elector)

    together(*[lambda: give_answer(elector, by=by, reply=reply(asked, "approve"), now=LATER) for _time in range(10)])

    assert (Answer.objects.count(), AnswerChange.objects.count()) == (1, 1)


def test_an_answer_against_the_closing_counts_exactly_when_it_is_not_late():
    committee = committee_of(1)
    for number in range(12):
        now = database_now()
        position = PositionFactory(committee=committee, status="open")
        asked = RoundFactory(position=position, opens_at=now, closes_at=now + timedelta(milliseconds=5 * number + 1))
        elector = asked.electors.get()
        by = speaker_of(elector)

        def answer(elector=elector, asked=asked, by=by):
            return give_answer(elector, by=by, reply=reply(asked, "approve"), now=database_now())

        def announce():
            while not announce_closed_rounds(now=database_now()):
                pass

        change, _done = together(answer, announce)

        asked = Round.objects.get(pk=asked.pk)
        assert (asked.outcome == "adopted") == (not change.is_late)
        assert Answer.objects.filter(elector=elector).exists() == (not change.is_late)


def test_announcing_four_times_at_once_gives_each_decision_one_number_in_order():
    committee = committee_of(1)
    for hours in (5, 3, 9, 7):
        answers(opened(committee, hours=hours, title=str(hours)), "approve", now=LATER)

    done = together(*[lambda: announce_closed_rounds(now=NOON + timedelta(days=1)) for _time in range(4)])

    assert sum(done) == 4
    numbered = Decision.objects.order_by("number").values_list("number", "title")
    assert list(numbered) == [(1, "3"), (2, "5"), (3, "7"), (4, "9")]


def test_closing_early_while_others_are_announced_keeps_the_numbers_in_order():
    committee = committee_of(1)
    early = opened(committee, hours=90, title="early")
    others = [opened(committee, hours=hours, title=str(hours)) for hours in (3, 4, 5)]
    for asked in (early, *others):
        answers(asked, "approve", now=LATER)
    chair = chair_of(committee)

    together(
        lambda: announce_closed_rounds(now=NOON + timedelta(hours=5)),
        lambda: close_early(early, by=chair, now=NOON + timedelta(hours=4, minutes=30)),
    )
    announce_closed_rounds(now=NOON + timedelta(hours=6))

    closings = list(Decision.objects.order_by("number").values_list("decided_at", flat=True))
    assert (len(closings), closings) == (4, sorted(closings))


def test_of_two_rounds_opened_at_once_one_stands():
    committee = committee_of(3)
    position = PositionFactory(committee=committee)
    chair, staff = chair_of(committee), user_with("staff")

    def opener(by):
        return lambda: open_round(position, by=by, question=question(position), now=NOON)

    done = together(opener(chair), opener(staff))

    assert sorted(type(one).__name__ for one in done) == ["Round", "TransitionError"]
    assert Round.objects.count() == 1


def test_withdrawing_against_announcing_leaves_one_end():
    committee, staff = committee_of(1), user_with("staff")
    asked = opened(committee, hours=3)
    answers(asked, "approve", now=LATER)

    together(
        lambda: withdraw_position(asked.version.position, by=staff, reason="No.", now=LATER),
        lambda: announce_closed_rounds(now=asked.closes_at),
    )

    asked.refresh_from_db()
    assert asked.outcome == asked.version.position.status
    assert Decision.objects.count() == (asked.outcome == "adopted")
