from datetime import timedelta

import pytest
from django.db import Error, transaction

from accounts.models import TransitionError, User
from accounts.rules import Refused
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.consulting import end_consultation_early
from decisions.actions.drafting import draft_position, edit_draft, newest_text, withdraw_position, write_version
from decisions.models import AnswerChange, Position, Text
from decisions.outcome import Outcome
from history.models import Entry
from notices.models import Delivery
from tests.decisions import members_asked
from tests.decisions.making import answers, chair_of, committee_of, opened
from tests.factories import NOON, PositionFactory, RepresentationFactory, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def edit(position: Position, by, **changed):
    text = newest_text(position)
    fields = {"title": position.title, "body": text.body, "campaign": None, "level": position.level}
    fields["visibility"] = "steering"
    return edit_draft(position, by=by, **{**fields, "seen": text.sha256, **changed}, now=LATER)


def test_a_draft_starts_with_version_one_and_its_history():
    staff, committee = user_with("staff"), committee_of(3)

    position = draft_position(by=staff, title="Survivors", body="One.\n\nTwo.", committee=committee, now=NOON)

    text = newest_text(position)
    assert (text.version.number, text.paragraphs, len(text.sha256)) == (1, ["One.", "Two."], 64)
    assert [entry.sentence for entry in Entry.objects.of(position)] == ["Started the draft"]


@pytest.mark.parametrize("role", ["facilitator", "member", "nobody"])
def test_only_staff_and_the_committee_draft(role):
    with pytest.raises(Refused):
        draft_position(by=user_with(role), title="x", body="x", committee=committee_of(1), now=NOON)


def test_a_seat_drafts_for_its_own_committee_only():
    ours, theirs = committee_of(1), committee_of(1, is_steering=False)
    seat = user_with("seat", ours)

    draft_position(by=seat, title="x", body="x", committee=ours, now=NOON)

    with pytest.raises(Refused):
        draft_position(by=seat, title="x", body="x", committee=theirs, now=NOON)


def test_an_edit_changes_the_wording_in_place():
    position = PositionFactory()

    edit(position, user_with("staff"), title="Better", body="Other words.")

    assert (newest_text(position).body, newest_text(position).version.number) == ("Other words.", 1)
    assert Position.objects.get().title == "Better"


def test_nobody_overwrites_another_unseen():
    position, staff = PositionFactory(), user_with("staff")
    seen = newest_text(position).sha256
    edit(position, staff, body="The first edit.")

    with pytest.raises(TransitionError, match="Somebody has changed the text"):
        edit(position, staff, body="The second edit.", seen=seen)

    assert newest_text(position).body == "The first edit."


def test_a_version_is_added_beside_the_old_one():
    position = PositionFactory(body="Old.")

    write_version(position, by=user_with("staff"), body="New.", seen=newest_text(position).sha256, now=LATER)

    assert list(Text.objects.order_by("version__number").values_list("version__number", "body")) == [
        (1, "Old."),
        (2, "New."),
    ]


def test_a_text_that_was_asked_about_is_fixed_even_for_the_database():
    asked = opened(committee_of(3))
    text = newest_text(asked.version.position)

    with pytest.raises(Error, match="fixed once a round has opened"), transaction.atomic():
        Text.objects.filter(pk=text.pk).update(body="Other.")
    with pytest.raises(Error, match="fixed once a round has opened"), transaction.atomic():
        Text.objects.filter(pk=text.pk).delete()


def test_an_open_position_is_not_rewritten():
    asked, staff = opened(committee_of(3)), user_with("staff")
    position = asked.version.position

    with pytest.raises(TransitionError, match="cannot be rewritten"):
        edit(position, staff, body="Other.")
    with pytest.raises(TransitionError, match="cannot be rewritten"):
        write_version(position, by=staff, body="New.", seen=newest_text(position).sha256, now=LATER)


def test_a_position_that_was_not_adopted_is_asked_about_again_in_a_new_version():
    asked = opened(committee_of(3))
    position = asked.version.position
    announce_closed_rounds(now=asked.closes_at)

    write_version(position, by=user_with("staff"), body="New.", seen=newest_text(position).sha256, now=asked.closes_at)

    position.refresh_from_db()
    assert position.status == Position.Status.DRAFT


def test_withdrawing_an_open_position_ends_its_reminders_and_tells_the_seats():
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER, most=1)

    withdraw_position(asked.version.position, by=user_with("staff"), reason="It is out of date.", now=LATER)

    asked.refresh_from_db()
    assert (asked.outcome, asked.version.position.status) == (Outcome.WITHDRAWN, Position.Status.WITHDRAWN)
    assert not Delivery.objects.by_mail().filter(kind="decisions.answer_due").waiting().exists()
    assert Delivery.objects.by_mail().filter(kind="decisions.withdrawn").waiting().count() == 3
    assert AnswerChange.objects.count() == 1


def test_withdrawing_comes_too_late_once_the_round_has_closed():
    asked = opened(committee_of(3))
    answers(asked, "approve", now=LATER)

    with pytest.raises(TransitionError, match="the answers have decided"):
        withdraw_position(asked.version.position, by=user_with("staff"), reason="No.", now=asked.closes_at)

    announce_closed_rounds(now=asked.closes_at)
    with pytest.raises(TransitionError, match="“Adopted” cannot become “Withdrawn”"):
        withdraw_position(asked.version.position, by=user_with("staff"), reason="No.", now=asked.closes_at)


def test_the_author_withdraws_and_the_chair_does_not():
    committee = committee_of(1)
    author = user_with("seat", committee)
    position = draft_position(by=author, title="x", body="x", committee=committee, now=NOON)

    with pytest.raises(Refused):
        withdraw_position(position, by=chair_of(committee), reason="No.", now=LATER)

    withdraw_position(position, by=author, reason="I thought again.", now=LATER)
    position.refresh_from_db()
    assert position.withdrawal_reason == "I thought again."


def test_an_author_who_left_the_committee_withdraws_nothing():
    committee = committee_of(1)
    author = user_with("seat", committee)
    position = draft_position(by=author, title="x", body="x", committee=committee, now=NOON)
    author.person.seats_held.update(until=NOON.date())

    with pytest.raises(Refused, match="sits on the committee"):
        withdraw_position(position, by=User.objects.get(pk=author.pk), reason="No.", now=LATER)


def test_what_members_are_consulted_on_is_not_withdrawn_behind_their_backs():
    RepresentationFactory()
    asked = members_asked.opened()
    staff = user_with("staff")

    with pytest.raises(TransitionError, match="Close the consultation first"):
        withdraw_position(asked.position, by=staff, reason="Overtaken.", now=LATER)

    end_consultation_early(asked, by=staff, reason="The text is overtaken.", now=LATER)
    later = LATER + timedelta(minutes=1)
    withdraw_position(asked.position, by=staff, reason="Overtaken.", now=later)
    asked.position.refresh_from_db()
    assert asked.position.status == "withdrawn"
