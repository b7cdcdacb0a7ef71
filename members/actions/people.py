"""What can happen to people: they become contacts, change, and stop."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Address, Person, TransitionError, User, Visibility
from accounts.rules import require
from history.actions import can_be_taken_back, changes, record, record_all, refuse_stale, snapshot
from members.actions.committees import leave_seat
from members.actions.invitations import lock_person, withdraw
from members.keys import indexed_words
from members.models import (
    Committee,
    Invitation,
    Organisation,
    PersonWord,
    Representation,
    SeatHolder,
)
from members.models.terms import utc_day

EDITABLE = ["display_name", "email", "language", "zone", "is_discreet"]
PREFERENCES = [
    "display_name",
    "language",
    "zone",
    "quiet_from",
    "quiet_to",
    "keeps_weekend",
    "is_discreet",
    "is_listed",
]
STOPPED = gettext_noop("Stopped being a contact of %(organisation)s")


def index_words(person: Person) -> None:
    """Bring the words by which the search finds `person` up to their name."""
    wanted = indexed_words(person.display_name)
    person.words.exclude(word__in=wanted).delete()
    PersonWord.objects.bulk_create(
        [PersonWord(person=person, word=word) for word in sorted(wanted)], ignore_conflicts=True
    )


@transaction.atomic
def add_contact(
    organisation: Organisation,
    *,
    by: User,
    role: str,
    now: datetime,
    person: Person | None = None,
    display_name: str = "",
    email: str = "",
    language: str = "en",
    zone: str = "UTC",
) -> Representation:
    """Somebody speaks for `organisation` from today: `person`, or a new one with the other values.

    Raises Refused, or TransitionError when the organisation has ended or the person has that role there already.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    require(by, "members.edit_people", person)
    if organisation.ended_on is not None:
        raise TransitionError(_("%(name)s has ended; nobody can speak for it.") % {"name": organisation})
    if person is None:
        person = _enter(display_name, email, language, zone, by=by, now=now)
    elif Representation.objects.filter(person=person, organisation=organisation, role=role, until=None).exists():
        raise TransitionError(_("%(name)s has that role here already.") % {"name": person})
    representation = Representation.objects.create(
        person=person, organisation=organisation, role=role, since=utc_day(now)
    )
    record(gettext_noop("Became a contact of %(organisation)s"), person, by=by, now=now, **_named(organisation))
    # Who speaks for an organisation is for the committee and staff, unless the person chose to be listed.
    _record_on_organisation(gettext_noop("Gained a contact: %(person)s"), representation, by=by, now=now)
    return representation


@transaction.atomic
def add_person(
    *, by: User, display_name: str, email: str, language: str, zone: str, now: datetime, person: Person | None = None
) -> Person:
    """Enter somebody who speaks for no organisation, or not yet: a colleague on the staff, a facilitator, an observer.

    `person`: it is they, whom we know already; then nothing is written. Raises Refused.
    """
    require(by, "members.edit_people", person)
    return person or _enter(display_name, email, language, zone, by=by, now=now)


def _enter(display_name: str, email: str, language: str, zone: str, *, by: User, now: datetime) -> Person:
    person = Person.objects.create(display_name=display_name, language=language, zone=zone)
    if email:
        Address.objects.create(person=person, email=email)
    index_words(person)
    record(gettext_noop("Entered"), person, by=by, now=now)
    return person


def _record_on_organisation(verb: str, representation: Representation, *, by: User, now: datetime) -> None:
    record(
        verb,
        representation.organisation,
        by=by,
        now=now,
        visibility=Visibility.STEERING,
        person=representation.person_id,
    )


@transaction.atomic
def edit_person(
    person: Person,
    *,
    by: User,
    display_name: str,
    email: str,
    language: str,
    zone: str,
    now: datetime,
    is_discreet: bool | None = None,
    seen: int | None = None,
) -> Person:
    """Correct somebody's name, address, language or zone, and make their mails discreet or not (None: as they are).

    An open invitation to an old address is withdrawn.

    The e-mail they sign in with stays. `seen`: the state the typist saw. Raises Refused, Stale.
    """
    person = lock_person(person.pk)
    require(by, "members.edit_people", person)
    refuse_stale(person, seen, EDITABLE)
    values: dict[str, Any] = {"display_name": display_name, "language": language, "zone": zone}
    if is_discreet is not None:
        values["is_discreet"] = is_discreet
    if changed := _set(person, values):
        record(gettext_noop("Changed: %(fields)s"), person, by=by, now=now, fields=changed)
    if email.lower() != person.email.lower():
        _move_mail(person, email, now=now)
        record(gettext_noop("Changed the e-mail address"), person, by=by, now=now, fields=["email"])
    return person


def _move_mail(person: Person, email: str, *, now: datetime) -> None:
    """Mail goes to `email` from now on; the old address stays, as one that mail does not go to."""
    person.addresses.update(is_primary=False)
    if email and not person.addresses.filter(email__iexact=email).update(is_primary=True):
        Address.objects.create(person=person, email=email)
    for invitation in Invitation.objects.open().filter(person=person):
        withdraw(invitation, now=now)
    person.refresh_from_db()


def _set(person: Person, values: dict[str, Any]) -> list[str]:
    """Set and save; returns the names of the fields that changed: the history holds no personal data."""
    before = snapshot(person, values)
    for field, value in values.items():
        setattr(person, field, value)
    changed = list(changes(before, snapshot(person, values)))
    person.save(update_fields=list(values))
    if "display_name" in changed:
        index_words(person)
    return changed


@transaction.atomic
def edit_preferences(
    person: Person,
    *,
    by: User,
    display_name: str,
    language: str,
    zone: str,
    quiet_from: time,
    quiet_to: time,
    keeps_weekend: bool,
    is_discreet: bool,
    is_listed: bool,
    now: datetime,
    seen: int | None = None,
) -> Person:
    """People say how they want to be called, in which language, at which hours. `seen`: the state they saw.

    Raises Refused for another person, Stale.
    """
    person = lock_person(person.pk)
    require(by, "members.edit_preferences", person)
    refuse_stale(person, seen, PREFERENCES)
    values = {
        "display_name": display_name,
        "language": language,
        "zone": zone,
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
        "keeps_weekend": keeps_weekend,
        "is_discreet": is_discreet,
        "is_listed": is_listed,
    }
    if changed := _set(person, values):
        record(gettext_noop("Changed: %(fields)s"), person, by=by, now=now, fields=changed)
    return person


@transaction.atomic
def end_representation(representation: Representation, *, by: User, now: datetime) -> Representation:
    """Somebody stops speaking for an organisation, today, and with their last role there for its seats too.

    Raises Refused, or TransitionError when it has ended.
    """
    # Committees before organisations, as whoever fills a seat or names somebody for it does.
    seated = Committee.objects.filter(seats__terms__organisation=representation.organisation_id).values("pk")
    list(Committee.objects.filter(pk__in=seated).order_by("pk").select_for_update())
    organisation = Organisation.objects.select_for_update().get(pk=representation.organisation_id)
    representation = Representation.objects.select_for_update().get(pk=representation.pk)
    person = representation.person
    require(by, "members.edit_people", person)
    if representation.until is not None:
        raise TransitionError(_("%(name)s stopped already.") % {"name": person})
    representation.until = max(utc_day(now), representation.since)
    representation.save(update_fields=["until"])
    record(STOPPED, person, by=by, now=now, **_named(organisation))
    _record_on_organisation(gettext_noop("Lost a contact: %(person)s"), representation, by=by, now=now)
    held = []
    if not Representation.objects.filter(person=person, organisation=organisation, until=None).exists():
        held = list(SeatHolder.objects.filter(person=person, term__organisation=organisation, until=None))
    for holder in held:
        leave_seat(holder, by=by, now=now)
    seats = [holder.pk for holder in held]
    can_be_taken_back("members.end_representation", representation, by=by, now=now, seats=seats)
    return representation


def end_contacts(organisation: Organisation, *, by: User, now: datetime) -> list[UUID]:
    """Nobody speaks for it from today; the ids of the contacts that ended with it.

    Part of the action that ends `organisation`, which holds it and may do so.
    """
    standing = Representation.objects.filter(organisation=organisation, until=None)
    rows = list(standing.select_related("person"))
    people = {row.person_id: row.person for row in rows}
    standing.update(until=Greatest(F("since"), Value(utc_day(now), output_field=DateField())))
    record_all(STOPPED, [(person, _named(organisation)) for person in people.values()], by=by, now=now)
    return [row.pk for row in rows]


def _named(organisation: Organisation) -> dict[str, Any]:
    return {"organisation": organisation.name, "organisation_id": organisation.pk}
