"""Taking back what was done to organisations, their membership and contacts, to appointments and invitations."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User, Visibility
from accounts.rules import require
from history.actions import changes, record, record_all, snapshot
from members.actions.invitations import WITHDRAWN, lock_person
from members.actions.organisations import MEMBERSHIP, Namesake, lock_organisation
from members.actions.seats_back import return_to_seat
from members.models import (
    Appointment,
    Committee,
    Invitation,
    Membership,
    Organisation,
    Representation,
    SeatHolder,
)
from notices.actions.planning import revive

Kept = dict[str, Any]
AGAIN = gettext_noop("Is a contact of %(organisation)s again")


def changed_since() -> TransitionError:
    """The sentence for whoever wants to take back what others have built upon."""
    return TransitionError(_("It has changed since, so it cannot simply be taken back. Look at its history."))


@transaction.atomic
def restore_organisation(organisation: Organisation, *, kept: Kept, by: User, now: datetime) -> Organisation:
    """It has not ended after all; its membership and contacts are as they were.

    Raises Refused; Namesake when another of its name is there now, TransitionError when it changed since.
    """
    organisation = lock_organisation(organisation)
    require(by, "members.restore_organisation", organisation)
    if organisation.version != kept["version"]:
        raise changed_since()
    rival = Organisation.objects.namesakes(organisation.key, organisation.country)
    if found := rival.filter(distinct_no=organisation.distinct_no).first():
        raise Namesake(found)
    organisation.ended_on, organisation.end_reason = None, ""
    organisation.version += 1
    organisation.save(update_fields=["ended_on", "end_reason", "version"])
    for membership in organisation.memberships.select_for_update().filter(pk__in=kept["memberships"]):
        status, reason = kept["memberships"][str(membership.pk)]
        membership.step_to(Membership.Status(status), back=True)
        membership.reason, membership.until = reason, None
        membership.save()
    contacts = Representation.objects.filter(pk__in=kept["contacts"]).select_related("person")
    people = {row.person_id: row.person for row in contacts}
    contacts.update(until=None)
    record_all(AGAIN, [(person, _named(organisation)) for person in people.values()], by=by, now=now)
    verb = gettext_noop("Took back that it ended")
    record(verb, organisation, by=by, now=now, version=organisation.version)
    return organisation


@transaction.atomic
def restore_membership(membership: Membership, *, kept: Kept, by: User, now: datetime) -> Membership:
    """Its standing, category and first day are what they were. Raises Refused, TransitionError when changed since."""
    organisation = lock_organisation(membership.organisation)
    require(by, "members.change_membership", organisation)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    changed: dict[str, list[Any]] = kept["changes"]
    if any(str(getattr(membership, name)) != str(new) for name, (_old, new) in changed.items()):
        raise changed_since()
    before = snapshot(membership, changed)
    for name, (old, _new) in changed.items():
        if name == "status":
            membership.step_to(Membership.Status(old), back=True)
        else:
            setattr(membership, name, date.fromisoformat(old) if name == "since" else old)
    membership.save()
    organisation.version += 1
    organisation.save(update_fields=["version"])
    record(
        gettext_noop("Took back a change of the membership"),
        organisation,
        by=by,
        now=now,
        of=MEMBERSHIP,
        version=organisation.version,
        changes=changes(before, snapshot(membership, before)),
    )
    return membership


@transaction.atomic
def restore_representation(row: Representation, *, kept: Kept, by: User, now: datetime) -> Representation:
    """They speak for the organisation again, and for its seats if they did. Raises Refused, TransitionError."""
    # Committees before organisations, as whoever ends a contact does.
    held = SeatHolder.objects.filter(pk__in=kept["seats"]).select_related("term__seat__committee", "person")
    committees = Committee.objects.filter(seats__terms__organisation=row.organisation_id).values("pk")
    list(Committee.objects.filter(pk__in=committees).order_by("pk").select_for_update())
    organisation = lock_organisation(row.organisation)
    row = Representation.objects.select_for_update().get(pk=row.pk)
    person = row.person
    require(by, "members.edit_people", person)
    if organisation.ended_on is not None:
        raise TransitionError(_("%(name)s has ended; nobody can speak for it.") % {"name": organisation})
    standing = Representation.objects.filter(person=person, organisation=organisation, role=row.role, until=None)
    if standing.exists():
        raise TransitionError(_("%(name)s has that role here already.") % {"name": person})
    row.until = None
    row.save(update_fields=["until"])
    for holder in held:
        return_to_seat(holder, by=by, now=now)
    record(AGAIN, person, by=by, now=now, **_named(organisation))
    verb, kept_to = gettext_noop("Is a contact again: %(person)s"), Visibility.STEERING
    record(verb, organisation, by=by, now=now, visibility=kept_to, person=person.pk)
    return row


@transaction.atomic
def restore_appointment(appointment: Appointment, *, kept: Kept, by: User, now: datetime) -> Appointment:
    """They hold the role again, as if it had not ended. Raises Refused, TransitionError (holds it already)."""
    person = lock_person(appointment.person_id)
    require(by, "members.appoint", person)
    where = {"region": appointment.region, "own_region": appointment.own_region_id}
    if Appointment.objects.filter(person=person, role=appointment.role, until=None, **where).exists():
        raise TransitionError(_("%(name)s holds that role already.") % {"name": person})
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    appointment.until = None
    appointment.save(update_fields=["until"])
    record(gettext_noop("Took back the end of an appointment"), person, by=by, now=now)
    return appointment


@transaction.atomic
def restore_invitation(invitation: Invitation, *, kept: Kept, by: User, now: datetime) -> Invitation:
    """Its link works again until the day it was valid; a mail that had not left goes out.

    Raises Refused; TransitionError when it has expired, there is a newer one, an account, or another address.
    """
    person = lock_person(invitation.person_id)
    require(by, "members.invite", person)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.expires_at <= now:
        raise TransitionError(_("The invitation has expired meanwhile. Invite %(name)s anew.") % {"name": person})
    newer = Invitation.objects.filter(person=person, accepted_at=None, revoked_at=None)
    used = Invitation.objects.filter(person=person, accepted_at__isnull=False)
    if newer.exists() or used.exists() or person.email.lower() != invitation.email:
        raise changed_since()
    invitation.revoked_at = None
    invitation.save(update_fields=["revoked_at"])
    record(gettext_noop("Took back that the invitation was withdrawn"), person, by=by, now=now)
    revive(invitation, kinds=["members.invitation"], reason=WITHDRAWN, now=now)
    return invitation


def _named(organisation: Organisation) -> dict[str, Any]:
    return {"organisation": organisation.name, "organisation_id": organisation.pk}
