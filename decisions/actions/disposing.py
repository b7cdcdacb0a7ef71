"""Disposing: each contribution gets what becomes of it, and whoever contributed is told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from accounts.models import Person, TransitionError, User, Visibility
from accounts.rules import require
from decisions.models import Consultation, Contribution, ContributionChange, Disposition, Position
from history.actions import record
from notices.actions.planning import post

TOLD = "decisions.contributors_told"


class DisposedMeanwhile(TransitionError):
    """Somebody else has disposed of some of these since the page was opened: `contributions`."""

    def __init__(self, contributions: list[Contribution]) -> None:
        self.contributions = contributions
        super().__init__(
            ngettext(
                "Somebody else has said meanwhile what becomes of %(count)s of these. Yours is kept here; look at theirs.",
                "Somebody else has said meanwhile what becomes of %(count)s of these. Yours is kept here; look at theirs.",
                len(contributions),
            )
            % {"count": len(contributions)}
        )


@transaction.atomic
def dispose(
    consultation: Consultation, *, by: User, seen: Mapping[UUID, int], outcome: str, reason: str = "", now: datetime
) -> int:
    """Say what becomes of contributions, several at once with the same reason; returns how many.

    `seen`: {id of the contribution: `edits` of its disposition when the page was made, 0 without one}. Drafts until
    the contributors are told, and nothing changes after that. Raises Refused; TransitionError while the consultation is
    open, after the contributors were told, or without a reason where one is owed; DisposedMeanwhile.
    """
    consultation = _locked(consultation)
    require(by, "decisions.dispose", consultation)
    _require_disposable(consultation, now)
    reason = reason.strip()
    if outcome != Disposition.Outcome.TAKEN and not reason:
        raise TransitionError(_("Say why: whoever wrote it will read the reason."))
    rows = Contribution.objects.filter(consultation=consultation, pk__in=seen).select_related("disposition")
    found = list(rows.order_by("id"))
    # The same again by the same hand (a double click) is no conflict.
    changed = [one for one in found if _said(one) != (outcome, reason)]
    overtaken = [one for one in changed if _edits(one) != seen[one.pk]]
    if overtaken:
        raise DisposedMeanwhile(overtaken)
    words = {"outcome": outcome, "reason": reason, "by": by.person, "at": now}
    standing = [one.disposition for one in changed if _edits(one)]
    fresh = [Disposition(contribution_id=one.pk, **words) for one in changed if not _edits(one)]
    Disposition.objects.bulk_create(fresh)
    Disposition.objects.filter(pk__in=[one.pk for one in standing]).update(edits=F("edits") + 1, **words)
    if changed:
        verb = gettext_noop("Said what becomes of contributions: %(count)s “%(outcome)s”")
        ids = [str(one.pk) for one in changed]
        details = {"count": len(changed), "outcome": outcome, "contributions": ids}
        record(verb, consultation, by=by, now=now, visibility=Visibility.STEERING, **details)
    return len(found)


def undisposed(position: Position) -> int:
    """How many contributions to any consultation on `position` still lack a disposition; late ones need none."""
    return Contribution.objects.filter(consultation__version__position=position).undisposed().count()


def is_unconsulted(position: Position) -> bool:
    """Whether its level asks for a consultation of the members and none has been held."""
    return position.level.consultation_days > 0 and not Consultation.objects.of_position(position).exists()


def require_consulted(position: Position, *, now: datetime) -> None:
    """Raise TransitionError unless sign-off may open: no consultation is open, and each contribution has a disposition.

    Called under the position's lock; takes those of its consultations, so that what is being said in one of them is
    counted here or comes too late. Who asked nobody is stopped by nothing here.
    """
    held = Consultation.objects.of_position(position).select_for_update(of=("self",)).order_by("id")
    if any(one.closes_at > now for one in held):
        raise TransitionError(_("Members are being consulted on it. Sign-off opens after the consultation has closed."))
    missing = undisposed(position)
    if missing:
        raise TransitionError(
            ngettext(
                "%(count)s contribution of the consultation has no disposition yet. Say what becomes of it first.",
                "%(count)s contributions of the consultation have no disposition yet. Say what becomes of them first.",
                missing,
            )
            % {"count": missing}
        )


@transaction.atomic
def tell_contributors(consultation: Consultation, *, by: User, now: datetime) -> int:
    """“You said, we did”: everybody who contributed reads what became of each of their words; once. Returns how many.

    Raises Refused; TransitionError while it is open, after they were told, or while a disposition is missing.
    """
    consultation = _locked(consultation)
    require(by, "decisions.dispose", consultation)
    _require_disposable(consultation, now)
    missing = Contribution.objects.filter(consultation=consultation).undisposed().count()
    if missing:
        raise TransitionError(
            ngettext(
                "%(count)s contribution has no disposition yet.",
                "%(count)s contributions have no disposition yet.",
                missing,
            )
            % {"count": missing}
        )
    return _tell(consultation, by, now)


def tell_with_sign_off(position: Position, *, by: User, now: datetime) -> None:
    """Tell the contributors of every consultation on `position` who have not been told: its sign-off opens.

    Called in that transaction, after `require_consulted`.
    """
    for consultation in Consultation.objects.of_position(position).filter(told_at=None).order_by("id"):
        _tell(_locked(consultation), by, now)


def contributors(consultation: Consultation) -> Iterable[Person]:
    """Everybody who wrote something that stands, or changed it."""
    written = ContributionChange.objects.filter(contribution__consultation=consultation).exclude(contribution__text="")
    return Person.objects.filter(pk__in=written.values("by"))


def _tell(consultation: Consultation, by: User, now: datetime) -> int:
    consultation.told_at = max(now, consultation.closes_at)
    consultation.save(update_fields=["told_at"])
    record(gettext_noop("Told the contributors what became of their words"), consultation.position, by=by, now=now)
    return post(TOLD, consultation, contributors(consultation), now=now)


def _locked(consultation: Consultation) -> Consultation:
    rows = Consultation.objects.select_related("version__position")
    return rows.select_for_update(of=("self",)).get(pk=consultation.pk)


def _require_disposable(consultation: Consultation, now: datetime) -> None:
    if consultation.is_open(now):
        raise TransitionError(_("The consultation is still open: until it closes everybody may change what they said."))
    if consultation.told_at is not None:
        raise TransitionError(_("The contributors have been told already, so it stands."))


def _edits(contribution: Contribution) -> int:
    return contribution.disposition.edits if hasattr(contribution, "disposition") else 0


def _said(contribution: Contribution) -> tuple[str, str] | None:
    if not hasattr(contribution, "disposition"):
        return None
    return contribution.disposition.outcome, contribution.disposition.reason
