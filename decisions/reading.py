"""In which language is a text read? In the reader's own where it says what the deciding wording says; in any by choice."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.rules import allows
from decisions.models import Position, Text, Version


@dataclass(frozen=True)
class Reading:
    """A version as somebody reads it: `text` is shown, `decides` is the wording that decides; both may be the same."""

    text: Text
    decides: Text
    texts: list[Text]  # in every language, the one that decides first

    @property
    def is_translation(self) -> bool:
        return not self.text.is_authoritative

    @property
    def is_outdated(self) -> bool:
        return self.text.is_outdated_beside(self.decides)

    @property
    def translations(self) -> list[Text]:
        return [text for text in self.texts if not text.is_authoritative]

    def in_language(self, language: str) -> Text | None:
        return next((text for text in self.translations if text.language == language), None)

    @property
    def links(self) -> list[tuple[Text, bool, bool]]:
        """Each text; whether it is the one that is read; whether it is outdated."""
        return [(one, one == self.text, one.is_outdated_beside(self.decides)) for one in self.texts]


def reading_of(texts: Sequence[Text], own: str, chosen: str = "") -> Reading:
    """`texts`: all of one version. `own`: the reader's language; `chosen`: the one they asked for, "" for none.

    An outdated translation is shown to nobody who did not ask for it.
    """
    decides = next(text for text in texts if text.is_authoritative)
    spoken = {text.language: text for text in texts}
    mine = spoken.get(own.partition("-")[0], decides)
    default = decides if mine.is_outdated_beside(decides) else mine
    in_order = sorted(texts, key=lambda text: (not text.is_authoritative, text.language))
    return Reading(spoken.get(chosen, default), decides, in_order)


def read_by(user: User, position: Position, chosen: str = "", number: int | None = None) -> Reading | None:
    """A version of `position` (the newest, if no number is given) as `user` reads it; None when there is no such one.

    In one statement, with the version, its author and the translators. An outdated translation says what an earlier
    version said, so it is for whoever may read that.
    """
    versions = Version.objects.filter(position=position).order_by("-number")
    if number is not None:
        versions = versions.filter(number=number)
    texts = Text.objects.filter(version=versions.values("pk")[:1])
    found = list(texts.select_related("version__author", "translated_by"))
    if not found:
        return None
    if not allows(user, "decisions.read_versions", position):
        decides = next(text for text in found if text.is_authoritative)
        found = [text for text in found if not text.is_outdated_beside(decides)]
    return reading_of(found, user.person.language, chosen)
