"""Who recuses itself leaves the base; with too few left nothing is decided (scenario S5)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from decisions.actions.answering import propose_recusal
from decisions.actions.asking import change_text
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.drafting import newest_text
from decisions.models import Decision, Position
from history.models import Entry
from notices.compose import compose
from notices.models import Delivery
from tests.decisions.making import answer, chair_of, committee_of, opened, speaker_of, tally_of
from tests.factories import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return database_now()


@pytest.fixture
def asked(now):
    """13 seats, 1 vacant, asked for silence by the database's clock."""
    return opened(committee_of(12, vacant=1), procedure="silence", quorum="half", hours=72, now=now)


def recused(asked, count, now):
    for elector in asked.electors.order_by("term__seat__number")[:count]:
        answer(elector, "recuse", reason="The grant is to our network.", now=now)


def page_of(client, asked, user):
    client.force_login(user)
    return client.get(reverse("decisions:position", args=[asked.version.position_id])).content.decode()


def test_of_13_seats_1_vacant_and_3_recused_the_base_is_9_and_the_quorum_5_on_the_page(client, asked, now):
    recused(asked, 3, now + timedelta(seconds=1))

    words = page_of(client, asked, chair_of(asked.committee))

    assert tally_of(asked).base == 9
    assert "13 seats, less 1 vacant and 3 recused, leaves 9. More than half of 9 is 5." in words
    assert "Passes if at least 5 of 9 seats press “seen” or answer" in words


def test_and_in_the_mail(asked, now):
    later = now + timedelta(seconds=1)
    recused(asked, 3, later)

    row = Delivery.objects.by_mail().filter(kind="decisions.round_opened").first()
    words = compose(row, asked, "a@example.org", later).body

    assert "at least 5 of 9 seats" in " ".join(words.split())


def test_with_8_recused_a_meeting_is_proposed_before_the_closing_and_nothing_is_decided_at_it(client, asked, now):
    recused(asked, 8, now + timedelta(seconds=1))

    words = page_of(client, asked, chair_of(asked.committee))
    assert "8 of 12 seats have recused themselves; 4 are left, too few to decide." in words
    assert "this goes to a meeting: call one" in words

    announce_closed_rounds(now=asked.closes_at)
    asked.refresh_from_db()
    assert (asked.outcome, Position.objects.get().status) == ("meeting", "undecided")
    assert not Decision.objects.exists()


def test_the_history_says_who_proposed_a_recusal_and_why_and_the_seat_is_told(asked, now):
    elector, chair = asked.electors.first(), chair_of(asked.committee)

    propose_recusal(elector, by=chair, reason="The grant is to their network.", now=now)

    entry = Entry.objects.get(verb__startswith="Proposed that")
    assert (entry.actor, "The grant is to their network." in entry.sentence) == (chair.person, True)
    told = Delivery.objects.by_mail().get(kind="decisions.recusal_proposed")
    assert told.person == speaker_of(elector).person
    assert tally_of(asked).recuse == 0  # the seat decides


@pytest.mark.parametrize("role", ["admin", "staff", "seat", "facilitator", "member", "nobody"])
def test_only_the_chair_proposes_it(asked, now, role):
    with pytest.raises(Refused):
        propose_recusal(asked.electors.first(), by=user_with(role, asked.committee), reason="x", now=now)


def test_a_recusal_proposed_on_the_page_from_before_the_text_was_changed_reaches_the_same_seat(client, asked, now):
    position, chair, elector = asked.version.position, chair_of(asked.committee), asked.electors.first()
    changed = {
        "body": "Another text.",
        "seen": newest_text(position).sha256,
        "zone": "UTC",
        "now": now + timedelta(seconds=1),
    }
    again = change_text(position, by=chair, closes_at=now + timedelta(days=3), **changed)
    client.force_login(chair)

    client.post(reverse("decisions:propose_recusal", args=[position.pk, elector.pk]), {"reason": "A grant."})

    assert again.electors.get(term=elector.term_id).recusal_why == "A grant."


def test_nobody_proposes_it_after_the_closing(asked):
    with pytest.raises(TransitionError, match="closed"):
        propose_recusal(
            asked.electors.first(), by=chair_of(asked.committee), reason="x", now=asked.closes_at + timedelta(days=5)
        )


def test_why_it_was_proposed_stays_beside_the_seat_that_followed_it(client, asked, now):
    elector, chair = asked.electors.first(), chair_of(asked.committee)
    propose_recusal(elector, by=chair, reason="The grant is to their network.", now=now)
    answer(elector, "recuse", reason="We hold the grant.", now=now + timedelta(seconds=1))

    words = page_of(client, asked, speaker_of(asked.electors.last()))

    assert f"<bdi>{chair.person}</bdi> had proposed it:" in words
    assert "The grant is to their network." in words


@pytest.mark.parametrize(("visibility", "reads"), [("members", True), ("steering", False)])
def test_in_the_register_it_is_read_by_whoever_reads_the_seat_s_own_reason(client, now, visibility, reads):
    asked = opened(committee_of(5), quorum="half", now=now)
    elector, *others = asked.electors.all()
    propose_recusal(elector, by=chair_of(asked.committee), reason="The grant is to their network.", now=now)
    answer(elector, "recuse", reason="We hold the grant.", visibility=visibility, now=now)
    for one in others:
        answer(one, "approve", now=now)
    announce_closed_rounds(now=asked.closes_at)
    client.force_login(user_with("member"))

    words = client.get(reverse("decisions:decision", args=[Decision.objects.get().label])).content.decode()

    assert ("We hold the grant." in words, "The grant is to their network." in words) == (reads, reads)
