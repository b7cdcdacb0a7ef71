"""Without JavaScript, and by keyboard alone on a phone: what people must be able to do."""

import pytest
from django.utils import timezone

from accounts.models import User
from decisions.models import Answer, Position
from home.demo import load
from home.demo.roster import PASSWORD
from meetings.models import Attendance, Meeting
from tests.browser.conftest import Open
from tests.browser.keys import Keys
from tests.browser.visits import PHONE

SEAT = "seat@demo.example"


@pytest.fixture
def demo(same_types: None) -> None:
    load(timezone.now())
    user = User.objects.get(email=SEAT)
    user.set_password(PASSWORD)  # with the hasher of the tests
    user.save()


def test_everything_that_is_asked_of_a_seat_works_without_javascript(demo: None, visit: Open) -> None:
    window = visit(java_script_enabled=False)
    asked, meeting = Position.objects.get(status="open", versions__rounds__procedure="explicit"), Meeting.objects.get()

    window.goto("/")
    window.sign_in(SEAT, PASSWORD)
    window.follow(f"Answer “{asked.title}”")
    window.fill(choice="object")
    window.press("Send our answer")
    assert window.page.title().startswith("Error: ")  # a reason is asked for, and the choice is kept
    window.fill(reason_object="The second paragraph is too weak.")
    window.press("Send our answer")
    window.goto(f"/meetings/{meeting.pk}/")
    window.fill(answer="yes")
    window.press("Save my answer")
    window.goto("/accounts/preferences/")
    window.fill(quiet_from="20:30")
    window.press("Save my preferences")

    person = User.objects.get(email=SEAT).person
    assert Answer.objects.get(by=person, elector__round__version__position=asked).choice == "object"
    assert Attendance.objects.get(person=person, meeting=meeting).answer == "yes"
    assert f"{person.quiet_from:%H:%M}" == "20:30"


def test_a_seat_answers_by_keyboard_alone_on_a_phone(demo: None, visit: Open) -> None:
    window = visit(viewport=PHONE)
    keys, asked = Keys(window), Position.objects.get(status="open", versions__rounds__procedure="explicit")

    window.goto(f"/positions/{asked.pk}/answer/")  # as a mail leads there
    keys.sign_in(SEAT, PASSWORD)
    assert window.page.url.endswith("/#answer")
    keys.tab_to("Approve")
    window.page.keyboard.press("Space")
    keys.go("Send our answer")

    given = Answer.objects.get(by__user__email=SEAT, elector__round__version__position=asked)
    assert given.choice == "approve"
    assert "Recorded for" in window.text()
