"""Correcting: a slip of writing in a text that seats are being asked about. Their answers stand; the change is shown."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.clock import Clock
from accounts.models import TransitionError, User, Visibility
from accounts.rules import require
from decisions.actions.asking import running_round
from decisions.actions.closing import read_again
from decisions.actions.drafting import newest_text, next_version, require_unchanged
from decisions.models import Correction, CorrectionApproval, Position, Version
from decisions.models.corrections import APPROVERS
from history.actions import record


@transaction.atomic
def propose_correction(position: Position, *, by: User, body: str, seen: str, now: datetime) -> Correction:
    """Propose a wording that differs by slips of writing alone. `seen`: the fingerprint of the text it began from.

    Raises Refused; TransitionError when no round is open, nothing differs, the text has changed since, or another
    correction waits.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.propose_correction", position)
    asked = running_round(position, now)
    text = newest_text(position)
    require_unchanged(text, seen)
    if text.body == body:
        raise TransitionError(_("Nothing differs from the text that the seats are asked about."))
    if asked.corrections.waiting().exists():
        raise TransitionError(_("Another correction waits for its approvers. Let it be approved or dropped first."))
    made = Correction.objects.create(round=asked, body=body, of=text.version, proposed_by=by.person, proposed_at=now)
    verb = gettext_noop("Proposed to correct a slip of writing in version %(version)s")
    _record(verb, position, by=by, now=now, version=text.version.number)
    return made


@transaction.atomic
def approve_correction(correction: Correction, *, by: User, now: datetime, clock: Clock | None = None) -> Correction:
    """Say that nothing of the meaning changes. With the second approver the correction is made and the round goes on.

    `clock` as in `change_text`. One organisation, one voice, here too: the two are of different seats, and of another
    than whoever proposed it. Raises Refused; TransitionError for whoever proposed it, twice, for a seat that has recused
    itself or was not asked, or when the round has closed.
    """
    position = Position.objects.select_for_update(of=("self",)).get(versions=correction.of_id)
    require(by, "decisions.approve_correction", position)
    now = read_again(clock, position, now)
    asked = running_round(position, now)
    correction = Correction.objects.select_for_update(of=("self",)).select_related("of").get(pk=correction.pk)
    if correction.version_id is not None or correction.dropped_at is not None or correction.round_id != asked.pk:
        raise TransitionError(_("This correction does not wait any more."))
    _require_another_voice(correction, by)
    CorrectionApproval.objects.create(correction=correction, by=by.person, at=now)
    verb = gettext_noop("Approved the correction of version %(version)s")
    _record(verb, position, by=by, now=now, version=correction.of.number)
    if correction.approvals.count() >= APPROVERS:
        correction.version = _make(correction, position, by=by, now=now)
        correction.save(update_fields=["version"])
        asked.version = correction.version
        asked.save(update_fields=["version"])
    return correction


@transaction.atomic
def drop_correction(correction: Correction, *, by: User, now: datetime) -> None:
    """Whoever may propose one lets it fall: it was more than a slip, or was wrong. Raises Refused, TransitionError."""
    position = Position.objects.select_for_update(of=("self",)).get(versions=correction.of_id)
    require(by, "decisions.propose_correction", position)
    correction = Correction.objects.select_for_update(of=("self",)).select_related("of").get(pk=correction.pk)
    _require_waiting(correction)
    correction.dropped_at = now
    correction.save(update_fields=["dropped_at"])
    verb = gettext_noop("Dropped the correction of version %(version)s")
    _record(verb, position, by=by, now=now, version=correction.of.number)


def _require_another_voice(correction: Correction, by: User) -> None:
    """As `Correction.objects.awaiting`, rule by rule, each with its sentence."""
    this, person = Correction.objects.filter(pk=correction.pk), by.person
    if not this.put_to(person).exists():
        raise TransitionError(_("Your seat is not asked in this round."))
    if not this.not_recused_from_by(person).exists():
        raise TransitionError(_("Your seat has recused itself, so others say that it changes nothing of the meaning."))
    if not this.not_yet_of(person).exists():
        if correction.proposed_by_id == person.pk:
            raise TransitionError(_("You proposed it, so two others say that it changes nothing of the meaning."))
        raise TransitionError(_("You have approved it already; it waits for another."))
    if not this.not_yet_of_the_seat_of(person).exists():
        raise TransitionError(_("Somebody of your seat has proposed or approved it; it waits for another seat."))


def _require_waiting(correction: Correction) -> None:
    if not Correction.objects.waiting().filter(pk=correction.pk).exists():
        raise TransitionError(_("This correction does not wait any more."))


def _make(correction: Correction, position: Position, *, by: User, now: datetime) -> Version:
    """The corrected version; its author is whoever proposed it. Those asked about the one before are asked about it."""
    made = next_version(newest_text(position), by=by, body=correction.body, now=now)
    made.author_id, made.is_correction = correction.proposed_by_id, True
    made.save(update_fields=["author", "is_correction"])
    position.changed_at = now
    position.save()
    verb = gettext_noop("Corrected a slip of writing: version %(version)s; the answers stand")
    record(verb, position, by=by, now=now, version=made.number)
    return made


def _record(verb: str, position: Position, *, by: User, now: datetime, version: int) -> None:
    record(verb, position, by=by, now=now, visibility=Visibility.STEERING, version=version)
