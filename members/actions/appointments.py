"""What can happen to appointments: somebody works for the whole coalition, and stops."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from history.actions import can_be_taken_back, record
from members.actions.invitations import lock_person
from members.countries import WORLD, regions
from members.models import Appointment, OwnRegion
from members.models.terms import utc_day
from members.standing_work import work_in_hand

APPOINTED = {
    Appointment.Role.ADMIN: gettext_noop("Appointed administrator"),
    Appointment.Role.STAFF: gettext_noop("Appointed to the staff"),
    Appointment.Role.FACILITATOR: gettext_noop("Appointed facilitator"),
    Appointment.Role.OBSERVER: gettext_noop("Appointed observer"),
}
DISMISSED = {
    Appointment.Role.ADMIN: gettext_noop("Is no longer administrator"),
    Appointment.Role.STAFF: gettext_noop("Left the staff"),
    Appointment.Role.FACILITATOR: gettext_noop("Is no longer facilitator"),
    Appointment.Role.OBSERVER: gettext_noop("Is no longer observer"),
}


@transaction.atomic
def appoint(
    person: Person, *, by: User, role: str, region: str = "", own_region: OwnRegion | None = None, now: datetime
) -> Appointment:
    """Somebody works for the whole coalition from today; a facilitator for `region` (M49 code), `own_region` or neither.

    Raises Refused, or TransitionError when they hold that role already or the region belongs to no facilitator.
    """
    person = lock_person(person.pk)
    require(by, "members.appoint", person)
    if (region or own_region) and role != Appointment.Role.FACILITATOR:
        raise TransitionError(_("Only facilitators have a region. Choose “no region”."))
    if region and region not in {WORLD, *regions()}:
        raise TransitionError(_("This region is not known."))
    where = {"region": region, "own_region": own_region}
    if Appointment.objects.filter(person=person, role=role, until=None, **where).exists():
        raise TransitionError(_("%(name)s holds that role already.") % {"name": person})
    appointment = Appointment.objects.create(person=person, role=role, since=utc_day(now), **where)
    record_appointed(appointment, by=by, now=now)
    return appointment


def record_appointed(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Part of the action that appoints somebody."""
    verb = APPOINTED[Appointment.Role(appointment.role)]
    record(verb, appointment.person, by=by, now=now, region=appointment.region, own_region=appointment.own_region_id)


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: User, now: datetime) -> Appointment:
    """End it today.

    Raises Refused, or TransitionError: it has ended, work is in hand by it, nobody would be left to appoint others.
    """
    lock_person(appointment.person_id)  # whoever gives them something in hand holds them too
    # All administrators' rows, always in the same order: two who dismiss each other at once must wait in line.
    admins = list(
        Appointment.objects.filter(role=Appointment.Role.ADMIN, until=None)
        .select_for_update(of=("self",))
        .select_related("person__user")
        .order_by("pk")
    )
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("person").get(pk=appointment.pk)
    require(by, "members.appoint", appointment.person)
    if appointment.until is not None:
        raise TransitionError(_("This appointment has ended already."))
    if sentence := work_in_hand(appointment, by):
        raise TransitionError(sentence)
    if appointment.role == Appointment.Role.ADMIN and not any(
        _signs_in(other.person) for other in admins if other.person_id != appointment.person_id
    ):
        raise TransitionError(
            _("%(name)s is the last administrator who can sign in. Appoint another first.")
            % {"name": appointment.person}
        )
    appointment.until = max(utc_day(now), appointment.since)
    appointment.save(update_fields=["until"])
    record(DISMISSED[Appointment.Role(appointment.role)], appointment.person, by=by, now=now)
    can_be_taken_back("members.end_appointment", appointment, by=by, now=now)
    return appointment


def _signs_in(person: Person) -> bool:
    user = getattr(person, "user", None)
    return user is not None and user.is_active
