"""The style guide shows every component, and every class of the style sheet."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import user_with

OWN = [path for path in Path(settings.BASE_DIR, "static", "scss").glob("_*.scss") if path.name != "_variables.scss"]
BY_SCRIPT = {"htmx-request"}  # stands only while a request is under way


def classes_of(scss):
    """Those written out; of those that a loop makes, none."""
    selectors = "\n".join(line for line in scss.splitlines() if re.search(r"[{,]\s*$|[{,]\s*//", line))
    return {name for name in re.findall(r"\.([a-zA-Z][\w-]*)", selectors) if not name.endswith("-")}


@pytest.mark.django_db
def test_no_class_of_the_style_sheet_is_missing(client):
    client.force_login(user_with("staff"))

    page = client.get(reverse("styleguide:styleguide")).content.decode()

    shown = {name for value in re.findall(r'class="([^"]*)"', page) for name in value.split()}
    wanted = set().union(*(classes_of(path.read_text()) for path in OWN)) - BY_SCRIPT
    assert wanted - shown == set()


def test_no_component_is_missing():
    parts = Path(settings.BASE_DIR, "templates", "home").glob("styleguide*.html")
    guide = "\n".join(part.read_text() for part in parts)
    components = {path.name for path in Path(settings.BASE_DIR, "templates", "components").iterdir()}
    within_others = {
        "mark.html",
        "messages.html",
        "history_entry.html",
    }  # two of the frame’s own, and a part of history.html
    bases = {"list.html"}  # whole pages extend it: the guide names it, leads to one and shows its parts

    included = set(re.findall(r'{% include "components/([^"]+)"', guide))
    assert components - within_others - bases - included == set()
    assert {name for name in bases if f"components/{name}" not in guide} == set()


@pytest.mark.django_db
def test_it_asks_the_database_for_nothing_of_its_own(client, django_assert_num_queries):
    client.force_login(user_with("staff"))

    with django_assert_num_queries(4):
        client.get(reverse("styleguide:styleguide"))
