"""A worker that stands still within a transaction holds up nobody for longer than its time; what it knew is kept."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import Error, InternalError, transaction

from accounts.clock import database_now
from notices import tasks
from notices.actions.claiming import Watch, reserve
from notices.actions.life import let_go_when_frozen
from notices.actions.resolving import follow_journal
from notices.models import Delivery
from tests.notices.errands.models import Errand
from tests.notices.given import due
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST = 20.0  # seconds until we say that something hangs


@pytest.fixture(autouse=True)
def one_second(settings, tmp_path):
    settings.NOTICES_FROZEN_SECONDS = 1
    settings.RELAY_JOURNAL = str(tmp_path / "journal")
    Path(settings.RELAY_JOURNAL).touch()


def follow():
    return follow_journal(now=database_now())


def reserve_all():
    return reserve(Watch(database_now()))


def take_the_subject():
    with transaction.atomic():
        return Errand.objects.select_for_update().get()


def beside_a_frozen_one(act: Callable[[], Any], *, meanwhile: Callable[[], Any]) -> tuple[Any, float]:
    """What the frozen one meets when it wakes up after `act`, and how long `meanwhile` took."""
    frozen, is_over = Event(), Event()

    def freezes() -> Any:
        let_go_when_frozen()
        try:
            with transaction.atomic():
                act()
                frozen.set()
                is_over.wait(LONGEST)
                act()
        except Error as error:
            return error
        return None

    def goes_on() -> float:
        frozen.wait(LONGEST)
        began = time.monotonic()
        meanwhile()
        is_over.set()
        return time.monotonic() - began

    met, seconds = together(freezes, goes_on)
    return met, seconds


@pytest.mark.parametrize(("act", "meanwhile"), [(follow, follow), (reserve_all, take_the_subject)])
def test_the_others_go_on_and_the_frozen_one_finds_its_session_gone(act, meanwhile):
    due()

    met, seconds = beside_a_frozen_one(act, meanwhile=meanwhile)

    assert isinstance(met, Error)
    assert 0.5 < seconds < LONGEST / 2
    assert Delivery.objects.get().state == "planned"


def test_whoever_sends_and_plans_says_so_first(monkeypatch, smtp):
    said = []
    monkeypatch.setattr("notices.actions.life.let_go_when_frozen", lambda: said.append("frozen"))
    for task in (tasks.plan, tasks.send_due):
        task()

    assert said == ["frozen"] * 2


def test_a_database_that_is_away_does_not_pass_for_a_journal_that_is_not_there(monkeypatch):
    def fails(*_given):
        raise InternalError("terminating connection due to idle-in-transaction timeout")

    monkeypatch.setattr("notices.actions.resolving._follow", fails)

    with pytest.raises(InternalError):
        follow()
