"""What becomes of a decision: the day of its review, and what supersedes it."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from accounts.zones import date_in, day
from decisions.models import Decision
from history.actions import changes, record, refuse_stale, snapshot
from notices.actions.planning import replan

FIELDS = ("review_on", "superseded_by")
CHANGED = gettext_noop("Changed its review or what supersedes it")


@transaction.atomic
def keep_decision(
    decision: Decision,
    *,
    by: User,
    review_on: date | None,
    superseded_by: Decision | None,
    now: datetime,
    seen: int | None = None,
) -> Decision:
    """Set when it is reviewed (None: not at all) and what supersedes it (None: it is in force).

    Raises Refused, Stale; TransitionError for a day that is over, or for one that was not decided later: so decisions
    never supersede each other in a circle.
    """
    decision = Decision.objects.select_for_update(of=("self",)).select_related("position").get(pk=decision.pk)
    require(by, "decisions.keep_register", decision)
    refuse_stale(decision, seen, FIELDS)
    before, today = snapshot(decision, FIELDS), date_in(now, by.person.zone)
    if review_on != decision.review_on and review_on and review_on < today:
        raise TransitionError(_("%(day)s is over already.") % {"day": day(review_on)})
    if superseded_by is not None and _order(superseded_by) <= _order(decision):
        raise TransitionError(
            _("%(newer)s was not decided after %(older)s, so it cannot supersede it.")
            % {"newer": superseded_by.label, "older": decision.label}
        )
    if review_on != decision.review_on:
        decision.epoch, decision.review_set_at = decision.epoch + 1, now
    decision.review_on, decision.superseded_by = review_on, superseded_by
    changed = changes(before, snapshot(decision, FIELDS))
    if changed:
        decision.save(update_fields=[*FIELDS, "epoch", "review_set_at"])
        record(CHANGED, decision, by=by, now=now, changes=changed)
        replan(decision, now=now)
    return decision


def supersede(pk: UUID, newer: Decision, *, now: datetime) -> None:
    """The seats adopted `newer`, which was to replace the decision `pk`. What replaced that one meanwhile stays.

    Part of announcing the round.
    """
    older = Decision.objects.select_for_update().get(pk=pk)
    if older.superseded_by_id is not None:
        return
    before = snapshot(older, FIELDS)
    older.superseded_by = newer
    older.save(update_fields=["superseded_by"])
    record(CHANGED, older, by=None, now=now, changes=changes(before, snapshot(older, FIELDS)))
    replan(older, now=now)


def _order(decision: Decision) -> tuple[int, int]:
    return decision.year, decision.number
