"""A word of its own in every restricted column appears in no other role's page, search, export or mail."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.clock import database_now
from accounts.models import Person, User
from campaigns.models import Campaign
from home.inbox import opened
from members.models import everybody
from notices.actions.planning import delivery_for, plan
from notices.actions.sending import send_due
from notices.kind import KINDS
from notices.models import Delivery
from tests.canaries import roster, work
from tests.canaries.crawl import LISTS, STARTING, crawl
from tests.canaries.world import SIGNED_IN, WORD, World, stage

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once; the tests only read, or are undone."""
    logging.disable(logging.WARNING)
    with django_db_blocker.unblock(), transaction.atomic():
        built = stage()
        roster.fill(built)
        work.fill(built)
        with connection.cursor() as cursor:  # as autovacuum does; here nothing is committed, so it sees no row
            cursor.execute(f"ANALYZE {', '.join(connection.introspection.table_names(cursor))}")
        yield built
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def browser(world: World, reader: str) -> Client:
    client = Client()
    if reader in world.users:
        client.force_login(world.users[reader])
    return client


# What an administrator has beside staff's pages is one form: it is read below, not all the rest once more.
@pytest.mark.parametrize("reader", [*[reader for reader in SIGNED_IN if reader != "admin"], "anonymous"])
def test_everybody_meets_the_words_that_are_theirs_to_read_and_no_other(world, reader):
    met = crawl(browser(world, reader))

    leaks = [
        f"{world.columns[word]} at {', '.join(sorted(met[word])[:4])}"
        for word in met
        if reader not in world.readers[word]
    ]
    unread = [world.columns[word] for word in world.columns if reader in world.readers[word] and word not in met]
    assert (leaks, unread) == ([], [])


def test_an_administrator_meets_only_what_is_theirs_in_lists_and_where_they_appoint(world):
    appointing = [reverse("members:person_appoint", args=[one.pk]) for one in everybody().filter(**STARTING)]

    met = crawl(browser(world, "admin"), [*LISTS, *appointing])

    assert [world.columns[word] for word in met if "admin" not in world.readers[word]] == []
    assert len(met) > 50


@pytest.mark.parametrize("reader", SIGNED_IN)
def test_an_old_notice_shows_nothing_that_its_reader_may_no_longer_read(world, reader):
    user = world.users[reader]
    told_of_everything(user, world.now)
    rows = list(Delivery.objects.in_inbox_of(user.person).select_related("person", "content_type"))

    shown = [opened(row, user, world.now) for row in rows]

    said = " ".join(f"{one.subject} {one.text} {one.line.title}" for one in shown)
    assert [world.columns[word] for word in set(WORD.findall(said)) if reader not in world.readers[word]] == []
    assert len(shown) > 20


def told_of_everything(user: User, now: datetime) -> None:
    """As if `user` had been told of every milestone and meeting, and all there is of decisions, when they could see it."""
    of_decisions = sorted(key for key in KINDS if key.startswith("decisions."))
    for key in ("campaigns.milestone_due", "meetings.invitation", *of_decisions):
        kind = KINDS[key]
        subjects = kind.model._default_manager.all()
        for subject in subjects.exclude(replaces=None) if key == "decisions.text_changed" else subjects:
            row = delivery_for(kind, subject, user.person, "then", now, None, channel="inbox")
            row.planned_at = row.settled_at = now
            row.state = Delivery.State.SENT
            row.save(force_insert=True)


@pytest.mark.parametrize("reader", SIGNED_IN)
def test_naming_a_person_in_a_form_finds_nobody_whom_one_may_not_see(world, reader):
    own = Campaign.objects.create(
        name="Own", goal="Won", owner=world.users[reader].person, visibility="staff", started_on=world.now.date()
    )

    page = browser(world, reader).post(reverse("campaigns:add_milestone", args=[own.pk]), {"owner": "zq"})

    found = set(WORD.findall(page.content.decode()))
    assert [world.columns[word] for word in found if reader not in world.readers[word]] == []


def test_every_mail_holds_only_what_its_reader_may_read(world, smtp):
    Person.objects.update(quiet_from="00:00", quiet_to="00:00")  # it is day everywhere

    plan(now=database_now())
    send_due(now=database_now())

    leaks, met = [], set()
    for reader, user in world.users.items():
        for message in smtp.to(user.person.email):
            words = {word for part in message.walk() if not part.is_multipart() for word in WORD.findall(text_of(part))}
            words |= set(WORD.findall(str(message["Subject"])))
            met |= words
            leaks += [(reader, world.columns[word]) for word in words if reader not in world.readers[word]]
    assert leaks == []
    assert len(met) > 10
    assert len(smtp.messages) > 10


def text_of(part: Any) -> str:
    return part.get_payload(decode=True).decode().replace("\r\n ", "")
