"""A proposed wording while seats are asked: taking it is seen before it is done, voids the answers, and loses nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.asking import change_text
from decisions.actions.commenting import settle_comment
from decisions.actions.drafting import newest_text
from decisions.models import Answer, Disagreement, Round
from decisions.suggestions import placed
from notices.models import Delivery
from tests.decisions.making import answer, chair_of, committee_of, opened, speaker_of
from tests.decisions.test_comments import said
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
BODY = "The fund pays by 2030.\n\nThe board reports to all states every second year."
BETTER = "The board reports to all states and members every year."


@pytest.fixture
def asked():
    """A round with one answer, opened an hour ago by the clock that the pages read."""
    asked = opened(committee_of(3), body=BODY, now=database_now() - timedelta(hours=1))
    answer(asked.electors.first(), "approve", now=database_now() - timedelta(minutes=30))
    return asked


def page_with(client, user, asked, **named):
    client.force_login(user)
    return client.get(reverse("decisions:change_text", args=[asked.version.position_id], query=named))


def sent(client, asked, form, **changed):
    """The form as the browser sends it back."""
    url = reverse("decisions:change_text", args=[asked.version.position_id], query={"comment": form["taking"].value()})
    fields = {name: form[name].value() for name in ("body", "seen", "closes_on", "closes_hour", "zone")}
    data = fields | {"taking": form["taking"].value(), "despite": "on"} | changed
    return client.post(url, data, follow=True)


def put(asked, taking, *, by=None, body=None, now=LATER):
    text = newest_text(asked.version.position)
    return change_text(
        asked.version.position,
        by=by or chair_of(asked.committee),
        body=body or text.body.replace(text.paragraphs[1], BETTER),
        seen=text.sha256,
        closes_at=NOON + timedelta(hours=72),
        zone="UTC",
        taking=taking,
        now=now,
    )


def test_taking_a_wording_while_seats_are_asked_says_first_what_becomes_of_the_answers(client, asked):
    made = said(asked.version.position, paragraph=2, proposed=BETTER)

    shown = page_with(client, user_with("staff"), asked, comment=made.pk)

    page = shown.content.decode()
    assert "1 answer given to version 1 becomes void." in page
    assert "It stands in the text below already." in page
    assert shown.context["form"]["body"].value() == f"The fund pays by 2030.\n\n{BETTER}"
    assert Round.objects.count() == 1
    assert Answer.objects.count() == 1


def test_the_wording_is_taken_the_seats_are_asked_again_and_the_comment_is_settled(client, asked):
    made = said(asked.version.position, paragraph=2, proposed=BETTER)
    form = page_with(client, user_with("staff"), asked, comment=made.pk).context["form"]

    sent(client, asked, form)

    made.refresh_from_db()
    newest = Round.objects.get(replaces=asked)
    assert made.taken_in == newest.version
    assert newest.version.texts.get().body == f"The fund pays by 2030.\n\n{BETTER}"
    assert not Answer.objects.filter(elector__round=newest).exists()
    assert Delivery.objects.by_mail().filter(kind="decisions.text_changed").count() == 3


def test_a_comment_stays_open_when_its_wording_was_not_taken_as_proposed():
    asked = opened(committee_of(3), body=BODY)
    made = said(asked.version.position, paragraph=2, proposed=BETTER)

    put(asked, made, body=BODY.replace("every second year", "yearly"))

    made.refresh_from_db()
    assert not made.is_settled


def test_a_comment_that_was_settled_meanwhile_is_said_and_changes_nothing():
    asked = opened(committee_of(3), body=BODY)
    made = said(asked.version.position, paragraph=2, proposed=BETTER)
    settle_comment(made, by=user_with("staff"), reason="Too much.", now=LATER)

    with pytest.raises(TransitionError, match="settled this comment already"):
        put(asked, made)

    assert newest_text(asked.version.position).body == BODY


def test_what_was_typed_is_kept_when_the_comment_was_settled_meanwhile_and_goes_through_the_second_time(client, asked):
    staff = user_with("staff")
    made = said(asked.version.position, paragraph=2, proposed=BETTER)
    form = page_with(client, staff, asked, comment=made.pk).context["form"]
    typed = form["body"].value() + "\n\nAnd a third."
    settle_comment(made, by=staff, reason="Too much.", now=LATER)

    refused = sent(client, asked, form, body=typed)
    again = sent(client, asked, form, body=typed, taking=refused.context["form"]["taking"].value() or "")

    assert "Somebody has settled this comment already" in refused.content.decode()
    assert refused.context["form"]["body"].value() == typed
    assert "Every seat is told what differs" in again.content.decode()
    assert newest_text(asked.version.position).body == typed


def test_a_seat_does_not_put_another_text_to_the_others():
    asked = opened(committee_of(3), body=BODY)
    made = said(asked.version.position, paragraph=2, proposed=BETTER)

    with pytest.raises(Refused):
        put(asked, made, by=speaker_of(asked.electors.first()))


@pytest.mark.parametrize(("role", "sees"), [("staff", True), ("chair", True), ("seat", False)])
def test_the_margin_offers_it_to_whoever_may_ask_again(client, asked, role, sees):
    made = said(asked.version.position, paragraph=2, proposed=BETTER)
    client.force_login(user_with(role, asked.committee))

    page = client.get(reverse("decisions:comments", args=[asked.version.position_id])).content.decode()

    assert (f"?comment={made.pk}" in page) == sees


def test_an_objection_s_wording_comes_in_the_place_of_the_paragraph_that_it_resembles(client, asked):
    answer(
        asked.electors.last(), "object", now=asked.opens_at + timedelta(minutes=40), reason="Too rare.", proposal=BETTER
    )
    entry = Disagreement.objects.get()

    shown = page_with(client, chair_of(asked.committee), asked, objection=entry.pk)

    assert shown.context["form"]["body"].value() == f"The fund pays by 2030.\n\n{BETTER}"
    assert f"What <bdi>{entry.elector.organisation.name}</bdi> would write" in shown.content.decode()


def test_a_broken_silence_leads_from_the_objection_to_a_new_version(client):
    asked = opened(committee_of(3), body=BODY, procedure="silence", now=database_now() - timedelta(hours=1))
    answer(asked.electors.last(), "object", now=database_now(), reason="Too rare.", proposal=BETTER)
    entry, seat = Disagreement.objects.get(), speaker_of(asked.electors.first())
    client.force_login(seat)
    url = reverse("decisions:new_version", args=[asked.version.position_id], query={"objection": entry.pk})

    page = client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()
    ledger = client.get(reverse("decisions:disagreement", args=[entry.pk])).content.decode()
    form = client.get(url).context["form"]
    client.post(url, {name: form[name].value() for name in ("body", "began", "seen")})

    assert url in page
    assert url in ledger
    assert newest_text(asked.version.position).body == f"The fund pays by 2030.\n\n{BETTER}"


def test_a_wording_that_resembles_no_paragraph_takes_the_place_of_none():
    assert placed("Nobody shall be left behind.", BODY) is None
    assert placed("Nobody shall be left behind.\n\n" + BETTER, BODY) is None


def test_a_whole_text_takes_the_place_of_the_whole():
    whole = f"The fund pays by 2028.\n\n{BETTER}"

    assert placed(whole, BODY) == whole


def test_an_objection_of_another_position_fills_nothing_in(client, asked):
    other = opened(committee_of(1, is_steering=False), body=BODY, now=database_now() - timedelta(hours=1))
    answer(other.electors.first(), "object", now=database_now(), reason="No.", proposal=BETTER)

    shown = page_with(client, user_with("staff"), asked, objection=Disagreement.objects.get().pk)

    assert shown.context["form"]["body"].value() == BODY
    assert shown.context["suggestion"] is None
