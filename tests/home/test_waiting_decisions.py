"""What waits of decisions is named precisely, and nothing that has been done."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from decisions.actions.answering import press_seen
from decisions.actions.correcting import approve_correction, propose_correction
from decisions.actions.drafting import newest_text
from decisions.actions.register import keep_decision
from home.waiting import counts, waiting
from tests.decisions.making import alternate_of, answer, chair_of, committee_of, opened, speaker_of
from tests.decisions.test_register import adopt
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def whats(user: User, now=LATER) -> list[str]:
    fresh = User.objects.get(pk=user.pk)
    found = waiting(fresh, now)
    assert counts(fresh, now).waiting == len(found)
    return [one.what for one in found]


def test_under_silence_a_seat_answers_or_presses_seen_and_then_nothing_waits():
    asked = opened(committee_of(3), title="Zones", procedure="silence", quorum="half")
    elector = asked.electors.first()
    speaker = speaker_of(elector)

    assert whats(speaker) == ["Answer “Zones”, or press “seen”"]
    press_seen(elector, by=speaker, version=asked.version, now=LATER)
    assert whats(speaker) == []


def test_otherwise_only_an_answer_is_one():
    asked = opened(committee_of(2), title="Zones")
    elector = asked.electors.first()

    assert whats(speaker_of(elector)) == ["Answer “Zones”"]
    answer(elector, "approve", now=LATER)
    assert whats(speaker_of(elector)) == []


def test_a_correction_waits_for_others_than_its_author_until_they_have_approved_it():
    asked = opened(committee_of(2), title="Zones")
    one, other = (speaker_of(elector) for elector in asked.electors.all())
    for elector in asked.electors.all():
        answer(elector, "approve", now=LATER)
    position = asked.version.position
    text = newest_text(position)
    made = propose_correction(position, by=one, body=text.body + "!", seen=text.sha256, now=LATER)

    assert (whats(one), whats(other)) == ([], ["Approve a correction of “Zones”"])
    approve_correction(made, by=other, now=LATER)
    assert whats(other) == []


def test_a_review_waits_from_its_day_until_another_day_is_set():
    committee = committee_of(1)
    decision, chair = adopt(committee, title="Zones"), chair_of(committee)
    keep_decision(decision, by=user_with("staff"), review_on=date(2026, 6, 1), superseded_by=None, now=LATER)

    def reviews(now):
        return [what for what in whats(chair, now) if what.startswith("Review")]

    assert reviews(NOON + timedelta(days=5)) == []
    assert reviews(NOON + timedelta(days=30)) == ["Review 2026-001 “Zones”"]
    keep_decision(decision, by=chair, review_on=date(2027, 6, 1), superseded_by=None, now=NOON)
    assert reviews(NOON + timedelta(days=30)) == []


def test_a_correction_waits_neither_for_the_other_voice_of_a_seat_that_approved_it_nor_for_one_that_recused_itself():
    asked = opened(committee_of(3), title="Zones")
    first, second, third = asked.electors.order_by("term__seat__number")
    answer(third, "recuse", now=LATER, reason="Our grant.")
    position = asked.version.position
    text = newest_text(position)
    staff = user_with("staff")
    made = propose_correction(position, by=staff, body=text.body + "!", seen=text.sha256, now=LATER)
    other, waits = alternate_of(first), "Approve a correction of “Zones”"

    assert [waits in whats(user) for user in (speaker_of(first), other, speaker_of(second), speaker_of(third))] == [
        True,
        True,
        True,
        False,
    ]
    approve_correction(made, by=other, now=LATER)
    assert [waits in whats(user) for user in (speaker_of(first), other, speaker_of(second))] == [False, False, True]
