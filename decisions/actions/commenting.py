"""Commenting on paragraphs: saying something, taking what was proposed, settling the rest with a reason."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User, Visibility
from accounts.rules import require
from accounts.zones import date_in
from decisions.actions.drafting import edit_draft, newest_text, text_of, write_version
from decisions.models import Comment, Consultation, Position, Version
from decisions.models.positions import fingerprint
from decisions.wording import paragraphs_of
from history.actions import record
from notices.actions.planning import post
from notices.occasions import daily_mail_after

SETTLED = "decisions.comment_settled"
COMMENTED = "decisions.commented"
OPEN_FOR_COMMENTS = {Position.Status.DRAFT, Position.Status.OPEN}


@transaction.atomic
def comment(
    position: Position, *, by: User, paragraph: int, seen: str, body: str = "", proposed: str = "", now: datetime
) -> Comment:
    """Say something about a paragraph of the newest version, or propose another wording of it, or both.

    `seen`: the fingerprint of the paragraph that was read. Raises Refused; TransitionError when the position is
    neither a draft nor open for sign-off, nothing is said, or the paragraph is another one by now.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.comment", position)
    if position.status not in OPEN_FOR_COMMENTS:
        raise TransitionError(
            _("A position that is “%(state)s” takes no more comments.") % {"state": position.get_status_display()}
        )
    text = newest_text(position)
    if not 1 <= paragraph <= len(text.paragraphs) or fingerprint(text.paragraphs[paragraph - 1]) != seen:
        raise TransitionError(
            _("The paragraph has changed since you opened it. What you wrote is kept; read it again.")
        )
    quoted = text.paragraphs[paragraph - 1]
    proposed = "" if proposed.strip() == quoted else proposed.strip()
    if not body.strip() and not proposed:
        raise TransitionError(_("Say something about the paragraph, or propose another wording of it."))
    made = Comment.objects.create(
        version=text.version,
        paragraph=paragraph,
        quoted=quoted,
        body=body.strip(),
        proposed=proposed,
        by=by.person,
        at=now,
    )
    verb = gettext_noop("Proposed another wording of paragraph %(paragraph)s of version %(version)s")
    if not proposed:
        verb = gettext_noop("Commented on paragraph %(paragraph)s of version %(version)s")
    _record(verb, made, position, by=by, now=now, version=text.version.number)
    _tell_author_in_the_morning(position, by=by, now=now)
    return made


@transaction.atomic
def take_suggestion(made: Comment, *, by: User, now: datetime) -> Version:
    """Put the proposed wording in the paragraph's place; in a new version if seats were asked about this one.

    Raises Refused; TransitionError when it was settled already, proposes nothing, the paragraph has changed since, or
    the text cannot be rewritten now.
    """
    position, made = _locked(made)
    require(by, "decisions.write", position)
    _require_unsettled(made)
    if not made.proposed:
        raise TransitionError(_("This comment proposes no wording."))
    body = made.body_with_it(newest_text(position).paragraphs)
    if body is None:
        raise TransitionError(
            _("The paragraph has changed since this was proposed, so it cannot be taken as it is. The proposal stays.")
        )
    version = _rewrite(position, body, by=by, now=now)
    _take(made, position, version, by=by, now=now)
    return version


def take_as_proposed(made: Comment, position: Position, version: Version, *, by: User, now: datetime) -> None:
    """A text put to the seats has become `version`: settle the comment as taken if its wording stands there.

    Part of changing the text, which holds the position's lock. Raises TransitionError when it was settled already.
    """
    made = Comment.objects.select_for_update(of=("self",)).select_related("by").get(pk=made.pk)
    _require_unsettled(made)
    if made.proposed and set(paragraphs_of(made.proposed)) <= set(text_of(version).paragraphs):
        _take(made, position, version, by=by, now=now)


@transaction.atomic
def settle_comment(made: Comment, *, by: User, reason: str, now: datetime) -> Comment:
    """Say what became of a comment. Raises Refused; TransitionError when it was settled already."""
    position, made = _locked(made)
    require(by, "decisions.write", position)
    _require_unsettled(made)
    verb = gettext_noop("Settled a comment of %(person)s on paragraph %(paragraph)s")
    _record(verb, made, position, by=by, now=now, person=made.by_id)
    return _settle(made, by=by, now=now, reason=reason)


def _locked(made: Comment) -> tuple[Position, Comment]:
    position = Position.objects.select_for_update(of=("self",)).get(versions__comments=made.pk)
    return position, Comment.objects.select_for_update(of=("self",)).select_related("version", "by").get(pk=made.pk)


def _require_unsettled(made: Comment) -> None:
    if made.is_settled:
        raise TransitionError(_("Somebody has settled this comment already."))


def _take(made: Comment, position: Position, version: Version, *, by: User, now: datetime) -> None:
    verb = gettext_noop("Took the wording that %(person)s proposed for paragraph %(paragraph)s")
    _record(verb, made, position, by=by, now=now, person=made.by_id)
    _settle(made, by=by, now=now, taken_in=version)


def _rewrite(position: Position, body: str, *, by: User, now: datetime) -> Version:
    text = newest_text(position)
    if text.version.rounds.exists() or Consultation.objects.filter(version=text.version_id).exists():
        return write_version(position, by=by, body=body, seen=text.sha256, now=now)
    same: dict[str, Any] = {name: getattr(position, name) for name in ("title", "campaign", "level", "visibility")}
    edit_draft(position, by=by, body=body, seen=text.sha256, now=now, **same)
    return text.version


def _settle(made: Comment, *, by: User, now: datetime, reason: str = "", taken_in: Version | None = None) -> Comment:
    made.settled_by, made.settled_at, made.reason, made.taken_in = by.person, now, reason, taken_in
    made.save(update_fields=["settled_by", "settled_at", "reason", "taken_in"])
    if made.by_id != by.person_id:
        post(SETTLED, made, [made.by], now=now)
    return made


def _record(verb: str, made: Comment, position: Position, *, by: User, now: datetime, **details: Any) -> None:
    record(verb, position, by=by, now=now, visibility=Visibility.STEERING, paragraph=made.paragraph, **details)


def _tell_author_in_the_morning(position: Position, *, by: User, now: datetime) -> None:
    """One mail in the author's next morning, whatever is said until then."""
    author = position.author
    if author.pk == by.person_id:
        return
    morning = daily_mail_after(author, now)
    day = date_in(morning, author.zone)
    post(COMMENTED, position, [author], now=now, slot=f"{day:%Y-%m-%d}", not_before=morning)
