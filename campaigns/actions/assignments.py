"""How somebody comes to have a scope in hand, and stops: parts of the actions that say who covers what.

Whoever calls them holds the campaign and has asked who may. People are locked in one order, so that two who reassign
at once never wait for each other in a circle.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User, Visibility
from campaigns.actions.tasks import move_tasks
from campaigns.models import Assignment, Campaign, Milestone, Scope, Task
from history.actions import changes, record, snapshot
from members.actions.invitations import lock_person
from members.actions.regions import appoint_facilitator, dismiss_facilitator
from members.hats import account_of
from members.models.terms import utc_day
from notices.actions.planning import post, replan

BEGAN = {
    Assignment.Capacity.LEAD: gettext_noop("%(person)s leads it now"),
    Assignment.Capacity.BACKUP: gettext_noop("%(person)s is the backup now"),
}
ENDED = {
    Assignment.Capacity.LEAD: gettext_noop("%(person)s leads it no more"),
    Assignment.Capacity.BACKUP: gettext_noop("%(person)s is no longer the backup"),
}
SEEN_BY_ALL = {Visibility.PUBLIC, Visibility.MEMBERS}


def lock_people(people: Iterable[Person | None]) -> None:
    """Everybody whose hats change, in one order."""
    for pk in sorted({person.pk for person in people if person}):
        lock_person(pk)


def begin(scope: Scope, person: Person, *, capacity: str, languages: list[str], by: User, now: datetime) -> Assignment:
    """`person` has `scope` in hand from today, and with it its region. Raises TransitionError if they may not see it."""
    appointment, is_new = appoint_facilitator(person, by=by, now=now, region=scope.region, own_region=scope.own_region)
    if scope.campaign.visibility not in SEEN_BY_ALL and not (
        Scope.objects.visible_to(account_of(person)).filter(pk=scope.pk).exists()
    ):
        raise TransitionError(
            _("%(name)s may not see this campaign. Let more people see it, or choose somebody else.") % {"name": person}
        )
    given = is_new or Assignment.objects.filter(appointment=appointment).exists()
    assignment = Assignment.objects.create(
        scope=scope,
        person=person,
        capacity=capacity,
        languages=languages,
        since=utc_day(now),
        appointment=appointment if given else None,
    )
    record(BEGAN[Assignment.Capacity(capacity)], scope, by=by, now=now, person=person.pk)
    return assignment


def stop(assignment: Assignment, *, note: str, by: User, now: datetime) -> None:
    """They have it in hand no more, from today; a region that only this gave them goes with it. `note`: for the next."""
    assignment.until = max(utc_day(now), assignment.since)
    assignment.note = note or assignment.note
    assignment.save(update_fields=["until", "note"])
    verb = ENDED[Assignment.Capacity(assignment.capacity)]
    record(verb, assignment.scope, by=by, now=now, person=assignment.person_id)
    given = assignment.appointment
    if given and not Assignment.objects.filter(appointment=given, until=None).exists():
        dismiss_facilitator(given, by=by, now=now)


def stop_all(campaign: Campaign, *, by: User, now: datetime) -> list[UUID]:
    """Nobody has anything of it in hand any more: it is over. Returns the ids of the assignments that ended."""
    standing = Assignment.objects.filter(scope__campaign=campaign, until=None)
    rows = list(standing.select_related("scope", "person", "appointment").select_for_update(of=("self",)))
    lock_people(row.person for row in rows)
    for row in rows:
        stop(row, note="", by=by, now=now)
    return [row.pk for row in rows]


def take_up_again(assignments: Iterable[Any], *, by: User, now: datetime) -> None:
    """Whoever had these (ids), which ended with their campaign, begins anew, where nobody else has begun since."""
    ended = Assignment.objects.filter(pk__in=list(assignments), scope__ended_on=None)
    rows = list(ended.select_related("scope__campaign", "scope__own_region", "person"))
    lock_people(row.person for row in rows)
    for row in rows:
        standing = Assignment.objects.filter(scope=row.scope, until=None)
        if not standing.filter(Q(capacity=row.capacity) | Q(person=row.person)).exists():
            begin(row.scope, row.person, capacity=row.capacity, languages=row.languages, by=by, now=now)


def relanguage(assignment: Assignment, languages: list[str], *, by: User, now: datetime) -> None:
    """They work in these languages; told to nobody."""
    before = snapshot(assignment, ["languages"])
    assignment.languages = languages
    if changed := changes(before, snapshot(assignment, before)):
        assignment.save(update_fields=["languages"])
        verb = gettext_noop("%(person)s works in other languages")
        who, of = assignment.person_id, "campaigns.assignment"  # whose field it is
        record(verb, assignment.scope, by=by, now=now, person=who, of=of, changes=changed)


def move_work(scope: Scope, before: Person | None, after: Person | None, *, by: User, now: datetime) -> int:
    """What is open in `scope`, milestones and tasks on them, goes from one lead to the next, with its reminders.

    Returns how much.
    """
    if before is None or after is None or before == after:
        return 0
    rows = Milestone.objects.open().filter(scope=scope, owner=before).select_related("campaign", "owner")
    milestones = list(rows.select_for_update(of=("self",)))
    for milestone in milestones:
        milestone.owner = after
        milestone.save(update_fields=["owner"])
        changed = {"owner": [before.pk, after.pk]}
        record(gettext_noop("Changed the milestone"), milestone, by=by, now=now, changes=changed)
        replan(milestone, now=now)
    tasks = Task.objects.open().owned_by(before).on_any(Milestone.objects.filter(scope=scope))
    return len(milestones) + move_tasks(tasks, after, by=by, now=now)


def tell(assignments: Iterable[Assignment], *, now: datetime) -> None:
    """Everybody whose part in a scope has changed, once each; an earlier notice not yet sent gives way."""
    for assignment in assignments:
        assignment.epoch += 1
        assignment.save(update_fields=["epoch"])
        post("campaigns.reassigned", assignment, [assignment.person], now=now)
