"""Two people change one object at once: the second is told, sees what the first did, and loses nothing."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.actions.milestones import add_milestone
from tests.factories import (
    CampaignFactory,
    CommitteeFactory,
    MeetingFactory,
    MilestoneFactory,
    OrganisationFactory,
    PersonFactory,
    user_with,
)

pytestmark = pytest.mark.django_db

LONG = "Line one\n" + "a" * 400


def in_days(days):
    return timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)


# (address, what is edited, a field and what the first makes of it, a field and what the second makes of it)
FORMS = {
    "campaign": ("campaigns:edit_campaign", CampaignFactory, ("name", "Theirs"), ("goal", LONG)),
    "campaign’s owner": ("campaigns:edit_campaign", CampaignFactory, ("owner", "Ada Unique"), ("goal", LONG)),
    "milestone": ("campaigns:edit_milestone", MilestoneFactory, ("starts_on", "2027-03-01"), ("title", "Mine")),
    "milestone’s box": ("campaigns:edit_milestone", MilestoneFactory, ("is_external", "on"), ("note", LONG)),
    "meeting": (
        "meetings:edit_meeting",
        lambda: MeetingFactory(starts_at=in_days(3)),
        ("hour", "13:17"),
        ("agenda", LONG),
    ),
    "agenda": (
        "meetings:edit_meeting",
        lambda: MeetingFactory(starts_at=in_days(3), agenda=LONG),
        ("agenda", LONG + "b"),
        ("title", "Mine"),
    ),
    "membership": (
        "members:organisation_membership",
        OrganisationFactory,
        ("since", "2019-03-01"),
        ("category", "observer"),
    ),
    "person": ("members:person_edit", PersonFactory, ("display_name", "Theirs"), ("email", "mine@fields.example")),
    "person’s box": ("members:person_edit", PersonFactory, ("is_discreet", "on"), ("zone", "Africa/Nairobi")),
    "person’s address": (
        "members:person_edit",
        PersonFactory,
        ("email", "theirs@fields.example"),
        ("display_name", "Mine"),
    ),
    "committee": ("members:committee_edit", CommitteeFactory, ("name", "Theirs"), ("mandate", LONG)),
    "organisation": ("members:organisation_edit", OrganisationFactory, ("acronym", "THEIRS"), ("description", LONG)),
}


def filled(form):
    """What a browser would send of `form`: line ends as in mails, nothing of an empty box."""
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    return {name: "\r\n".join(str(value).splitlines()) for name, value in sent.items()}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("case", FORMS)
def test_the_second_to_save_reads_what_the_first_changed_and_keeps_what_they_typed(case):
    name, make, (their_field, theirs), (my_field, mine) = FORMS[case]
    PersonFactory(display_name="Ada Unique")
    first, second = user_with("staff"), user_with("staff")
    address = reverse(name, args=[make().pk])
    opened = filled(signed_in(second).get(address).context["form"])
    there = filled(signed_in(first).get(address).context["form"])
    assert signed_in(first).post(address, there | {their_field: theirs}).status_code == 302

    told = signed_in(second).post(address, opened | {my_field: mine.replace("\n", "\r\n")})
    again = filled(told.context["form"])
    kept = signed_in(second).post(address, again)
    after = filled(signed_in(second).get(address).context["form"])

    text = told.content.decode()
    assert told.status_code == 200
    assert "Somebody else has changed this since you opened the form" in text
    assert str(first.person) in text
    assert kept.status_code == 302
    assert (after[my_field], again[their_field]) == (mine.replace("\n", "\r\n"), after[their_field])
    assert after[their_field] != opened.get(their_field)


def test_minutes_written_by_two_at_once_are_not_lost():
    meeting = MeetingFactory(starts_at=in_days(-1))
    first, second = user_with("staff"), user_with("staff")
    address = reverse("meetings:write_minutes", args=[meeting.pk])

    written = signed_in(first).post(address, {"minutes": "Theirs.", "seen": 0})
    told = signed_in(second).post(address, {"minutes": "Mine.", "seen": 0})

    meeting.refresh_from_db()
    assert written.status_code == 302
    assert meeting.minutes == "Theirs."
    assert [told.context["form"]["minutes"].value(), told.context["theirs"][0].changes[0][2]] == ["Mine.", "Theirs."]


def test_what_happens_beside_the_fields_disturbs_nobody():
    campaign, staff = CampaignFactory(), user_with("staff")
    address = reverse("campaigns:edit_campaign", args=[campaign.pk])
    opened = filled(signed_in(staff).get(address).context["form"])
    fields = {"kind": "internal", "ends_on": None, "precision": "day", "zone": "UTC", "is_external": False}
    more = {"title": "Step", "owner": None, "note": "", "starts_on": in_days(9).date()}
    add_milestone(campaign, by=staff, now=timezone.now(), **fields, **more)

    assert signed_in(staff).post(address, opened | {"name": "Mine"}).status_code == 302


def test_a_form_that_does_not_say_what_was_seen_is_not_taken():
    campaign = CampaignFactory()
    address = reverse("campaigns:edit_campaign", args=[campaign.pk])
    client = signed_in(user_with("staff"))
    opened = filled(client.get(address).context["form"])
    del opened["seen"]

    response = client.post(address, opened | {"name": "Mine"})

    assert response.status_code == 200
    assert "Open this form again" in response.content.decode()


def test_a_standing_that_somebody_else_changed_does_not_go_back_unread():
    organisation = OrganisationFactory()
    first, second = signed_in(user_with("staff")), signed_in(user_with("staff"))
    address = reverse("members:organisation_membership", args=[organisation.pk])
    opened = filled(first.get(address).context["form"])
    first.post(address, opened | {"status": "suspended", "reason": "Fees."})

    told = second.post(address, opened | {"category": "observer"})
    mixed = second.post(address, opened | {"status": "dormant", "reason": "Silent."})

    membership = organisation.memberships.get()
    assert (membership.status, membership.category) == ("suspended", "member")
    assert told.context["form"]["status"].value() == "suspended"
    assert mixed.context["form"]["status"].value() == "dormant"
    assert {change[2] for change in told.context["theirs"][0].changes} == {"Suspended", "Fees."}


def test_what_two_have_written_in_one_field_of_a_person_stands_there_side_by_side():
    person = PersonFactory(display_name="Opened")
    first, second = signed_in(user_with("staff")), signed_in(user_with("staff"))
    address = reverse("members:person_edit", args=[person.pk])
    opened = filled(first.get(address).context["form"])
    first.post(address, opened | {"display_name": "Theirs", "zone": "Africa/Nairobi"})

    told = second.post(address, opened | {"display_name": "Mine", "zone": "Asia/Tokyo"})

    form = told.context["form"]
    assert (form["display_name"].value(), form["zone"].value(), form["email"].errors) == ("Mine", "Asia/Tokyo", [])
    assert "“Theirs”" in form.errors["display_name"][0]
    assert "Nairobi" in form.errors["zone"][0]


def test_ones_own_preferences_at_two_devices_do_not_undo_each_other():
    user = user_with("member")
    address = reverse("accounts:preferences")
    opened = filled(signed_in(user).get(address).context["form"])
    signed_in(user).post(address, opened | {"quiet_from": "22:30", "zone": "Africa/Nairobi", "is_discreet": "on"})

    told = signed_in(user).post(address, opened | {"quiet_from": "20:15", "keeps_weekend": ""})
    again = filled(told.context["form"])
    kept = signed_in(user).post(address, again)

    user.person.refresh_from_db()
    assert "Somebody else has changed this" in told.content.decode()
    assert set(told.context["form"].errors) == {"quiet_from", "__all__"}
    assert "“22:30”" in told.context["form"].errors["quiet_from"][0]
    assert kept.status_code == 302
    assert (user.person.quiet_from, user.person.zone) == (time(20, 15), "Africa/Nairobi")
    assert (user.person.is_discreet, user.person.keeps_weekend) == (True, False)


def test_what_staff_correct_of_a_person_is_not_undone_by_their_own_form():
    user = user_with("member")
    own, edited = reverse("accounts:preferences"), reverse("members:person_edit", args=[user.person_id])
    opened = filled(signed_in(user).get(own).context["form"])
    staff = signed_in(user_with("staff"))
    staff.post(edited, filled(staff.get(edited).context["form"]) | {"display_name": "Ada Corrected"})

    told = signed_in(user).post(own, opened | {"quiet_to": "06:30"})
    signed_in(user).post(own, filled(told.context["form"]))

    user.person.refresh_from_db()
    assert (user.person.display_name, user.person.quiet_to) == ("Ada Corrected", time(6, 30))


@pytest.mark.parametrize("was", ["", "no JSON", "[1]", '{"display_name": {"a": [1]}}'])
def test_a_person_s_form_whose_hidden_part_is_spoilt_loses_nothing(was):
    person = PersonFactory(display_name="Opened")
    first, second = signed_in(user_with("staff")), signed_in(user_with("staff"))
    address = reverse("members:person_edit", args=[person.pk])
    opened = filled(first.get(address).context["form"])
    first.post(address, opened | {"display_name": "Theirs"})

    told = second.post(address, opened | {"display_name": "Mine", "was": was})

    person.refresh_from_db()
    assert (told.status_code, person.display_name) == (200, "Theirs")
    assert told.context["form"]["display_name"].value() == "Mine"
