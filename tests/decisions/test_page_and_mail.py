"""What decides whether people trust a count, each as a seat meets it: on the page, by the clock, and in its mail."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Person
from accounts.zones import city, day, in_words, short_day
from decisions.actions.answering import press_seen
from decisions.actions.asking import change_text
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import newest_text
from decisions.models import Answer, Decision, Round
from notices.compose import compose
from notices.models import Bounce, Delivery
from tests.decisions.making import answer, answers, chair_of, committee_of, opened, speaker_of
from tests.factories import UserFactory, user_with

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def now():
    return database_now()


def silence(now, *, seats=5, hours=72, **fields):
    """Under silence, opened so that it closes at `now`; every seat was reached by mail, three have pressed seen."""
    begins = now - timedelta(hours=hours)
    asked = opened(committee_of(seats), procedure="silence", quorum="half", hours=hours, now=begins, **fields)
    mails("decisions.round_opened").update(state="sent", settled_at=begins + MINUTE)
    for elector in in_order(asked)[:3]:
        press_seen(elector, by=speaker_of(elector), version=asked.version, now=begins + HOUR)
    return asked


def in_order(asked):
    return list(asked.electors.order_by("term__seat__number"))


def mails(kind):
    return Delivery.objects.by_mail().filter(kind=kind)


def mail_to(user, kind, asked, now):
    """Subject and text, in one line each."""
    row = mails(kind).select_related("person").get(person=user.person, object_id=asked.pk)
    asked = Round.objects.get(pk=asked.pk)
    sent = compose(row, asked, "a@example.org", now)
    return f"{sent.subject} {' '.join(sent.body.split())}"


def page(client, asked, user):
    client.force_login(user)
    response = client.get(reverse("decisions:position", args=[asked.version.position_id]))
    return " ".join(response.content.decode().split())


def test_an_objection_three_minutes_before_the_closing_stops_it_on_the_page_and_in_every_mail(client, now):
    asked = silence(now + 3 * MINUTE)
    first, *others = in_order(asked)

    answer(first, "object", now=now, reason="Article 5 is missing.", proposal="With article 5.")

    seen = page(client, asked, speaker_of(others[-1]))
    assert "Silence broken" in seen
    assert "ended at once by an objection" in seen
    assert "Article 5 is missing." in seen
    assert "Not adopted" not in seen
    for elector in (first, *others):
        told = mail_to(speaker_of(elector), "decisions.outcome", asked, now)
        assert "Silence broken, not adopted" in told
        assert "Article 5 is missing." in told
        assert "With article 5." in told


def test_an_objection_five_seconds_after_the_closing_is_shown_as_late_and_told_to_the_chair_alone(client, now):
    asked = silence(now - timedelta(seconds=5))
    elector = in_order(asked)[-1]

    answer(elector, "object", now=now, reason="Article 5 is missing.")
    announce_closed_rounds(now=now)

    seen = page(client, asked, speaker_of(elector))
    assert "Adopted by silence" in seen
    assert "Came after the closing hour" in seen
    assert "Article 5 is missing." in seen
    chair = chair_of(asked.committee)
    assert "Article 5 is missing." in mail_to(chair, "decisions.answered_late", asked, now)
    assert [row.person for row in mails("decisions.answered_late")] == [chair.person]
    told = mail_to(speaker_of(elector), "decisions.outcome", asked, now)
    assert "by silence: nobody objected" in told
    assert "Article 5" not in told


def test_a_new_version_after_six_answers_asks_all_thirteen_again_with_the_difference(client, now):
    asked = opened(committee_of(13), now=now - HOUR, body="We ask for much.\n\nThe second paragraph stays.")
    answers(asked, "approve", now=now - MINUTE, most=6)
    text = newest_text(asked.version.position)
    body = "We ask for everything.\n\nThe second paragraph stays."

    closes = {"closes_at": now + timedelta(days=3), "zone": "Europe/Zurich"}
    again = change_text(
        asked.version.position, by=chair_of(asked.committee), body=body, seen=text.sha256, now=now, **closes
    )

    assert Answer.objects.filter(elector__round=again).count() == 0
    seen = page(client, again, chair_of(asked.committee))
    assert "<b>13</b> not yet" in seen
    assert "Changed the text: version 2; answers given before: 6, now void" in seen
    for elector in in_order(again):
        told = mail_to(speaker_of(elector), "decisions.text_changed", again, now)
        assert "Text changed, please answer again" in told
        assert "WHAT DIFFERS FROM THE TEXT BEFORE" in told
        assert "everything" in told
        assert "second paragraph stays" not in told


def test_a_notice_that_came_back_is_shown_with_what_to_do_and_stops_the_silence(client, now):
    asked = silence(now + HOUR)
    elector = in_order(asked)[-1]
    row = mails("decisions.round_opened").get(person=speaker_of(elector).person)
    mails("decisions.answer_due").update(state="failed", settled_at=now)  # nothing else is on its way there
    Bounce.objects.create(delivery=row, status="5.1.1", is_final=True, read_at=now - HOUR)

    seen = page(client, asked, user_with("staff"))
    assert "1 seat has not been reached by mail, so silence cannot adopt this text." in seen
    assert "Mend the address, name somebody else for the seat, or ask by phone" in seen
    assert seen.count("Not reached by mail") == 1

    announce_closed_rounds(now=now + HOUR)
    told = mail_to(speaker_of(elector), "decisions.extended", asked, now + HOUR)
    assert "1 seat was never reached by mail, and silence counts only for those who were told" in told
    assert Decision.objects.count() == 0


def test_while_a_worker_is_away_for_six_hours_the_page_has_the_outcome_and_the_mail_then_the_closing_hour(client, now):
    asked = silence(now - 6 * HOUR, zone="Africa/Nairobi")
    reader = speaker_of(in_order(asked)[0])

    meanwhile = page(client, asked, reader)
    assert "Adopted by silence" in meanwhile
    assert "To be confirmed" in meanwhile
    assert "Its number follows as soon as the outcome is announced." in meanwhile
    assert not mails("decisions.outcome").exists()

    assert announce_closed_rounds(now=now) == 1
    afterwards = page(client, asked, reader)
    assert Decision.objects.get().label in afterwards
    assert outcome_in(afterwards) == outcome_in(meanwhile)
    closed = f"{asked.closes_at.astimezone(ZoneInfo('Africa/Nairobi')):%H:%M}"
    assert f"{closed} Nairobi" in mail_to(reader, "decisions.outcome", asked, now)
    assert Decision.objects.get().decided_at == asked.closes_at


def outcome_in(page):
    """What the page says of the outcome, without its number."""
    return (
        page.split('id="outcome-title">')[1]
        .split("In the register as")[0]
        .split("Its number follows")[0]
        .split("<p>To")[0]
    )


def test_too_many_recused_propose_a_meeting_on_the_page_before_and_in_the_mail_after(client, now):
    asked = opened(committee_of(12, vacant=1), procedure="silence", quorum="half", hours=72, now=now - HOUR)
    answers(asked, "recuse", now=now, most=8, reason="The grant is to our network.")
    reader = speaker_of(in_order(asked)[-1])

    before = page(client, asked, reader)
    announce_closed_rounds(now=asked.closes_at)
    told = mail_to(reader, "decisions.outcome", asked, asked.closes_at)

    assert "8 of 12 seats have recused themselves; 4 are left, too few to decide." in before
    assert "this goes to a meeting: call one" in before
    assert "Goes to a meeting:" in told
    assert "those left are too few to decide" in told
    assert Decision.objects.count() == 0


def test_a_reader_fourteen_hours_ahead_is_told_their_own_day_and_hour_on_page_and_in_mail(client, now):
    """17:00 in Honolulu is 17:00 of the next day on Kiritimati: the date line lies between them."""
    asked = silence(at_hour(now, "Pacific/Honolulu", 17), zone="Pacific/Honolulu")
    reader = speaker_of(in_order(asked)[-1])
    Person.objects.filter(pk=reader.person_id).update(zone="Pacific/Kiritimati")
    reader.person.refresh_from_db()
    here, there = (asked.closes_at.astimezone(ZoneInfo(f"Pacific/{place}")) for place in ("Honolulu", "Kiritimati"))

    seen, told = page(client, asked, reader), mail_to(reader, "decisions.round_opened", asked, now)

    assert (there.date() - here.date(), there.hour, here.hour) == (timedelta(days=1), 17, 17)
    for words in (seen, told):
        assert (
            f"after {day(here.date())}, 17:00 Honolulu ({short_day(there.date())}, 17:00 for you, Kiritimati)" in words
        )


def at_hour(now, zone, hour, days=2):
    """`hour` o'clock, `days` from now, there."""
    there = now.astimezone(ZoneInfo(zone)) + timedelta(days=days)
    return there.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York"])
def test_clocks_that_change_inside_the_window_move_no_hour_that_was_said(client, now, zone):
    """17:00 there stays 17:00 there; a reader whose clocks do not change reads what it is by then."""
    change = next_change(now, zone)
    closes_at = at_hour(change, zone, 17, days=1)
    asked = opened(committee_of(3), hours=(closes_at - now) / HOUR, now=now, zone=zone)
    reader = UserFactory(person__zone="Asia/Vientiane")
    seat = in_order(asked)[0]
    seat.term.holders.update(person=reader.person)

    seen = page(client, asked, reader)
    announced = mails("decisions.round_opened").filter(object_id=asked.pk).first()
    Delivery.objects.filter(pk=announced.pk).update(person=reader.person)
    told = mail_to(reader, "decisions.round_opened", asked, now)
    assert change.utcoffset() != now.astimezone(ZoneInfo(zone)).utcoffset()
    for words in (seen, told):
        assert in_words(closes_at, zone, "Asia/Vientiane") in words
    assert f", 17:00 {city(zone)}" in seen
    assert asked.standing(closes_at - timedelta(microseconds=1)).outcome is None
    assert asked.standing(closes_at).outcome is not None


def next_change(now, zone):
    """A day after the clocks change there for the next time."""
    there = now.astimezone(ZoneInfo(zone))
    return next(
        day
        for day in (there + timedelta(days=number) for number in range(1, 366))
        if day.utcoffset() != there.utcoffset()
    )
