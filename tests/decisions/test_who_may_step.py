"""Who may take every step of a decision, in every state: the table is `who_may_step.txt`, compared with what happens."""

import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accounts.models import TransitionError
from accounts.rules import Refused
from decisions import actions
from decisions.models import Disagreement, Position
from decisions.outcome import Outcome
from tests.decisions.steps.acts import ACTS, Act
from tests.decisions.steps.cast import READERS, Cast, build_cast
from tests.decisions.steps.states import Found, States, build_states

TABLE = Path(__file__).with_name("who_may_step.txt")
BY_NAME = {one.name: one for one in ACTS}
# Called within the step of somebody who was asked already, under its lock.
WITHIN = {"next_version", "take_as_proposed", "tell_with_sign_off"}
pytestmark = pytest.mark.django_db
SAYS = {"-", "when", "late", "yes"}
Table = dict[tuple[str, str], dict[str, str]]


def read_table() -> Table:
    """{(step, state): {reader: what happens}}. A line that is not indented names the step of those that follow; of
    these some name states, and the next says what happens in them.
    """
    found: Table = {}
    step, states = "", list[str]()
    for line in TABLE.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            step = line
        elif set(line.split()) <= SAYS:
            cells = dict(zip(READERS, line.split(), strict=True))
            assert not {(step, state) for state in states} & set(found), f"twice in the table: {step}, {states}"
            found |= {(step, state): cells for state in states}
            states = []
        else:
            states += line.strip().split(" | ")
    return found


ROWS = read_table()


@dataclass
class Stage:
    cast: Cast
    states: dict[str, States]


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Built once; every step is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = build_cast()
        yield Stage(cast, build_states(cast))
        transaction.set_rollback(True)


def tried(one: Act, cast: Cast, found: Found, reader: str) -> str:
    """What becomes of it, as the table says it."""
    user = cast.user(reader, anew=found.twist is not None)
    with transaction.atomic():
        if found.twist is not None:
            found.twist()
        try:
            is_late = one.do(cast, found, user)
        except Refused:
            said = "-"
        except TransitionError:
            said = "when"
        else:
            said = "late" if is_late is True else "yes"
        transaction.set_rollback(True)
    return said


@pytest.mark.parametrize("one", ACTS, ids=lambda one: one.name)
def test_everybody_may_take_the_steps_that_the_table_says_and_no_other(stage, one):
    states = stage.states[one.kind]

    happened = {
        (one.name, state): {reader: tried(one, stage.cast, found, reader) for reader in READERS}
        for state, found in states.items()
    }

    assert happened == {key: cells for key, cells in ROWS.items() if key[0] == one.name}


def test_every_action_that_somebody_takes_stands_in_the_table():
    modules = [import_module(f"decisions.actions.{found.name}") for found in pkgutil.iter_modules(actions.__path__)]

    taken = {
        (module.__name__, name)
        for module in modules
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_") and "by" in inspect.signature(one).parameters
    }

    tried_ones = {(one.action.__module__, one.action.__name__) for one in ACTS}
    assert {key for key in taken if key[1] not in WITHIN} == tried_ones
    assert {name for name, _state in ROWS} == set(BY_NAME)


def test_every_state_of_a_position_a_round_and_a_disagreement_is_tried(stage):
    positions = [found.position for found in stage.states["position"].values()]
    rounds = [found.round for found in stage.states["round"].values()]
    entries = [found.entry for found in stage.states["disagreement"].values()]

    for one in (*positions, *rounds, *entries):
        one.refresh_from_db()

    assert {one.status for one in positions} == set(Position.Status)
    assert {one.outcome for one in rounds} == {None, *Outcome.values}
    assert {one.status for one in entries} == set(Disagreement.Status)
