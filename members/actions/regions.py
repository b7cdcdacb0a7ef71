"""What can happen to the coalition's own regions, and to those who facilitate one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from history.actions import changes, record, refuse_stale, snapshot
from members.actions.appointments import DISMISSED, record_appointed
from members.actions.invitations import lock_person
from members.actions.twins import save_once
from members.models import Appointment, OwnRegion
from members.models.terms import utc_day

FIELDS = ["name", "countries"]


@transaction.atomic
def add_region(*, by: User, now: datetime, name: str, countries: Sequence[str]) -> OwnRegion:
    """A region of our own, of countries by their ISO codes. Raises Refused, or TransitionError for a name twice."""
    require(by, "members.keep_regions")
    region = OwnRegion(name=name, countries=sorted(countries))
    save_once(region, _refuse_twin)
    record(gettext_noop("Added the region"), region, by=by, now=now)
    return region


@transaction.atomic
def edit_region(
    region: OwnRegion, *, by: User, now: datetime, name: str, countries: Sequence[str], seen: int | None = None
) -> OwnRegion:
    """Rename it or change its countries: its facilitators keep the new ones from now on.

    `seen`: the state the typist saw. Raises Refused, Stale, or TransitionError for a name twice.
    """
    region = OwnRegion.objects.select_for_update().get(pk=region.pk)
    require(by, "members.keep_regions", region)
    refuse_stale(region, seen, FIELDS)
    before = snapshot(region, FIELDS)
    region.name, region.countries = name, sorted(countries)
    if changed := changes(before, snapshot(region, before)):
        save_once(region, _refuse_twin)
        record(gettext_noop("Changed the region"), region, by=by, now=now, changes=changed)
    return region


def appoint_facilitator(
    person: Person, *, by: User, now: datetime, region: str, own_region: OwnRegion | None
) -> tuple[Appointment, bool]:
    """(the facilitator's appointment of `person` there, whether it is new).

    Part of an action that hands somebody a region; that action asks who may.
    """
    lock_person(person.pk)
    where = {"region": region, "own_region": own_region}
    role = Appointment.Role.FACILITATOR
    standing = Appointment.objects.filter(person=person, role=role, until=None, **where).first()
    if standing is not None:
        return standing, False
    appointment = Appointment.objects.create(person=person, role=role, since=utc_day(now), **where)
    record_appointed(appointment, by=by, now=now)
    return appointment, True


def dismiss_facilitator(appointment: Appointment, *, by: User, now: datetime) -> None:
    """End the appointment today, unless it has ended. Part of an action that takes a region back; it asks who may."""
    person = lock_person(appointment.person_id)
    appointment = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if appointment.until is None:
        appointment.until = max(utc_day(now), appointment.since)
        appointment.save(update_fields=["until"])
        record(DISMISSED[Appointment.Role.FACILITATOR], person, by=by, now=now)


def _refuse_twin(region: OwnRegion) -> None:
    if OwnRegion.objects.filter(name__iexact=region.name).exclude(pk=region.pk).exists():
        raise TransitionError(_("There is a region with this name already."))
