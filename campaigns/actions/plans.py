"""What can happen to dates that hang together: a backward plan becomes milestones, and the rest moves with a deadline."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from accounts.weeks import weekend_of
from campaigns.actions.campaigns import refuse_over
from campaigns.actions.dependencies import tie
from campaigns.actions.milestones import MILESTONE_FIELDS, enter, locked, refuse_full, save_changes
from campaigns.backward_plan import Laid, TooFarBack, laid_backwards, moved_along
from campaigns.models import Campaign, Milestone
from campaigns.models.dependencies import hanging_on
from history.actions import record, snapshot
from history.models import Entry


@dataclass(frozen=True)
class Step:
    """One step of a plan; `days` are whole working days."""

    title: str
    days: int
    owner: Person | None


class Deadline(TypedDict):
    """The day that others set, at the place whose days and weekends count."""

    title: str
    kind: str
    day: date
    place: str
    zone: str
    owner: Person | None


@dataclass(frozen=True)
class Move:
    """Where a milestone stands and where it would stand; `last` is None for one day."""

    milestone: Milestone
    first: date
    last: date | None


@transaction.atomic
def accept_plan(
    campaign: Campaign, *, by: User, now: datetime, plan: UUID, steps: Sequence[Step], **deadline: Unpack[Deadline]
) -> Milestone:
    """Create the deadline, and a milestone for each step, each after the one before it.

    `plan` becomes the deadline's id: accepting the same plan again creates nothing and returns what is there. Raises
    Refused, or TransitionError when the campaign is over or full, or the calendar too short.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    require(by, "campaigns.add_milestone", campaign)
    refuse_over(campaign)
    if (made := Milestone.objects.filter(pk=plan).first()) is not None:
        if made.campaign_id != campaign.pk:
            raise TransitionError(_("This plan belongs to another campaign."))
        return made
    refuse_full(campaign, more=len(steps) + 1)
    laid = lay(deadline["day"], steps, zone=deadline["zone"])
    chain = [*_steps(campaign, steps, laid, zone=deadline["zone"]), _deadline(campaign, plan, deadline)]
    for one in chain:
        enter(one, by=by, now=now)
    tie(campaign, zip(chain[1:], chain, strict=False), by=by, now=now)
    record(gettext_noop("Planned backwards from “%(title)s”"), campaign, by=by, now=now, title=deadline["title"])
    return chain[-1]


@transaction.atomic
def move_along(deadline: Milestone, *, by: User, now: datetime, seen: int, chosen: Collection[UUID]) -> list[Milestone]:
    """Move the `chosen` of what hangs on `deadline` as far as it has moved. `seen`: its epoch when they were chosen.

    Raises Refused, or TransitionError where one of them, or the deadline, has moved since, or the campaign is over.
    """
    deadline = locked(deadline)
    require(by, "campaigns.edit_milestone", deadline)
    refuse_over(deadline.campaign)
    offered = {move.milestone.pk: move for move in moves_with(deadline)}
    if deadline.epoch != seen or not offered.keys() >= set(chosen):
        raise TransitionError(_("Some of these dates have moved since you looked. Here they are as they stand now."))
    return [_move(offered[pk], by=by, now=now) for pk in offered if pk in chosen]


def lay(day: date, steps: Sequence[Step], *, zone: str) -> list[Laid]:
    """The dates of `steps` before `day`, over the working days of `zone`. Raises TransitionError."""
    try:
        return laid_backwards(day, [step.days for step in steps], weekend_of(zone))
    except TooFarBack:
        raise TransitionError(_("These steps would begin before the calendar does.")) from None


def moves_with(deadline: Milestone) -> list[Move]:
    """What hangs on `deadline` and was dated before it last moved, with the dates that keep its distance.

    Raises TransitionError.
    """
    moved = Entry.objects.of(deadline).filter(details__changes__has_key="starts_on").order_by("number")
    stood = [(entry.at, date.fromisoformat(entry.details["changes"]["starts_on"][0])) for entry in moved]
    found = []
    for one in hanging_on(deadline):
        # Where the deadline stood when this one was dated; nothing if it has not moved since.
        old = next((day for at, day in stood if at > one.scheduled_at), None)
        if old is not None:
            found.append(_moved(one, old, deadline.starts_on))
    return found


def _moved(one: Milestone, old: date, new: date) -> Move:
    try:
        dates = moved_along(one.starts_on, one.ends_on, old=old, new=new, weekend=weekend_of(one.zone))
    except TooFarBack:
        raise TransitionError(_("These steps would begin before the calendar does.")) from None
    return Move(one, *dates)


def _move(move: Move, *, by: User, now: datetime) -> Milestone:
    milestone = locked(move.milestone)
    require(by, "campaigns.edit_milestone", milestone)  # a facilitator moves what lies in their scope
    before = snapshot(milestone, MILESTONE_FIELDS)
    milestone.starts_on, milestone.ends_on = move.first, move.last
    milestone.scheduled_at = now  # also where it stays on its day: it has been looked at
    save_changes(milestone, before, by=by, now=now)
    return milestone


def _steps(campaign: Campaign, steps: Iterable[Step], laid: Iterable[Laid], *, zone: str) -> list[Milestone]:
    return [
        Milestone(
            campaign=campaign,
            title=step.title,
            starts_on=dates.first,
            ends_on=dates.last if dates.last > dates.first else None,
            zone=zone,
            owner=step.owner,
        )
        for step, dates in zip(steps, laid, strict=True)
    ]


def _deadline(campaign: Campaign, plan: UUID, deadline: Deadline) -> Milestone:
    return Milestone(
        id=plan,
        campaign=campaign,
        title=deadline["title"],
        kind=deadline["kind"],
        starts_on=deadline["day"],
        place=deadline["place"],
        zone=deadline["zone"],
        owner=deadline["owner"],
        is_external=True,
    )
