"""The text changes while seats are asked: by another version that asks again, or by a slip of writing that does not."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.answering import press_seen
from decisions.actions.asking import change_text
from decisions.actions.correcting import approve_correction, propose_correction
from decisions.actions.drafting import newest_text
from decisions.models import Answer, AnswerChange, Round
from history.models import Entry
from notices.actions.planning import plan
from notices.actions.sending import send_due
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import answer, answers, chair_of, committee_of, opened, speaker_of, tally_of
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOON + HOUR
STAYS = "The second paragraph, which stays."
BODY, OTHER, SLIP = (f"{first}\n\n{STAYS}" for first in ("We ask for much.", "We ask for it all.", "We ask for much!"))


@pytest.fixture
def asked():
    return opened(committee_of(3), body=BODY)


def changed(asked, *, body=OTHER, now=LATER, by=None, hours=96):
    position = asked.version.position
    fields = {"seen": newest_text(position).sha256, "closes_at": NOON + timedelta(hours=hours), "zone": "Europe/Zurich"}
    return change_text(position, by=by or chair_of(asked.committee), body=body, now=now, **fields)


def in_order(asked):
    return list(asked.electors.order_by("term__seat__number"))


def mails_to(elector):
    return Delivery.objects.by_mail().filter(person=speaker_of(elector).person)


def test_answers_given_to_the_text_before_are_void_and_stay_in_the_record(asked):
    answers(asked, "approve", now=LATER, most=2)

    again = changed(asked)

    asked.refresh_from_db()
    assert (asked.outcome, again.replaces, again.version.number) == ("replaced", asked, 2)
    assert (tally_of(again).yes, again.standing(LATER).outcome) == (0, None)
    assert AnswerChange.objects.filter(elector__round=asked).count() == 2
    entry = Entry.objects.get(verb__startswith="Changed the text")
    assert entry.sentence == "Changed the text: version 2; answers given before: 2, now void"


@pytest.mark.parametrize("procedure", ["explicit", "silence"])
def test_all_are_asked_again_whatever_they_had_said_and_so_are_those_who_pressed_seen(procedure):
    asked = opened(committee_of(3), body=BODY, procedure=procedure)
    is_silence = procedure == "silence"
    first, second, third = in_order(asked)
    answer(first, "reserve" if is_silence else "object", now=LATER, reason="No.")
    answer(second, "recuse", now=LATER, reason="Our grant.")
    if is_silence:
        press_seen(third, by=speaker_of(third), version=asked.version, now=LATER)

    again = changed(asked, now=LATER + HOUR)

    told = Delivery.objects.by_mail().filter(kind="decisions.text_changed", object_id=again.pk)
    assert {row.person for row in told} == set(asked.holders())
    assert set(again.electors.values_list("answer", "seen_at")) == {(None, None)}


def test_the_mail_holds_only_what_differs_and_says_that_earlier_answers_are_void(asked):
    answers(asked, "approve", now=LATER, most=1)

    again = changed(asked)

    row = Delivery.objects.by_mail().filter(kind="decisions.text_changed").first()
    words = " ".join(compose(row, again, "a@example.org", LATER).body.split())
    assert "Answers given to version 1 are void; please answer again." in words
    assert "it all" in words
    assert STAYS not in words


def test_a_seat_that_had_not_been_asked_by_mail_yet_gets_one_mail_and_not_two(asked):
    elector = in_order(asked)[0]
    assert [row.kind for row in mails_to(elector).filter(state="planned", send_at__lte=LATER)] == [
        "decisions.round_opened"
    ]

    changed(asked)

    due = mails_to(elector).filter(state="planned", send_at__lte=LATER)
    assert [row.kind for row in due] == ["decisions.text_changed"]
    cancelled = mails_to(elector).get(kind="decisions.round_opened")
    assert (cancelled.state, cancelled.reason) == ("cancelled", "the text was changed")


def test_whoever_was_asked_and_had_not_answered_gets_one_more_mail_and_no_reminder_of_the_text_before(asked):
    elector = in_order(asked)[0]
    mails_to(elector).filter(kind="decisions.round_opened").update(state="sent", settled_at=NOON)

    again = changed(asked)
    plan(now=LATER)

    waiting = mails_to(elector).waiting()
    assert [row.kind for row in waiting.filter(send_at__lte=LATER)] == ["decisions.text_changed"]
    assert set(waiting.values_list("object_id", flat=True)) == {again.pk}


def test_it_is_asked_by_the_same_rule():
    one = opened(committee_of(5), procedure="silence", quorum="two_thirds", hours=72)

    again = changed(one, hours=73)

    rule = ("procedure", "quorum", "threshold", "seats", "vacant")
    assert [getattr(again, name) for name in rule] == [getattr(one, name) for name in rule]


def test_silence_has_its_shortest_window_again_and_an_hour_that_is_over_is_refused():
    one = opened(committee_of(5), procedure="silence", quorum="half", hours=72)
    least = 1 + one.version.position.level.least_hours

    with pytest.raises(TransitionError, match="only after at least 48 hours"):
        changed(one, hours=least - 0.01)
    with pytest.raises(TransitionError, match="must lie ahead"):
        changed(opened(committee_of(3, is_steering=False)), hours=0.5)

    one.refresh_from_db()
    assert one.outcome is None
    assert changed(one, hours=least).closes_at == NOON + timedelta(hours=least)


def test_a_deadline_that_is_too_near_is_said_on_the_page_and_what_was_typed_stays(client):
    now = database_now()
    one = opened(committee_of(3), procedure="silence", quorum="half", hours=72, now=now)
    client.force_login(chair_of(one.committee))
    position = one.version.position
    near = now + timedelta(hours=20)
    sent = {"closes_on": f"{near:%Y-%m-%d}", "closes_hour": f"{near:%H:%M}", "zone": "UTC", "despite": "on"}

    path = reverse("decisions:change_text", args=[position.pk])
    page = client.post(path, sent | {"body": "Typed at length.", "seen": newest_text(position).sha256}).content.decode()

    assert "Silence counts as assent only after at least 48 hours" in page
    assert "Typed at length." in page
    assert position.versions.count() == 1


@pytest.mark.parametrize("role", ["seat", "facilitator", "member", "nobody"])
def test_only_staff_and_the_chair_put_another_text(asked, role):
    with pytest.raises(Refused):
        changed(asked, by=user_with(role, asked.committee))


def test_nothing_is_put_again_without_a_difference_or_after_the_closing(asked):
    with pytest.raises(TransitionError, match="Nothing differs"):
        changed(asked, body=BODY)
    with pytest.raises(TransitionError, match="has closed"):
        changed(asked, now=asked.closes_at)


def test_a_seat_that_was_vacated_meanwhile_is_not_asked_again(asked):
    first = in_order(asked)[0]
    first.term.holders.update(until=NOON.date())
    first.term.until, first.term.end_reason = NOON.date(), "Left."
    first.term.save()

    again = changed(asked)

    assert (asked.base, again.base, again.vacant) == (3, 2, 1)


def test_a_corrected_slip_voids_nothing_asks_nobody_again_and_stays_visible(client):
    now = database_now()
    asked = opened(committee_of(4), body=BODY, now=now - HOUR)
    first, second, third, _fourth = in_order(asked)
    answer(first, "approve", now=now)
    sent = Delivery.objects.by_mail().count()
    position = asked.version.position
    made = propose_correction(
        position, by=user_with("staff"), body=SLIP, seen=newest_text(position).sha256, now=database_now()
    )
    client.force_login(speaker_of(first))
    waiting = client.get(reverse("decisions:position", args=[position.pk])).content.decode()

    for elector in (second, third):
        approve_correction(made, by=speaker_of(elector), now=database_now())

    assert "proposes to correct a slip of writing" in waiting
    assert "Approved by 0 of 2." in waiting
    corrected = Round.objects.get()
    assert (corrected.pk, corrected.version.number, corrected.closes_at) == (asked.pk, 2, asked.closes_at)
    assert Answer.objects.get().choice == "approve"
    assert Delivery.objects.by_mail().count() == sent
    page = client.get(reverse("decisions:position", args=[position.pk])).content.decode()
    assert "much!" in page
    assert "What differs from version 1" in page
    assert "Corrected a slip of writing: version 2; the answers stand" in page
    versions = client.get(reverse("decisions:versions", args=[position.pk])).content.decode()
    assert "orrect" in versions


def test_a_mail_that_is_sent_after_a_correction_holds_the_corrected_text(asked, smtp):
    position = asked.version.position
    made = propose_correction(position, by=user_with("staff"), body=SLIP, seen=newest_text(position).sha256, now=LATER)
    for elector in in_order(asked)[:2]:
        approve_correction(made, by=speaker_of(elector), now=LATER)

    send_due(now=LATER)

    [message] = smtp.to(speaker_of(in_order(asked)[2]).person.email)
    words = next(part for part in message.walk() if part.get_content_type() == "text/plain").get_payload(decode=True)
    assert "much!" in words.decode()


@pytest.mark.parametrize(("role", "reads"), [("seat", True), ("staff", True), ("member", False)])
def test_the_page_shows_what_differs_from_the_text_before_to_those_who_may_read_that(client, role, reads):
    committee = committee_of(3)
    asked = opened(committee, body=BODY, visibility="members", now=database_now() - HOUR)
    path = reverse("decisions:position", args=[asked.version.position_id])
    client.force_login(user_with(role, committee))
    before = client.get(path).content.decode()

    seen = newest_text(asked.version.position).sha256
    fields = {"body": OTHER, "seen": seen, "closes_at": database_now() + 96 * HOUR, "zone": "UTC"}
    change_text(asked.version.position, by=chair_of(committee), now=database_now(), **fields)

    page = " ".join(client.get(path).content.decode().split())
    assert "What differs from version" not in before
    assert ("What differs from version 1" in page, "it all<span" in page) == (reads, reads)
