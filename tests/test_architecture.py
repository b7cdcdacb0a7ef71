"""Rules of the house that no linter knows."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.forms import BaseForm, DateField
from django.forms.models import BaseModelForm

from accounts.forms import DayField
from coalition.celery import app

ROOT = Path(settings.BASE_DIR)
APPS = ["accounts", "history", "notices", "members", "campaigns", "meetings", "decisions", "home"]
FILES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
OURS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
# The one script that a page may load: a module of ours, in the frame.
MODULE = re.compile(r"""<script type="module" src="\{% static 'js/[a-z_]+\.js' %\}"></script>""")
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


@pytest.mark.parametrize("path", [path for path in FILES if "views" in {path.stem, path.parent.name}], ids=name_of)
def test_a_view_takes_at_most_fifteen_lines(path):
    """Fetch, form, action, answer: what is longer belongs in part to a queryset, a form or a page module."""
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, FUNCTIONS)]
    bodies = {node.name: node.body[1:] if ast.get_docstring(node) else node.body for node in functions}

    long = [name for name, body in bodies.items() if body and body[-1].end_lineno - body[0].lineno + 1 > 15]

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


@pytest.mark.parametrize("path", sorted((ROOT / "members" / "views").glob("*.py")), ids=name_of)
def test_the_views_of_members_decide_by_the_database_s_clock(path):
    """The clock of the process is good enough for what is only shown, and spares a statement."""
    tree, shown = (
        ast.parse(path.read_text()),
        {"as_file", "as_list", "profile", "seating", "standing", "FormattedValue"},
    )
    ours = [node for node in ast.walk(tree) if ast.unparse(node) == "timezone.now()" and isinstance(node, ast.Call)]
    only_shown = [
        part
        for node in ast.walk(tree)
        if getattr(getattr(node, "func", node), "id", type(node).__name__) in shown
        for part in ast.walk(node)
    ]

    assert [node.lineno for node in ours if node not in only_shown] == []


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


def forms_of(base: type) -> list[type]:
    """All our forms, found by importing every module that holds some."""
    for path in FILES:
        if path.stem == "forms" or path.parent.name == "forms":
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    below = [base, *(child for one in base.__subclasses__() for child in forms_of(one))]
    return [one for one in below if one.__module__.split(".")[0] in APPS]


def test_every_day_that_a_form_takes_can_be_counted_from():
    unbounded = [
        f"{form.__name__}.{name}"
        for form in forms_of(BaseForm)
        for name, field in form.base_fields.items()
        if isinstance(field, DateField) and not isinstance(field, DayField)
    ]

    assert unbounded == []


# What a form's own fields can break, and where the sentence at the field is tested (or why nothing can be sent that
# breaks it): Django would show the constraint's name instead. A new pair belongs here together with its sentence.
SAID_AT_THE_FIELD = {
    ("CommitteeForm", "one_steering_committee"): "members/test_committees.py",
    ("LevelForm", "usual_window_is_no_shorter_than_the_shortest"): "decisions/test_levels.py",
    ("LevelForm", "level_asks_for_a_language"): "decisions/test_levels.py",
    ("MilestoneForm", "milestone_ends_after_it_starts"): "campaigns/test_pages.py",
    ("MilestoneForm", "milestone_starts_on_the_first_day_of_what_is_known"): "campaigns/test_pages.py",
    ("MembershipForm", "membership_ends_with_a_reason"): "an end is not among its choices",
    ("OrganisationForm", "country_is_an_iso_code"): "its choices are such codes",
    ("NewOrganisationForm", "country_is_an_iso_code"): "its choices are such codes",
}


def test_what_a_form_can_break_of_the_database_s_rules_is_a_sentence():
    breakable = {
        (form.__name__, constraint.name)
        for form in forms_of(BaseModelForm)
        for constraint in form._meta.model._meta.constraints
        if (fields := fields_of(constraint)) and fields <= set(form.base_fields) & set(form._meta.fields)
        if len(fields) > 1 or not constraint.name.endswith("_is_known")  # a choice field's own sentence comes first
    }

    assert breakable == set(SAID_AT_THE_FIELD)


def fields_of(constraint: models.BaseConstraint) -> set[str]:
    condition = constraint.condition.referenced_base_fields if constraint.condition else set()
    return condition | set(getattr(constraint, "fields", ()))


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled <= set(app.tasks)


def test_the_driver_is_psycopg2():
    assert connection.Database.__name__ == "psycopg2"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=name_of)
def test_a_template_shows_no_name_that_only_another_block_knows(path):
    """What `as name` sets in one block is empty in the next: a link to nowhere."""
    blocks = dict(re.findall(r"{% block (\w+) %}(.*?){% endblock %}", path.read_text(), re.DOTALL))
    known = {block: set(re.findall(r"\bas (\w+) %}", text)) for block, text in blocks.items()}
    named = {block: set(re.findall(r"{{ (\w+) }}", text)) for block, text in blocks.items()}

    lost = {
        name
        for block in blocks
        for other in blocks
        for name in named[block] & known[other] - known[block]
        if f"with {name}" not in blocks[block] and f"as {name}" not in blocks[block]
    }

    assert lost == set()


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*")), ids=name_of)
def test_templates_load_nothing_from_elsewhere_and_hold_no_script_or_style(path):
    if path.suffix not in {".html", ".txt"}:
        return
    text = MODULE.sub("", path.read_text()) if name_of(path) == "templates/base.html" else path.read_text()

    assert re.findall(r"https?://(?!www\.w3\.org)", text) == []
    if name_of(path).startswith("templates/notices/mail"):  # a mail loads nothing, so it carries its style
        text = re.sub(r'<style>|\sstyle="', "", text)
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|\|safe\b", text) == []


def test_every_module_of_ours_is_loaded_and_loads_no_other():
    modules = {path.name: path.read_text() for path in (ROOT / "static" / "js").iterdir()}
    loaded = MODULE.findall((ROOT / "templates" / "base.html").read_text())

    assert [re.search(r"js/([a-z_]+\.js)", tag)[1] for tag in loaded] == sorted(modules)
    assert [name for name, text in modules.items() if re.search(r"\bimport\b|https?:", text)] == []
