"""What is in hand by an appointment, so that it cannot end yet? The apps above say so, from `AppConfig.ready()`."""

from collections.abc import Callable

from accounts.models import User
from members.models import Appointment

Ask = Callable[[Appointment, User], str]
ASKED: list[Ask] = []


def ask_before_ending(ask: Ask) -> None:
    """`ask(appointment, by)`, both locked and read: a sentence for `by` on what to end first, "" where nothing is."""
    ASKED.append(ask)


def work_in_hand(appointment: Appointment, by: User) -> str:
    """The first such sentence; empty when the appointment may end."""
    return next(filter(None, (ask(appointment, by) for ask in ASKED)), "")
