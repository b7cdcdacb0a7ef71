"""What can happen to a task: it is asked for, changed, handed on or taken, done, dropped, and opened again."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from campaigns.belonging import noun_of
from campaigns.models import Task
from history.actions import changes, record, refuse_stale, snapshot
from members.hats import organisations_of
from members.models import Organisation
from notices.actions.planning import cancel, post, replan

TASK_FIELDS = ("title", "note", "due_on", "zone", "visibility")
HANDED = "campaigns.task_handed"


class TaskFields(TypedDict):
    title: str
    note: str
    due_on: date
    zone: str
    visibility: str


@transaction.atomic
def add_task(
    subject: models.Model,
    *,
    by: User,
    now: datetime,
    owner: Person | None,
    organisation: Organisation | None,
    **fields: Unpack[TaskFields],
) -> Task:
    """Ask for something on `subject`; its owner is told at once, unless they asked themselves. Raises Refused."""
    noun = noun_of(subject)
    locked: models.Model = noun.rows().select_for_update(of=("self",), no_key=True).get(pk=subject.pk)
    require(by, "campaigns.add_task", locked)
    task = Task.objects.create(
        content_type=noun.content_type,
        object_id=locked.pk,
        owner=owner,
        organisation=organisation if owner else None,
        asked_by=by.person,
        **dict.fromkeys(("asked_at", "handed_at", "scheduled_at"), now),
        **fields,
    )
    record(gettext_noop("Asked for it"), task, by=by, now=now)
    _tell_owner(task, by, now)
    replan(task, now=now)
    return task


@transaction.atomic
def edit_task(task: Task, *, by: User, now: datetime, seen: int | None = None, **fields: Unpack[TaskFields]) -> Task:
    """Change or move it; a new day starts its reminders afresh. `seen`: the state the typist saw.

    Raises Refused, Stale, or TransitionError once closed.
    """
    task = _locked_open(task, by, "campaigns.change_task")
    refuse_stale(task, seen, TASK_FIELDS)
    before = snapshot(task, TASK_FIELDS)
    for name, value in fields.items():
        setattr(task, name, value)
    changed = changes(before, snapshot(task, TASK_FIELDS))
    if "due_on" in changed:
        task.epoch, task.scheduled_at = task.epoch + 1, now
    task.save()
    if changed:
        moved = gettext_noop("Moved the task")
        verb = moved if "due_on" in changed else gettext_noop("Changed the task")
        record(verb, task, by=by, now=now, changes=changed)
        replan(task, now=now)
    return task


@transaction.atomic
def hand_task(task: Task, *, by: User, now: datetime, owner: Person | None, organisation: Organisation | None) -> Task:
    """Hand it to somebody else (None: to nobody yet); the new owner is told at once, the old one reminded no more.

    Raises Refused, or TransitionError once closed.
    """
    task = _locked_open(task, by, "campaigns.change_task")
    _hand(task, by, now, owner, organisation, gettext_noop("Handed it on"))
    return task


@transaction.atomic
def take_task(task: Task, *, by: User, now: datetime, organisation: Organisation | None) -> Task:
    """Take on oneself what nobody has yet. Raises Refused, or TransitionError when somebody has it or it is closed."""
    task = _locked_open(task, by, "campaigns.take_task")
    if task.owner is not None:
        raise TransitionError(_("%(person)s has taken this task already.") % {"person": task.owner})
    _hand(task, by, now, by.person, organisation, gettext_noop("Took it on"))
    return task


@transaction.atomic
def finish_task(task: Task, *, by: User, now: datetime) -> Task:
    """It is done; nobody is reminded any more. Raises Refused, TransitionError."""
    return _step(task, Task.Status.DONE, by, now, gettext_noop("Done"))


@transaction.atomic
def drop_task(task: Task, *, by: User, now: datetime, reason: str) -> Task:
    """It will not be done, with the reason. Raises Refused, TransitionError."""
    return _step(task, Task.Status.DROPPED, by, now, gettext_noop("Dropped: %(reason)s"), reason=reason)


@transaction.atomic
def reopen_task(task: Task, *, by: User, now: datetime) -> Task:
    """It was not done after all, or is needed again; reminders go on. Raises Refused, TransitionError."""
    return _step(task, Task.Status.OPEN, by, now, gettext_noop("Opened again"))


def move_tasks(tasks: QuerySet[Task], after: Person, *, by: User, now: datetime) -> int:
    """All of these, open and somebody's, go to `after`; part of an action that has asked who may, and tells of it.

    Returns how many.
    """
    hats = organisations_of(after)[:2]
    only = hats[0] if len(hats) == 1 else None
    rows = list(tasks.select_for_update())
    for task in rows:
        _hand(task, by, now, after, only, gettext_noop("Handed it on"), is_told=True)
    return len(rows)


def _step(task: Task, status: Task.Status, by: User, now: datetime, verb: str, reason: str = "") -> Task:
    task = _locked(task)
    require(by, "campaigns.change_task", task)
    if task.status == status:  # a second click, or two who say the same
        return task
    task.step_to(status)
    task.closed_at, task.drop_reason = (None if task.is_open else now), reason
    task.save()
    details: dict[str, Any] = {"reason": reason} if reason else {}
    record(verb, task, by=by, now=now, **details)
    if not task.is_open:
        cancel(task, reason=gettext_noop("the task is closed"), now=now, kinds=[HANDED])
    replan(task, now=now)
    return task


def _hand(
    task: Task,
    by: User,
    now: datetime,
    owner: Person | None,
    organisation: Organisation | None,
    verb: str,
    *,
    is_told: bool = False,
) -> None:
    """`is_told`: the new owner hears of it anyway."""
    before, old = snapshot(task, ("owner", "organisation")), task.owner_id
    task.owner, task.organisation = owner, organisation if owner else None
    changed = changes(before, snapshot(task, ("owner", "organisation")))
    if not changed:
        return
    if task.owner_id != old:
        task.hand, task.handed_at = task.hand + 1, now
    task.save()
    record(verb, task, by=by, now=now, changes=changed)
    if task.owner_id != old:
        # Whoever had it for an hour at night need not hear of it in the morning.
        cancel(task, reason=gettext_noop("handed on"), now=now, kinds=[HANDED])
        if not is_told:
            _tell_owner(task, by, now)
    replan(task, now=now)


def _tell_owner(task: Task, by: User, now: datetime) -> None:
    """Each time it comes to somebody is an occasion of its own; who hands it to themselves knows."""
    if task.owner is not None and task.owner_id != by.person_id:
        post(HANDED, task, [task.owner], now=now, slot=f"now+{task.hand}" if task.hand else "now")


def _locked(task: Task) -> Task:
    # Not joined with its owner: after a wait for the row the join would still say whose it was before.
    return Task.objects.select_for_update().get(pk=task.pk)


def _locked_open(task: Task, by: User, permission: str) -> Task:
    task = _locked(task)
    require(by, permission, task)
    if not task.is_open:
        raise TransitionError(_("This task is closed: open it again first."))
    return task
