"""Somebody with the keys of the database changes what happened: `manage.py verify_history` names it."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction

from decisions.models import Answer, AnswerChange
from history.actions import fingerprint, record
from history.anchoring import anchor_all
from history.models import Anchor, Entry, Head
from history.verifying import verify
from tests.decisions.making import answer, committee_of, opened
from tests.factories import NOON, CampaignFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.HISTORY_ANCHOR_FILE = str(tmp_path / "anchors")


@pytest.fixture
def campaign():
    """With four entries, all anchored."""
    campaign = CampaignFactory()
    for number in range(1, 5):
        record("Step %(number)s", campaign, by=None, now=NOON, number=number)
    assert anchor_all(now=NOON) == 1
    return campaign


def tamper(statement: str, *values: object) -> None:
    """As whoever owns the tables can: with the triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found() -> str:
    return "\n".join(verify().found)


def test_what_nobody_touched_is_as_it_was_written(campaign):
    out = StringIO()

    call_command("verify_history", stdout=out)

    assert out.getvalue() == "4 entries of 1 objects and 1 anchors read: all is as it was written.\n"


def test_an_edited_entry_is_named(campaign):
    tamper("UPDATE history_entry SET verb = 'Lied' WHERE number = 2")

    assert f"campaigns.campaign {campaign.pk}: entry 2 of 2026" in found()
    assert "(“Lied”) was edited" in found()


def test_another_time_or_another_actor_is_an_edit(campaign):
    tamper("UPDATE history_entry SET at = at - interval '1 hour' WHERE number = 3")

    assert "entry 3" in found()


def test_an_entry_that_was_deleted_is_named(campaign):
    tamper("DELETE FROM history_entry WHERE number = 2")

    assert "deleted before it: entry 2" in found()


def test_an_entry_that_was_inserted_is_named(campaign):
    second, third = Entry.objects.filter(number__in=[2, 3]).order_by("number")
    tamper("UPDATE history_entry SET number = number + 10 WHERE number > 2")
    tamper("UPDATE history_entry SET number = number - 9 WHERE number > 10")
    forged = Entry(
        content_type=third.content_type, object_id=campaign.pk, number=3, at=NOON, verb="Forged", previous=second.hash
    )
    forged.hash = fingerprint(forged)
    forged.save(force_insert=True)

    assert "entry 4 of 2026" in found()
    assert "does not follow entry 3" in found()
    assert "inserted at the end: entries 5 to 5" in found()


def test_two_entries_that_changed_places_are_named(campaign):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        tamper("UPDATE history_entry SET number = %s WHERE number = %s", new, old)

    assert "entry 2" in found()
    assert "entry 3" in found()


def test_a_chain_whose_end_was_taken_away_with_its_head_set_back_does_not_reach_its_anchor(campaign):
    third = Entry.objects.get(number=3)
    tamper("DELETE FROM history_entry WHERE number = 4")
    Head.objects.update(number=3, hash=third.hash)

    assert found() == f"campaigns.campaign {campaign.pk}: entry 4 was deleted; an anchor holds it"


def test_a_chain_that_was_written_anew_with_right_hashes_is_not_the_anchored_one(campaign):
    last = Entry.objects.select_related("content_type").get(number=4)
    last.verb = "Lied"
    tamper("UPDATE history_entry SET verb = 'Lied', hash = %s WHERE number = 4", fingerprint(last))
    Head.objects.update(hash=fingerprint(last))

    assert "was written anew: an anchor holds another" in found()


def test_an_anchor_that_was_edited_or_taken_away_is_named_also_by_the_file(campaign):
    tamper("UPDATE history_anchor SET heads = '[]'")
    assert "Anchor 1 was edited" in found()

    tamper("DELETE FROM history_anchor")
    assert "Anchor 1 is not the one in" in found()


def test_a_deleted_head_is_named(campaign):
    tamper("DELETE FROM history_head")

    assert "inserted at the end: entries 1 to 4" in found()


def test_what_stands_still_is_not_anchored_twice(campaign):
    assert anchor_all(now=LATER) == 0
    record("Step 5", campaign, by=None, now=LATER)
    assert anchor_all(now=LATER) == 1

    first, second = Anchor.objects.all()
    assert (second.previous, len(second.heads), found()) == (first.hash, 1, "")


def test_the_database_refuses_to_change_an_anchor(campaign):
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Anchor.objects.update(hash="")


def test_the_command_ends_with_1_and_a_list(campaign):
    tamper("DELETE FROM history_entry WHERE number = 2")
    out = StringIO()

    with pytest.raises(SystemExit) as end:
        call_command("verify_history", stdout=out)

    assert end.value.code == 1
    assert "1 things are not as they were written" in out.getvalue()


@pytest.fixture
def given():
    """Two seats have answered, one twice."""
    asked = opened(committee_of(3))
    first, second, _third = asked.electors.order_by("term__seat__number")
    answer(first, "approve", now=LATER)
    answer(first, "object", reason="Article 5.", now=LATER + timedelta(hours=1))
    answer(second, "abstain", now=LATER)
    answer(second, "approve", now=asked.closes_at)
    assert found() == ""
    return first


def test_an_answer_that_was_edited_is_named(given):
    tamper("UPDATE decisions_answerchange SET choice = 'approve', reason = '' WHERE choice = 'object'")
    tamper("UPDATE decisions_answer SET choice = 'approve', reason = '' WHERE choice = 'object'")

    assert f"of {given.organisation}, 2026" in found()
    assert "was edited: it does not say what was given" in found()


def test_an_answer_that_counts_as_another_than_was_given_is_named(given):
    tamper("UPDATE decisions_answer SET choice = 'approve', reason = '' WHERE choice = 'object'")

    counted = Answer.objects.get(elector=given)
    assert found() == (f"What counts for {given.organisation} (answer {counted.pk}) is not what it said last in time")


def test_an_answer_that_was_deleted_is_named(given):
    change = AnswerChange.objects.get(choice="abstain")
    tamper("DELETE FROM decisions_answerchange WHERE id = %s", change.pk)

    assert f"Answer {change.pk}" in found()
    assert "was deleted: the history knows of it" in found()


def test_what_counts_and_was_deleted_is_named(given):
    tamper("DELETE FROM decisions_answer WHERE elector_id = %s", given.pk)

    assert f"What elector {given.pk} said in time does not count" in found()


def test_an_answer_that_was_inserted_is_named(given):
    late = AnswerChange.objects.get(is_late=True)
    late.pk, late.choice = uuid4(), "abstain"
    late.save(force_insert=True)

    assert "was inserted: the history knows nothing of it" in found()
