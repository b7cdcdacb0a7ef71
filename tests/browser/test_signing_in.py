"""People sign in: with a mouse, by keyboard alone on a phone, and without JavaScript."""

from tests.browser.conftest import Open
from tests.browser.visits import PASSWORD, PHONE
from tests.factories import user_with


def test_signing_in_leads_to_the_page_that_was_asked_for(visit: Open) -> None:
    user = user_with("staff")
    user.set_password(PASSWORD)
    user.save()
    window = visit()

    window.goto("/members/?q=somebody")
    window.sign_in(user.email)

    assert window.page.url == f"{window.base}/members/?q=somebody"


def test_signing_in_by_keyboard_alone_on_a_phone(visit: Open) -> None:
    user = user_with("member")
    user.set_password(PASSWORD)
    user.save()
    window = visit(viewport=PHONE, has_touch=True)

    window.goto("/")
    window.page.keyboard.press("Tab")
    skip = window.page.evaluate("document.activeElement.textContent")
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    window.page.keyboard.type(user.email)
    window.page.keyboard.press("Tab")
    window.page.keyboard.type(PASSWORD)
    window.page.keyboard.press("Enter")

    window.page.wait_for_url(f"{window.base}/")
    assert skip == "Skip to content"
    assert "Good day" in window.text()


def test_a_wrong_password_is_said_in_place_and_keeps_the_address(visit: Open) -> None:
    window = visit(java_script_enabled=False)

    window.goto("/accounts/login/")
    window.sign_in("nobody@people.example", "not my password")

    assert window.page.title().startswith("Error: ")
    assert window.page.locator("[name=login]").input_value() == "nobody@people.example"
