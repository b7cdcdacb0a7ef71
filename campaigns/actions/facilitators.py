"""What can happen to who covers what: a scope is added, changed and ended, given to people, and handed over.

Every action locks the campaign first: whoever ends a campaign ends who covers what in it.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from campaigns.actions.assignments import begin, lock_people, move_work, relanguage, stop, tell
from campaigns.actions.campaigns import refuse_over
from campaigns.models import Assignment, Campaign, Scope
from history.actions import changes, record, refuse_stale, snapshot
from members.countries import regions
from members.models import OwnRegion
from members.models.terms import utc_day

SCOPE_FIELDS = ["languages", "theme"]
LEAD, BACKUP = Assignment.Capacity.LEAD, Assignment.Capacity.BACKUP


@dataclass(frozen=True)
class Place:
    """Who is to be lead or backup, and the codes of the languages they work in; nobody: the place stays empty."""

    person: Person | None = None
    languages: list[str] = field(default_factory=list)


@transaction.atomic
def add_scope(
    campaign: Campaign,
    *,
    by: User,
    now: datetime,
    languages: list[str],
    region: str = "",
    own_region: OwnRegion | None = None,
    theme: str = "",
) -> Scope:
    """A part of the work: a region (M49 code), a region of our own or a theme, in `languages` (codes).

    Raises Refused, or TransitionError (none or several of the three; there already; the campaign is over).
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, "campaigns.keep_scopes", campaign)
    refuse_over(campaign)
    if [bool(region), bool(own_region), bool(theme)].count(True) != 1 or (region and region not in regions()):
        raise TransitionError(_("Choose a region, or name a theme."))
    scope = Scope(campaign=campaign, region=region, own_region=own_region, theme=theme, languages=sorted(languages))
    _save(scope)
    record(gettext_noop("Added it to the campaign"), scope, by=by, now=now)
    return scope


@transaction.atomic
def edit_scope(
    scope: Scope, *, by: User, now: datetime, languages: list[str], theme: str = "", seen: int | None = None
) -> Scope:
    """Change its working languages and the words for its theme; a region is ended, and another one added.

    `seen`: the state the typist saw. Raises Refused, Stale, or TransitionError (ended; such a theme is there; a theme without words, or a region with them).
    """
    scope = _locked(scope)
    require(by, "campaigns.keep_scopes", scope)
    _refuse_ended(scope)
    if bool(theme) != bool(scope.theme):
        raise TransitionError(_("Choose a region, or name a theme."))
    refuse_stale(scope, seen, SCOPE_FIELDS)
    before = snapshot(scope, SCOPE_FIELDS)
    scope.languages, scope.theme = sorted(languages), theme
    if changed := changes(before, snapshot(scope, before)):
        _save(scope)
        record(gettext_noop("Changed what is covered"), scope, by=by, now=now, changes=changed)
    return scope


@transaction.atomic
def end_scope(scope: Scope, *, by: User, now: datetime, reason: str) -> Scope:
    """Nobody is to cover it any more, from today; whoever did is told. Raises Refused, TransitionError."""
    scope = _locked(scope)
    require(by, "campaigns.keep_scopes", scope)
    _refuse_ended(scope)
    left = _standing(scope)
    lock_people(one.person for one in left.values())
    scope.ended_on, scope.end_reason = utc_day(now), reason
    scope.save(update_fields=["ended_on", "end_reason"])
    record(gettext_noop("Ended: %(reason)s"), scope, by=by, now=now, reason=reason)
    for assignment in left.values():
        stop(assignment, note="", by=by, now=now)
    tell(left.values(), now=now)
    return scope


@transaction.atomic
def reassign(
    scope: Scope, *, by: User, now: datetime, lead: Place, backup: Place, note: str = "", seen: str | None = None
) -> int:
    """Say in one step who leads it and who is the backup. Open work goes to the new lead; everybody concerned is told.

    `note`: kept with the lead who stops, else with the backup. `seen`: what `Scope`'s page said of the two (`as_seen`), so that nobody overwrites
    what they have not read. Returns how much open work moved. Raises Refused, TransitionError.
    """
    scope = _locked(scope)
    require(by, "campaigns.keep_scopes", scope)
    _refuse_ended(scope)
    before, wanted = _standing(scope), {LEAD: lead, BACKUP: backup}
    if seen is not None and seen != as_seen(before.get(LEAD), before.get(BACKUP)):
        raise TransitionError(_("Somebody else has changed who covers it. Look at the page, then begin again."))
    if lead.person is not None and lead.person == backup.person:
        raise TransitionError(_("The backup steps in for the lead: choose two people."))
    return _put(scope, before, wanted, note=note, by=by, now=now)


@transaction.atomic
def hand_over(scope: Scope, *, by: User, now: datetime, note: str, stays: bool = False, seen: str | None = None) -> int:
    """The backup becomes the lead; the lead becomes the backup (`stays`) or stops. Both are told.

    `seen`: as in `reassign`, with the note. Returns how much open work moved. Raises Refused, or TransitionError
    without a lead or a backup, or when somebody else has changed either or the note meanwhile.
    """
    scope = _locked(scope)
    require(by, "campaigns.hand_over", scope)
    _refuse_ended(scope)
    before = _standing(scope)
    if before.keys() != {LEAD, BACKUP}:
        raise TransitionError(_("There is no backup to hand over to. Ask the staff to name one."))
    lead, backup = before[LEAD], before[BACKUP]
    if seen is not None and seen != hand_over_as_seen(lead, backup):
        raise TransitionError(
            _(
                "Somebody else has changed it meanwhile: the backup is %(backup)s, and the note says “%(note)s”. Nothing was handed over. If your note is still right, hand over again."
            )
            % {"backup": backup.person, "note": lead.note}
        )
    wanted = {
        LEAD: Place(backup.person, backup.languages),
        BACKUP: Place(lead.person, lead.languages) if stays else Place(),
    }
    return _put(scope, before, wanted, note=note, by=by, now=now)


@transaction.atomic
def write_note(assignment: Assignment, *, by: User, now: datetime, note: str, seen: str | None = None) -> Assignment:
    """What whoever takes over must know, written while there is time.

    `seen`: the note its form began with (`note_as_seen`). Raises Refused, or TransitionError once ended, or when
    somebody else has changed the note meanwhile.
    """
    assignment = Assignment.objects.select_for_update(of=("self",)).select_related("scope").get(pk=assignment.pk)
    require(by, "campaigns.write_note", assignment)
    if assignment.until is not None:
        raise TransitionError(_("This has ended: the note stays as it is."))
    if seen is not None and seen != note_as_seen(assignment.note):
        raise TransitionError(
            _(
                "Somebody else has changed the note meanwhile. It says now: “%(note)s”. Yours stands below and is not kept yet: put both together and keep it again."
            )
            % {"note": assignment.note}
        )
    if assignment.note != note:
        assignment.note = note
        assignment.save(update_fields=["note"])
        person = assignment.person_id
        record(
            gettext_noop("The handover note of %(person)s has changed"), assignment.scope, by=by, now=now, person=person
        )
    return assignment


def as_seen(lead: Assignment | None, backup: Assignment | None) -> str:
    """Who covers it, as a form carries it along."""
    return " ".join(f"{one.pk}" if one else "-" for one in (lead, backup))


def note_as_seen(note: str) -> str:
    """A note, as a form carries it along; a browser sends other line ends than we keep."""
    return hashlib.sha256(note.replace("\r\n", "\n").encode()).hexdigest()


def hand_over_as_seen(lead: Assignment | None, backup: Assignment | None) -> str:
    """Who covers it and what the lead noted, as a form carries it along."""
    return f"{as_seen(lead, backup)} {note_as_seen(lead.note if lead else '')}"


def _put(
    scope: Scope,
    before: dict[str, Assignment],
    wanted: dict[Assignment.Capacity, Place],
    *,
    note: str,
    by: User,
    now: datetime,
) -> int:
    lock_people([*(one.person for one in before.values()), *(place.person for place in wanted.values())])
    stays = {capacity for capacity, one in before.items() if one.person == wanted[Assignment.Capacity(capacity)].person}
    leaving = [one for capacity, one in before.items() if capacity not in stays]
    # New ones begin before old ones stop: whoever changes places keeps the region they had.
    for one in leaving:
        one.until = max(utc_day(now), one.since)
        one.save(update_fields=["until"])
    coming = [
        begin(scope, place.person, capacity=capacity, languages=sorted(place.languages), by=by, now=now)
        for capacity, place in wanted.items()
        if place.person is not None and capacity not in stays
    ]
    teller = next(iter(sorted(leaving, key=lambda one: one.capacity != LEAD)), None)  # the lead's word, if they go
    for one in leaving:
        stop(one, note=note if one is teller else "", by=by, now=now)
    for capacity in stays:
        relanguage(before[capacity], sorted(wanted[Assignment.Capacity(capacity)].languages), by=by, now=now)
    if leaving or coming:
        tell([*leaving, *coming, *(before[capacity] for capacity in stays)], now=now)
    led = before[LEAD].person if LEAD in before else None
    return move_work(scope, led, wanted[LEAD].person, by=by, now=now)


def _locked(scope: Scope) -> Scope:
    """With its campaign, locked too."""
    campaign = Campaign.objects.select_for_update().get(pk=scope.campaign_id)
    locked = Scope.objects.select_for_update(of=("self",)).select_related("own_region").get(pk=scope.pk)
    locked.campaign = campaign
    return locked


def _standing(scope: Scope) -> dict[str, Assignment]:
    rows = scope.assignments.filter(until=None).select_related("person", "appointment")
    standing = {row.capacity: row for row in rows.select_for_update(of=("self",))}
    for row in standing.values():
        row.scope = scope
    return standing


def _refuse_ended(scope: Scope) -> None:
    refuse_over(scope.campaign)
    if scope.ended_on is not None:
        raise TransitionError(_("This has ended: nobody covers it any more."))


def _save(scope: Scope) -> None:
    """The constraint sees a twin, also one that was added in this very moment."""
    try:
        with transaction.atomic():
            scope.save()
    except IntegrityError as error:
        if "one_open_scope_per_region_or_theme" not in str(error):
            raise
        raise TransitionError(_("The campaign has “%(scope)s” already.") % {"scope": scope}) from error
