"""A decision is reviewed on a day, and superseded by a later one; never in a circle."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Person, Stale, TransitionError
from accounts.rules import Refused
from decisions.actions.register import keep_decision
from decisions.models import Decision
from history.actions import newest
from notices.kind import KINDS
from tests.decisions.making import chair_of, committee_of
from tests.decisions.test_register import adopt
from tests.factories import NOON, user_with

pytestmark = pytest.mark.django_db
DAY = date(2027, 5, 13)


def test_both_pages_say_which_supersedes_which(client):
    committee = committee_of(1)
    older, newer = adopt(committee), adopt(committee)
    keep_decision(older, by=chair_of(committee), review_on=None, superseded_by=newer, now=NOON)
    client.force_login(user_with("member"))

    pages = [client.get(reverse("decisions:decision", args=[one.label])).content.decode() for one in (older, newer)]

    assert ("Superseded by" in pages[0], newer.label in pages[0]) == (True, True)
    assert ("Supersedes" in pages[1], older.label in pages[1]) == (True, True)


def test_an_earlier_one_and_itself_supersede_nothing():
    committee = committee_of(1)
    older, newer = adopt(committee), adopt(committee)

    for one in (older, newer):
        with pytest.raises(TransitionError, match="was not decided after"):
            keep_decision(newer, by=chair_of(committee), review_on=None, superseded_by=one, now=NOON)
    with pytest.raises(IntegrityError, match="does_not_supersede_itself"), transaction.atomic():
        Decision.objects.filter(pk=older.pk).update(superseded_by=older)


def test_a_review_reminds_whoever_opened_the_round_until_it_is_superseded():
    committee = committee_of(1)
    older, newer, chair = adopt(committee), adopt(committee), chair_of(committee)
    due = KINDS["decisions.review_due"]

    kept = keep_decision(older, by=chair, review_on=DAY, superseded_by=None, now=NOON)
    assert (due.anchor(kept), [one.pk for one in due.audience(kept)]) == (DAY, [chair.person_id])

    kept = keep_decision(older, by=chair, review_on=DAY, superseded_by=newer, now=NOON)
    assert (due.anchor(kept), due.audience(kept)) == (None, [])


def test_two_who_set_a_day_meet_and_a_day_that_is_over_is_refused():
    committee = committee_of(1)
    decision, staff = adopt(committee), user_with("staff")
    seen = newest(decision)
    keep_decision(decision, by=staff, review_on=DAY, superseded_by=None, now=NOON, seen=seen)

    with pytest.raises(Stale):
        keep_decision(decision, by=staff, review_on=date(2028, 1, 1), superseded_by=None, now=NOON, seen=seen)
    with pytest.raises(TransitionError, match="over already"):
        keep_decision(decision, by=staff, review_on=(NOON - timedelta(days=9)).date(), superseded_by=None, now=NOON)


@pytest.mark.parametrize(("zone", "is_today"), [("Pacific/Honolulu", True), ("Asia/Kathmandu", False)])
def test_whether_a_day_is_over_is_told_by_the_clock_of_whoever_sets_it(zone, is_today):
    decision, staff = adopt(committee_of(1)), user_with("staff")
    Person.objects.filter(pk=staff.person_id).update(zone=zone)
    staff.person.refresh_from_db()
    after_midnight = NOON + timedelta(hours=14)  # UTC; the afternoon before in Honolulu

    with nullcontext() if is_today else pytest.raises(TransitionError, match="over already"):
        keep_decision(decision, by=staff, review_on=NOON.date(), superseded_by=None, now=after_midnight)


def test_a_member_keeps_nothing():
    decision = adopt(committee_of(1))

    with pytest.raises(Refused):
        keep_decision(decision, by=user_with("member"), review_on=DAY, superseded_by=None, now=NOON)


def test_the_form_takes_a_number_as_people_quote_it(client):
    committee = committee_of(1)
    older, newer = adopt(committee), adopt(committee)
    client.force_login(user_with("staff"))
    page = reverse("decisions:keep_decision", args=[older.label])

    unknown = client.post(page, {"superseded_by": "2026-999", "seen": newest(older)})
    client.post(page, {"superseded_by": newer.label, "seen": newest(older)})

    assert "There is no decision of this number." in unknown.content.decode()
    assert Decision.objects.get(pk=older.pk).superseded_by == newer


def test_the_list_and_its_file_say_what_supersedes_and_when_it_is_reviewed(client):
    committee = committee_of(1)
    older, newer = adopt(committee), adopt(committee)
    keep_decision(older, by=chair_of(committee), review_on=DAY, superseded_by=newer, now=NOON)
    client.force_login(user_with("member"))
    asked = {"cols": ["number", "outcome", "level", "review", "superseded"]}

    page = client.get(reverse("decisions:register"), asked).content.decode()
    file = b"".join(client.get(reverse("decisions:register"), {**asked, "as": "csv"})).decode()

    assert (f">{newer.label}</a>" in page, "13 May 2027" in page) == (True, True)
    assert "2027-05-13,2026-002" in file
