"""A round without a quorum goes on once by the clock alone: the lists say so before anybody has written it down."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from decisions.models import Elector, Position, Round
from decisions.models.counting import end_of_running
from decisions.outcome import Procedure, Share
from home.waiting import waiting
from tests.decisions.making import committee_of, opened, say, speaker_of
from tests.factories import NOON, RoundFactory, user_with

pytestmark = pytest.mark.django_db
CLOSE = NOON + timedelta(days=2)
IN_TIME = NOON + timedelta(hours=3)
INSTANTS = [
    CLOSE - timedelta(microseconds=1),
    CLOSE,
    CLOSE + timedelta(hours=24, microseconds=-1),
    CLOSE + timedelta(hours=24),
]


@pytest.mark.parametrize("procedure", list(Procedure))
@pytest.mark.parametrize("quorum", list(Share))
@pytest.mark.parametrize("was_extended", [False, True])
def test_the_database_runs_a_round_as_long_as_the_rule_does(procedure, quorum, was_extended):
    committee = committee_of(4)
    for said in (
        "approve approve approve approve",
        "approve object seen none",
        "approve none none none",
        "seen seen seen seen",
        "none none none none",
        "recuse approve approve none",
        "recuse recuse approve none",
        "recuse recuse recuse none",
    ):
        asked = RoundFactory(
            position__committee=committee,
            position__status=Position.Status.OPEN,
            procedure=procedure,
            quorum=quorum,
            threshold=Share.HALF,
            opens_at=NOON,
            closes_at=CLOSE,
            extended_from=CLOSE - timedelta(hours=1) if was_extended else None,
        )
        for elector, one in zip(asked.electors.all(), said.split(), strict=True):
            if one == "seen":
                Elector.objects.filter(pk=elector.pk).update(seen_at=IN_TIME, seen_by=speaker_of(elector).person)
            elif one != "none":
                say(elector, one, at=IN_TIME)
        for now in INSTANTS:
            found = asked.standing(now)

            running = Round.objects.running(now).annotate(end=end_of_running(now)).filter(pk=asked.pk).first()

            assert (running is not None) == (found.outcome is None), (said, now)
            assert running is None or running.end == found.closes_at, (said, now)


@pytest.mark.parametrize("minutes", [1, 2, 3, 119, 121])
def test_both_count_half_a_window_in_whole_minutes(minutes):
    closes_at = NOON + timedelta(minutes=minutes, seconds=30)
    asked = RoundFactory(position__committee=committee_of(1), quorum="all", opens_at=NOON, closes_at=closes_at)

    found = Round.objects.filter(pk=asked.pk).annotate(end=end_of_running(closes_at)).get()

    assert found.end == closes_at + asked.window.extension


def test_what_goes_on_still_waits_for_its_seats_and_is_open_in_the_list(client):
    now = database_now()
    asked = opened(committee_of(3), title="Fund", quorum="all", now=now - timedelta(hours=50), hours=48)
    seat = speaker_of(asked.electors.first())
    client.force_login(seat)

    listed = client.get(reverse("decisions:positions")).content.decode()
    items = [item for item in waiting(seat, now) if "Fund" in item.what]

    assert "Open: your answer is awaited" in listed
    assert "Closed, being announced" not in listed
    assert [item.due for item in items] == [asked.closes_at + timedelta(hours=24)]


def test_what_has_closed_for_good_waits_for_nobody(client):
    now = database_now()
    asked = opened(committee_of(3), title="Fund", quorum="all", now=now - timedelta(hours=90), hours=48)
    client.force_login(user_with("staff"))

    listed = client.get(reverse("decisions:positions")).content.decode()

    assert "Closed, being announced" in listed
    assert not Elector.objects.unanswered_by(speaker_of(asked.electors.first()).person, now).exists()
