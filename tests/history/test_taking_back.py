"""An act that can be taken back: noted with it, shown to whom it concerns, undone once, refused when things changed."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import TransitionError
from accounts.rules import Refused
from campaigns.actions.milestones import drop_milestone, edit_milestone, reach_milestone
from campaigns.models import Milestone
from history.actions import gather, take_back
from history.models import Deed
from history.way_back import WAYS
from meetings.actions import cancel_meeting
from members.actions.appointments import appoint, end_appointment
from members.actions.organisations import change_membership, end_organisation
from members.models import Membership, Organisation
from tests.factories import (
    CampaignFactory,
    MeetingFactory,
    MilestoneFactory,
    OrganisationFactory,
    RepresentationFactory,
    user_with,
)
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return user_with("staff")


def dropped(staff, **fields):
    """A milestone that `staff` dropped just now, and the deed."""
    milestone = MilestoneFactory(**fields)
    drop_milestone(milestone, by=staff, now=database_now(), reason="No money")
    return milestone, Deed.objects.get(object_id=milestone.pk)


def test_what_was_done_can_be_taken_back_for_two_weeks_and_an_import_for_thirty_days(staff):
    _milestone, deed = dropped(staff)

    assert deed.until - deed.at == timedelta(days=14)
    assert {key: way.lasts.days for key, way in WAYS.items() if way.lasts.days != 14} == {"members.apply_import": 30}


def test_taking_back_makes_it_as_it_was_and_says_who_did(staff):
    milestone, deed = dropped(staff)
    now = database_now()

    take_back(deed, by=staff, now=now)

    milestone.refresh_from_db()
    deed.refresh_from_db()
    assert (milestone.status, milestone.drop_reason) == ("planned", "")
    assert (deed.taken_back_at, deed.taken_back_by) == (now, staff)


def test_what_was_taken_back_is_not_taken_back_again(staff):
    _milestone, deed = dropped(staff)
    take_back(deed, by=staff, now=database_now())

    with pytest.raises(TransitionError, match="taken back already"):
        take_back(deed, by=staff, now=database_now())


def test_when_its_time_is_over_it_stays(staff):
    milestone, deed = dropped(staff)

    with pytest.raises(TransitionError, match="is over"):
        take_back(deed, by=staff, now=deed.until)

    milestone.refresh_from_db()
    assert milestone.status == "dropped"


def test_whoever_may_not_do_it_may_not_take_it_back_either(staff):
    milestone, deed = dropped(staff)

    with pytest.raises(Refused):
        take_back(deed, by=user_with("member"), now=database_now())

    milestone.refresh_from_db()
    assert (milestone.status, Deed.objects.open(database_now()).count()) == ("dropped", 1)


def test_whoever_may_do_it_but_not_know_of_it_does_not_take_it_back(staff):
    owner = user_with("member")
    campaign = CampaignFactory(owner=owner.person)
    milestone = drop_milestone(MilestoneFactory(campaign=campaign), by=staff, now=database_now(), reason="Gone.")

    with pytest.raises(Refused, match="whoever did it"):
        take_back(Deed.objects.get(object_id=milestone.pk), by=owner, now=database_now())


def test_many_at_once_are_taken_back_by_one_button_and_those_changed_since_are_named(staff):
    organisations = OrganisationFactory.create_batch(3)
    with transaction.atomic():
        now = database_now()
        for one in organisations:
            end_organisation(one, by=staff, now=now, reason="Closed")
        whole = gather(by=staff, now=now)
    rival = OrganisationFactory(name=organisations[1].name, key=organisations[1].key)

    done = take_back(whole, by=staff, now=database_now())

    assert (done.count, [part.object_id for part, _why in done.refused]) == (2, [organisations[1].pk])
    assert set(Organisation.objects.active()) == {organisations[0], organisations[2], rival}
    assert Deed.objects.open(database_now()).filter(whole=whole).count() == 1


def test_many_at_once_of_which_none_can_be_taken_back_are_refused(staff):
    milestone, _deed = dropped(staff)
    whole = gather(by=staff, now=Deed.objects.get().at)
    take_back(whole.parts.get(), by=staff, now=database_now())

    with pytest.raises(TransitionError):
        take_back(whole, by=staff, now=database_now())

    milestone.refresh_from_db()
    assert milestone.status == "planned"


def test_a_whole_whose_parts_were_taken_back_one_by_one_is_offered_no_more(client, staff):
    dropped(staff, title="Ours")
    gather(by=staff, now=Deed.objects.get().at)
    client.force_login(staff)
    assert "1 at once" in client.get(reverse("history:deeds")).content.decode()

    take_back(Deed.objects.get(object_id__isnull=False), by=staff, now=database_now())

    assert "at once" not in client.get(reverse("history:deeds")).content.decode()


def test_nothing_that_can_be_taken_back_makes_no_whole(staff):
    assert gather(by=staff, now=database_now()) is None


@pytest.mark.django_db(transaction=True)
def test_two_who_take_it_back_at_once_do_it_once(staff):
    milestone, deed = dropped(staff)
    other, now = user_with("admin"), database_now()

    ends = together(partial(take_back, deed, by=staff, now=now), partial(take_back, deed, by=other, now=now))

    refused = [str(end) for end in ends if isinstance(end, TransitionError)]
    milestone.refresh_from_db()
    assert (milestone.status, refused) == ("planned", ["This was taken back already."])


@pytest.mark.django_db(transaction=True)
def test_taking_back_against_ending_again_leaves_one_of_both(staff):
    """The membership is put back while somebody ends the organisation: either before it or refused, never half."""
    organisation, now = OrganisationFactory(), database_now()
    change_membership(organisation, by=staff, now=now, status="dormant", reason="Silent")
    deed = Deed.objects.get()

    ends = together(
        partial(whether_taken_back, deed, staff, now),
        partial(end_organisation, organisation, by=staff, now=now, reason="Closed"),
    )

    membership, deed = Membership.objects.get(), Deed.objects.get(pk=deed.pk)
    assert (membership.status, deed.taken_back_at is not None) == ("ended", ends[0])


def whether_taken_back(deed, by, now):
    try:
        take_back(deed, by=by, now=now)
    except Refused:  # an organisation that has ended changes no more
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_taking_back_a_dropping_and_reaching_it_at_once_never_leave_it_dropped_and_reached(staff):
    milestone, deed = dropped(staff)
    now = database_now()

    ends = together(partial(take_back, deed, by=staff, now=now), partial(reach_milestone, milestone, by=staff, now=now))

    milestone.refresh_from_db()
    assert not isinstance(ends[0], Exception)
    assert milestone.status == ("planned" if isinstance(ends[1], TransitionError) else "reached")


def test_the_page_lists_ones_own_acts_and_for_staff_everybodys(client, staff):
    leader = user_with("member")
    own, hidden = CampaignFactory(owner=leader.person), CampaignFactory(visibility="restricted")
    dropped(leader, campaign=own, title="Theirs")
    dropped(staff, title="Ours")
    dropped(staff, campaign=hidden, title="Restricted")

    shown = {}
    for user in (leader, staff, user_with("nobody")):
        client.force_login(user)
        page = client.get(reverse("history:deeds")).content.decode()
        shown[user] = {title for title in ("Theirs", "Ours", "Restricted") if title in page}

    assert list(shown.values()) == [{"Theirs"}, {"Theirs", "Ours"}, set()]


def test_what_one_may_no_longer_see_can_be_taken_back_by_nobody_who_may_not(client):
    leader = user_with("member")
    milestone, deed = dropped(leader, campaign=CampaignFactory(owner=leader.person))
    milestone.campaign.owner, milestone.campaign.visibility = user_with("staff").person, "staff"
    milestone.campaign.save()
    client.force_login(leader)

    assert client.post(reverse("history:deed", args=[deed.pk])).status_code == 404


def test_after_the_act_a_button_undoes_it_and_the_next_page_says_so(client, staff):
    client.force_login(staff)
    milestone = MilestoneFactory()
    drop = reverse("campaigns:drop_milestone", args=[milestone.pk])

    page = client.post(drop, {"reason": "No money"}, follow=True).content.decode()
    undo = reverse("history:deed", args=[Deed.objects.get().pk])
    after = client.post(undo, follow=True)

    assert f'action="{undo}"' in page
    assert after.request["PATH_INFO"] == reverse("campaigns:milestone", args=[milestone.pk])
    assert "Taken back" in after.content.decode()
    assert Milestone.objects.get().status == "planned"


def test_a_refusal_is_said_in_place(client, staff):
    client.force_login(staff)
    meeting = MeetingFactory(starts_at=database_now() + timedelta(hours=1))
    cancel_meeting(meeting, by=staff, now=database_now(), reason="Too few")
    type(meeting).objects.update(starts_at=database_now() - timedelta(minutes=1))

    page = client.post(reverse("history:deed", args=[Deed.objects.get().pk]))

    assert page.status_code == 200
    assert "It would have begun by now. Call a new meeting instead." in page.content.decode()


def test_whoever_may_not_undo_it_reads_who_may(client, staff):
    admin = user_with("admin")
    from_staff = RepresentationFactory().person

    appointment = appoint(from_staff, by=admin, role="observer", now=database_now())
    end_appointment(appointment, by=admin, now=database_now())
    client.force_login(staff)

    page = client.get(reverse("history:deed", args=[Deed.objects.get().pk])).content.decode()

    assert "Only administrators appoint people." in page
    assert "Undo it" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, staff, django_assert_num_queries, count):
    for _turn in range(count):
        dropped(staff)
    end_organisation(OrganisationFactory(), by=staff, now=database_now(), reason="Closed")
    client.force_login(staff)

    with django_assert_num_queries(7):
        client.get(reverse("history:deeds"))


def test_a_mangled_cursor_shows_the_first_page(client, staff):
    dropped(staff, title="Ours")
    client.force_login(staff)

    for cursor in ("x", "2026-99-99", "9" * 400, "\0", "2026-01-01T00:00:00"):
        assert client.get(reverse("history:deeds"), {"before": cursor}).status_code == 200


def test_an_edit_since_then_is_no_hindrance_where_none_is_possible(staff):
    """A dropped milestone takes no edits, so taking it back can overwrite nothing."""
    milestone, _deed = dropped(staff)

    with pytest.raises(TransitionError):
        edit_milestone(milestone, by=staff, now=database_now(), **fields_of(milestone))


def fields_of(milestone):
    names = ("title", "kind", "starts_on", "ends_on", "precision", "zone", "is_external", "owner", "note")
    return {name: getattr(milestone, name) for name in names}
