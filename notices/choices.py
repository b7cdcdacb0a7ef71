"""On which channels does a kind reach somebody, and what may they choose?"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop

from accounts.models import Person, User
from notices.kind import KINDS, Kind
from notices.models import Delivery, NoticePreference

STOPPED = gettext_noop("stopped by the reader")
MAIL, INBOX, DIGEST = Delivery.Channel.MAIL, Delivery.Channel.INBOX, Delivery.Channel.DIGEST


@dataclass(frozen=True)
class Choice:
    """One kind of notice as its reader may choose: `kept_because` says why its mails cannot be stopped."""

    kind: Kind
    takes_mail: bool
    is_daily: bool = False

    @property
    def area(self) -> str:
        """What it is about, as its app is called: "Meetings"."""
        return str(apps.get_app_config(self.kind.model._meta.app_label).verbose_name)

    @property
    def may_stop(self) -> bool:
        return self.takes_mail and not self.kind.kept_because


def channels(kind: Kind, people: Collection[Person]) -> dict[UUID, dict[str, bool]]:
    """{person id: {channel: False where its reader stopped it}}; an inbox only for who can sign in. One statement.

    With DIGEST instead of MAIL for whoever takes what can wait in the daily mail.
    """
    found: dict[UUID, dict[str, bool]] = {person.pk: {MAIL: True} for person in people}
    if not found or not kind.has_inbox:
        return found
    chosen = NoticePreference.objects.filter(person=OuterRef("person"), kind=kind.key)
    readers = User.objects.filter(person__in=list(found)).annotate(
        has_stopped=Exists(chosen.filter(takes_mail=False)), is_daily=Exists(chosen.filter(is_daily=True))
    )
    for person, is_active, has_stopped, is_daily in readers.values_list(
        "person", "is_active", "has_stopped", "is_daily"
    ):
        takes_mail = bool(kind.kept_because) or not has_stopped
        found[person] = {DIGEST if is_daily and kind.digestable else MAIL: takes_mail}
        if is_active:
            found[person][INBOX] = True
    return found


def is_stopped() -> Exists:
    """For a delivery, in its own statement: whether its reader has stopped the mails of its kind."""
    return Exists(NoticePreference.objects.filter(person=OuterRef("person"), kind=OuterRef("kind"), takes_mail=False))


def choices_of(person: Person) -> list[Choice]:
    """Every kind that reaches an inbox, with what this person chose; by area and name, in one statement."""
    chosen = {row.kind: row for row in NoticePreference.objects.filter(person=person)}
    found = [_choice(kind, chosen.get(kind.key)) for kind in KINDS.values() if kind.has_inbox]
    return sorted(found, key=lambda one: (one.area, str(one.kind)))


def _choice(kind: Kind, chosen: NoticePreference | None) -> Choice:
    if chosen is None:
        return Choice(kind, takes_mail=True)
    return Choice(kind, bool(kind.kept_because) or chosen.takes_mail, chosen.is_daily and kind.digestable)
