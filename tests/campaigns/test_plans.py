from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from accounts.models import TransitionError, User
from accounts.rules import Refused, allows
from campaigns.actions.milestones import edit_milestone
from campaigns.actions.plans import Step, accept_plan, move_along, moves_with
from campaigns.models import Dependency, Milestone
from campaigns.models.milestones import MOST
from campaigns.views.plans import offered_moves
from history.models import Entry
from notices.models import Delivery
from tests.factories import AssignmentFactory, CampaignFactory, MilestoneFactory, ScopeFactory, user_with

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = date(2026, 5, 19)
LATER = NOW + timedelta(hours=1)


def accepted(campaign, by, plan=None, **others):
    fields = {
        "title": "Conference, Dublin",
        "kind": "conference",
        "day": DAY,
        "place": "Dublin",
        "zone": "Europe/Dublin",
        "owner": by.person,
        "steps": [Step("Consultation", 5, by.person), Step("Ballot", 3, None), Step("Freeze", 1, by.person)],
    } | others
    return accept_plan(campaign, by=by, now=NOW, plan=plan or uuid4(), **fields)


def dates(campaign):
    rows = campaign.milestones.order_by("starts_on")
    return [(one.title, one.starts_on.isoformat(), one.ends_on and one.ends_on.isoformat()) for one in rows]


def moved(deadline, by, day, now=LATER):
    fields = {
        name: getattr(deadline, name)
        for name in ("title", "kind", "ends_on", "precision", "zone", "is_external", "owner", "note")
    }
    return edit_milestone(deadline, by=by, now=now, starts_on=day, **fields)


def waiting(milestone):
    return [row.slot for row in Delivery.objects.by_mail().about(milestone).waiting().order_by("send_at")]


def test_a_plan_becomes_a_chain_of_milestones_before_the_day():
    staff, campaign = user_with("staff"), CampaignFactory()

    deadline = accepted(campaign, staff)

    assert dates(campaign) == [
        ("Consultation", "2026-05-06", "2026-05-12"),
        ("Ballot", "2026-05-13", "2026-05-15"),
        ("Freeze", "2026-05-18", None),
        ("Conference, Dublin", "2026-05-19", None),
    ]
    assert set(Dependency.objects.values_list("milestone__title", "after__title")) == {
        ("Conference, Dublin", "Freeze"),
        ("Freeze", "Ballot"),
        ("Ballot", "Consultation"),
    }
    assert (deadline.is_external, deadline.place) == (True, "Dublin")
    assert [one.is_external for one in campaign.milestones.exclude(pk=deadline.pk)] == [False] * 3


def test_the_owners_of_a_plan_are_reminded_at_once():
    staff, campaign = user_with("staff"), CampaignFactory()

    accepted(campaign, staff)

    assert waiting(Milestone.objects.get(title="Consultation")) == ["P1D", "P0D"]
    assert waiting(Milestone.objects.get(title="Ballot")) == []


def test_accepting_a_plan_twice_creates_it_once():
    staff, campaign, plan = user_with("staff"), CampaignFactory(), uuid4()

    first, second = (accepted(campaign, staff, plan) for _click in range(2))

    assert (first.pk, campaign.milestones.count(), Dependency.objects.count()) == (second.pk, 4, 3)


def test_a_plan_of_another_campaign_is_not_accepted_here():
    staff, plan = user_with("staff"), uuid4()
    accepted(CampaignFactory(), staff, plan)

    with pytest.raises(TransitionError, match="belongs to another campaign"):
        accepted(CampaignFactory(), staff, plan)


def test_a_plan_fits_into_its_campaign_or_nothing_of_it_is_created():
    staff, campaign = user_with("staff"), CampaignFactory()
    MilestoneFactory.create_batch(MOST - 3, campaign=campaign)

    with pytest.raises(TransitionError, match="at most 400 milestones"):
        accepted(campaign, staff)

    assert campaign.milestones.count() == MOST - 3


def test_only_who_may_add_milestones_accepts_a_plan():
    with pytest.raises(Refused, match="Only staff and the owner of the campaign"):
        accepted(CampaignFactory(), user_with("member"))


def test_a_campaign_that_is_over_takes_no_plan():
    campaign = CampaignFactory(status="stopped", finished_on=date(2026, 5, 1))

    with pytest.raises(TransitionError, match="does not change any more"):
        accepted(campaign, user_with("staff"))


def test_a_plan_from_before_the_calendar_is_refused():
    with pytest.raises(TransitionError, match="before the calendar does"):
        accepted(CampaignFactory(), user_with("staff"), day=date(1, 1, 5))


def test_what_hangs_on_a_deadline_moves_along_in_working_days():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = moved(accepted(campaign, staff), staff, DAY + timedelta(days=8))  # from a Tuesday to a Wednesday

    chosen = [move.milestone.pk for move in moves_with(deadline)]
    move_along(deadline, by=staff, now=LATER, seen=1, chosen=chosen)

    assert dates(campaign) == [
        ("Consultation", "2026-05-14", "2026-05-20"),
        ("Ballot", "2026-05-21", "2026-05-25"),
        ("Freeze", "2026-05-26", None),
        ("Conference, Dublin", "2026-05-27", None),
    ]
    step = Milestone.objects.get(title="Freeze")
    assert (step.epoch, step.scheduled_at) == (1, LATER)
    assert Entry.objects.of(step).latest("number").verb == "Moved the milestone"


def test_each_milestone_that_moves_along_is_reminded_afresh():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = moved(accepted(campaign, staff), staff, DAY + timedelta(days=7))
    consultation = Milestone.objects.get(title="Consultation")
    before = set(Delivery.objects.about(consultation).waiting())

    move_along(deadline, by=staff, now=LATER, seen=1, chosen=[consultation.pk])

    rows = Delivery.objects.about(consultation)
    assert {row.state for row in rows.filter(pk__in=[row.pk for row in before])} == {"cancelled"}
    assert set(rows.waiting().values_list("epoch", flat=True)) == {1}


def test_only_what_was_chosen_moves_and_the_rest_is_offered_again():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = moved(accepted(campaign, staff), staff, DAY + timedelta(days=7))

    move_along(deadline, by=staff, now=LATER, seen=1, chosen=[Milestone.objects.get(title="Freeze").pk])

    assert [move.milestone.title for move in moves_with(deadline)] == ["Consultation", "Ballot"]


def test_moving_along_twice_moves_once():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = moved(accepted(campaign, staff), staff, DAY + timedelta(days=7))
    chosen = [move.milestone.pk for move in moves_with(deadline)]
    move_along(deadline, by=staff, now=LATER, seen=1, chosen=chosen)
    once = dates(campaign)

    with pytest.raises(TransitionError, match="have moved since you looked"):
        move_along(deadline, by=staff, now=LATER, seen=1, chosen=chosen)

    assert dates(campaign) == once


def test_a_deadline_that_has_moved_again_is_looked_at_again():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = moved(accepted(campaign, staff), staff, DAY + timedelta(days=7))
    chosen = [move.milestone.pk for move in moves_with(deadline)]
    deadline = moved(deadline, staff, DAY + timedelta(days=14), now=LATER + timedelta(hours=1))

    with pytest.raises(TransitionError, match="have moved since you looked"):
        move_along(deadline, by=staff, now=LATER, seen=1, chosen=chosen)

    # The whole way, not only the last part of it.
    assert moves_with(deadline)[-1].first == date(2026, 6, 1)


def test_what_others_set_what_is_done_and_what_is_vague_stays_and_so_does_all_beyond_it():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = accepted(campaign, staff, steps=[Step("Near", 2, None)])
    near = Milestone.objects.get(title="Near")
    for title, fields in {
        "Others’": {"is_external": True},
        "Done": {"status": "reached", "reached_on": date(2026, 4, 1)},
        "Vague": {"precision": "month"},
    }.items():
        fixed, beyond = (
            MilestoneFactory(campaign=campaign, starts_on=date(2026, 4, 1), title=name, scheduled_at=NOW, **extra)
            for name, extra in ((title, fields), (f"Beyond {title}", {}))
        )
        Dependency.objects.create(campaign=campaign, milestone=near, after=fixed)
        Dependency.objects.create(campaign=campaign, milestone=fixed, after=beyond)

    deadline = moved(deadline, staff, DAY + timedelta(days=7))

    assert [move.milestone.title for move in moves_with(deadline)] == ["Near"]


def test_only_who_may_edit_moves_the_rest():
    staff, campaign = user_with("staff"), CampaignFactory()
    deadline = accepted(campaign, staff)

    with pytest.raises(Refused, match="Only staff, the owner of the campaign and the facilitators"):
        move_along(deadline, by=user_with("member"), now=LATER, seen=0, chosen=[])


@pytest.mark.parametrize(
    ("reader", "offered"),
    [
        ("staff", {"Theirs", "Others’", "Nobody’s"}),
        ("leader", {"Theirs", "Others’", "Nobody’s"}),
        ("lead", {"Theirs"}),
        ("backup", {"Theirs"}),
        ("former", set()),
        ("nobody", set()),
    ],
)
def test_what_a_page_offers_to_move_along_is_what_its_reader_may_edit(rf, reader, offered):
    user, campaign = user_with("staff" if reader == "staff" else "nobody"), CampaignFactory()
    scopes = {"Theirs": ScopeFactory(campaign=campaign), "Others’": ScopeFactory(campaign=campaign), "Nobody’s": None}
    AssignmentFactory(scope=scopes["Others’"])
    if reader == "leader":
        campaign.owner = user.person
        campaign.save()
    elif reader in {"lead", "backup"}:
        AssignmentFactory(scope=scopes["Theirs"], person=user.person, capacity=reader)
    elif reader == "former":
        AssignmentFactory(scope=scopes["Theirs"], person=user.person, until=NOW.date())
    deadline = MilestoneFactory(campaign=campaign, starts_on=DAY, scheduled_at=NOW)
    for title, scope in scopes.items():
        day = DAY - timedelta(days=7)
        milestone = MilestoneFactory(campaign=campaign, scope=scope, title=title, starts_on=day, scheduled_at=NOW)
        Dependency.objects.create(campaign=campaign, milestone=deadline, after=milestone)
    deadline = moved(deadline, user_with("staff"), DAY + timedelta(days=7))
    request = rf.get("/")
    request.user = User.objects.get(pk=user.pk)

    moves, trouble = offered_moves(request, deadline)

    may = {
        move.milestone.title
        for move in moves_with(deadline)
        if allows(request.user, "campaigns.edit_milestone", move.milestone)
    }
    assert (trouble, {move.milestone.title for move in moves}) == ("", offered)
    assert may == offered
