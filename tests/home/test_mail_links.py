"""The way from a mail, through signing in, to the place where one answers."""

import pytest
from django.urls import reverse

from decisions.kinds import AnswerDue
from meetings.kinds import Invited
from tests.decisions.making import committee_of
from tests.factories import MeetingFactory, PositionFactory, RoundFactory, user_with

pytestmark = pytest.mark.django_db
PASSWORD = "four quiet words together"


@pytest.fixture
def staff():
    user = user_with("staff")
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in_from(client, link, user):
    """Where the browser of `user`, who is not signed in, goes to from `link`."""
    form = client.get(link).url
    assert form == f"{reverse('account_login')}?next={link}"
    return client.post(form, {"login": user.email, "password": PASSWORD, "next": link}, follow=True).redirect_chain


def test_an_invitation_leads_through_signing_in_to_the_answer(client, staff):
    meeting = MeetingFactory()

    way = signed_in_from(client, Invited().path(meeting), staff)

    assert way[-1][0] == f"/meetings/{meeting.pk}/#answer"


def test_what_asks_a_seat_leads_through_signing_in_to_the_answer(client, staff):
    asked = RoundFactory(position=PositionFactory(committee=committee_of(1), status="open"))

    way = signed_in_from(client, AnswerDue().path(asked), staff)

    assert way[-1][0] == f"/positions/{asked.version.position_id}/#answer"
