"""Who may GET and POST every address: the table is `who_may.txt`. A refusal changes no row and sends no mail."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.urls.addresses import Row, every_name, read_table
from tests.urls.snapshot import Writes, snapshot
from tests.urls.world import READERS, World, build_world

ROWS = read_table()
pytestmark = pytest.mark.django_db
REFUSED = {"403", "404", "405", "410", "in"}


@dataclass
class Stage:
    """The world, the cookies of everybody who is signed in, and how the tables look before anybody does anything."""

    world: World
    cookies: dict[str, SimpleCookie]
    before: dict[str, str]

    def browser(self, reader: str, **options: Any) -> Client:
        client = Client(**options)
        client.cookies = SimpleCookie(self.cookies.get(reader, SimpleCookie()).output(header="", sep=";"))
        return client


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """Built once; every request is undone."""
    logging.disable(logging.WARNING)  # every refusal would write its own
    with django_db_blocker.unblock(), transaction.atomic():
        world, cookies = build_world(), {}
        for reader, user in world.users.items():
            client = Client()
            client.force_login(user)
            cookies[reader] = client.cookies
        yield Stage(world, cookies, snapshot())
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def outcome(response: HttpResponse, path: str) -> str:
    """The status; "in" for the way to signing in that leads back."""
    to_sign_in = f"{reverse('account_login')}?next={quote(path)}"
    return "in" if response.status_code == 302 and response["Location"] == to_sign_in else str(response.status_code)


@dataclass
class Visit:
    status: str
    response: HttpResponse
    changed: set[str]
    mails: int


def visit(stage: Stage, row: Row, reader: str, method: str) -> Visit:
    """One request, undone; with what it changed."""
    path = row.path(stage.world, reader)
    body = row.body(stage.world, reader) if method == "post" else {}
    mail.outbox.clear()
    writes = Writes()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            response = getattr(stage.browser(reader), method)(path, body)
            b"".join(response)  # a streamed file is read to its end
        after = snapshot() if writes.seen else stage.before
        transaction.set_rollback(True)
    changed = {table for table in after if after[table] != stage.before[table]}
    return Visit(outcome(response, path), response, changed, len(mail.outbox))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says_and_reading_changes_nothing(stage, row):
    visits = {reader: visit(stage, row, reader, "get") for reader in READERS}

    assert {reader: one.status for reader, one in visits.items()} == {name: get for name, (get, _) in row.may.items()}
    assert {reader: one.changed for reader, one in visits.items() if one.changed or one.mails} == {}
    assert {reader: problem for reader, one in visits.items() if (problem := unsafe(reader, one.response))} == {}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_may_post_what_the_table_says_and_a_refusal_changes_nothing(stage, row):
    visits = {reader: visit(stage, row, reader, "post") for reader in READERS}

    refused = {reader: one for reader, one in visits.items() if one.status in REFUSED}
    assert {reader: one.status for reader, one in visits.items()} == {name: post for name, (_, post) in row.may.items()}
    assert {reader: one.changed for reader, one in refused.items() if one.changed or one.mails} == {}
    assert {reader: problem for reader, one in visits.items() if (problem := unsafe(reader, one.response))} == {}


def unsafe(reader: str, response: HttpResponse) -> str:
    """What is wrong with the headers, if anything."""
    policy = response.get("Content-Security-Policy", "")
    if not policy or "unsafe-" in policy or "default-src 'none'" not in policy:
        return f"Content-Security-Policy: {policy}"
    if reader != "anonymous" and "no-store" not in response.get("Cache-Control", ""):
        return f"Cache-Control: {response.get('Cache-Control')}"
    return ""


# Who presses these buttons has no page of ours open: a mail program, at a signed address that speaks for itself.
NEED_NO_TOKEN = {"notices:leave"}


@pytest.mark.parametrize("row", {row.name: row for row in ROWS if row.name not in NEED_NO_TOKEN}.values(), ids=str)
def test_a_form_without_its_token_is_refused_and_changes_nothing(stage, row):
    path = row.path(stage.world, "admin")

    with transaction.atomic():
        response = stage.browser("admin", enforce_csrf_checks=True).post(path, row.body(stage.world, "admin"))
        after = snapshot()
        transaction.set_rollback(True)

    assert (response.status_code, after) == (403, stage.before)


def test_every_address_stands_in_the_table():
    assert every_name() == {row.name for row in ROWS}
