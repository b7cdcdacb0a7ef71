"""Drafting: positions and their versions, until a round opens; and withdrawing."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.clock import Clock
from accounts.models import TransitionError, User, Visibility
from accounts.rules import require
from campaigns.models import Campaign
from decisions.actions.closing import read_again, unannounced_round
from decisions.models import Consultation, Level, Position, Round, Text, Version
from decisions.models.levels import usual_level
from decisions.models.positions import fingerprint
from decisions.outcome import Outcome
from history.actions import can_be_taken_back, changes, record, refuse_stale, snapshot
from members.models import Committee
from notices.actions.planning import cancel, post

REWRITTEN = gettext_lazy("The text was changed after you opened this page. Read it, then open it.")
FIELDS = ["title", "campaign", "level", "visibility"]


@transaction.atomic
def draft_position(
    *,
    by: User,
    title: str,
    body: str,
    committee: Committee,
    campaign: Campaign | None = None,
    level: Level | None = None,
    visibility: str = Visibility.STEERING,
    language: str = "en",
    now: datetime,
) -> Position:
    """Start a position with its version 1, for `committee` to decide; `level`: a policy position. Raises Refused."""
    require(by, "decisions.start_draft")
    position = Position(
        title=title,
        committee=committee,
        campaign=campaign,
        level=level or usual_level(),
        visibility=visibility,
        author=by.person,
        created_at=now,
        changed_at=now,
    )
    require(by, "decisions.write", position)
    position.save(force_insert=True)
    _add_version(position, number=1, by=by, body=body, language=language, now=now)
    record(gettext_noop("Started the draft"), position, by=by, now=now)
    return position


@transaction.atomic
def edit_draft(
    position: Position,
    *,
    by: User,
    title: str,
    body: str,
    campaign: Campaign | None,
    level: Level,
    visibility: str,
    seen: str,
    since: int | None = None,
    now: datetime,
) -> Position:
    """Change a draft and the wording of its newest version. `seen`: the fingerprint of the wording it began from;
    `since`: the newest entry of its history then.

    Raises Refused; TransitionError when it is no draft, a round has been held on the version (write a new one), or
    somebody has changed the wording since; Stale when they changed another of its fields.
    """
    position = _locked(position)
    require(by, "decisions.write", position)
    _require_draft(position)
    text = newest_text(position)
    if text.version.rounds.exists():
        raise TransitionError(_("Seats have been asked about this version, so it stays as it is. Write a new version."))
    if Consultation.objects.filter(version=text.version_id).exists():
        raise TransitionError(
            _("Members have been asked about this version, so it stays as it is. Write a new version.")
        )
    require_unchanged(text, seen)
    refuse_stale(position, since, FIELDS)
    before = snapshot(position, FIELDS)
    position.title, position.campaign, position.level = title, campaign, level
    position.visibility, position.changed_at = visibility, now
    position.save()
    changed = changes(before, snapshot(position, FIELDS))
    if text.body != body:
        text.body, text.sha256 = body, fingerprint(body)
        text.save(update_fields=["body", "sha256"])
        verb = gettext_noop("Rewrote version %(version)s")
    else:
        verb = gettext_noop("Edited the draft")
    record(verb, position, by=by, now=now, visibility=position.visibility, version=text.version.number, changes=changed)
    return position


@transaction.atomic
def write_version(position: Position, *, by: User, body: str, seen: str, now: datetime) -> Version:
    """Add a version; a position that was not adopted becomes a draft again. `seen` as in `edit_draft`.

    Raises Refused; TransitionError while it is open for sign-off, or when it was adopted or withdrawn, or somebody
    has written meanwhile.
    """
    position = _locked(position)
    require(by, "decisions.write", position)
    text = newest_text(position)
    if position.status in {Position.Status.REJECTED, Position.Status.UNDECIDED}:
        position.step_to(Position.Status.DRAFT)
    _require_draft(position)
    require_unchanged(text, seen)
    position.changed_at = now
    position.save()
    version = next_version(text, by=by, body=body, now=now)
    record(
        gettext_noop("Wrote version %(version)s"),
        position,
        by=by,
        now=now,
        visibility=position.visibility,
        version=version.number,
    )
    return version


@transaction.atomic
def withdraw_position(
    position: Position, *, by: User, reason: str, now: datetime, clock: Clock | None = None
) -> Position:
    """Take a draft or an open position back; those who were asked are told why. `clock` as in `change_text`.

    Raises Refused; TransitionError while members are being consulted on it, and from the closing instant on, when the
    answers have decided.
    """
    position = _locked(position)
    require(by, "decisions.withdraw", position)
    now = read_again(clock, position, now)
    position.step_to(Position.Status.WITHDRAWN)
    if Consultation.objects.of_position(position).filter(closes_at__gt=now).exists():
        raise TransitionError(
            _("Members are being consulted on it. Close the consultation first; they will read why it closed early.")
        )
    running = unannounced_round(position, now=now)
    if running is not None and running.closes_at <= now:
        raise TransitionError(_("The round has closed, so the answers have decided. It is announced within minutes."))
    position.withdrawal_reason, position.changed_at = reason, now
    position.save()
    record(gettext_noop("Withdrawn: %(reason)s"), position, by=by, now=now, reason=reason)
    if running is not None:
        running.outcome, running.announced_at = Outcome.WITHDRAWN, now
        running.save(update_fields=["outcome", "announced_at"])
        cancel(running, reason=gettext_noop("the position was withdrawn"), now=now)
        post("decisions.withdrawn", running, running.holders(), now=now)
    else:  # a round that ended does not begin again: the seats were told, and the hours are gone
        can_be_taken_back("decisions.withdraw", position, by=by, now=now)
    return position


@transaction.atomic
def restore_draft(position: Position, *, by: User, now: datetime) -> Position:
    """Take back that a draft was withdrawn, or what had been left undecided: it is again what it was.

    Raises Refused; TransitionError when it is not withdrawn, or was while seats were being asked: they have been told.
    """
    position = _locked(position)
    require(by, "decisions.withdraw", position)
    asked = Round.objects.filter(version__position=position, outcome=Outcome.WITHDRAWN)
    if position.status != Position.Status.WITHDRAWN or asked.exists():
        raise TransitionError(_("Only a draft that was withdrawn, and is not open again, becomes a draft again."))
    # A text that seats answered on is left undecided until another is written, which makes it a draft.
    was_asked = newest_text(position).version.rounds.exists()
    position.step_to(Position.Status.UNDECIDED if was_asked else Position.Status.DRAFT, back=True)
    position.withdrawal_reason, position.changed_at = "", now
    position.save()
    verb = gettext_noop("Is not withdrawn any more") if was_asked else gettext_noop("Is a draft again")
    record(verb, position, by=by, now=now, visibility=position.visibility)
    return position


def newest_text(position: Position) -> Text:
    """The wording that decides, of the newest version; with its version and author."""
    texts = Text.objects.filter(version__position=position, is_authoritative=True)
    return texts.select_related("version__author").latest("version__number")


def text_of(version: Version) -> Text:
    """The wording of `version` that decides."""
    return Text.objects.select_related("version__author").get(version=version, is_authoritative=True)


def _locked(position: Position) -> Position:
    return Position.objects.select_for_update().get(pk=position.pk)


def _require_draft(position: Position) -> None:
    if position.status != Position.Status.DRAFT:
        raise TransitionError(
            _("A position that is “%(state)s” cannot be rewritten.") % {"state": position.get_status_display()}
        )


def require_unchanged(text: Text, seen: str) -> None:
    """Raise TransitionError unless `seen`, the fingerprint of the wording an edit began from, is still that of `text`."""
    if text.sha256 != seen:
        raise TransitionError(_("Somebody has changed the text since you opened it. Yours is kept here; compare them."))


def require_newest(position: Position, version: Version, seen: str) -> None:
    """Raise TransitionError unless `version` is the newest, and `seen` the fingerprint of its wording: what was read.

    A draft is rewritten within its version until it is put to somebody.
    """
    text = newest_text(position)
    if text.version_id != version.pk:
        raise TransitionError(_("There is a newer version than the one you read. Read it, then open it."))
    if text.sha256 != seen:
        raise TransitionError(str(REWRITTEN))


def next_version(text: Text, *, by: User, body: str, now: datetime) -> Version:
    """The rows of the version after that of `text`, with its translations; called with the position locked."""
    number, old = text.version.number + 1, text.version
    version = _add_version(old.position, number=number, by=by, body=body, language=text.language, now=now)
    _carry_over(old, version)
    return version


def _add_version(position: Position, *, number: int, by: User, body: str, **rest: Any) -> Version:
    version = Version.objects.create(position=position, number=number, author=by.person, created_at=rest["now"])
    Text.objects.create(version=version, language=rest["language"], body=body, sha256=fingerprint(body))
    return version


def _carry_over(old: Version, new: Version) -> None:
    """Its translations, as they are: outdated, unless the deciding wording is the same."""
    for text in Text.objects.filter(version=old, is_authoritative=False):
        text.pk, text.version, text._state.adding = uuid4(), new, True
        text.save(force_insert=True)
