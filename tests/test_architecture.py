"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from coalition.celery import app

ROOT = Path(settings.BASE_DIR)
APPS = ["accounts", "history", "notices", "members", "campaigns", "meetings", "decisions", "home"]
FILES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
OURS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def constraints_of(model: type[models.Model]) -> dict[str, models.BaseConstraint]:
    return {constraint.name: constraint for constraint in model._meta.constraints}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_state_is_set_only_by_step_to(path):
    tree = ast.parse(path.read_text())
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, FUNCTIONS) and function.name == "step_to"
        for node in ast.walk(function)
    }

    assigned = [
        leaf
        for node in ast.walk(tree)
        for target in getattr(node, "targets", None) or [getattr(node, "target", None)]
        for leaf in (target.elts if isinstance(target, ast.Tuple) else [target])
        if isinstance(leaf, ast.Attribute) and leaf.attr in {"status", "state"}
    ]

    assert [leaf.lineno for leaf in assigned if id(leaf) not in inside] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_state_is_changed_only_by_stepping_and_saving(path):
    tree = ast.parse(path.read_text())

    updates = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and {keyword.arg for keyword in node.keywords} & {"status", "state"}
    ]

    assert updates == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_stay_readable(path):
    long = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, FUNCTIONS) and node.end_lineno - node.lineno + 1 > 50
    ]

    assert long == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_public_functions_say_what_they_do(path):
    """Actions and rules are read by people who did not write them; a view, a form or a method may let its name speak."""
    if not {"actions", "actions.py", "roster"} & set(path.parts):
        return
    silent = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert silent == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_tasks_views_and_the_clock_read_the_clock(path):
    if path.name in {"tasks.py", "views.py", "clock.py", "context.py", "beat.py"}:
        return
    if {"views", "management", "demo"} & set(path.parts):
        return
    reads = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow", "localdate", "localtime"}
        and not node.args
    ]

    assert reads == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_choices_are_held_by_the_database(model):
    chosen = [field for field in model._meta.local_fields if field.choices and field.name != "language"]

    for field in chosen:
        constraint = constraints_of(model)[f"{model._meta.model_name}_{field.name}_is_known"]
        ((lookup, allowed),) = constraint.condition.children
        assert lookup == f"{field.name}__in"
        assert set(allowed) - {""} == set(dict(field.flatchoices)) - {""}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_nothing_of_the_domain_is_deleted_along(model):
    owned = {"Word", "PersonWord"}  # what can be made again from its owner
    rules = {
        field.name: field.remote_field.on_delete
        for field in model._meta.local_fields
        if field.is_relation and model.__name__ not in owned
    }

    assert {name for name, rule in rules.items() if rule is not models.PROTECT} == set()


@pytest.mark.parametrize("model", [model for model in OURS if hasattr(model, "STEPS")], ids=lambda m: m._meta.label)
def test_every_state_has_its_row_of_steps(model):
    states = {
        state for state, _label in (model._meta.get_field("status" if hasattr(model, "Status") else "state").choices)
    }

    assert {str(state) for state in model.STEPS} == states


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled <= set(app.tasks)


def test_the_driver_is_psycopg2():
    assert connection.Database.__name__ == "psycopg2"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*")), ids=name_of)
def test_templates_load_nothing_from_elsewhere_and_hold_no_script_or_style(path):
    if path.suffix not in {".html", ".txt"}:
        return
    text = path.read_text()

    assert re.findall(r"https?://(?!www\.w3\.org)", text) == []
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|\|safe\b", text) == []
