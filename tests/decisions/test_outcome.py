"""The rules, as tables: the outcome is a function of the rows and the closing instant."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisions.models import Elector, Position, Round
from decisions.outcome import (
    ADOPTING,
    Choice,
    Outcome,
    Procedure,
    Rule,
    Share,
    Tally,
    Voice,
    Window,
    needed,
    outcome,
    standing,
    tally,
)
from tests.decisions.making import committee_of, say, speaker_of
from tests.factories import NOON, RoundFactory

CLOSE = NOON + timedelta(days=2)
IN_TIME = CLOSE - timedelta(microseconds=1)
SILENCE = Rule(Procedure.SILENCE, Share.HALF, Share.HALF, 12)
WINDOW = Window(NOON, CLOSE)


def voices(*, seen: int = 0, told: int = 0, untold: int = 0, **said: int) -> list[Voice]:
    """So many seats that said each, pressed seen, were told and said nothing, or were never told."""
    answered = [Voice(choice, IN_TIME) for choice, count in said.items() for _ in range(count)]
    return answered + [Voice(seen_at=IN_TIME)] * seen + [Voice(is_reached=True)] * told + [Voice()] * untold


def said_of(rule: Rule, **counts: int) -> Outcome:
    return outcome(tally(rule.counted, voices(**counts), CLOSE), rule)


@pytest.mark.parametrize(
    ("share", "of", "number"),
    [
        ("half", 12, 7),
        ("half", 13, 7),
        ("half", 9, 5),
        ("half", 1, 1),
        ("half_up", 12, 6),
        ("half_up", 13, 7),
        ("three_fifths", 10, 6),
        ("three_fifths", 11, 7),
        ("two_thirds", 12, 8),
        ("two_thirds", 13, 9),
        ("all", 13, 13),
        ("none", 13, 0),
    ],
)
def test_a_share_of_seats_is_so_many(share, of, number):
    assert needed(share, of) == number


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"approve": 7, "told": 5}, Outcome.ADOPTED),
        ({"approve": 6, "told": 6}, Outcome.REJECTED),
        ({"approve": 6, "abstain": 6}, Outcome.REJECTED),
        ({"approve": 6, "reserve": 1, "untold": 5}, Outcome.ADOPTED),
        ({"approve": 7, "object": 5}, Outcome.DISSENT),
        ({"object": 12}, Outcome.REJECTED),
        ({"approve": 5, "recuse": 3, "told": 4}, Outcome.ADOPTED),  # 5 of 9
        ({"approve": 4, "recuse": 3, "told": 5}, Outcome.REJECTED),
        ({"approve": 4, "recuse": 8}, Outcome.MEETING),  # 4 of 12 are left: under half
        ({"approve": 6, "recuse": 6}, Outcome.ADOPTED),  # 6 of 12 are half
    ],
)
def test_an_explicit_approval_is_counted_of_all_deciding_seats(counts, said):
    assert said_of(Rule(Procedure.EXPLICIT, Share.NONE, Share.HALF, 12), **counts) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"approve": 3, "object": 2, "abstain": 2, "told": 5}, Outcome.DISSENT),  # 3 of 5 votes, 7 of 12 took part
        ({"approve": 2, "object": 2, "abstain": 3, "told": 5}, Outcome.REJECTED),
        ({"approve": 6, "told": 6}, Outcome.NO_QUORUM),
        ({"approve": 6, "seen": 1, "told": 5}, Outcome.ADOPTED),
        ({"abstain": 12}, Outcome.REJECTED),  # nobody for it
    ],
)
def test_a_vote_is_counted_of_the_votes_cast(counts, said):
    assert said_of(Rule(Procedure.VOTE, Share.HALF, Share.HALF, 12), **counts) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"seen": 7, "told": 5}, Outcome.SILENCE),
        ({"approve": 12}, Outcome.ADOPTED),
        ({"approve": 4, "seen": 2, "told": 6}, Outcome.NO_QUORUM),  # 6 of 12: not more than half
        ({"approve": 6, "seen": 5, "untold": 1}, Outcome.NO_QUORUM),  # one was never told
        ({"approve": 11, "object": 1}, Outcome.BROKEN),
        ({"object": 1, "untold": 11}, Outcome.BROKEN),
        ({"recuse": 3, "abstain": 5, "told": 4}, Outcome.SILENCE),  # base 9, quorum 5
        ({"recuse": 3, "abstain": 4, "told": 5}, Outcome.NO_QUORUM),
        ({"recuse": 8, "object": 1, "told": 3}, Outcome.MEETING),
    ],
)
def test_silence_adopts_what_enough_seats_saw_and_nobody_objected_to(counts, said):
    assert said_of(SILENCE, **counts) == said


@pytest.mark.parametrize(
    ("counted", "recused", "said"), [(5, 3, Outcome.MEETING), (4, 2, Outcome.MEETING), (2, 0, Outcome.ADOPTED)]
)
def test_after_recusals_fewer_than_three_seats_do_not_decide(counted, recused, said):
    rule = Rule(Procedure.EXPLICIT, Share.NONE, Share.HALF, counted)

    assert said_of(rule, approve=counted - recused, recuse=recused) == said


def test_nothing_is_decided_before_the_closing_instant():
    assert standing(SILENCE, voices(approve=12), WINDOW, IN_TIME).outcome is None


def test_the_outcome_is_the_same_hours_later():
    found = [standing(SILENCE, voices(approve=12), WINDOW, CLOSE + timedelta(hours=hours)) for hours in (0, 6, 600)]

    assert [one.outcome for one in found] == [Outcome.ADOPTED] * 3


def test_what_is_said_at_the_closing_instant_counts_as_not_said():
    late = [Voice("approve", CLOSE), Voice(seen_at=CLOSE, is_reached=True), Voice("approve", IN_TIME)]

    assert tally(3, late, CLOSE) == Tally(3, approve=1, unreached=1)


def test_without_a_quorum_a_round_goes_on_once_for_half_of_its_window():
    silent = voices(approve=2, told=10)
    half = timedelta(days=1)

    at_closing = standing(SILENCE, silent, WINDOW, CLOSE)
    at_the_end = standing(SILENCE, silent, WINDOW, CLOSE + half)
    written_down = standing(SILENCE, silent, Window(NOON, CLOSE + half, was_extended=True), CLOSE + half)

    assert (at_closing.outcome, at_closing.closes_at, at_closing.is_extended) == (None, CLOSE + half, True)
    assert at_the_end.outcome == written_down.outcome == Outcome.NO_QUORUM
    assert at_the_end.closes_at == written_down.closes_at


def test_who_answers_while_it_goes_on_is_counted():
    later = [Voice("approve", CLOSE + timedelta(hours=1))] * 5

    assert standing(SILENCE, voices(approve=2, told=5) + later, WINDOW, CLOSE + timedelta(days=1)).outcome == "silence"


SHARES = st.sampled_from(list(Share))
SAID = st.lists(st.sampled_from([*Choice.values, "seen", "told", "untold"]), min_size=1, max_size=13)


@given(st.sampled_from([Procedure.SILENCE, Procedure.EXPLICIT, Procedure.VOTE]), SHARES, SHARES, SAID)
def test_another_approval_never_turns_an_adoption_into_less(procedure, quorum, threshold, said):
    rule = Rule(procedure, quorum, threshold, len(said))
    before = outcome(tally(len(said), rows(said), CLOSE), rule)
    after = outcome(tally(len(said), rows(["approve" if one == "told" else one for one in said]), CLOSE), rule)

    assert before not in ADOPTING or after in ADOPTING


def rows(said: list[str]) -> list[Voice]:
    return [voices(**{one: 1})[0] for one in said]


@pytest.mark.django_db
@pytest.mark.parametrize("procedure", [Procedure.SILENCE, Procedure.EXPLICIT, Procedure.VOTE])
@pytest.mark.parametrize("share", list(Share))
def test_the_database_adopts_as_the_rule_does(procedure, share):
    committee = committee_of(4)
    for said in (
        "approve approve approve approve",
        "approve object seen none",
        "seen seen seen none",
        "reserve abstain none none",
        "recuse approve approve abstain",
        "recuse recuse approve approve",
        "abstain abstain seen none",
        "approve none none none",
    ):
        asked = RoundFactory(
            position__committee=committee,
            position__status=Position.Status.OPEN,
            procedure=procedure,
            quorum=share,
            threshold=share,
        )
        for elector, one in zip(asked.electors.all(), said.split(), strict=True):
            if one == "seen":
                Elector.objects.filter(pk=elector.pk).update(seen_at=IN_TIME, seen_by=speaker_of(elector).person)
            elif one != "none":
                say(elector, one, at=IN_TIME)

        carried = Round.objects.closed(CLOSE).carried().filter(pk=asked.pk).exists()

        rule_says = outcome(tally(4, [one.voice for one in asked.electors.with_reach()], CLOSE), asked.rule)
        assert carried == (rule_says in ADOPTING), said
