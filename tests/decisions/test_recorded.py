"""A seat told staff its answer: it counts, marked as taken down; the seat is told and may overrule; staff never vote."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.answering import give_answer, propose_recusal, record_answer
from decisions.actions.asking import change_text
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import newest_text
from decisions.models import Answer, AnswerChange, Position
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import (
    alternate_of,
    answer,
    chair_of,
    committee_of,
    opened,
    reply,
    speaker_of,
    tally_of,
)
from tests.factories import AppointmentFactory, SeatHolderFactory, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return database_now()


@pytest.fixture
def asked(now):
    return opened(committee_of(3), now=now - timedelta(hours=1))


@pytest.fixture
def elector(asked):
    return asked.electors.get(term__seat__number=1)


def recorded(elector, now, choice="approve", *, by=None, said_by=None, heard="phone", **fields):
    said_by = said_by or speaker_of(elector).person
    said = reply(elector.round, choice, **fields)
    return record_answer(elector, by=by or user_with("staff"), said_by=said_by, heard=heard, reply=said, now=now)


def position_page(client, elector, user):
    client.force_login(user)
    response = client.get(reverse("decisions:position", args=[elector.round.version.position_id]))
    return " ".join(response.content.decode().split())


def test_staff_take_it_down_from_the_page_and_the_page_says_who_said_it_how_and_who_wrote_it(client, asked, elector):
    staff, speaker = user_with("staff"), speaker_of(elector).person
    client.force_login(staff)
    path = reverse("decisions:record_answer", args=[asked.version.position_id, elector.pk])
    sent = {"said_by": speaker.pk, "heard": "phone", "choice": "reserve", "reason": "Mind the costs."}

    response = client.post(path, sent | {"version": asked.version_id})

    assert response.status_code == 302
    stands = Answer.objects.get()
    assert (stands.by, stands.recorded_by, stands.heard) == (speaker, staff.person, "phone")
    assert tally_of(asked).reserve == 1
    seen = position_page(client, elector, speaker_of(asked.electors.get(term__seat__number=2)))
    assert f"<bdi>{speaker.display_name}</bdi>; By phone, recorded by <bdi>{staff.person.display_name}</bdi>" in seen
    assert "Mind the costs." in seen


def test_the_form_begins_with_no_answer_chosen_and_records_none_until_one_is(client, asked, elector):
    client.force_login(user_with("staff"))
    path = reverse("decisions:record_answer", args=[asked.version.position_id, elector.pk])

    offered = client.get(path).context["form"]
    sent = {"said_by": speaker_of(elector).person.pk, "heard": "phone", "choice": "", "version": asked.version_id}
    refused = client.post(path, sent)

    assert str(offered["choice"]).count("selected") == 1
    assert '<option value="" selected>Choose</option>' in str(offered["choice"])
    assert refused.context["form"].errors == {"choice": ["Choose one of the answers."]}
    assert not Answer.objects.exists()


def test_what_was_typed_while_the_text_was_changed_is_kept_and_sent_again_on_the_new_text(client, asked, elector, now):
    position, speaker = asked.version.position, speaker_of(elector).person
    old = {
        "version": asked.version_id,
        "said_by": str(speaker.pk),
        "heard": "phone",
        "choice": "object",
        "reason": "Too slow.",
    }
    address = reverse("decisions:record_answer", args=[position.pk, elector.pk])
    changed = {"body": "Another text.", "seen": newest_text(position).sha256, "zone": "UTC", "now": now}
    again = change_text(position, by=chair_of(asked.committee), closes_at=now + timedelta(days=3), **changed)
    client.force_login(user_with("staff"))

    page = client.post(address, old)
    sent = {name: str(page.context["form"][name].value()) for name in old}
    client.post(address, sent)

    assert "The text has changed since you opened this page." in page.content.decode()
    assert sent == old | {"version": str(again.version_id)}
    assert Answer.objects.get().elector.round == again


def test_everybody_who_speaks_for_the_seat_is_told_by_mail_what_stands_in_its_name(elector, now):
    other = alternate_of(elector)
    staff = user_with("staff")

    recorded(elector, now, "object", by=staff, reason="Article 5 is missing.")

    rows = Delivery.objects.by_mail().filter(kind="decisions.answer_recorded").select_related("person")
    assert {row.person for row in rows} == {speaker_of(elector).person, other.person}
    for row in rows:
        words = " ".join(compose(row, elector.round, "a@example.org", now).body.split())
        assert "this answer now stands: “Object”" in words
        assert f"said by {speaker_of(elector).person}, taken down by {staff.person}" in words
        assert "Article 5 is missing." in words
        assert "If that is not what you said, change it before the closing hour" in words


def test_the_seat_overrules_it_and_both_stay_in_the_record(client, asked, elector, now):
    recorded(elector, now)
    other = alternate_of(elector)

    client.force_login(other)
    path = reverse("decisions:answer", args=[asked.version.position_id])
    sent = {"choice": "object", "reason": "That was a misunderstanding.", "version": asked.version_id}
    client.post(path, sent | {"elector": elector.pk})

    stands = Answer.objects.get()
    assert (stands.choice, stands.by, stands.recorded_by) == ("object", other.person, None)
    assert list(AnswerChange.objects.values_list("choice", "heard")) == [("approve", "phone"), ("object", "")]
    assert "By phone" not in position_page(client, elector, other)


def test_what_was_recorded_after_the_seats_own_answer_is_the_last_word_until_it_answers_again(elector, now):
    answer(elector, "abstain", now=now - timedelta(minutes=2))

    recorded(elector, now - timedelta(minutes=1))
    assert Answer.objects.get().choice == "approve"
    answer(elector, "abstain", now=now)

    assert Answer.objects.get().choice == "abstain"


def test_staff_record_and_never_answer_themselves(client, asked, elector, now):
    staff = user_with("staff")

    with pytest.raises(Refused, match="staff never do"):
        give_answer(elector, by=staff, reply=reply(asked, "approve"), now=now)

    seen = position_page(client, elector, staff)
    assert "Record what they told you" in seen
    assert 'name="choice"' not in seen


@pytest.mark.parametrize("recorder", ["themselves", "a colleague"])
def test_staff_who_hold_a_seat_have_no_answer_recorded_for_it_either(asked, elector, now, recorder):
    staff = user_with("staff")
    SeatHolderFactory(term=elector.term, person=staff.person, capacity="alternate")
    by = staff if recorder == "themselves" else user_with("staff")

    with pytest.raises(TransitionError, match="staff never answer, even from a seat"):
        recorded(elector, now, by=by, said_by=staff.person)

    assert not AnswerChange.objects.exists()
    recorded(elector, now, by=by)  # the representative, who is none of them, may have said something


def test_a_speaker_who_became_staff_is_no_voice_any_more(elector, now):
    AppointmentFactory(person=speaker_of(elector).person, role="admin")

    with pytest.raises(TransitionError, match="staff never answer"):
        recorded(elector, now)


def test_nobody_is_heard_for_a_seat_they_do_not_speak_for(asked, elector, now):
    other = speaker_of(asked.electors.get(term__seat__number=2)).person

    with pytest.raises(TransitionError, match="does not speak for this seat today"):
        recorded(elector, now, said_by=other)


@pytest.mark.parametrize("role", ["chair", "seat", "facilitator", "member", "nobody"])
def test_nobody_but_staff_takes_answers_down(asked, elector, now, role):
    with pytest.raises(Refused, match="Only staff take down"):
        recorded(elector, now, by=user_with(role, asked.committee))


def test_an_objection_by_phone_breaks_a_silence_as_any_other(now):
    asked = opened(committee_of(3), procedure="silence", quorum="half", hours=72, now=now - timedelta(hours=1))

    recorded(asked.electors.first(), now, "object", reason="Article 5 is missing.")

    asked.refresh_from_db()
    assert (asked.outcome, Position.objects.get().status) == ("broken", "undecided")


def test_what_is_recorded_after_the_closing_is_late_and_changes_nothing(asked, elector):
    change = recorded(elector, asked.closes_at)

    announce_closed_rounds(now=asked.closes_at + timedelta(minutes=1))
    asked.refresh_from_db()
    assert (change.is_late, change.heard, asked.outcome) == (True, "phone", "rejected")
    assert not Answer.objects.exists()


def mailed(person, asked, at) -> str:
    row = Delivery.objects.by_mail().filter(kind="decisions.answer_recorded", person=person).latest("planned_at")
    return " ".join(compose(row, row.subject, "a@example.org", at).body.split())


def test_the_mail_about_one_that_came_too_late_does_not_say_that_it_stands(asked, elector):
    answer(elector, "approve", now=asked.opens_at)

    recorded(elector, asked.closes_at, "abstain")

    said = mailed(speaker_of(elector).person, asked, asked.closes_at)
    assert "“Abstain”, said by" in said
    assert "It is kept, and changes nothing any more." in said
    assert ("now stands" in said, "change it before the closing hour" in said) == (False, False)


def test_the_mail_read_after_the_seat_answered_itself_says_that_this_counts(asked, elector, now):
    recorded(elector, now - timedelta(minutes=1), "abstain")
    answer(elector, "approve", now=now)

    said = mailed(speaker_of(elector).person, asked, now)

    assert "“Abstain”, said by" in said
    assert "Your seat has answered itself since, and the last answer counts." in said
    assert "now stands" not in said


def test_who_speaks_for_two_seats_reads_of_the_one_that_was_recorded(asked, elector, now):
    other = asked.electors.get(term__seat__number=2)
    SeatHolderFactory(term=elector.term, capacity="alternate", person=speaker_of(other).person)

    recorded(other, now)

    assert f"For {other.organisation.name} this answer now stands" in mailed(speaker_of(other).person, asked, now)


@pytest.mark.parametrize("kind", ["decisions.answer_recorded", "decisions.recusal_proposed", "decisions.seats_silent"])
def test_every_mail_about_a_round_that_runs_says_its_rule(asked, elector, now, kind):
    recorded(elector, now)
    propose_recusal(asked.electors.get(term__seat__number=2), by=chair_of(asked.committee), reason="So.", now=now)
    row = Delivery.objects.by_mail().filter(kind=kind).first()

    said = " ".join(compose(row, row.subject, "a@example.org", now).body.split())

    assert "Passes if at least 2 of 3 seats approve before" in said
