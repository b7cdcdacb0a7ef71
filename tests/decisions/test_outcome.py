"""The rule, as a table: the outcome is a function of the rows and two instants."""

from datetime import datetime, timedelta

import pytest

from decisions.models import Position, Round
from decisions.outcome import Choice, Outcome, majority, outcome, tally
from tests.decisions.making import committee_of, say
from tests.factories import NOON, RoundFactory

CLOSE = NOON + timedelta(days=2)
IN_TIME = CLOSE - timedelta(microseconds=1)

# approve, object, abstain of a base of 12; approvals needed; what it says at the closing instant
TABLE = [
    (7, 0, 0, 7, Outcome.ADOPTED),
    (6, 0, 0, 7, Outcome.REJECTED),
    (6, 0, 6, 7, Outcome.REJECTED),
    (7, 5, 0, 7, Outcome.ADOPTED),
    (0, 0, 0, 1, Outcome.REJECTED),
    (1, 11, 0, 1, Outcome.ADOPTED),
    (12, 0, 0, 12, Outcome.ADOPTED),
    (11, 0, 1, 12, Outcome.REJECTED),
]


def rows(approve: int, object_: int, abstain: int) -> list[tuple[str, datetime]]:
    choices = ["approve"] * approve + ["object"] * object_ + ["abstain"] * abstain
    return [(choice, IN_TIME) for choice in choices]


@pytest.mark.parametrize(("approve", "object_", "abstain", "threshold", "said"), TABLE)
def test_what_the_answers_say_at_the_closing_instant(approve, object_, abstain, threshold, said):
    counted = tally(12, rows(approve, object_, abstain), CLOSE)

    assert outcome(counted, threshold, CLOSE, CLOSE) == said


@pytest.mark.parametrize(("approve", "object_", "abstain", "threshold", "said"), TABLE)
def test_nothing_is_decided_before_the_closing_instant(approve, object_, abstain, threshold, said):
    counted = tally(12, rows(approve, object_, abstain), CLOSE)

    assert outcome(counted, threshold, CLOSE, IN_TIME) is None


def test_the_outcome_is_the_same_hours_later():
    counted = tally(12, rows(7, 0, 0), CLOSE)

    assert outcome(counted, 7, CLOSE, CLOSE + timedelta(hours=6)) == Outcome.ADOPTED


def test_an_answer_at_the_closing_instant_counts_as_none():
    counted = tally(3, [("approve", CLOSE), ("approve", IN_TIME), ("object", CLOSE + timedelta(hours=1))], CLOSE)

    assert counted.as_row() == {"base": 3, "approve": 1, "object": 0, "abstain": 0, "silent": 2}


@pytest.mark.parametrize(("base", "half"), [(1, 1), (2, 2), (11, 6), (12, 7), (13, 7)])
def test_a_majority_is_more_than_half(base, half):
    assert majority(base) == half


@pytest.mark.django_db
@pytest.mark.parametrize(("approve", "object_", "abstain", "threshold", "said"), TABLE)
def test_the_database_counts_as_the_rule_does(approve, object_, abstain, threshold, said):
    committee = committee_of(12)
    asked = RoundFactory(position__committee=committee, position__status=Position.Status.OPEN, threshold=threshold)
    choices = [Choice(choice) for choice, _at in rows(approve, object_, abstain)]
    for elector, choice in zip(asked.electors.all(), choices, strict=False):
        say(elector, choice, at=IN_TIME)

    carried = Round.objects.closed(CLOSE).carried().filter(pk=asked.pk).exists()

    assert carried == (said == Outcome.ADOPTED)
    assert outcome(asked.tally, threshold, CLOSE, CLOSE) == said
