"""What is sent about consultations, to whom, when, and how it reads; and what waits for whom."""

from datetime import timedelta

import pytest

from accounts.models import Person
from decisions.actions.consulting import end_consultation_early, extend_consultation, tend_consultations
from decisions.actions.disposing import tell_contributors
from home.waiting import waiting
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.members_asked import (
    CLOSING,
    LATER,
    OVER,
    answers,
    colleague_of,
    comments,
    disposes,
    member,
    opened,
    organisation_of,
)
from tests.factories import PositionFactory, RepresentationFactory, user_with

pytestmark = pytest.mark.django_db
OPENED, DUE, MOVED, CLOSED = (f"decisions.consultation_{what}" for what in ("opened", "due", "moved", "closed"))
TOLD = "decisions.contributors_told"


def mail(kind: str, person: Person, now=LATER):
    row = Delivery.objects.by_mail().filter(kind=kind, person=person).last()
    return compose(row, row.subject, person.email, now)


def reminded() -> set:
    return set(Delivery.objects.by_mail().filter(kind=DUE).waiting().values_list("person", "slot"))


def test_the_opening_holds_text_questions_and_the_closing_in_both_zones():
    user = member(name="Survivors’ Union")
    Person.objects.filter(pk=user.person_id).update(zone="Asia/Vientiane")
    position = PositionFactory(title="Survivors in article 5", body="Nobody is left out.\n\nEver.")

    opened(position, questions=["What would you change?"])

    said = mail(OPENED, Person.objects.get(pk=user.person_id))
    assert said.subject == "What do you think? Until Sat 23 May 2026, 19:00 Vientiane: Survivors in article 5"
    for words in (
        "1. Nobody is left out.",
        "What would you change?",
        "Closes Sat 23 May 2026, 14:00 Zurich",
        "For you: Sat 23 May 2026, 19:00 Vientiane",
        "Sat 23 May 2026, 12:00 UTC",
        "You may give the official answer of: Survivors’ Union",
        "All members",
    ):
        assert words in said.body


def test_a_discreet_reader_is_told_only_that_something_waits():
    user = member()
    Person.objects.filter(pk=user.person_id).update(is_discreet=True)
    opened(PositionFactory(title="Survivors in article 5"))

    said = mail(OPENED, Person.objects.get(pk=user.person_id))

    assert "Survivors" not in said.subject + said.body


def test_reminders_go_three_days_and_one_day_before_to_who_may_sign_for_the_silent():
    user, other = member(), member()
    press = colleague_of(user, "media")
    consultation = opened(closes_at=LATER + timedelta(days=7))

    answers(consultation, other)

    assert reminded() == {(user.person_id, "P3D"), (user.person_id, "P1D")}
    assert press.person_id not in {person for person, _slot in reminded()}


def test_an_answer_by_one_contact_stops_the_reminders_of_all():
    user = member()
    colleague_of(user)
    consultation = opened(closes_at=LATER + timedelta(days=7))

    answers(consultation, user, "")

    assert reminded() == set()
    cancelled = Delivery.objects.filter(kind=DUE, state="cancelled")
    assert set(cancelled.values_list("reason", flat=True)) == {"the official answer has been given"}


def test_who_signs_for_two_is_reminded_until_both_have_answered():
    user, other = member(), member()
    RepresentationFactory(person=user.person, organisation=organisation_of(other))
    consultation = opened(closes_at=LATER + timedelta(days=7))

    answers(consultation, other)

    assert reminded() == {(user.person_id, "P3D"), (user.person_id, "P1D")}


def test_an_extension_moves_the_reminders_and_says_why_once():
    user = member()
    consultation = opened(closes_at=LATER + timedelta(days=7))
    closes_at = LATER + timedelta(days=14)

    extend_consultation(
        consultation, by=user_with("staff"), closes_at=closes_at, zone="UTC", reason="Many asked for it.", now=LATER
    )

    assert reminded() == set()  # beyond the horizon of the planner
    said = mail(MOVED, user.person)
    assert said.subject.startswith("More time, until Wed 27 May 2026, 13:00 UTC")
    assert "Many asked for it." in said.body


def test_the_closing_says_how_many_comments_are_read_and_why_it_came_early():
    user, staff = member(), user_with("staff")
    consultation = opened(PositionFactory(title="Article 5"))
    answers(consultation, user, "One")
    comments(consultation, user, "Two")
    end_consultation_early(consultation, by=staff, reason="The hearing was moved.", now=LATER)

    tend_consultations(now=OVER)

    said = mail(CLOSED, user.person, OVER)
    assert said.subject == "We are reading 2 comments: Article 5"
    assert "The hearing was moved." in said.body
    assert "Members that answered officially: 1 of 1." in said.body


def test_you_said_we_did_lists_each_of_ones_own_words_with_what_became_of_them():
    user, other, staff = member(name="Survivors’ Union"), member(), user_with("staff")
    consultation = opened(PositionFactory(title="Article 5"), by=staff, questions=["Why?"])
    question = consultation.questions.get()
    answers(consultation, user, texts={None: "", question.pk: "Because of us."})
    own = comments(consultation, user, "Say survivors.", paragraph=2)
    disposes(consultation, staff, own, comments(consultation, other, "Not yours."))
    official = consultation.contributions.filter(kind="official")
    disposes(consultation, staff, *official, outcome="not", reason="It stands in article 6.")
    comments(consultation, user, "Too late", now=OVER)

    tell_contributors(consultation, by=staff, now=OVER)

    said = mail(TOLD, user.person, OVER)
    assert said.subject == "You said, we did: Article 5"
    for words in (
        "Official answer of Survivors’ Union, question 1",
        "Because of us.",
        "Not taken. It stands in article 6.",
        "Personal comment, paragraph 2",
        "Say survivors.",
        "We did: Taken.",
        "It came after the closing hour",
        f"/positions/consultations/{consultation.pk}/",
    ):
        assert words in said.body
    assert "Not yours." not in said.body


def test_an_open_consultation_waits_for_who_may_sign_until_somebody_has():
    user = member()
    colleague, press = colleague_of(user), colleague_of(user, "media")
    consultation = opened(PositionFactory(title="Article 5"))

    def waits(one) -> list[str]:
        return [item.what for item in waiting(type(one).objects.get(pk=one.pk), LATER)]

    name = organisation_of(user).name
    assert waits(user) == waits(colleague) == [f"Say what {name} thinks of “Article 5”"]
    assert waits(press) == []
    answers(consultation, user, "")
    assert waits(user) == waits(colleague) == []


def test_what_has_no_disposition_waits_for_staff():
    user, staff = member(), user_with("staff")
    consultation = opened(PositionFactory(title="Article 5"), by=staff)
    said = [comments(consultation, user, text) for text in ("One", "Two")]

    def waits(one, now=OVER) -> list[str]:
        return [item.what for item in waiting(type(one).objects.get(pk=one.pk), now)]

    assert waits(staff, LATER) == waits(user) == []
    assert waits(staff) == ["2 comments on “Article 5” without disposition"]
    disposes(consultation, staff, *said)
    assert waits(staff) == []


def test_nothing_is_sent_about_what_closed_long_ago():
    member()
    opened()
    tend_consultations(now=CLOSING)

    assert reminded() == set()
