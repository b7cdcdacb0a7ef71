"""What can happen to committees: seats are added, filled, vacated; people are named for them.

Every action locks the committee first, then the seat, then the organisation: it can never win two seats at once, nor
end, or lose the contact who is being named, meanwhile.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User, Visibility
from accounts.rules import require
from history.actions import can_be_taken_back, changes, record, refuse_stale, snapshot
from members.actions.twins import save_once
from members.models import Committee, Membership, Organisation, Representation, Seat, SeatHolder, SeatTerm
from members.models.terms import utc_day

AHEAD = timedelta(days=366)  # how long before its beginning a term can be entered
FIELDS = ("name", "mandate", "is_steering", "visibility")
NAMED = {
    SeatHolder.Capacity.REPRESENTATIVE: gettext_noop("Seat %(number)s: %(person)s named as representative"),
    SeatHolder.Capacity.ALTERNATE: gettext_noop("Seat %(number)s: %(person)s named as alternate"),
}
LEFT = {
    SeatHolder.Capacity.REPRESENTATIVE: gettext_noop("Seat %(number)s: %(person)s no longer representative"),
    SeatHolder.Capacity.ALTERNATE: gettext_noop("Seat %(number)s: %(person)s no longer alternate"),
}


@transaction.atomic
def add_committee(
    *, by: User, name: str, now: datetime, mandate: str = "", is_steering: bool = False, visibility: str = "members"
) -> Committee:
    """A body that decides or works. Raises Refused, or TransitionError for a name or a steering committee twice."""
    require(by, "members.manage_committees")
    committee = Committee(name=name, mandate=mandate, is_steering=is_steering, visibility=visibility)
    save_once(committee, _refuse_twins)
    record(gettext_noop("Set up"), committee, by=by, now=now)
    return committee


@transaction.atomic
def edit_committee(
    committee: Committee,
    *,
    by: User,
    name: str,
    mandate: str,
    is_steering: bool,
    visibility: str,
    now: datetime,
    seen: int | None = None,
) -> Committee:
    """`seen`: the state the typist saw. Raises Refused, Stale, or TransitionError for a name or a steering committee
    twice.
    """
    committee = lock(committee)
    require(by, "members.manage_committees", committee)
    refuse_stale(committee, seen, FIELDS)
    before = snapshot(committee, FIELDS)
    committee.name, committee.mandate = name, mandate
    committee.is_steering, committee.visibility = is_steering, visibility
    save_once(committee, _refuse_twins)
    if changed := changes(before, snapshot(committee, FIELDS)):
        record(gettext_noop("Changed"), committee, by=by, now=now, changes=changed)
    return committee


def _refuse_twins(committee: Committee) -> None:
    others = Committee.objects.exclude(pk=committee.pk)
    if others.filter(name=committee.name).exists():
        raise TransitionError(_("There is a committee with this name already."))
    if committee.is_steering and (steering := others.filter(is_steering=True).first()):
        raise TransitionError(only_one_steers(steering))


def only_one_steers(steering: Committee) -> str:
    """Why another committee cannot steer too, as a sentence."""
    return _("“%(name)s” steers the coalition; there is only one such.") % {"name": steering}


@transaction.atomic
def add_seats(committee: Committee, *, by: User, constituencies: Iterable[str], now: datetime) -> list[Seat]:
    """One seat for each constituency (may be empty), numbered after those there are. Raises Refused."""
    return [add_seat(committee, by=by, constituency=one, now=now) for one in constituencies]


@transaction.atomic
def add_seat(committee: Committee, *, by: User, constituency: str = "", now: datetime) -> Seat:
    """A vacant seat with the next number. Raises Refused."""
    committee = lock(committee)
    require(by, "members.manage_committees", committee)
    last = Seat.objects.filter(committee=committee).aggregate(last=Max("number"))["last"] or 0
    seat = Seat.objects.create(committee=committee, number=last + 1, constituency=constituency)
    record(gettext_noop("Added seat %(number)s"), committee, by=by, now=now, number=seat.number)
    return seat


@transaction.atomic
def fill_seat(
    seat: Seat,
    *,
    by: User,
    organisation: Organisation,
    now: datetime,
    filled: str = SeatTerm.Filled.ELECTED,
    since: date | None = None,
    planned_until: date | None = None,
) -> SeatTerm:
    """`organisation` holds the seat from `since` (default today).

    Raises Refused, or TransitionError when the seat is taken, the organisation is no member now or holds another
    seat here, or the days do not fit.
    """
    committee = lock(seat.committee)
    seat = Seat.objects.select_for_update().get(pk=seat.pk)
    require(by, "members.manage_committees", committee)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    since = since or utc_day(now)
    if since > utc_day(now) + AHEAD:
        raise TransitionError(_("A term begins within a year from today. Check the year."))
    refuse_double(committee, seat, organisation, since)
    if planned_until is not None and planned_until <= since:
        raise TransitionError(_("The term must end after it begins."))
    term = SeatTerm.objects.create(
        seat=seat, organisation=organisation, filled=filled, since=since, planned_until=planned_until
    )
    record_term(gettext_noop("Seat %(number)s: filled by %(organisation)s"), term, by=by, now=now)
    return term


def refuse_double(committee: Committee, seat: Seat, organisation: Organisation, since: date) -> None:
    """Raise TransitionError unless `organisation` may hold `seat` from `since`. Part of an action, which holds both."""
    terms = SeatTerm.objects.holding_from(since).filter(seat__committee=committee)
    taken = terms.filter(seat=seat).select_related("organisation").first()
    if taken:
        raise TransitionError(_("%(name)s holds this seat then. End its term first.") % {"name": taken.organisation})
    elsewhere = terms.filter(organisation=organisation).select_related("seat").first()
    if elsewhere:
        raise TransitionError(
            _("%(name)s holds seat %(number)s of this committee. An organisation holds at most one.")
            % {"name": organisation, "number": elsewhere.seat.number}
        )
    statuses = [Membership.Status.ACTIVE, Membership.Status.DORMANT]
    if not Membership.objects.filter(
        organisation=organisation, organisation__ended_on=None, status__in=statuses
    ).exists():
        raise TransitionError(_("%(name)s is not a member of the coalition now.") % {"name": organisation})


@transaction.atomic
def end_term(term: SeatTerm, *, by: User, reason: str, now: datetime, until: date | None = None) -> SeatTerm:
    """The seat is vacant from `until` (default today, not later); whoever spoke for it stops. A term that has not
    begun is called off.

    Raises Refused, or TransitionError when it has ended or the day does not fit.
    """
    committee = lock(term.seat.committee)
    Seat.objects.select_for_update().get(pk=term.seat_id)
    term = SeatTerm.objects.select_for_update().get(pk=term.pk)
    require(by, "members.manage_committees", committee)
    if term.until is not None:
        raise TransitionError(_("This term has ended already."))
    until = until or max(utc_day(now), term.since)
    if term.since > utc_day(now):
        until = term.since  # called off before it began: nobody sat
    if until < term.since or until > max(utc_day(now), term.since):
        raise TransitionError(_("The last day lies between the first day of the term and today."))
    holders = list(term.holders.filter(until=None))
    for holder in holders:
        holder.until = max(until, holder.since)
        holder.save(update_fields=["until"])
    term.until, term.end_reason = until, reason
    term.save(update_fields=["until", "end_reason"])
    record_term(
        gettext_noop("Seat %(number)s: the term of %(organisation)s ended: %(reason)s"),
        term,
        by=by,
        now=now,
        reason=reason,
    )
    can_be_taken_back("members.end_term", term, by=by, now=now, holders=[holder.pk for holder in holders])
    return term


def record_term(verb: str, term: SeatTerm, *, by: User, now: datetime, **details: str) -> None:
    """On the committee; to those only who may know of the organisation. Part of an action."""
    hidden = term.organisation.visibility not in (Visibility.PUBLIC, Visibility.MEMBERS)
    record(
        verb,
        term.seat.committee,
        by=by,
        now=now,
        visibility=term.organisation.visibility if hidden else None,
        number=term.seat.number,
        organisation=term.organisation.name,
        organisation_id=term.organisation_id,
        **details,
    )


@transaction.atomic
def name_holder(
    term: SeatTerm,
    *,
    by: User,
    person: Person,
    now: datetime,
    capacity: str = SeatHolder.Capacity.REPRESENTATIVE,
    since: date | None = None,
) -> SeatHolder:
    """`person` speaks for the seat from `since` (default today); whoever did so in that capacity stops that day.

    Raises Refused, or TransitionError when the term has ended, the person does not represent the organisation, is
    named for this seat already, or the day does not fit.
    """
    committee = lock(term.seat.committee)
    Seat.objects.select_for_update().get(pk=term.seat_id)
    term = SeatTerm.objects.select_for_update().get(pk=term.pk)
    require(by, "members.manage_committees", committee)
    Organisation.objects.select_for_update().get(pk=term.organisation_id)
    since = since or max(utc_day(now), term.since)
    _refuse_holder(term, person, since)
    for before in term.holders.filter(capacity=capacity, until=None):
        if before.since > since:
            raise TransitionError(_("%(name)s was named for a later day.") % {"name": before.person})
        before.until = since
        before.save(update_fields=["until"])
    holder = SeatHolder.objects.create(term=term, person=person, capacity=capacity, since=since)
    record_holder(NAMED, holder, by=by, now=now)
    return holder


def _refuse_holder(term: SeatTerm, person: Person, since: date) -> None:
    if term.until is not None:
        raise TransitionError(_("This term has ended already."))
    if since < term.since:
        raise TransitionError(_("The term of the organisation begins later than that day."))
    if not Representation.objects.current(since).filter(person=person, organisation=term.organisation).exists():
        raise TransitionError(
            _("%(person)s does not speak for %(organisation)s then. Add them to its contacts first.")
            % {"person": person, "organisation": term.organisation}
        )
    if term.holders.filter(person=person, until=None).exists():
        raise TransitionError(_("%(name)s is named for this seat already.") % {"name": person})


@transaction.atomic
def end_holder(holder: SeatHolder, *, by: User, now: datetime) -> SeatHolder:
    """Somebody stops speaking for a seat, today. Raises Refused, or TransitionError when they stopped before."""
    committee = lock(holder.term.seat.committee)
    holder = SeatHolder.objects.select_for_update().get(pk=holder.pk)
    require(by, "members.manage_committees", committee)
    if holder.until is not None:
        raise TransitionError(_("%(name)s stopped already.") % {"name": holder.person})
    leave_seat(holder, by=by, now=now)
    can_be_taken_back("members.end_holder", holder, by=by, now=now)
    return holder


def leave_seat(holder: SeatHolder, *, by: User, now: datetime) -> None:
    """They stop speaking for the seat today. Part of an action, which locks the committee and requires."""
    holder.until = max(utc_day(now), holder.since)
    holder.save(update_fields=["until"])
    record_holder(LEFT, holder, by=by, now=now)


def record_holder(verbs: dict[SeatHolder.Capacity, str], holder: SeatHolder, *, by: User, now: datetime) -> None:
    """On the committee: the verb of the holder's capacity. Part of an action."""
    record(
        verbs[SeatHolder.Capacity(holder.capacity)],
        holder.term.seat.committee,
        by=by,
        now=now,
        number=holder.term.seat.number,
        person=holder.person_id,
    )


def lock(committee: Committee) -> Committee:
    """The committee as it stands, held until the transaction ends. Part of an action."""
    return Committee.objects.select_for_update().get(pk=committee.pk)
