"""Whoever has part of a campaign in hand stays facilitator of it until somebody else has."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import TransitionError
from campaigns.actions.facilitators import Place, reassign
from members.actions.appointments import end_appointment
from tests.factories import (
    NOON,
    AppointmentFactory,
    AssignmentFactory,
    CampaignFactory,
    PersonFactory,
    ScopeFactory,
    user_with,
)
from tests.threads import alone, wait_until_blocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return user_with("admin")


def a_facilitator(by_hand, **where):
    """Their assignment and their appointment, which came with it or was given before."""
    person, scope = PersonFactory(display_name="Rana Khoury"), ScopeFactory(**where)
    appointment = AppointmentFactory(person=person, role="facilitator", region=scope.region)
    given = {"appointment": None} if by_hand else {}
    return AssignmentFactory(scope=scope, person=person, **given), appointment


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("where", [{"theme": "", "region": "014"}, {"theme": "Victims", "region": ""}])
def test_an_appointment_does_not_end_while_something_is_in_hand_by_it(client, admin, by_hand, where):
    campaign = CampaignFactory(name="A treaty")
    assignment, appointment = a_facilitator(by_hand, campaign=campaign, **where)
    client.force_login(admin)

    page = client.post(reverse("members:appointment_end", args=[appointment.pk]), follow=True)

    said = (
        f"Rana Khoury has “{assignment.scope}” of the campaign “A treaty” in hand. Give it to somebody else, or end it"
    )
    assert said in page.content.decode()
    appointment.refresh_from_db()
    assert appointment.until is None


def test_it_ends_once_somebody_else_has_it(admin):
    assignment, appointment = a_facilitator(by_hand=True)
    reassign(assignment.scope, by=user_with("staff"), now=NOON, lead=Place(PersonFactory()), backup=Place())

    assert end_appointment(appointment, by=admin, now=NOON).until == NOON.date()


@pytest.mark.parametrize("other", [{"role": "facilitator", "region": "011"}, {"role": "observer"}])
def test_an_appointment_elsewhere_or_of_another_kind_ends(admin, other):
    assignment, _appointment = a_facilitator(by_hand=True, theme="Victims", region="")
    elsewhere = AppointmentFactory(person=assignment.person, **other)

    assert end_appointment(elsewhere, by=admin, now=NOON).until == NOON.date()


def test_a_campaign_that_one_may_not_see_is_not_named(admin):
    campaign = CampaignFactory(name="Hush", visibility="restricted")
    _assignment, appointment = a_facilitator(by_hand=True, campaign=campaign)

    with pytest.raises(TransitionError, match="part of a campaign in hand that you may not see") as refusal:
        end_appointment(appointment, by=admin, now=NOON)

    assert "Hush" not in str(refusal.value)


@pytest.mark.django_db(transaction=True)
def test_whoever_is_given_a_region_in_this_very_moment_stays_its_facilitator(admin):
    scope, staff, person = ScopeFactory(), user_with("staff"), PersonFactory()
    appointment = AppointmentFactory(person=person, role="facilitator", region=scope.region)

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        reassign(scope, by=staff, now=NOON, lead=Place(person), backup=Place())
        ending = pool.submit(alone, lambda: end_appointment(appointment, by=admin, now=NOON))
        wait_until_blocked(1)

    assert isinstance(ending.result(timeout=60), TransitionError)
