"""The ledger of disagreement: an objection opens an entry, is somebody's care, gets its next date, and ends."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User, Visibility
from accounts.rules import allows, require
from accounts.zones import date_in, day
from decisions.models import AnswerChange, Disagreement, Elector, Round
from decisions.outcome import Choice
from history.actions import changes, record, refuse_stale, snapshot
from members.models import Appointment, CommitteeOffice, SeatHolder
from notices.actions.planning import cancel, post, replan

YOURS = "decisions.disagreement_yours"
FIRST = timedelta(days=7)  # until somebody sets another date
FIELDS = ("owner", "next_on", "note", "status")
OWN_ENDS = {Disagreement.Status.WITHDRAWN, Disagreement.Status.DISSOCIATES}
ENDED = {
    Disagreement.Status.AMENDED: gettext_noop("Ended: the text was amended. %(sentence)s"),
    Disagreement.Status.WITHDRAWN: gettext_noop("Ended: the objection was withdrawn. %(sentence)s"),
    Disagreement.Status.STANDS: gettext_noop("Ended: it stands, and is minuted. %(sentence)s"),
    Disagreement.Status.DISSOCIATES: gettext_noop("Ended: the organisation dissociates itself. %(sentence)s"),
}


def follow_answer(elector: Elector, asked: Round, change: AnswerChange, *, now: datetime) -> None:
    """An answer was given in time: an objection opens the seat's entry, or opens it again; any other ends it as
    withdrawn. Part of answering, which holds the round's lock.
    """
    entry = Disagreement.objects.select_for_update().filter(elector=elector).first()
    if change.choice != Choice.OBJECT:
        if entry is not None and Disagreement.Status.WITHDRAWN in Disagreement.STEPS[Disagreement.Status(entry.status)]:
            _end(entry, Disagreement.Status.WITHDRAWN, by=change.by, ending="", now=now)
            _record(entry, gettext_noop("Ended: the seat changed its answer"), by=None, now=now)
        return
    if entry is None:
        entry = Disagreement(elector=elector, owner_id=asked.opened_by_id, opened_at=now, zone=asked.zone)
    elif entry.is_open:
        entry.objection = change
        entry.save(update_fields=["objection"])
        return
    else:
        entry.step_to(Disagreement.Status.OPEN)
        entry.epoch, entry.hand = entry.epoch + 1, entry.hand + 1
    entry.objection, entry.ending, entry.ended_at, entry.ended_by = change, "", None, None
    entry.next_on = date_in(now + FIRST, entry.zone)
    entry.handed_at = entry.scheduled_at = now
    entry.save()
    _record(entry, gettext_noop("A seat objected; next looked at on %(day)s"), by=None, now=now, day=str(entry.next_on))
    _tell_owner(entry, now)
    replan(entry, now=now)


@transaction.atomic
def hand_disagreement(
    entry: Disagreement, *, by: User, owner: Person, now: datetime, seen: int | None = None
) -> Disagreement:
    """Make it the care of another, who is told at once. `seen`: the state the typist saw.

    Raises Refused, Stale; TransitionError once ended, or when the other may not read it.
    """
    entry = _locked_open(entry, by)
    refuse_stale(entry, seen, FIELDS)
    if owner.pk == entry.owner_id:
        return entry
    if not keepers_of(entry).filter(pk=owner.pk).exists():
        raise TransitionError(
            _("%(name)s is neither staff nor of the committee, so cannot read this objection.") % {"name": owner}
        )
    before = snapshot(entry, FIELDS)
    entry.owner, entry.handed_at, entry.hand = owner, now, entry.hand + 1
    entry.save()
    _record(entry, gettext_noop("Handed it on"), by=by, now=now, changes=changes(before, snapshot(entry, FIELDS)))
    cancel(entry, reason=gettext_noop("handed on"), now=now, kinds=[YOURS])
    if owner.pk != by.person_id:
        _tell_owner(entry, now)
    replan(entry, now=now)
    return entry


@transaction.atomic
def set_next_date(
    entry: Disagreement, *, by: User, next_on: date, note: str, now: datetime, seen: int | None = None
) -> Disagreement:
    """Say when it is looked at next, and what happens then; reminders start afresh.

    Raises Refused, Stale; TransitionError once ended, or for a day that is over.
    """
    entry = _locked_open(entry, by)
    refuse_stale(entry, seen, FIELDS)
    if next_on < date_in(now, entry.zone):
        raise TransitionError(_("%(day)s is over already.") % {"day": day(next_on)})
    before = snapshot(entry, FIELDS)
    entry.next_on, entry.note = next_on, note
    changed = changes(before, snapshot(entry, FIELDS))
    if "next_on" in changed:
        entry.epoch, entry.scheduled_at = entry.epoch + 1, now
    entry.save()
    if changed:
        _record(entry, gettext_noop("Set the next date"), by=by, now=now, changes=changed)
        replan(entry, now=now)
    return entry


@transaction.atomic
def end_disagreement(
    entry: Disagreement, *, by: User, end: str, sentence: str, now: datetime, seen: int | None = None
) -> Disagreement:
    """Settle it, with a sentence that stays. The seat that objected may withdraw its objection or dissociate itself;
    of these two ends another seat says nothing, even if it owns the entry.

    Raises Refused, Stale; TransitionError when it has ended, or while its round is open and the seat's own answer
    would withdraw it.
    """
    entry = _locked(entry)
    status = Disagreement.Status(end)
    if status not in OWN_ENDS:
        require(by, "decisions.keep_disagreement", entry)
    elif not allows(by, "decisions.end_own_disagreement", entry):
        require(by, "decisions.minute_own_end", entry)
    refuse_stale(entry, seen, FIELDS)
    _require_open(entry)
    asked = entry.elector.round
    if status == Disagreement.Status.WITHDRAWN and Round.objects.running(now).filter(pk=asked.pk).exists():
        raise TransitionError(
            _("The round is still open: the objection is withdrawn when the seat changes its answer there.")
        )
    before = snapshot(entry, FIELDS)
    _end(entry, status, by=by.person, ending=sentence, now=now)
    changed = changes(before, snapshot(entry, FIELDS))
    _record(entry, ENDED[status], by=by, now=now, sentence=sentence, changes=changed)
    return entry


def keepers_of(entry: Disagreement) -> QuerySet[Person]:
    """Who may have it in hand: staff, and the chairs and seats of the committee, as of today."""
    staff = Appointment.objects.current().filter(role__in=[Appointment.Role.STAFF, Appointment.Role.ADMIN])
    chairs = CommitteeOffice.objects.current().filter(committee=entry.committee_id)
    seats = SeatHolder.objects.current().filter(term__seat__committee=entry.committee_id)
    of_them = (Q(pk__in=rows.values("person")) for rows in (staff, chairs, seats))
    return Person.objects.filter(next(of_them) | next(of_them) | next(of_them)).order_by("display_name", "id")


def _end(entry: Disagreement, status: Disagreement.Status, *, by: Person, ending: str, now: datetime) -> None:
    entry.step_to(status)
    entry.ending, entry.ended_at, entry.ended_by = ending, now, by
    entry.save()
    cancel(entry, reason=gettext_noop("the disagreement has ended"), now=now)


def _tell_owner(entry: Disagreement, now: datetime) -> None:
    """Each time it comes to somebody is an occasion of its own."""
    post(YOURS, entry, [entry.owner], now=now, slot=f"now+{entry.hand}" if entry.hand else "now")


def _record(entry: Disagreement, verb: str, *, by: User | None, now: datetime, **details: Any) -> None:
    record(verb, entry, by=by, now=now, visibility=Visibility.STEERING, **details)


def _locked(entry: Disagreement) -> Disagreement:
    # The round is read with it, not locked: it says what the entry is about, which never changes.
    rows = Disagreement.objects.select_for_update(of=("self",)).select_related("elector__round")
    return rows.get(pk=entry.pk)


def _locked_open(entry: Disagreement, by: User) -> Disagreement:
    entry = _locked(entry)
    require(by, "decisions.keep_disagreement", entry)
    _require_open(entry)
    return entry


def _require_open(entry: Disagreement) -> None:
    if not entry.is_open:
        raise TransitionError(_("This disagreement has ended: “%(end)s”.") % {"end": entry.get_status_display()})
