"""Answering: one voice per seat, changeable until the closing instant, every change kept."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User, Visibility
from accounts.rules import require
from decisions.models import Answer, AnswerChange, Elector, Round, Version
from decisions.outcome import Choice, Outcome
from history.actions import record
from notices.actions.planning import replan

VERBS = {
    Choice.APPROVE: gettext_noop("%(organisation)s approved"),
    Choice.OBJECT: gettext_noop("%(organisation)s objected"),
    Choice.ABSTAIN: gettext_noop("%(organisation)s abstained"),
}
LATE = gettext_noop("%(organisation)s answered after the closing: kept, and not counted")


@transaction.atomic
def give_answer(
    elector: Elector, *, by: User, version: Version, choice: str, reason: str = "", now: datetime
) -> AnswerChange:
    """Answer for a seat about the `version` that was read. `now`: the database's clock.

    From the closing instant on the answer is kept, marked late, and changes nothing. The same answer again by the
    same person (a double click, a replayed form) adds nothing. Raises Refused; TransitionError when the round asks
    about another version, was withdrawn, or this person has answered for another seat.
    """
    # The round's row orders answers among themselves, and with its closing and announcement.
    asked = Round.objects.select_for_update().get(pk=elector.round_id)
    elector = Elector.objects.select_related("organisation").get(pk=elector.pk)
    require(by, "decisions.answer", elector)
    _require_answerable(elector, asked, by, version)
    given = {"choice": choice, "reason": reason.strip(), "by_id": by.person_id}
    last = elector.changes.order_by("-at").first()
    if last is not None and {name: getattr(last, name) for name in given} == given:
        return last
    if last is not None and last.at >= now:
        now = last.at + timedelta(microseconds=1)  # whoever gets the lock last answers last, whichever clock was first
    is_late = has_closed(asked, now)
    change = AnswerChange.objects.create(elector=elector, at=now, is_late=is_late, **given)
    if not is_late:
        Answer.objects.update_or_create(elector=elector, defaults={"at": now, **given})
    record(
        LATE if is_late else VERBS[Choice(choice)],
        asked.version.position,
        by=by,
        now=now,
        visibility=Visibility.STEERING,
        organisation=elector.organisation.name,
    )
    replan(asked, now=now)
    return change


def has_closed(asked: Round, now: datetime) -> bool:
    """Whether an answer comes too late; asked under the round's lock.

    The clock decides. It was read before the lock, though: what was closed early or announced while we waited for
    the lock has closed, even if by that reading it had not.
    """
    return now >= asked.closes_at or asked.brought_forward or asked.announced_at is not None


def _require_answerable(elector: Elector, asked: Round, by: User, version: Version) -> None:
    if asked.outcome == Outcome.WITHDRAWN:
        raise TransitionError(_("The position was withdrawn while you read it. No answer is needed any more."))
    if asked.version_id != version.pk:
        raise TransitionError(
            _("The text has changed since you opened this page. Read it, then send again; what you wrote is kept.")
        )
    others = AnswerChange.objects.filter(elector__round=asked, by=by.person_id, is_late=False).exclude(elector=elector)
    if others.exists():
        raise TransitionError(
            _("You have answered for another seat. One person speaks for one organisation on each position.")
        )
