"""Translating: the newest version's text in further languages. Which wording decides never changes by it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import TransitionError, User
from accounts.rules import require
from decisions.actions.drafting import newest_text
from decisions.languages import language_name
from decisions.models import Position, Text
from decisions.models.positions import fingerprint
from history.actions import record

ADDED = gettext_noop("Translated version %(version)s into %(language)s")
CORRECTED = gettext_noop("Corrected the translation of version %(version)s into %(language)s")


@transaction.atomic
def translate(
    position: Position,
    *,
    by: User,
    language: str,
    body: str,
    read: str,
    seen: str,
    is_current: bool = True,
    now: datetime,
) -> Text:
    """Add or correct the newest version's text in `language`; a version that was asked about or adopted, too.

    `read`: the fingerprint of the deciding wording the translator had before them; `seen`: that of the translation
    they began from, "" for none; `is_current`: it now says what that wording says, which a correction need not.
    Raises Refused; TransitionError when the position was withdrawn, this is the language that decides, or somebody
    has changed either text since.
    """
    position = Position.objects.select_for_update().get(pk=position.pk)
    require(by, "decisions.write", position)
    decides = newest_text(position)
    _require_translatable(position, decides, language)
    old = Text.objects.filter(version=decides.version, language=language).first()
    if decides.sha256 != read:
        raise TransitionError(
            _("The text that decides has changed since you opened this page. Yours is kept here; compare, then save.")
        )
    if (old.sha256 if old else "") != seen:
        raise TransitionError(
            _("Somebody has written this translation since you opened it. Yours is kept here; compare them.")
        )
    text = old or Text(version=decides.version, language=language, is_authoritative=False, made_from=read)
    if is_current:
        text.made_from = read
    text.body, text.sha256 = body, fingerprint(body)
    text.translated_by, text.translated_at = by.person, now
    text.save()
    record(
        CORRECTED if old else ADDED,
        position,
        by=by,
        now=now,
        visibility=position.visibility,
        version=decides.version.number,
        language=language_name(language),
    )
    return text


def _require_translatable(position: Position, decides: Text, language: str) -> None:
    if position.status == Position.Status.WITHDRAWN:
        raise TransitionError(_("The position was withdrawn; its texts stay as they are."))
    if decides.language == language:
        raise TransitionError(_("In this language stands the wording that decides. It is not translated into itself."))
