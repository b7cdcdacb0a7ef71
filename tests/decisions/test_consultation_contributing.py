"""What members say: one official answer each, any number of comments, and who reads them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.rules import Refused
from decisions.actions.consulting import end_consultation_early
from decisions.actions.contributing import AnsweredMeanwhile, answer_officially
from decisions.models import Consultation, Contribution, ContributionChange
from tests.decisions.making import committee_of
from tests.decisions.members_asked import (
    CLOSING,
    LATER,
    OVER,
    answers,
    colleague_of,
    comments,
    member,
    opened,
    organisation_of,
    row_of,
)
from tests.factories import PositionFactory, RepresentationFactory, UserFactory, user_with

pytestmark = pytest.mark.django_db


def texts() -> list:
    return list(Contribution.objects.order_by("question__number", "at").values_list("text", flat=True))


def seen_by(user, now=LATER) -> set:
    return set(Contribution.objects.visible_to(user, now).values_list("text", flat=True))


def test_an_official_answer_has_a_part_for_each_question_and_the_whole():
    user = member()
    consultation = opened(questions=["Why?", "How?"])
    why, how = consultation.questions.all()

    answers(consultation, user, texts={None: "Good.", why.pk: "Because.", how.pk: "  "})

    parts = Contribution.objects.values_list("question__number", "text", "kind")
    assert sorted(parts, key=str) == [(1, "Because.", "official"), (None, "Good.", "official")]
    row = row_of(consultation, user)
    assert (row.answered_at, row.answered_by, row.edits) == (LATER, user.person, 1)


def test_a_member_may_say_that_it_has_nothing_to_add():
    user = member()
    consultation = opened()

    answers(consultation, user, "")

    assert (texts(), row_of(consultation, user).edits) == ([], 1)


def test_the_answer_can_be_changed_until_the_closing_and_every_change_is_kept():
    user = member()
    consultation = opened()
    answers(consultation, user, "First")
    answers(consultation, colleague_of(user), "Second", now=LATER + timedelta(hours=1))
    answers(consultation, user, "", now=LATER + timedelta(hours=2))

    assert texts() == [""]
    assert list(ContributionChange.objects.values_list("text", flat=True)) == ["First", "Second", ""]


def test_a_double_click_adds_nothing():
    user = member()
    consultation = opened()

    answers(consultation, user, "Same", seen=0)
    answers(consultation, user, "Same", seen=0)

    assert (ContributionChange.objects.count(), row_of(consultation, user).edits) == (1, 1)


def test_two_contacts_of_one_member_do_not_overwrite_each_other_unseen():
    user = member()
    consultation = opened()
    colleague = colleague_of(user)
    answers(consultation, user, "Mine", seen=0)

    with pytest.raises(AnsweredMeanwhile, match="compare them"):
        answers(consultation, colleague, "Theirs", seen=0)

    assert texts() == ["Mine"]


@pytest.mark.parametrize("role", ["media", "other"])
def test_only_the_main_contact_and_the_alternate_sign(role):
    user = member()
    consultation = opened()

    with pytest.raises(Refused, match="main contact"):
        answers(consultation, colleague_of(user, role))


def test_nobody_answers_or_comments_for_another_member():
    user, other = member(), member()
    consultation = opened()
    row = row_of(consultation, other)

    with pytest.raises(Refused):
        answer_officially(row, by=user, texts={None: "x"}, language="en", openness="asked", seen=0, now=LATER)
    with pytest.raises(Refused):
        comments(consultation, user, consulted=row)


def test_a_contact_whose_member_was_suspended_answers_no_more():
    user = member()
    consultation = opened()
    organisation_of(user).memberships.update(status="suspended")

    with pytest.raises(Refused):
        answers(consultation, user)
    assert not Consultation.objects.visible_to(type(user).objects.get(pk=user.pk)).exists()


def test_what_comes_after_the_closing_is_kept_marked_and_changes_nothing():
    user = member()
    consultation = opened()
    answers(consultation, user, "In time")

    in_time = answers(consultation, user, "Late", now=CLOSING)
    answers(consultation, user, "Late", now=CLOSING)
    comments(consultation, user, "Late comment", now=OVER)

    assert not in_time
    found = Contribution.objects.order_by("at").values_list("text", "is_late")
    assert list(found) == [("In time", False), ("Late", True), ("Late comment", True)]
    assert row_of(consultation, user).answered_at == LATER


def test_after_an_early_closing_the_clock_read_before_it_helps_nobody():
    user = member()
    consultation = opened()
    end_consultation_early(consultation, by=user_with("staff"), reason="Done", now=LATER)

    assert not answers(consultation, user, now=LATER - timedelta(seconds=1))
    assert comments(consultation, user, now=LATER - timedelta(seconds=1)).is_late


def test_the_same_comment_sent_twice_is_one():
    user = member()
    consultation = opened()

    assert comments(consultation, user) == comments(consultation, user)
    assert Contribution.objects.count() == 1


def test_comments_are_personal_or_in_the_members_name_on_a_paragraph_or_the_whole():
    user = member()
    consultation = opened()

    own = comments(consultation, user, "Un mot", paragraph=2, language="fr")
    ours = comments(consultation, user, "We think", consulted=row_of(consultation, user))

    assert (own.kind, own.organisation, own.paragraph, own.language) == ("personal", None, 2, "fr")
    assert (ours.kind, ours.organisation, ours.paragraph) == ("organisation", organisation_of(user), None)


@pytest.mark.parametrize("role", ["admin", "staff", "chair", "seat", "facilitator"])
def test_staff_the_committee_and_facilitators_comment_too(role):
    committee = committee_of(1)
    member()
    consultation = opened(PositionFactory(committee=committee))

    assert comments(consultation, user_with(role, committee)).kind == "personal"


def test_who_is_not_asked_neither_reads_nor_comments():
    member(country="PER")
    outsider = member(country="KEN")
    consultation = opened(region="019")

    assert not Consultation.objects.visible_to(outsider).exists()
    with pytest.raises(Refused):
        comments(consultation, outsider)


def test_until_the_closing_members_read_their_own_and_their_organisations():
    user, other = member(), member()
    colleague = colleague_of(user)
    consultation = opened()
    answers(consultation, user, "ours")
    comments(consultation, user, "my own")
    comments(consultation, other, "another’s")

    assert (seen_by(user), seen_by(colleague), seen_by(other)) == ({"ours", "my own"}, {"ours"}, {"another’s"})


def test_from_the_closing_instant_members_read_all_but_what_is_for_the_committee():
    user, other = member(), member()
    committee = committee_of(1, is_steering=False)
    consultation = opened(PositionFactory(committee=committee))
    comments(consultation, user, "open")
    comments(consultation, user, "for the committee", openness="committee")

    assert seen_by(other, CLOSING) == {"open"}
    assert seen_by(user, CLOSING) == seen_by(user_with("seat", committee)) == {"open", "for the committee"}
    assert seen_by(user_with("staff")) == {"open", "for the committee"}
    assert seen_by(UserFactory(), OVER) == set()


def test_the_database_knows_one_official_answer_per_member_and_question():
    user = member()
    consultation = opened()
    answers(consultation, user)
    part = Contribution.objects.get()
    part.pk, part._state.adding = None, True

    with pytest.raises(IntegrityError, match="one_official_answer"), transaction.atomic():
        part.save(force_insert=True)


def test_a_person_of_two_members_answers_for_each():
    user, other = member(), member()
    RepresentationFactory(person=user.person, organisation=organisation_of(other))
    consultation = opened()
    mine = consultation.asked.signed_for_by(user.person)

    assert mine.count() == 2
    assert consultation.asked.waiting_for(user.person, LATER).count() == 2


@pytest.mark.parametrize(("role", "may"), [("nobody", False), ("facilitator", True), ("seat", True)])
def test_who_only_wrote_the_text_reads_the_consultation_and_does_not_comment(client, role, may):
    author = user_with(role, committee_of(1))
    consultation = opened(PositionFactory(committee=committee_of(1, is_steering=False), author=author.person))
    client.force_login(author)

    page = client.get(reverse("decisions:consultation", args=[consultation.pk]))
    if may:
        comments(consultation, author)
    else:
        with pytest.raises(Refused, match="Only members that are asked"):
            comments(consultation, author)

    assert (page.status_code, "Send the comment" in page.content.decode()) == (200, may)
