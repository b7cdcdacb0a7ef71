"""What a run sends: reminders of errands, some of which move and some of whose people leave meanwhile."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.clock import database_now
from accounts.models import Address, Person
from notices.actions.planning import replan
from notices.models import Delivery, DeliveryEvent
from tests.chaos.relay import Relay
from tests.notices.errands.models import Errand
from tests.notices.given import AWAKE, where_it_is_noon

# Of each errand exactly one reminder per person is due today; the others are none of a run's business.
UNSETTLED = Q(state__in=["planned", "deferred"], send_at__lte=timezone.now() + timedelta(hours=1)) | Q(state="sending")


@dataclass
class Found:
    """What became of it all."""

    lost: int
    duplicates: int
    foreign: int
    unconfirmed: int
    unheard: int  # of the unconfirmed, those of which the server itself kept its answer back


@dataclass
class Errands:
    """`revoked`: from which instant on nothing of an errand's epoch, or to one of its people, may be taken in hand."""

    chance: random.Random
    revoked: list[tuple[Q, datetime]] = field(default_factory=list)

    def give(self, errands: int, people: int) -> None:
        now = database_now()
        zone = where_it_is_noon(now)
        made = Person.objects.bulk_create(
            Person(display_name=f"Person {number}", zone=zone, **AWAKE) for number in range(people)
        )
        Address.objects.bulk_create(
            Address(person=one, email=f"{one.pk.hex}@people.example", is_primary=True) for one in made
        )
        for number in range(errands):
            errand = Errand.objects.create(title=f"Errand {number}", day=now.date() + timedelta(days=1))
            errand.people.set(made)
            replan(errand, now=now)

    def move(self) -> None:
        """A deadline moves by two days: what was planned for it is void, and there is a new reminder for today."""
        pk = self.chance.choice(list(Errand.objects.order_by("title").values_list("pk", flat=True)))
        with transaction.atomic():
            errand = Errand.objects.select_for_update(nowait=True).get(pk=pk)
            before = errand.epoch
            errand.day, errand.epoch = errand.day + timedelta(days=2 if errand.epoch % 2 == 0 else -2), before + 1
            errand.save()
            replan(errand, now=database_now())
        self.revoked.append((Q(object_id=pk, epoch__lte=before), database_now()))

    def leave(self) -> None:
        """Somebody leaves."""
        places = list(Errand.people.through.objects.order_by("errand__title", "person__display_name"))
        place = self.chance.choice(places)
        with transaction.atomic():
            errand = Errand.objects.select_for_update(nowait=True).get(pk=place.errand_id)
            errand.people.remove(place.person_id)
            replan(errand, now=database_now())
        self.revoked.append((Q(object_id=errand.pk, person=place.person_id), database_now()))

    def judge(self, relay: Relay) -> Found:
        rows = {row.message_id: row for row in Delivery.objects.select_related("person")}
        titles = dict(Errand.objects.values_list("pk", "title"))
        emails = dict(Address.objects.values_list("person", "email"))
        arrived = {message_id for message_id, _email, _title in relay.accepted}
        unconfirmed = {name for name, row in rows.items() if row.state == "unconfirmed"}
        excused = arrived | unconfirmed | {name for name in relay.refused if rows[name].state == "failed"}
        told = {occasion(rows[name]) for name in excused if name in rows}
        wanted = {
            (place.errand_id, place.errand.epoch, place.person_id)
            for place in Errand.people.through.objects.select_related("errand")
        }
        false = {name for name, row in rows.items() if row.state == "sent"} - arrived
        copies = Counter(occasion(rows[name]) for name, _email, _title in relay.accepted if name in rows)
        strange = sum(
            name not in rows or (email, title) != (emails[rows[name].person_id], titles[rows[name].object_id])
            for name, email, title in relay.accepted
        )
        return Found(
            lost=len(wanted - told) + len(false),
            duplicates=sum(copies.values()) - len(copies),
            foreign=strange + self.stale(arrived),
            unconfirmed=len(unconfirmed),
            unheard=len(unconfirmed & relay.unheard),
        )

    def stale(self, arrived: set[str]) -> int:
        """Mails that were taken in hand after their deadline had moved or their reader had left."""
        return sum(
            DeliveryEvent.objects.filter(
                delivery__in=Delivery.objects.filter(about, message_id__in=arrived), to_state="sending", at__gt=instant
            ).count()
            for about, instant in self.revoked
        )


def occasion(row: Delivery) -> tuple[UUID, int, UUID]:
    return row.object_id, row.epoch, row.person_id


def is_settled() -> bool:
    return not Delivery.objects.filter(UNSETTLED).exists()


def is_known() -> bool:
    """With a journal nothing stays unconfirmed."""
    return not Delivery.objects.filter(UNSETTLED | Q(state="unconfirmed")).exists()


def standing() -> list[tuple]:
    """(state, reason, attempts, lease) of what is unsettled, for whoever has to find out why a run hangs."""
    return list(Delivery.objects.filter(UNSETTLED).values_list("state", "reason", "attempts", "lease_until"))


def surely(act: Callable[[], Any]) -> Any:
    """Once more while the database is down or has just forgotten us."""
    for _turn in range(50):
        try:
            return act()
        except Error:
            connection.close()
    return act()
