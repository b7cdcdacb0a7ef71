"""Two schedulers that plan at once: one does the work, the other goes home; none is in the way of the next."""

import time
from datetime import timedelta
from threading import Event

import pytest
from django.db import Error, connection

from accounts.clock import database_now
from notices import tasks
from notices.actions.life import alone
from notices.actions.planning import PLANNER, plan
from notices.kind import KINDS
from notices.models import Delivery, Heartbeat
from tests.factories import PersonFactory
from tests.notices.given import AWAKE, errand
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST = 20.0  # seconds until we say that something hangs


def errand_ahead():
    return errand(PersonFactory(zone="UTC", **AWAKE), day=database_now().date() + timedelta(days=3))


def planned():
    return plan(now=database_now())


def beside_one_who_plans(act, *, end=lambda: None):
    """What `act` gives while another session plans; `end`: how that one ends. And how long `act` took."""
    holds, is_over = Event(), Event()

    def plans():
        with alone(PLANNER):
            holds.set()
            is_over.wait(LONGEST)
            end()

    def meanwhile():
        holds.wait(LONGEST)
        began = time.monotonic()
        try:
            return act(), time.monotonic() - began
        finally:
            is_over.set()

    return together(plans, meanwhile)[1]


def test_a_second_planner_returns_at_once_and_leaves_the_work_to_the_first():
    errand_ahead()

    did_plan, seconds = beside_one_who_plans(planned)

    assert (did_plan, Delivery.objects.count()) == (False, 0)
    assert seconds < 2


def test_two_planners_at_the_same_moment_make_each_row_once():
    for _number in range(20):
        errand_ahead()

    done = together(planned, planned)

    once = Delivery.objects.count()
    assert True in done
    assert (planned(), Delivery.objects.count()) == (True, once)


def test_the_next_tick_plans_when_the_one_before_is_done():
    errand_ahead()
    beside_one_who_plans(planned)

    assert planned()
    assert Delivery.objects.exists()


def test_a_planner_that_dies_is_in_nobodys_way():
    errand_ahead()

    beside_one_who_plans(planned, end=lambda: connection.close())  # as of a process that was killed

    assert planned()


def test_a_planner_that_stands_still_loses_its_place(settings):
    settings.NOTICES_FROZEN_SECONDS = 1

    def until_free():
        return any(planned() or time.sleep(0.2) for _turn in range(50))

    is_free, seconds = beside_one_who_plans(until_free)

    assert is_free
    assert 0.5 < seconds < LONGEST / 2


def test_a_session_that_has_planned_may_be_idle_again_and_a_fault_lets_go_too(settings, monkeypatch):
    settings.NOTICES_FROZEN_SECONDS = 1
    errand_ahead()
    faulty = type(next(kind for kind in KINDS.values() if kind.slots))
    monkeypatch.setattr(faulty, "subjects", lambda *_args: 1 / 0)

    with pytest.raises(Error), alone(PLANNER), connection.cursor() as cursor:
        cursor.execute("SELECT nothing")
    assert planned()
    time.sleep(1.5)

    assert planned()
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_session_timeout")
        assert cursor.fetchone() == ("0",)


def test_who_does_not_plan_does_not_say_that_planning_came_to_its_end():
    beside_one_who_plans(tasks.plan)
    assert not Heartbeat.objects.filter(process=Heartbeat.PLAN).exists()

    tasks.plan()
    assert Heartbeat.objects.filter(process=Heartbeat.PLAN).exists()
