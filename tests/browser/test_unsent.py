"""What was typed and not sent comes back: after leaving the page, after the session's end, never to anybody else."""

import pytest
from django.contrib.sessions.models import Session

from accounts.clock import database_now
from accounts.models import User
from decisions.actions.drafting import edit_draft, newest_text
from decisions.models import Answer, Position
from tests.browser.conftest import Open
from tests.browser.visits import PASSWORD, PHONE, Window
from tests.decisions.making import committee_of, opened, speaker_of
from tests.factories import NOON, PositionFactory, user_with

BACK = "What you typed here and did not send is back."


@pytest.fixture
def staff(same_types: None) -> User:
    user = user_with("staff")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def position(same_types: None) -> Position:
    return PositionFactory(body="One.\n\nTwo.")


def body(window: Window) -> str:
    return window.page.locator("#id_body").input_value()


def test_leaving_the_page_keeps_what_was_typed_until_it_is_dropped(
    staff: User, position: Position, visit: Open
) -> None:
    window = visit(staff, viewport=PHONE)
    path = f"/positions/{position.pk}/edit/"
    window.goto(path)
    window.fill(body="One, better.")
    window.goto("/positions/")

    window.goto(path)
    back, shown = body(window), window.page.get_by_text(BACK).is_visible()
    window.page.get_by_role("button", name="Drop it").click()
    dropped = body(window)
    window.goto(path)

    assert (back, shown, dropped) == ("One, better.", True, "One.\n\nTwo.")
    assert (body(window), window.page.get_by_text(BACK).is_visible()) == ("One.\n\nTwo.", False)


def test_what_was_sent_does_not_come_back(staff: User, position: Position, visit: Open) -> None:
    window = visit(staff)
    path = f"/positions/{position.pk}/edit/"
    window.goto(path)
    window.fill(body="One, better.")
    window.press("Save the draft")

    window.goto(path)

    assert newest_text(position).body == "One, better."
    assert not window.page.get_by_text(BACK).is_visible()
    assert window.page.evaluate("sessionStorage.length") == 0


def test_an_answer_that_was_sent_does_not_come_back_when_another_takes_its_place(same_types: None, visit: Open) -> None:
    asked = opened(committee_of(3), now=database_now())
    window = visit(speaker_of(asked.electors.first()))
    window.goto(f"/positions/{asked.version.position_id}/")
    window.fill(choice="object", reason_object="Too slow.")
    window.press("Send our answer")

    window.fill(choice="reserve", reason_reserve="Rather soon.")
    window.press("Send our changed answer")

    assert Answer.objects.get().choice == "reserve"
    assert not window.page.get_by_text(BACK).is_visible()


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(
    staff: User, position: Position, visit: Open
) -> None:
    window = visit(staff)
    window.goto(f"/positions/{position.pk}/edit/")
    window.fill(body="One, after a long hour.")
    Session.objects.all().delete()

    window.press("Save the draft")
    window.sign_in(staff.email)

    assert body(window) == "One, after a long hour."
    window.press("Save the draft")
    assert newest_text(position).body == "One, after a long hour."


def test_what_comes_back_does_not_overwrite_what_somebody_else_wrote(
    staff: User, position: Position, visit: Open
) -> None:
    window = visit(staff)
    path = f"/positions/{position.pk}/edit/"
    window.goto(path)
    window.fill(body="One, by me.\n\nTwo.")
    window.goto("/positions/")
    text = newest_text(position)
    same = {"title": position.title, "campaign": None, "visibility": position.visibility, "seen": text.sha256}
    same["level"] = position.level
    edit_draft(position, by=user_with("staff"), body="One.\n\nTwo, by others.", now=NOON, **same)

    window.goto(path)
    window.press("Save the draft")

    assert "What somebody else has changed meanwhile" in window.text()
    window.press("Save both together")
    assert newest_text(position).body == "One, by me.\n\nTwo, by others."


def test_signing_out_forgets_it(staff: User, position: Position, visit: Open) -> None:
    window = visit(staff)
    window.goto(f"/positions/{position.pk}/edit/")
    window.fill(body="A secret.")
    window.goto("/accounts/logout/")

    window.press("Sign out")

    assert window.page.evaluate("sessionStorage.length") == 0


def test_without_javascript_the_form_works(staff: User, position: Position, visit: Open) -> None:
    window = visit(staff, java_script_enabled=False)
    window.goto(f"/positions/{position.pk}/edit/")
    assert not window.page.get_by_text(BACK).is_visible()

    window.page.locator("#id_body").fill("One, plainly.")
    window.press("Save the draft")

    assert newest_text(position).body == "One, plainly."
