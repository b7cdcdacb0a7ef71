"""What can happen between milestones: one is put after others, or freed of them."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from campaigns.actions.campaigns import refuse_over
from campaigns.actions.milestones import locked
from campaigns.models import Campaign, Dependency, Milestone
from campaigns.models.dependencies import reachable
from history.actions import record


@transaction.atomic
def put_after(
    milestone: Milestone, *, by: User, now: datetime, after: Collection[Milestone], seen: str | None = None
) -> Milestone:
    """Say that `milestone` comes after just these of its campaign; those said before and not again are untied.

    `seen`: what its form said it came after (`order_as_seen`). Raises Refused, or TransitionError for a circle, a
    milestone of another campaign, a campaign that is over, or when somebody else has changed the order meanwhile.
    """
    milestone = locked(milestone)
    require(by, "campaigns.edit_milestone", milestone)
    refuse_over(milestone.campaign)
    before = {tie.after_id: tie for tie in milestone.dependencies.select_related("after")}
    if seen is not None and seen != order_as_seen(before):
        raise TransitionError(
            _(
                "Somebody else has changed meanwhile what it comes after: now %(order)s. Nothing was saved. If your ticks are right, save them again."
            )
            % {"order": ", ".join(f"“{tie.after.title}”" for tie in before.values()) or _("nothing")}
        )
    wanted = {one.pk: one for one in after}
    new = [one for pk, one in wanted.items() if pk not in before]
    _refuse_impossible(milestone, new, kept=before.keys() & wanted.keys())
    for pk in before.keys() - wanted.keys():
        record(
            gettext_noop("Comes no longer after “%(title)s”"), milestone, by=by, now=now, title=before[pk].after.title
        )
        before[pk].delete()  # only the tie; the history keeps it
    tie(milestone.campaign, [(milestone, one) for one in new], by=by, now=now)
    return milestone


def order_as_seen(after: Iterable[UUID]) -> str:
    """What a milestone comes after, as a form carries it along."""
    return hashlib.sha256(" ".join(sorted(map(str, after))).encode()).hexdigest()


def tie(campaign: Campaign, pairs: Iterable[tuple[Milestone, Milestone]], *, by: User, now: datetime) -> None:
    """Put each first one after its second. Part of an action that has locked the campaign and knows of no circle."""
    for later, earlier in pairs:
        Dependency.objects.create(campaign=campaign, milestone=later, after=earlier)
        record(gettext_noop("Comes after “%(title)s”"), later, by=by, now=now, title=earlier.title)


def _refuse_impossible(milestone: Milestone, new: Iterable[Milestone], kept: Collection[UUID]) -> None:
    """The campaign is locked, so nobody else ties a circle meanwhile."""
    ties = Dependency.objects.filter(campaign=milestone.campaign_id).exclude(milestone=milestone)
    earlier: dict[UUID, set[UUID]] = {milestone.pk: set(kept)}
    for later, first in ties.values_list("milestone", "after"):
        earlier.setdefault(later, set()).add(first)
    for one in new:
        if one.campaign_id != milestone.campaign_id:
            raise TransitionError(_("“%(title)s” belongs to another campaign.") % {"title": one.title})
        if milestone.pk in reachable(one.pk, earlier):
            raise TransitionError(
                _("“%(title)s” itself comes after this milestone: they would wait for each other.")
                % {"title": one.title}
            )
