"""Three scenes of a committee that decides, on a phone, with the real web server, worker, scheduler and mail server.

From a draft to the register by keyboard alone; a silence that is broken, without JavaScript; recusals and the quorum.
Whoever reads mail lives where it is day now.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from decisions.actions.answering import press_seen
from decisions.models import Decision, Elector, Round
from decisions.outcome import Procedure, Share
from tests.browser.cast import FAR_AWAY, Scene, body_of, link_in, wait_until_told
from tests.browser.conftest import Open
from tests.browser.keys import Keys
from tests.browser.visits import PASSWORD, Window
from tests.decisions.making import alternate_of, answer, opened, speaker_of
from tests.servers import Inbox

TITLE = "Survivors in article 5"
WEAK = "States should plan for the rights of survivors."
STRONG = "States shall plan, fund and report on the rights of survivors."
BY_SILENCE = {"procedure": Procedure.SILENCE, "quorum": Share.HALF}


def working_day(now: datetime, days: int = 7) -> date:
    """A Wednesday, on which nobody rests, at least so many days away."""
    day = now.date() + timedelta(days=days)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def seat(asked: Round, number: int) -> Elector:
    return asked.electors.get(term__seat__number=number)


@pytest.fixture
def cast_of(visit: Open, smtp: Inbox, real_processes: None) -> Any:
    return lambda seats, **options: Scene(visit, smtp, seats, **options)


def test_a_position_goes_from_draft_to_the_register_by_keyboard_alone(cast_of: Any) -> None:
    cast = cast_of(3)
    desk = cast.window_of(cast.staff)
    keys = Keys(desk)

    position = draft_by_keys(keys)
    keys.go("Ask the members")
    keys.go("Open it and tell them")
    consultation = desk.page.url

    comment_as_member(cast)
    keys.go("Close it now")
    keys.type_into("Why does it close before its hour?", "Everybody has written.")
    keys.go("Close it and tell them why")
    desk.goto(position)
    open_by_keys(cast, keys)
    assert "1 contribution of the consultation has no disposition yet." in desk.text()
    desk.goto(consultation)
    dispose_by_keys(keys)
    desk.goto(position)
    open_by_keys(cast, keys)
    assert "The position is open. 3 seats are being told." in desk.text()

    answer_by_keys(cast, Round.objects.get())
    close_by_keys(cast, position)
    read_the_register_as_member(cast)


def draft_by_keys(keys: Keys) -> str:
    """Where the draft is."""
    keys.window.goto("/positions/new/")
    keys.type_into("Title", TITLE)
    keys.type_into("The text", WEAK)
    keys.go("Start the draft")
    return keys.window.page.url


def comment_as_member(cast: Scene) -> None:
    window = cast.from_mail(cast.member, "What do you think?")
    keys = Keys(window)
    keys.sign_in(cast.member.email, PASSWORD)
    keys.type_into("Comment", "“Should” is no duty.")
    keys.type_into("I write", "For Org")
    keys.go("Send the comment")
    assert "Your comment is recorded. You will be told what became of it." in window.text()


def dispose_by_keys(keys: Keys) -> None:
    keys.go("Say what becomes of it")
    said = keys.window.page.locator("main .with-tick label").inner_text()
    keys.tab_to(" ".join(said.split()))
    keys.window.page.keyboard.press("Space")
    keys.tab_to("Taken")
    keys.window.page.keyboard.press("Space")
    keys.go("Say it for those ticked")


def open_by_keys(cast: Scene, keys: Keys) -> None:
    """By the rule of its level, until 17:00 of a working day by the clock of whoever opens it."""
    keys.go("Open for sign-off")
    keys.type_into("Closes on", f"{working_day(cast.now):%m%d%Y}")
    keys.go("Show the rule in a sentence")
    keys.go("Open it and tell 3 seats")


def answer_by_keys(cast: Scene, asked: Round) -> None:
    """The first seat approves, the second with a remark that is for the committee alone, the third approves."""
    first, second = speaker_of(seat(asked, 1)), speaker_of(seat(asked, 2))
    window = cast.from_mail(first, "Please answer by")
    keys = Keys(window)
    keys.sign_in(first.email, PASSWORD)
    said, here = window.text(), asked.closes_at.astimezone(cast.place)
    assert "Passes if at least 2 of 3 seats press “seen” or answer and nobody objects" in said
    assert "3 seats, all of which count. More than half of 3 is 2." in said
    assert "17:00 Kathmandu (" in said
    assert f"{here:%H:%M} for you, " in said
    assert "; 11:15 UTC)" in said
    keys.tab_to("Approve")
    window.page.keyboard.press("Space")  # the first tap
    keys.go("Send our answer")  # and the second
    assert "Recorded for" in window.text()

    window = cast.window_of(second)
    keys = Keys(window)
    window.goto(link_in(cast.mail(second.email, "Please answer by")))
    keys.tab_to("Approve")
    window.page.keyboard.press("ArrowDown")
    keys.type_into("What is your reservation?", "Our donor would mind.")
    keys.go("Send our answer")
    answer(seat(asked, 3), "approve", now=timezone.now())


def close_by_keys(cast: Scene, position: str) -> None:
    """The chair brings the closing forward; the worker numbers the decision and tells the seats; the chair confirms."""
    window = cast.window_of(cast.chair)
    keys = Keys(window)
    window.goto(position)
    keys.go("Close the round now")
    window.goto(link_in(cast.mail(cast.chair.email, "Adopted as")))
    keys.go("Confirm the outcome")
    assert "The outcome is confirmed." in window.text()
    assert "Our donor would mind." in window.text()


def read_the_register_as_member(cast: Scene) -> None:
    window = cast.window_of(cast.member)
    keys = Keys(window)
    window.goto("/positions/register/")
    keys.go(TITLE)
    said = window.text()
    assert f"{Decision.objects.get().year}-001" in said
    assert WEAK in said
    assert "donor" not in window.page.content()
    assert "with a reservation)" not in said
    keys.go("How it came about")
    assert "donor" not in window.page.content()


def test_a_silence_is_broken_and_asked_again_without_javascript(cast_of: Any) -> None:
    cast = cast_of(5, java_script_enabled=False)
    asked = opened(cast.committee, now=cast.now, hours=72, title=TITLE, body=WEAK, **BY_SILENCE)
    wait_until_told(asked)
    objector, latecomer = cast.from_mail(speaker_of(seat(asked, 2)), "Please answer by"), speaker_of(seat(asked, 3))
    objector.sign_in(speaker_of(seat(asked, 2)).email)
    too_late = cast.window_of(latecomer)
    too_late.goto(objector.page.url)
    Round.objects.filter(pk=asked.pk).update(closes_at=timezone.now() + timedelta(minutes=3))

    objector.fill(choice="object", reason_object="“Should” is no duty.", proposal=STRONG)
    objector.press("Send our answer")
    said = objector.text()
    assert "Silence broken" in said
    assert "ended at once by an objection" in said
    too_late.fill(choice="approve")
    too_late.press("Send our answer")
    assert "The round had closed before your answer came. It is kept, marked as late" in too_late.text()
    for number in range(1, 6):
        told = body_of(cast.mail(speaker_of(seat(asked, number)).email, f"Silence broken, not adopted: {TITLE}"))
        assert STRONG in told

    again = ask_again(cast, asked)
    approve_with_a_reservation(cast, objector, again)
    read_the_reservation_as_member(cast, again)


def ask_again(cast: Scene, asked: Round) -> Round:
    """Staff amend the text; the window is no shorter than that of the first."""
    desk = cast.window_of(cast.staff)
    desk.goto(f"/positions/{asked.version.position_id}/")
    desk.follow("Write a new version")
    desk.fill(body=STRONG)
    desk.press("Save version 2")
    desk.follow("Open for sign-off")
    soon = (timezone.now() + timedelta(hours=47)).astimezone(ZoneInfo(FAR_AWAY))
    open_in_spite(desk, soon.date(), f"{soon:%H:%M}")
    assert "Silence counts as assent only after at least 48 hours" in desk.text()
    open_in_spite(desk, working_day(cast.now), "17:00")
    assert "The position is open. 5 seats are being told." in desk.text()
    return Round.objects.get(announced_at=None)


def open_in_spite(desk: Window, day: date, hour: str) -> None:
    """Of a silence, by whoever has been told that no member was consulted, and perhaps that the time is short."""
    desk.fill(closes_on=day.isoformat(), closes_hour=hour)
    desk.press("Show the rule in a sentence")
    if (in_spite := desk.page.get_by_label("Do it all the same")).is_visible():
        in_spite.check()
    desk.press("Open it and tell 5 seats")


def approve_with_a_reservation(cast: Scene, window: Window, again: Round) -> None:
    """The seat that objected approves the amended text; two have seen it, two say nothing; the hour comes."""
    wait_until_told(again)
    window.goto(f"/positions/{again.version.position_id}/answer/")
    assert "Your seat objects" not in window.text()  # what was said of version 1 does not hold for this one
    window.fill(choice="reserve", reason_reserve="We would also name the donors.", visibility="members")
    window.press("Send our answer")
    for number in (1, 3):
        elector = seat(again, number)
        press_seen(elector, by=speaker_of(elector), version=again.version, now=timezone.now())
    Round.objects.filter(pk=again.pk).update(closes_at=timezone.now())
    cast.mail(cast.chair.email, "Adopted as")


def read_the_reservation_as_member(cast: Scene, again: Round) -> None:
    window, organisation = cast.window_of(cast.member), seat(again, 2).organisation.name
    window.goto("/positions/register/")
    window.follow(TITLE)
    said = window.text()
    assert "Adopted by silence" in said
    assert STRONG in said
    assert f"{organisation} (with a reservation)" in said
    assert f"With a reservation: {organisation}\nWe would also name the donors." in said
    assert "is no duty" not in said  # the objection to version 1 was for the committee


def test_seats_that_recuse_themselves_leave_the_base_until_too_few_are_left(cast_of: Any) -> None:
    cast = cast_of(12, vacant=1)
    asked = opened(cast.committee, now=cast.now, hours=72, title="A grant to a network", **BY_SILENCE)
    position = f"/positions/{asked.version.position_id}/"
    chair = cast.window_of(cast.chair)
    recuse_as_proposed(cast, chair, seat(asked, 1), position)
    recuse(asked, 2, 3)
    both = seat(asked, 4), alternate_of(seat(asked, 4))
    answer(both[0], "approve", now=timezone.now())
    answer(both[0], "approve", by=both[1], now=timezone.now())

    chair.goto(position)
    said = chair.text()
    assert "Passes if at least 5 of 9 seats press “seen” or answer" in said
    assert "13 seats, less 1 vacant and 3 recused, leaves 9. More than half of 9 is 5." in said
    assert "4 more seats must answer or press “seen” for a quorum." in said
    assert "\n1 approve\n" in said  # two people of one seat are one answer

    recuse(asked, 5, 6, 7, 8, 9)
    chair.goto(position)
    assert "8 of 12 seats have recused themselves; 4 are left, too few to decide." in chair.text()
    assert "As it stands, this goes to a meeting: call one." in chair.text()
    Round.objects.filter(pk=asked.pk).update(closes_at=timezone.now())
    read_why_nothing_was_decided(cast, asked)


def recuse_as_proposed(cast: Scene, chair: Window, elector: Elector, position: str) -> None:
    """The chair says why; the seat reads it in its mail and on the page, and decides."""
    chair.goto(f"{position}seats/{elector.pk}/recusal/")
    chair.fill(reason="It is a member of the network.")
    chair.press("Propose it")
    speaker = speaker_of(elector)
    window = cast.from_mail(speaker, "Should your seat recuse itself?")
    window.sign_in(speaker.email)
    assert "proposes that your seat recuse itself: It is a member of the network." in window.text()
    window.fill(choice="recuse", reason_recuse="We are a member of it.")
    window.press("Send our answer")
    assert "Your seat has recused itself" in window.text()


def recuse(asked: Round, *numbers: int) -> None:
    for number in numbers:
        answer(seat(asked, number), "recuse", reason="We are in that network.", now=timezone.now())


def read_why_nothing_was_decided(cast: Scene, asked: Round) -> None:
    reader = speaker_of(seat(asked, 12))
    window = cast.from_mail(reader, "Goes to a meeting")
    window.sign_in(reader.email)
    window.page.get_by_text("earlier entries").click()
    said = window.text()
    assert "Too many recused: goes to a meeting" in said
    assert "8 of 12 seats recused themselves; the 4 left are too few to decide. Call a meeting." in said
    organisation, chair = seat(asked, 1).organisation.name, cast.chair.person
    assert f"Proposed that {organisation} recuse itself: It is a member of the network. by {chair}" in said
