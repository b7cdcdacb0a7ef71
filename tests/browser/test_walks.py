"""The three tasks a newcomer is given, from signing in to the end, by keyboard alone."""

import csv

import pytest
from django.utils import timezone

from accounts.models import User
from campaigns.models import Assignment
from decisions.models import Answer, Position
from home.demo import load
from home.demo.roster import PASSWORD
from members.countries import in_region
from members.models import Endorsement, Membership, Organisation
from tests.browser.conftest import Open
from tests.browser.keys import Keys
from tests.browser.visits import PHONE, Window


@pytest.fixture
def demo(same_types: None) -> None:
    load(timezone.now())
    for user in User.objects.filter(email__in=[f"{role}@demo.example" for role in ("staff", "seat", "facilitator")]):
        user.set_password(PASSWORD)  # with the hasher of the tests
        user.save()


def signed_in(window: Window, role: str) -> Keys:
    keys = Keys(window)
    window.goto("/")
    keys.sign_in(f"{role}@demo.example", PASSWORD)
    return keys


def test_staff_export_every_member_in_west_africa_that_has_not_endorsed(demo: None, visit: Open) -> None:
    window = visit()
    keys = signed_in(window, "staff")

    keys.go("Members")
    keys.skip()
    keys.type_into("Region", "Western Africa")
    keys.type_into("Endorsed the call", "No")
    keys.go("Show")  # the form keeps the place in the page: nothing to skip again
    keys.tab_to("CSV")
    with window.page.expect_download() as download:
        window.page.keyboard.press("Enter")

    with download.value.path().open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    there = Organisation.objects.active().filter(country__in=in_region("011"))
    endorsers = Membership.objects.filter(category="endorser", until=None)  # who belongs as one has endorsed
    stand_behind = Endorsement.objects.current().values("organisation").union(endorsers.values("organisation"))
    missing = there.exclude(pk__in=stand_behind)
    assert 0 < len(rows) < there.count()
    assert [row["Organisation"] for row in rows] == [one.name for one in missing.order_by("key", "id")]
    assert {row["Endorsed the call"] for row in rows} == {"no"}


def test_a_seat_sees_on_a_phone_what_it_must_answer_and_answers(demo: None, visit: Open) -> None:
    window, asked = visit(viewport=PHONE), Position.objects.get(status="open", versions__rounds__procedure="explicit")
    keys = signed_in(window, "seat")

    keys.skip()
    keys.go(f"Answer “{asked.title}”")
    keys.tab_to("Approve")
    window.page.keyboard.press("ArrowDown")
    window.page.keyboard.press("ArrowUp")
    keys.go("Send our answer")

    given = Answer.objects.get(by__user__email="seat@demo.example", elector__round__version__position=asked)
    assert given.choice == "approve"
    assert "Recorded for" in window.text()
    keys.skip()
    window.goto("/")
    assert f"Answer “{asked.title}”" not in window.text()


def test_a_facilitator_finds_who_covers_asia_and_hands_over_to_the_backup(demo: None, visit: Open) -> None:
    window = visit()
    keys = signed_in(window, "facilitator")
    lead, backup = Assignment.objects.filter(scope__region="035", until=None).order_by("-capacity")

    keys.skip()
    keys.go("Who covers what")
    keys.skip()
    keys.type_into("Country, region, theme or person", "Asia")
    keys.go("Show")
    assert "South-eastern Asia" in window.text()
    assert "Americas" not in window.text()
    keys.go("South-eastern Asia")
    keys.skip()
    keys.go("Hand over to the backup")
    keys.skip()
    keys.type_into("Handover note", "The ministry in Vientiane waits for our letter.")
    keys.tab_to("Stay on as the backup")  # ticked from the start
    keys.go(f"Hand over to {backup.person}")

    standing = Assignment.objects.filter(scope__region="035", until=None)
    assert {one.capacity: one.person for one in standing} == {"lead": backup.person, "backup": lead.person}
    assert f"{backup.person} leads “South-eastern Asia” now, and you are the backup." in window.text()
