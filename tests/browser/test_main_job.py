"""The main job from end to end, with the real web server, worker, scheduler and mail server.

Staff import a roster, seat a committee, set a milestone and call a meeting; a position is opened, every seat answers
from its mail, the chair closes, and what was asked stops being asked. Whoever reads mail lives where it is day now.
"""

import csv
from datetime import timedelta
from io import StringIO

from django.utils import timezone

from accounts.models import Person, User
from decisions.models import Round
from meetings.models import Meeting
from members.actions.committees import fill_seat, name_holder
from members.actions.people import add_contact
from members.models import Organisation, Seat
from notices.models import Delivery
from tests.browser.cast import Cast, link_in
from tests.browser.chores import import_roster
from tests.browser.conftest import Open
from tests.browser.visits import PASSWORD, Window
from tests.servers import Inbox

SEATS = 13
BY_HAND = 3  # seats that staff fill with a mouse; the others take the same actions without one
COUNTRIES = (
    "Norway",
    "Colombia",
    "Laos",
    "Lebanon",
    "Mali",
    "Germany",
    "Myanmar",
    "Japan",
    "Angola",
    "Ukraine",
    "Zambia",
    "New Zealand",
    "Ireland",
)
TEXT = "Each state plans, funds and reports on the rights of survivors.\n\nThis duty does not wait for clearance."


def test_from_a_roster_to_an_adopted_position(visit: Open, smtp: Inbox, real_processes: None) -> None:
    cast = Cast(visit, smtp)
    cast.desk.goto("/")
    cast.desk.sign_in(cast.staff.email)

    import_a_roster(cast)
    seat_the_committee(cast)
    Person.objects.update(keeps_weekend=False)  # whatever the day on which this runs
    set_a_milestone(cast)
    call_a_meeting(cast)
    asked = open_a_position(cast)
    answer_from_the_mail(cast)
    close_and_confirm(cast, asked)

    assert reminders_waiting(asked) == 0


def import_a_roster(cast: Cast) -> None:
    """Thirteen organisations from a file; nobody is e-mailed by it."""
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(["Organisation", "Country"])
    rows.writerows([f"Field Watch {number:02}", country] for number, country in enumerate(COUNTRIES, start=1))

    import_roster(cast.desk, "roster.csv", file.getvalue().encode())

    cast.desk.goto("/members/")
    assert "Field Watch 13" in cast.desk.text()
    assert cast.smtp.messages == []


def seat_the_committee(cast: Cast) -> None:
    """A seat for each organisation, a contact of it named for the seat, and the first of them in the chair."""
    desk = cast.desk
    desk.goto("/members/committees/add/")
    desk.fill(name="Steering committee", is_steering="on")
    desk.press("Set up, then add seats")
    desk.fill(constituencies="\n".join(f"Region {number}" for number in range(1, SEATS + 1)))
    desk.press("Add these seats")
    committee = desk.page.url
    for number in range(1, BY_HAND + 1):
        fill_one_seat(cast, committee, number)
    for number in range(BY_HAND + 1, SEATS + 1):
        fill_another_seat(cast, number)
    desk.goto(committee)
    desk.follow("Appoint a chair or co-chair")
    desk.page.get_by_label("Person 01").check()
    desk.fill(office="chair")
    desk.press("Appoint from today")


def fill_one_seat(cast: Cast, committee: str, number: int) -> None:
    desk = cast.desk
    desk.goto(committee)
    desk.follow(f"Fill seat {number}")
    desk.fill(q=f"Watch {number:02}")
    desk.press("Search")
    desk.page.get_by_label(f"Field Watch {number:02}").check()
    desk.press("Fill the seat")
    desk.follow("Add a contact")
    desk.fill(display_name=f"Person {number:02}", email=address_of(number), zone=cast.zone)
    desk.press("Add the contact")
    desk.goto(f"/members/people/?q=person+{number:02}")
    desk.follow(f"Person {number:02}")
    desk.press("Invite to sign in")
    desk.goto(committee)
    desk.follow(f"People : Seat {number}")
    desk.page.get_by_label(f"Person {number:02}").check()
    desk.fill(capacity="representative")
    desk.press("Name them")


def fill_another_seat(cast: Cast, number: int) -> None:
    """What `fill_one_seat` does, and the invitation is accepted already."""
    by, now = cast.staff, timezone.now()
    organisation = Organisation.objects.get(name=f"Field Watch {number:02}")
    term = fill_seat(Seat.objects.get(number=number), by=by, organisation=organisation, now=now)
    contact = {"display_name": f"Person {number:02}", "email": address_of(number), "zone": cast.zone, "language": "en"}
    person = add_contact(organisation, by=by, role="main", now=now, **contact).person
    name_holder(term, by=by, person=person, now=now)
    User.objects.create_user(address_of(number), PASSWORD, person=person)


def address_of(number: int) -> str:
    return f"person{number:02}@field-watch.example"


def set_a_milestone(cast: Cast) -> None:
    """Due in three days by the owner's calendar: the reminder of three days before is due today at 09:00."""
    desk = cast.desk
    desk.goto("/campaigns/add/")
    desk.fill(name="Safe fields treaty", goal="A treaty with strong duties.", owner=cast.staff.email)
    desk.press("Start the campaign")
    desk.follow("Add a milestone")
    due = cast.now.astimezone(cast.place).date() + timedelta(days=3)
    desk.fill(title="Memo to participants", starts_on=due.isoformat(), zone=cast.zone, owner=cast.staff.email)
    desk.press("Add the milestone")

    message = cast.mail(cast.staff.email, "Milestone in 3 days: Memo to participants")
    desk.follow("Memo to participants")
    assert link_in(message) == desk.page.url


def call_a_meeting(cast: Cast) -> None:
    """In 23 hours: invitation with a calendar file; the reminder of 24 hours before would say the same."""
    desk, starts = cast.desk, (cast.now + timedelta(hours=23)).astimezone(cast.place)
    desk.goto("/meetings/call/")
    desk.fill(title="Steering call", day=starts.date().isoformat(), hour=f"{starts:%H:%M}", zone=cast.zone)
    desk.page.get_by_label("Committee").select_option(label="Steering committee")
    desk.press("Call the meeting")

    for number in range(1, SEATS + 1):
        invitation = cast.mail(address_of(number), "Invitation: Steering call")
        assert [part.get_content_type() for part in invitation.iter_attachments()] == ["text/calendar"]
        assert link_in(invitation) == f"{desk.page.url}answer/"
    meeting = Meeting.objects.get()
    waiting = Delivery.objects.about(meeting).waiting().filter(kind="meetings.reminder")
    assert set(waiting.values_list("slot", flat=True)) == {"PT1H"}


def open_a_position(cast: Cast) -> Round:
    """Explicit approval by more than half, within 30 hours, told that nobody was consulted; two reminders wait for each."""
    desk, closes = cast.desk, (cast.now + timedelta(hours=30)).astimezone(cast.place)
    desk.goto("/positions/new/")
    desk.fill(title="Survivors in article 5", body=TEXT)
    desk.press("Start the draft")
    desk.follow("Open for sign-off")
    desk.fill(procedure="explicit", quorum="none", threshold="half", zone=cast.zone)
    desk.fill(closes_on=closes.date().isoformat(), closes_hour=f"{closes:%H:%M}")
    desk.press(f"Open it and tell {SEATS} seats")
    assert "the members are consulted for 10 days first; nobody has been" in desk.text()
    desk.fill(despite="on")
    desk.press(f"Open it and tell {SEATS} seats")
    assert f"{SEATS} seats are being told" in desk.text()
    asked = Round.objects.get()
    assert reminders_waiting(asked) == 2 * SEATS
    return asked


def reminders_waiting(asked: Round) -> int:
    return Delivery.objects.by_mail().about(asked).waiting().filter(kind="decisions.answer_due").count()


def answer_from_the_mail(cast: Cast) -> None:
    """Every seat follows the link of the round's mail, signs in there and approves."""
    window = cast.visit()
    for number in range(1, SEATS + 1):
        if number <= BY_HAND:
            accept_the_invitation(cast, window, number)
        window.goto(link_in(cast.mail(address_of(number), "Please answer by")))
        window.sign_in(address_of(number))
        window.fill(choice="approve")
        window.press("Send our answer")
        assert f"Recorded for Field Watch {number:02}" in window.text()
        window.leave()


def accept_the_invitation(cast: Cast, window: Window, number: int) -> None:
    window.goto(link_in(cast.mail(address_of(number), "Your account at")))
    window.fill(password=PASSWORD)
    window.press("Make my account")
    assert window.page.url == f"{window.base}/accounts/preferences/"
    window.leave()


def close_and_confirm(cast: Cast, asked: Round) -> None:
    """The chair brings the closing forward; the worker numbers the decision; the chair confirms it."""
    window = cast.visit()
    window.goto(f"/positions/{asked.version.position_id}/")
    window.sign_in(address_of(1))
    window.press("Close the round now")
    announced = cast.mail(address_of(13), "Adopted")
    window.goto(link_in(announced))
    window.press("Confirm the outcome")
    assert f"{cast.now.year}-001" in window.text()
    assert "The outcome is confirmed." in window.text()
