"""Real threads on PostgreSQL: two acts on one round in either order; one outcome, every answer kept, a chain without a break.

Each clock was read before either act went on, as it is when two requests meet. Whatever is no sentence fails the test.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.db.models import F

from accounts.models import TransitionError
from decisions.actions.answering import give_answer
from decisions.actions.asking import change_text
from decisions.actions.closing import announce_closed_rounds, close_early
from decisions.actions.correcting import approve_correction, propose_correction
from decisions.actions.disagreements import end_disagreement
from decisions.actions.drafting import newest_text, withdraw_position
from decisions.models import Answer, AnswerChange, Correction, Decision, Disagreement, Round, Version
from history.models import Entry
from history.verifying import verify
from tests.decisions.making import (
    alternate_of,
    answers,
    chair_of,
    committee_of,
    opened,
    reply,
    speaker_of,
)
from tests.factories import NOON, user_with
from tests.threads import alone, in_turn, together, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(hours=1)
NEW_TEXT = "First paragraph, and more.\n\nSecond paragraph."
CORRECTED = "First paragraph, corrected.\n\nSecond paragraph."
EITHER_ORDER = pytest.mark.parametrize("is_first", [True, False], ids=["first", "second"])
TIMES = 40 if "SOAK_STEPS" in os.environ else 4  # of what has no order


def race(asked, one, other, *, is_first):
    """`one` and `other` want the round at the same moment; `one` gets it first, or second. What each gave."""
    acts = [one, other] if is_first else [other, one]
    given = in_turn(Round.objects.filter(pk=asked.pk), *acts)
    asked.refresh_from_db()
    asked.version.position.refresh_from_db()
    assert verify().found == []
    return given if is_first else given[::-1]


def says(asked, number, choice, *, now=LATER, by=None):
    elector = asked.electors.get(term__seat__number=number)
    said = reply(asked, choice, "because" if choice in {"object", "recuse", "reserve"} else "")
    return partial(give_answer, elector, by=by or speaker_of(elector), reply=said, now=now)


def changes_text(asked, *, now=LATER, **clock):
    position = asked.version.position
    fields = {"body": NEW_TEXT, "seen": newest_text(position).sha256, "zone": "UTC"}
    return partial(
        change_text, position, by=user_with("staff"), closes_at=NOON + timedelta(days=9), now=now, **fields, **clock
    )


def was_refused(given):
    return isinstance(given, TransitionError)


@EITHER_ORDER
@pytest.mark.parametrize("procedure", ["silence", "explicit"])
def test_an_objection_against_an_early_closing(procedure, is_first):
    """It ends the round, or is counted, or came too late and is kept: never half of each."""
    asked = opened(committee_of(3), procedure=procedure)
    answers(asked, "approve", now=LATER)
    closes = partial(close_early, asked, by=chair_of(asked.committee), now=LATER + timedelta(minutes=1))

    said, closed = race(asked, says(asked, 1, "object"), closes, is_first=is_first)
    announce_closed_rounds(now=asked.closes_at)

    asked.refresh_from_db()
    assert said.is_late == (not is_first)
    assert was_refused(closed) == (is_first and procedure == "silence")
    expected = ("broken" if procedure == "silence" else "dissent") if is_first else "adopted"
    assert (asked.outcome, AnswerChange.objects.count()) == (expected, 4)
    assert Answer.objects.filter(choice="object").count() == is_first
    assert Disagreement.objects.count() == is_first


@EITHER_ORDER
@pytest.mark.parametrize("choice", ["approve", "object"])
@pytest.mark.parametrize("procedure", ["silence", "explicit"])
def test_another_text_against_an_answer(procedure, choice, is_first):
    """The answer goes to the text that was read and is void with it, or is refused because there is another text."""
    asked = opened(committee_of(3), procedure=procedure)
    is_broken = procedure == "silence" and choice == "object" and not is_first

    changed, said = race(asked, changes_text(asked), says(asked, 1, choice), is_first=is_first)

    assert was_refused(changed) == is_broken
    assert was_refused(said) == is_first
    assert asked.outcome == ("broken" if is_broken else "replaced")
    assert AnswerChange.objects.filter(version=asked.version).count() == (not is_first)
    if not is_broken:
        assert Entry.objects.get(verb__startswith="Changed the text").details["void"] == (not is_first)
        assert not Answer.objects.filter(elector__round=changed).exists()


@EITHER_ORDER
def test_another_text_against_the_announcement(is_first):
    asked = opened(committee_of(1))
    answers(asked, "approve", now=LATER)
    just_before = asked.closes_at - timedelta(microseconds=1)

    changed, _done = race(
        asked,
        changes_text(asked, now=just_before),
        partial(announce_closed_rounds, now=asked.closes_at),
        is_first=is_first,
    )

    assert was_refused(changed) == (not is_first)
    assert (asked.outcome, asked.version.position.status) == (
        ("replaced", "open") if is_first else ("adopted", "adopted")
    )
    assert (Decision.objects.count(), Version.objects.count()) == ((0, 2) if is_first else (1, 1))


@EITHER_ORDER
@pytest.mark.parametrize("choice", ["approve", "object"])
def test_an_answer_just_before_the_closing_against_the_extension(choice, is_first):
    """In time it makes the quorum, and nothing goes on; after the extension it counts in what went on."""
    asked = opened(committee_of(3), quorum="two_thirds")
    answers(asked, "approve", now=LATER, most=1)
    first_end = asked.closes_at
    said = says(asked, 2, choice, now=first_end - timedelta(microseconds=1))

    given, _done = race(asked, said, partial(announce_closed_rounds, now=first_end), is_first=is_first)

    assert not given.is_late
    assert Answer.objects.filter(elector__round=asked).count() == 2
    assert (asked.extended_from is None) == is_first
    announce_closed_rounds(now=asked.closes_at)
    asked.refresh_from_db()
    assert asked.outcome == ("adopted" if choice == "approve" else "rejected")  # by two of three, or one
    assert Entry.objects.filter(verb__contains="goes on once").count() == (not is_first)


@EITHER_ORDER
def test_an_objection_to_a_silence_just_before_the_closing_against_the_extension(is_first):
    """It ends the round at its own instant, or just after the round went on, which is written down already."""
    asked = opened(committee_of(3), procedure="silence")  # nobody was reached, so it goes on
    first_end, tick = asked.closes_at, timedelta(microseconds=1)
    said = says(asked, 2, "object", now=first_end - tick)

    given, _done = race(asked, said, partial(announce_closed_rounds, now=first_end), is_first=is_first)

    assert (given.is_late, asked.outcome) == (False, "broken")
    assert (asked.extended_from, asked.closes_at) == ((None, first_end) if is_first else (first_end, first_end + tick))


def test_an_early_closing_whose_clock_was_read_before_the_round_went_on():
    """Both the chair and the last seat waited for the round while its going on was written down."""
    asked = opened(committee_of(2), quorum="two_thirds")
    answers(asked, "approve", now=LATER, most=1)
    first_end, tick = asked.closes_at, timedelta(microseconds=1)
    announce_closed_rounds(now=first_end)
    says(asked, 2, "approve", now=first_end - tick)()

    close_early(asked, by=chair_of(asked.committee), now=first_end - tick)

    asked.refresh_from_db()
    assert (asked.extended_from, asked.closes_at) == (first_end, first_end + tick)


def test_a_second_early_closing_whose_clock_was_read_before_the_first_moves_nothing():
    asked = opened(committee_of(2))
    answers(asked, "approve", now=LATER)
    chair, announced = chair_of(asked.committee), asked.closes_at
    close_early(asked, by=chair, now=LATER + timedelta(hours=1))

    with pytest.raises(TransitionError, match="has closed already"):
        close_early(asked, by=chair, now=LATER + timedelta(minutes=59))

    asked.refresh_from_db()
    assert (asked.closes_at, asked.brought_forward_from) == (LATER + timedelta(hours=1), announced)


def test_an_early_closing_that_waited_while_another_round_of_the_same_hour_was_numbered():
    """Its own hour has come: it could only close after the other, and that is after its own closing."""
    first, asked = opened(committee_of(2)), opened(committee_of(2, is_steering=False))
    for one in (first, asked):
        answers(one, "approve", now=LATER)
    Round.objects.filter(pk=first.pk).update(closes_at=F("closes_at") - timedelta(microseconds=1))
    announce_closed_rounds(now=asked.closes_at - timedelta(microseconds=1))

    with pytest.raises(TransitionError, match="has closed already"):
        close_early(asked, by=chair_of(asked.committee), now=asked.closes_at - timedelta(microseconds=2))

    announce_closed_rounds(now=asked.closes_at)
    assert [one.label for one in Decision.objects.order_by("number")] == ["2026-001", "2026-002"]


@pytest.mark.parametrize("act", ["change", "withdraw", "correct"])
def test_what_would_end_or_change_a_round_asks_the_clock_once_more_when_its_turn_has_come(act):
    """It had waited for the round past the closing: by then the answers have decided, and pages say so."""
    asked, made, (_first, second, _third) = corrected()
    just_before = asked.closes_at - timedelta(microseconds=1)
    clock, position = [just_before], asked.version.position
    times = {"now": just_before, "clock": lambda: clock[-1]}
    acts = {
        "change": lambda: changes_text(asked, **times)(),
        "withdraw": lambda: withdraw_position(position, by=user_with("staff"), reason="No.", **times),
        "correct": lambda: approve_correction(made, by=second, **times),
    }

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Round.objects.select_for_update().get(pk=asked.pk)  # as an answer does
        done = pool.submit(alone, acts[act])
        wait_until_blocked(1)
        clock.append(asked.closes_at)

    assert "has closed" in str(done.result())
    asked.refresh_from_db()
    assert (asked.outcome, asked.version.number, Version.objects.count()) == (None, 1, 1)


@EITHER_ORDER
def test_an_answer_just_after_the_closing_against_the_extension(is_first):
    """Whoever comes first writes the extension down; it is one, and the answer counts."""
    asked = opened(committee_of(3), quorum="two_thirds")
    just_after = asked.closes_at + timedelta(microseconds=1)

    given, _done = race(
        asked,
        says(asked, 1, "approve", now=just_after),
        partial(announce_closed_rounds, now=just_after),
        is_first=is_first,
    )

    assert not given.is_late
    assert (asked.outcome, asked.epoch) == (None, 1)
    assert Entry.objects.filter(verb__contains="goes on once").count() == 1


@EITHER_ORDER
def test_the_extension_against_the_announcement_of_its_end(is_first):
    """A worker that begins late finds both ends passed; another saw only the first."""
    asked = opened(committee_of(3), quorum="two_thirds")
    first_end, last_end = asked.closes_at, asked.opens_at + timedelta(hours=72)

    done = race(
        asked,
        partial(announce_closed_rounds, now=first_end),
        partial(announce_closed_rounds, now=last_end),
        is_first=is_first,
    )

    assert sum(done) == 1
    assert (asked.outcome, asked.extended_from, asked.closes_at, asked.epoch) == ("no_quorum", first_end, last_end, 1)
    assert Entry.objects.filter(verb__contains="goes on once").count() == 1


@EITHER_ORDER
def test_a_recusal_against_an_answer_of_the_same_seat(is_first):
    """The last counts and both are kept."""
    asked = opened(committee_of(5))
    elector = asked.electors.get(term__seat__number=1)

    race(
        asked,
        says(asked, 1, "recuse"),
        says(asked, 1, "approve", by=alternate_of(elector)),
        is_first=is_first,
    )

    assert Answer.objects.get().choice == ("approve" if is_first else "recuse")
    kept = list(AnswerChange.objects.order_by("at").values_list("choice", flat=True))
    assert kept == (["recuse", "approve"] if is_first else ["approve", "recuse"])


@EITHER_ORDER
def test_the_recusal_that_leaves_too_few_against_the_announcement(is_first):
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER)
    said = says(asked, 1, "recuse", now=asked.closes_at - timedelta(microseconds=1))

    given, _done = race(asked, said, partial(announce_closed_rounds, now=asked.closes_at), is_first=is_first)

    assert given.is_late == (not is_first)
    assert asked.outcome == ("meeting" if is_first else "adopted")
    assert AnswerChange.objects.count() == 4


@EITHER_ORDER
def test_the_second_approval_of_a_correction_against_a_third(is_first):
    asked, made, (_first, second, third) = corrected()

    given = race(
        asked,
        partial(approve_correction, made, by=second, now=LATER),
        partial(approve_correction, made, by=third, now=LATER),
        is_first=is_first,
    )

    assert [was_refused(one) for one in given] == [not is_first, is_first]
    assert (Version.objects.count(), asked.version.number) == (2, 2)
    assert (made.approvals.count(), Correction.objects.get().version) == (2, asked.version)


def test_an_approval_of_a_correction_that_is_sent_twice_at_once_is_one():
    asked, made, (_first, second, _third) = corrected(approved=False)

    given = race(asked, *[partial(approve_correction, made, by=second, now=LATER)] * 2, is_first=True)

    assert [was_refused(one) for one in given] == [False, True]
    assert (made.approvals.count(), Version.objects.count()) == (1, 1)


@EITHER_ORDER
def test_the_approval_that_corrects_against_an_answer(is_first):
    """Answers stand; whoever read the slip is shown the corrected text first if it came before."""
    asked, made, (_first, second, _third) = corrected()

    approved, said = race(
        asked, partial(approve_correction, made, by=second, now=LATER), says(asked, 3, "approve"), is_first=is_first
    )

    assert (was_refused(approved), was_refused(said)) == (False, is_first)
    assert Answer.objects.filter(elector__round=asked).count() == (not is_first)
    assert asked.version.number == 2


@EITHER_ORDER
def test_the_approval_that_corrects_against_another_text(is_first):
    asked, made, (_first, second, _third) = corrected()

    approved, changed = race(
        asked, partial(approve_correction, made, by=second, now=LATER), changes_text(asked), is_first=is_first
    )

    assert (was_refused(approved), was_refused(changed)) == (not is_first, is_first)
    assert list(Version.objects.order_by("number").values_list("number", "is_correction")) == [
        (1, False),
        (2, is_first),
    ]


def test_two_ends_of_one_disagreement_leave_the_first():
    asked = opened(committee_of(3))
    says(asked, 1, "object")()
    entry, staff, chair = Disagreement.objects.get(), user_with("staff"), chair_of(asked.committee)

    done = in_turn(
        Disagreement.objects.filter(pk=entry.pk),
        partial(end_disagreement, entry, by=staff, end="amended", sentence="It was.", now=LATER),
        partial(end_disagreement, entry, by=chair, end="stands", sentence="It stands.", now=LATER),
    )

    assert [was_refused(one) for one in done] == [False, True]
    assert (Disagreement.objects.get().status, verify().found) == ("amended", [])


@pytest.mark.parametrize("choice", ["object", "approve"])
@pytest.mark.parametrize("_turn", range(TIMES))
def test_all_seats_at_once_while_a_correction_is_approved_never_wait_for_each_other_in_a_circle(choice, _turn):
    asked, made, (_first, second, _third) = corrected()

    given = together(
        *[says(asked, number, choice if number % 2 else "approve") for number in range(1, 6)],
        partial(approve_correction, made, by=second, now=LATER),
    )

    asked.refresh_from_db()
    kept = sum(not was_refused(one) for one in given[:5])
    assert Answer.objects.filter(elector__round=asked).count() == AnswerChange.objects.count() == kept
    assert (asked.version.number, was_refused(given[5]), verify().found) == (2, False, [])


def corrected(*, approved=True):
    """A round of five seats, a correction that seat 1 proposed (and the chair approved), and seats 1 to 3."""
    asked = opened(committee_of(5))
    seats = [speaker_of(one) for one in asked.electors.order_by("term__seat__number")[:3]]
    seen = newest_text(asked.version.position).sha256
    made = propose_correction(asked.version.position, by=seats[0], body=CORRECTED, seen=seen, now=LATER)
    if approved:
        approve_correction(made, by=chair_of(asked.committee), now=LATER)
    return asked, made, seats
