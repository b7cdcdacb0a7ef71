from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from accounts.models import TransitionError
from accounts.rules import Refused
from campaigns.actions.dependencies import put_after
from campaigns.models import Dependency, Milestone
from history.models import Entry
from tests.factories import CampaignFactory, MilestoneFactory, user_with

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 6, 12, tzinfo=UTC)


def ties():
    return set(Dependency.objects.values_list("milestone__title", "after__title"))


def chain(*titles):
    campaign = CampaignFactory()
    return [MilestoneFactory(campaign=campaign, title=title) for title in titles]


def test_a_milestone_comes_after_just_those_that_are_named_last():
    draft, ballot, freeze = chain("draft", "ballot", "freeze")
    staff = user_with("staff")
    put_after(freeze, by=staff, now=NOW, after=[draft, ballot])

    put_after(freeze, by=staff, now=NOW, after=[ballot])

    assert ties() == {("freeze", "ballot")}
    assert [entry.sentence for entry in Entry.objects.of(freeze).order_by("number")][-1] == (
        "Comes no longer after “draft”"
    )


def test_naming_the_same_again_changes_nothing():
    draft, ballot = chain("draft", "ballot")
    staff = user_with("staff")
    put_after(ballot, by=staff, now=NOW, after=[draft])

    put_after(ballot, by=staff, now=NOW, after=[draft])

    assert Entry.objects.of(ballot).count() == 1


def test_a_circle_is_refused_however_long():
    draft, ballot, freeze = chain("draft", "ballot", "freeze")
    staff = user_with("staff")
    put_after(ballot, by=staff, now=NOW, after=[draft])
    put_after(freeze, by=staff, now=NOW, after=[ballot])

    with pytest.raises(TransitionError, match="“freeze” itself comes after this milestone"):
        put_after(draft, by=staff, now=NOW, after=[freeze])

    assert ties() == {("ballot", "draft"), ("freeze", "ballot")}


def test_a_milestone_never_comes_after_itself():
    (draft,) = chain("draft")

    with pytest.raises(TransitionError, match="wait for each other"):
        put_after(draft, by=user_with("staff"), now=NOW, after=[draft])


def test_a_circle_that_the_same_step_unties_is_none():
    draft, ballot = chain("draft", "ballot")
    staff = user_with("staff")
    put_after(ballot, by=staff, now=NOW, after=[draft])
    put_after(ballot, by=staff, now=NOW, after=[])

    put_after(draft, by=staff, now=NOW, after=[ballot])

    assert ties() == {("draft", "ballot")}


def test_another_campaign_s_milestone_is_refused():
    draft, other = MilestoneFactory(), MilestoneFactory(title="Elsewhere")

    with pytest.raises(TransitionError, match="“Elsewhere” belongs to another campaign"):
        put_after(draft, by=user_with("staff"), now=NOW, after=[other])


@pytest.mark.parametrize("end", ["milestone", "after"])
def test_the_database_refuses_a_tie_between_two_campaigns(end):
    draft, ballot = chain("draft", "ballot")
    ends = {"milestone": draft, "after": ballot} | {end: MilestoneFactory()}

    with pytest.raises(IntegrityError, match=f"dependency_{end}_in_its_campaign"):
        Dependency.objects.create(campaign=draft.campaign, **ends)


def test_the_database_refuses_a_tie_that_is_said_twice():
    draft, ballot = chain("draft", "ballot")
    Dependency.objects.create(campaign=draft.campaign, milestone=ballot, after=draft)

    with pytest.raises(IntegrityError, match="dependency_is_said_once"):
        Dependency.objects.create(campaign=draft.campaign, milestone=ballot, after=draft)


def test_the_database_refuses_a_milestone_after_itself():
    (draft,) = chain("draft")

    with pytest.raises(IntegrityError, match="dependency_is_between_two_milestones"):
        Dependency.objects.create(campaign=draft.campaign, milestone=draft, after=draft)


def test_only_who_may_edit_ties_milestones():
    draft, ballot = chain("draft", "ballot")

    with pytest.raises(Refused, match="Only staff, the owner of the campaign and the facilitators"):
        put_after(ballot, by=user_with("member"), now=NOW, after=[draft])


@pytest.mark.parametrize(
    ("first", "then", "conflict"),
    [
        ({"starts_on": date(2026, 6, 10)}, {"starts_on": date(2026, 6, 10)}, False),
        ({"starts_on": date(2026, 6, 11)}, {"starts_on": date(2026, 6, 10)}, True),
        ({"starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 11)}, {"starts_on": date(2026, 6, 10)}, True),
        ({"starts_on": date(2026, 6, 1), "precision": "month"}, {"starts_on": date(2026, 6, 10)}, False),
        ({"starts_on": date(2026, 7, 1), "precision": "month"}, {"starts_on": date(2026, 6, 10)}, True),
        ({"starts_on": date(2026, 6, 10)}, {"starts_on": date(2026, 1, 1), "precision": "year"}, False),
        (
            {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 12, 31), "precision": "year"},
            {"starts_on": date(2026, 12, 1), "precision": "month"},
            True,
        ),
        ({"starts_on": date(2026, 6, 11), "status": "reached"}, {"starts_on": date(2026, 6, 10)}, False),
    ],
)
def test_a_conflict_is_what_cannot_be_in_time_for_sure(first, then, conflict):
    assert Milestone(**first).is_in_the_way_of(Milestone(**then)) is conflict
