"""Who covers what: scopes, who has them in hand, and the rights that come and go with them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import TransitionError
from accounts.rules import Refused
from campaigns.actions.campaigns import finish_campaign
from campaigns.actions.facilitators import (
    Place,
    add_scope,
    as_seen,
    edit_scope,
    end_scope,
    hand_over,
    hand_over_as_seen,
    reassign,
    write_note,
)
from campaigns.models import Assignment, Milestone, Scope, Task
from history.panels import history
from members.hats import hats
from members.models import Appointment
from notices.compose import compose
from notices.kind import KINDS
from notices.models import Delivery
from tests.factories import (
    NOON,
    AppointmentFactory,
    AssignmentFactory,
    CampaignFactory,
    MilestoneFactory,
    OwnRegionFactory,
    PersonFactory,
    ScopeFactory,
    TaskFactory,
    UserFactory,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return user_with("staff")


def a_scope(staff, **where):
    return add_scope(CampaignFactory(), by=staff, now=NOON, **{"languages": ["fr"], "region": "014"} | where)


def put(scope, staff, lead=None, backup=None, **more):
    return reassign(scope, by=staff, now=NOON, lead=Place(lead, ["fr"]), backup=Place(backup), **more)


def standing(scope):
    return {row.capacity: row.person for row in scope.assignments.filter(until=None)}


def hats_of(person):
    user = type(user_with("nobody")).objects.get(person=person)
    return hats(user)


def told(person):
    return Delivery.objects.by_mail().filter(kind="campaigns.reassigned", person=person)


@pytest.mark.parametrize("where", [{"region": ""}, {"theme": "Victims"}, {"region": "999"}, {"region": "001"}])
def test_a_scope_is_one_region_or_one_theme(staff, where):
    with pytest.raises(TransitionError, match="Choose a region, or name a theme"):
        a_scope(staff, **where)


def test_the_database_holds_a_scope_to_a_region_or_a_theme():
    with pytest.raises(IntegrityError, match="scope_is_a_region_or_a_theme"), transaction.atomic():
        ScopeFactory(theme="Victims", region="014")
    with pytest.raises(IntegrityError, match="scope_languages_are_codes"), transaction.atomic():
        ScopeFactory(languages=["French"])


@pytest.mark.parametrize("where", [{"region": "014"}, {"region": "", "theme": "VICTIMS"}])
def test_a_region_or_theme_stands_once_in_a_campaign(staff, where):
    campaign = CampaignFactory()
    ScopeFactory(campaign=campaign, theme="", region="014")
    ScopeFactory(campaign=campaign, theme="Victims")

    with pytest.raises(TransitionError, match="already"):
        add_scope(campaign, by=staff, now=NOON, **{"languages": []} | where)


def test_one_lead_and_one_backup_at_a_time():
    scope = AssignmentFactory().scope

    with pytest.raises(IntegrityError, match="one_open_lead_and_backup_per_scope"):
        AssignmentFactory(scope=scope)


def test_whoever_gets_a_region_facilitates_it_and_stops_with_the_last(staff):
    scope, other = a_scope(staff), a_scope(staff)
    person = UserFactory().person
    put(scope, staff, lead=person)
    put(other, staff, lead=person)
    both = hats_of(person).countries

    put(scope, staff)
    one = hats_of(person).countries
    put(other, staff)

    assert "KEN" in both
    assert one == both
    assert hats_of(person).countries == frozenset()
    assert not hats_of(person).is_facilitator
    assert Appointment.objects.filter(person=person).count() == 1


def test_whoever_was_appointed_by_hand_stays_so(staff):
    person = UserFactory().person
    AppointmentFactory(person=person, role="facilitator", region="014")
    scope = a_scope(staff)

    put(scope, staff, lead=person)
    put(scope, staff)

    assert "KEN" in hats_of(person).countries


def test_a_theme_gives_no_country(staff):
    person = UserFactory().person

    put(a_scope(staff, region="", theme="Victims"), staff, lead=person)

    assert (hats_of(person).is_facilitator, hats_of(person).countries) == (True, frozenset())


def test_an_own_region_gives_its_countries(staff):
    person, own = UserFactory().person, OwnRegionFactory(countries=["MLI", "SEN"])

    put(a_scope(staff, region="", own_region=own), staff, backup=person)

    assert hats_of(person).countries == {"MLI", "SEN"}


def test_lead_and_backup_change_places_in_one_step_and_keep_the_region(staff):
    scope, one, other = a_scope(staff), UserFactory().person, UserFactory().person
    put(scope, staff, lead=one, backup=other)

    put(scope, staff, lead=other, backup=one)

    assert standing(scope) == {"lead": other, "backup": one}
    assert Appointment.objects.filter(until=None, role="facilitator").count() == 2
    assert scope.assignments.count() == 4


def test_the_same_people_again_change_nothing_but_their_languages(staff):
    scope, lead = a_scope(staff), PersonFactory()
    put(scope, staff, lead=lead)
    before = told(lead).count()

    reassign(scope, by=staff, now=NOON, lead=Place(lead, ["sw", "en"]), backup=Place())

    assert scope.assignments.get().languages == ["en", "sw"]
    assert told(lead).count() == before == 1
    assert "French" in str(history(scope, staff)[0].changes)


def test_a_form_that_is_out_of_date_overwrites_nobody(staff):
    scope = a_scope(staff)
    seen = as_seen(None, None)
    put(scope, staff, lead=(first := PersonFactory()))

    with pytest.raises(TransitionError, match="Somebody else has changed"):
        put(scope, staff, lead=PersonFactory(), seen=seen)
    assert standing(scope) == {"lead": first}


def test_one_person_is_not_both(staff):
    person = PersonFactory()

    with pytest.raises(TransitionError, match="choose two people"):
        put(a_scope(staff), staff, lead=person, backup=person)


def test_whoever_may_not_see_the_campaign_covers_nothing_of_it(staff):
    scope = a_scope(staff)
    scope.campaign.visibility = "steering"
    scope.campaign.save()
    seat = user_with("seat")

    with pytest.raises(TransitionError, match="may not see this campaign"):
        put(scope, staff, lead=PersonFactory())
    put(scope, staff, lead=seat.person)

    assert standing(scope) == {"lead": seat.person}
    assert Appointment.objects.filter(role="facilitator").count() == 1


def test_open_milestones_go_with_the_lead_and_their_reminders_too(staff):
    scope, old, new = a_scope(staff), PersonFactory(), PersonFactory()
    put(scope, staff, lead=old)
    ours = {"campaign": scope.campaign, "scope": scope, "owner": old}
    soon = NOON.date() + timedelta(days=5)
    moving = MilestoneFactory(**ours, starts_on=soon)
    reached = MilestoneFactory(**ours, status="reached", reached_on=soon)
    elsewhere = MilestoneFactory(campaign=scope.campaign, owner=old)

    moved = put(scope, staff, lead=new, note="Call the ministry.")

    owners = [Milestone.objects.get(pk=one.pk).owner for one in (moving, reached, elsewhere)]
    assert (moved, owners) == (1, [new, old, old])
    own = (
        Delivery.objects.about(moving)
        .waiting()
        .filter(kind__in=["campaigns.milestone_due", "campaigns.milestone_overdue"])
    )
    assert set(own.values_list("kind", "person")) == {
        ("campaigns.milestone_due", new.pk),
        ("campaigns.milestone_overdue", new.pk),
    }


def test_the_open_tasks_on_its_milestones_go_with_the_lead_and_the_new_one_is_told_once(staff):
    scope, old, new = a_scope(staff), PersonFactory(), PersonFactory()
    put(scope, staff, lead=old)
    milestone = MilestoneFactory(campaign=scope.campaign, scope=scope)
    soon = {"subject": milestone, "due_on": NOON.date() + timedelta(days=3)}
    moving, others = TaskFactory(**soon, owner=old), TaskFactory(**soon)
    done = TaskFactory(**soon, owner=old, status="done", closed_at=NOON)
    elsewhere = TaskFactory(owner=old)

    moved = put(scope, staff, lead=new)

    owners = [Task.objects.get(pk=one.pk).owner for one in (moving, others, done, elsewhere)]
    assert (moved, owners) == (1, [new, others.owner, old, old])
    own = Delivery.objects.about(moving).waiting().exclude(kind="campaigns.task_late")  # that goes to whoever asked
    assert set(own.values_list("kind", "person")) == {("campaigns.task_due", new.pk)}
    assert set(Delivery.objects.filter(person=new).values_list("kind", flat=True)) == {
        "campaigns.task_due",
        "campaigns.reassigned",
    }


def test_the_lead_hands_over_to_the_backup_with_a_note_and_both_are_told(staff):
    scope, lead, backup = a_scope(staff), UserFactory(), UserFactory()
    put(scope, staff, lead=lead.person, backup=backup.person)

    hand_over(scope, by=lead, now=NOON, note="The deputy minister promised a letter.")

    ended = scope.assignments.get(person=lead.person)
    assert standing(scope) == {"lead": backup.person}
    assert (ended.until, ended.note) == (NOON.date(), "The deputy minister promised a letter.")
    assert "KEN" not in hats_of(lead.person).countries
    words = {person: mail(person) for person in (lead.person, backup.person)}
    assert "you no longer cover Eastern Africa" in words[lead.person]
    assert "you lead Eastern Africa" in words[backup.person]
    assert "The deputy minister promised a letter." in words[backup.person]
    assert str(scope.pk) not in words[lead.person]
    assert "Nobody else covers it" not in words[lead.person]


def test_whoever_hands_over_may_stay_on_as_the_backup_and_is_told_once(staff):
    scope, lead, backup = a_scope(staff), UserFactory(), UserFactory()
    put(scope, staff, lead=lead.person, backup=backup.person)

    hand_over(scope, by=lead, now=NOON, note="Away for a month.", stays=True)

    kind = KINDS["campaigns.reassigned"]
    due = [row for row in told(lead.person) if current(row) and not kind.why_not(row.subject, row.person, NOON)]
    assert standing(scope) == {"lead": backup.person, "backup": lead.person}
    assert len(due) == 1
    assert "KEN" in hats_of(lead.person).countries
    assert "Away for a month." in mail(backup.person)
    assert "Away for a month." not in mail(lead.person)


def current(row):
    return row.subject.epoch == row.epoch


def mail(person):
    kind = KINDS["campaigns.reassigned"]
    (row,) = [row for row in told(person) if current(row) and not kind.why_not(row.subject, person, NOON)]
    return compose(row, row.subject, person.email, NOON).body


def test_nobody_hands_over_to_a_backup_or_with_a_note_they_have_not_seen(staff):
    scope, lead = a_scope(staff), UserFactory()
    put(scope, staff, lead=lead.person, backup=PersonFactory())
    seen = hand_over_as_seen(*scope.assignments.filter(until=None).order_by("-capacity"))
    write_note(scope.assignments.get(person=lead.person), by=staff, now=NOON, note="Ask Chanda.")

    with pytest.raises(TransitionError, match=r"the note says “Ask Chanda\."):
        hand_over(scope, by=lead, now=NOON, note="Mine.", seen=seen)
    assert standing(scope)["lead"] == lead.person


def test_whoever_hands_over_reads_what_is_missing_if_they_do_not_stay(staff, client):
    scope, lead = a_scope(staff), UserFactory()
    put(scope, staff, lead=lead.person, backup=PersonFactory())
    client.force_login(lead)

    page = client.get(reverse("campaigns:hand_over", args=[scope.pk])).content.decode()

    assert "“Eastern Africa” then has no backup until the staff names one. Nobody then works in: French." in page


def hand_over_page(client, scope, user):
    client.force_login(user)
    return client.get(reverse("campaigns:hand_over", args=[scope.pk]))


def test_staying_on_as_the_backup_is_ticked_from_the_start(staff, client):
    scope, lead = a_scope(staff), UserFactory()
    put(scope, staff, lead=lead.person, backup=PersonFactory())

    form = hand_over_page(client, scope, lead).context["form"]

    assert "checked" in str(form["stays"])


def test_beside_the_box_stands_what_whoever_hands_over_would_lose(staff, client):
    scope, lead = a_scope(staff), UserFactory()
    put(scope, staff, lead=lead.person, backup=PersonFactory())

    of_lead, of_staff = (
        hand_over_page(client, scope, user).context["form"]["stays"].help_text for user in (lead, staff)
    )

    assert "you no longer cover it and may no longer see what came with it" in of_lead
    assert f"{lead.person} no longer covers it" in of_staff


@pytest.mark.parametrize(
    ("stays", "said"), [(True, "you are the backup"), (False, "it has no backup")], ids=["stays", "goes"]
)
def test_the_confirmation_names_who_leads_who_is_the_backup_and_who_is_told(staff, client, stays, said):
    scope, lead, backup = a_scope(staff), UserFactory(), PersonFactory()
    put(scope, staff, lead=lead.person, backup=backup)
    seen = hand_over_page(client, scope, lead).context["form"]["seen"].value()
    sent = {"note": "Done.", "seen": seen} | ({"stays": "on"} if stays else {})

    page = client.post(reverse("campaigns:hand_over", args=[scope.pk]), sent, follow=True)

    (message,) = page.context["messages"]
    assert str(message) == f"Handed over: {backup} leads “Eastern Africa” now, and {said}. Both of you are told."


def test_staff_who_hand_over_for_the_lead_read_both_names(staff, client):
    scope, lead, backup = a_scope(staff), PersonFactory(), PersonFactory()
    put(scope, staff, lead=lead, backup=backup)
    form = hand_over_page(client, scope, staff).context["form"]
    sent = {"note": "Done.", "seen": form["seen"].value(), "stays": "on"}

    page = client.post(reverse("campaigns:hand_over", args=[scope.pk]), sent, follow=True)

    assert form["stays"].label == f"{lead} stays on as the backup"
    (message,) = page.context["messages"]
    assert str(message) == f"Handed over: {backup} leads “Eastern Africa” now, and {lead} is the backup. Both are told."


def test_a_page_left_open_after_handing_over_says_that_it_is_done(staff, client):
    scope, lead = a_scope(staff), UserFactory()
    put(scope, staff, lead=lead.person, backup=PersonFactory())
    hand_over(scope, by=lead, now=NOON, note="Done.")
    client.force_login(lead)

    page = client.post(reverse("campaigns:hand_over", args=[scope.pk]), {"note": "Again."}, follow=True)

    assert "You have this in hand no more" in page.content.decode()


def test_a_note_changed_by_somebody_else_meanwhile_is_shown_before_it_is_overwritten(client):
    user = UserFactory()
    mine = AssignmentFactory(person=user.person, note="Call Chanda.")
    client.force_login(user)
    url = reverse("campaigns:write_note", args=[mine.pk])
    seen = client.get(url).context["form"]["seen"].value()
    write_note(mine, by=user_with("staff"), now=NOON, note="Call Chanda first.")

    refused = client.post(url, {"note": "Call Banda.", "seen": seen})
    again = client.post(url, {"note": "Call Banda.", "seen": refused.context["form"]["seen"].value()})

    assert "It says now: “Call Chanda first.”" in refused.content.decode()
    assert "Call Banda." in refused.content.decode()
    assert (again.status_code, Assignment.objects.get(pk=mine.pk).note) == (302, "Call Banda.")


@pytest.mark.parametrize("role", ["chair", "seat", "member", "nobody"])
def test_only_the_lead_and_staff_hand_over(role):
    scope = AssignmentFactory().scope
    AssignmentFactory(scope=scope, capacity="backup")

    with pytest.raises(Refused):
        hand_over(scope, by=user_with(role), now=NOON, note="Mine.")


def test_the_backup_does_not_take_over_by_themselves():
    backup, scope = UserFactory(), AssignmentFactory().scope
    AssignmentFactory(scope=scope, capacity="backup", person=backup.person)

    with pytest.raises(Refused):
        hand_over(scope, by=backup, now=NOON, note="Mine.")


def test_without_a_backup_nothing_is_handed_over(staff):
    with pytest.raises(TransitionError, match="no backup"):
        hand_over(AssignmentFactory().scope, by=staff, now=NOON, note="Gone.")


def test_an_ended_scope_takes_its_people_with_it_and_tells_them(staff):
    scope, lead = a_scope(staff), UserFactory().person
    put(scope, staff, lead=lead)

    end_scope(scope, by=staff, now=NOON, reason="The region has ratified.")

    assert (standing(scope), hats_of(lead).countries) == ({}, frozenset())
    assert "you no longer cover" in mail(lead)
    for act in (
        lambda: end_scope(scope, by=staff, now=NOON, reason="Again"),
        lambda: put(scope, staff, lead=lead),
        lambda: edit_scope(scope, by=staff, now=NOON, languages=[]),
    ):
        with pytest.raises(TransitionError, match="This has ended"):
            act()


def test_a_campaign_that_is_over_leaves_nobody_with_its_regions(staff):
    scope, lead = a_scope(staff), UserFactory().person
    put(scope, staff, lead=lead)

    finish_campaign(scope.campaign, by=staff, now=NOON, status="finished", outcome="Won.")

    assert (standing(scope), hats_of(lead).countries) == ({}, frozenset())
    assert Scope.objects.open().count() == 0


def test_a_theme_is_worded_anew_and_a_region_is_not(staff):
    theme, region = ScopeFactory(theme="Victims"), ScopeFactory(theme="", region="014")

    edit_scope(theme, by=staff, now=NOON, languages=["sw", "en"], theme="Victim assistance")

    theme.refresh_from_db()
    assert (theme.theme, theme.languages) == ("Victim assistance", ["en", "sw"])
    with pytest.raises(TransitionError, match="Choose a region, or name a theme"):
        edit_scope(region, by=staff, now=NOON, languages=[], theme="Victims")


def test_a_note_is_written_while_there_is_time_and_not_after():
    user = UserFactory()
    mine = AssignmentFactory(person=user.person)
    gone = AssignmentFactory(person=user.person, until=date(2021, 1, 1))

    write_note(mine, by=user, now=NOON, note="Call Chanda first.")

    assert Assignment.objects.get(pk=mine.pk).note == "Call Chanda first."
    with pytest.raises(TransitionError, match="the note stays"):
        write_note(gone, by=user, now=NOON, note="Too late.")


@pytest.mark.parametrize(
    ("role", "visibility", "sees"),
    [("member", "members", True), ("member", "staff", False), ("nobody", "public", False), ("staff", "staff", True)],
)
def test_who_covers_what_is_seen_with_the_campaign_by_members(role, visibility, sees):
    AssignmentFactory(scope__campaign__visibility=visibility)

    assert Scope.objects.visible_to(user_with(role)).exists() is sees
