"""The search by keyboard."""

import pytest
from django.utils import timezone

from accounts.models import User
from home.demo import load
from tests.browser.conftest import Open
from tests.browser.visits import PHONE, Window


@pytest.fixture
def staff(same_types: None) -> User:
    load(timezone.now())
    return User.objects.get(email="staff@demo.example")


def focused(window: Window, what: str) -> str:
    return window.page.evaluate(f"document.activeElement.{what} ?? ''")


def test_the_slash_leads_to_the_field_and_escape_back(staff: User, visit: Open) -> None:
    window = visit(staff)
    keys = window.page.keyboard
    window.goto("/positions/")
    link = window.page.get_by_role("link", name="Register")
    link.focus()

    keys.press("/")
    there = focused(window, "name")
    keys.type("and/or")
    typed = focused(window, "value")
    keys.press("Escape")

    assert (there, typed, focused(window, "textContent")) == ("q", "and/or", "Register")


def test_the_arrows_lead_through_what_was_found(staff: User, visit: Open) -> None:
    window = visit(staff)
    keys = window.page.keyboard
    window.goto("/")

    keys.press("/")
    keys.type("steering")
    with window.page.expect_navigation():
        keys.press("Enter")
    hits = window.page.locator("main [data-hit]")
    shown, address = hits.all_text_contents()[:2], hits.first.get_attribute("href")
    keys.press("/")
    keys.press("ArrowDown")
    first = focused(window, "textContent")
    keys.press("ArrowDown")
    second = focused(window, "textContent")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    field = focused(window, "value")
    keys.press("ArrowDown")
    with window.page.expect_navigation():
        keys.press("Enter")

    assert [first, second, field] == [*shown, "steering"]
    assert window.page.url == f"{window.base}{address}"


def test_on_a_phone_the_slash_opens_the_menu_and_escape_closes_it(staff: User, visit: Open) -> None:
    window = visit(staff, viewport=PHONE)
    is_open = "document.querySelector('.menu').open"
    window.goto("/")

    window.page.keyboard.press("/")
    opened = window.page.evaluate(is_open), focused(window, "name")
    window.page.keyboard.press("Escape")

    assert (opened, window.page.evaluate(is_open)) == ((True, "q"), False)


def test_a_slash_that_is_typed_elsewhere_stays_a_slash(staff: User, visit: Open) -> None:
    window = visit(staff)
    window.goto("/positions/new/")
    window.page.fill("[name=title]", "")
    window.page.focus("[name=title]")

    window.page.keyboard.type("Either/or")

    assert focused(window, "value") == "Either/or"


def test_the_search_works_without_javascript(staff: User, visit: Open) -> None:
    window = visit(staff, java_script_enabled=False)
    window.goto("/")

    window.page.fill(".tools [name=q]", "steering")
    with window.page.expect_navigation():
        window.page.press(".tools [name=q]", "Enter")

    assert window.page.get_by_role("link", name="Steering call").is_visible()
    assert window.page.get_by_text("leads to the search from every page").is_hidden()
