"""What a kind of notice is, and the registry that the apps above fill from their `kinds.py`."""

import re
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext

from accounts.models import Person
from accounts.zones import day

KINDS: dict[str, "Kind"] = {}
NO_LONGER_ASKED = gettext_noop("no longer asked")
MOVED = "moved"  # the slot of a mail that says where a deadline has gone of which its reader was reminded


@dataclass(frozen=True)
class Slot:
    """One occasion before a deadline, or after it if `before` is negative.

    `calendar`: so many days before or after, at 09:00 of the reader; else elapsed time.
    """

    key: str
    before: timedelta
    calendar: bool = False


def days_before(*days: int) -> tuple[Slot, ...]:
    return tuple(Slot(f"P{day}D", timedelta(days=day), calendar=True) for day in days)


def days_after(*days: int) -> tuple[Slot, ...]:
    """Occasions on which a deadline is overdue: the kind's `anchor` says that something is still awaited."""
    return tuple(Slot(f"+P{day}D", timedelta(days=-day), calendar=True) for day in days)


def hours_before(*hours: int) -> tuple[Slot, ...]:
    return tuple(Slot(f"PT{hour}H", timedelta(hours=hour)) for hour in hours)


@dataclass(frozen=True)
class Attachment:
    name: str
    content: str
    mimetype: str


class Ambiguity(Enum):
    """What becomes of a notice of which nobody can know whether it arrived."""

    RESEND = "resend"  # formal: better twice than never
    HOLD = "hold"  # staff decide


class Kind:
    """One kind of notice: subclass it in an app's `kinds.py`, register an instance in `AppConfig.ready()`.

    With `slots` the planner asks `subjects`, `anchor`, `since` and `audience`; without, an action calls `post`.
    """

    key: ClassVar[str]
    label: ClassVar[Promise | str] = ""  # what staff read: "Reminder of a milestone"
    model: ClassVar[type[models.Model]]
    reads: ClassVar[tuple[str, ...]] = ()  # what its text says of related rows, read together with the subject
    template: ClassVar[str]
    slots: ClassVar[tuple[Slot, ...]] = ()
    must_send: ClassVar[bool] = False  # breaks quiet hours
    ambiguity: ClassVar[Ambiguity] = Ambiguity.HOLD
    # May go in a daily mail to whoever chose that, except what is due within a day. Nothing formal.
    digestable: ClassVar[bool] = False
    told_at_once: ClassVar[bool] = False  # another mail says when the deadline comes into being: no reminder beside it
    tells_moves: ClassVar[bool] = True  # False: another mail says that the deadline moved
    has_inbox: ClassVar[bool] = True  # False: only a mail makes sense
    because: ClassVar[Promise | str] = ""  # why one gets it, to the reader: "You own this milestone …"
    act: ClassVar[Promise | str] = gettext_lazy("Open its page")  # on the button of its mails
    # To the reader: why its mails cannot be stopped. Empty: they can. Another question than `must_send`: whoever may
    # not be left out is still left to sleep.
    kept_because: ClassVar[Promise | str] = ""

    def __str__(self) -> str:
        return str(self.label) or in_plain_words(self.key)

    @property
    def may_be_left(self) -> bool:
        """Whether its mails carry the link that stops them (RFC 8058)."""
        return self.has_inbox and not self.kept_because

    def subjects(self, since: datetime, until: datetime) -> Iterable[Any]:
        """The subjects whose anchor lies between the two instants and that still await something."""
        return ()

    def anchor(self, subject: Any) -> datetime | date | None:
        """The deadline the slots count back from; None when nothing is awaited any more."""
        return None

    def since(self, subject: Any) -> datetime | None:
        """When this deadline came into being or last moved: slots long before it are not sent in arrears.

        After a kind that is `told_at_once` none is: a first mail left at this instant.
        """
        return None

    def since_for(self, subject: Any, person: Person) -> datetime | None:
        """As `since`, for one person of the audience: who was asked later missed nothing before."""
        return self.since(subject)

    def audience(self, subject: Any) -> Iterable[Person]:
        """Who is still asked, as the rows say now. Nobody who may not see the subject."""
        raise NotImplementedError

    def slots_for(self, person: Person) -> tuple[Slot, ...]:
        """Those of `slots` on which `person`, one of the audience as it was read, hears of it: a ladder's later steps."""
        return self.slots

    def why_not(self, subject: Any, person: Person, now: datetime) -> str:
        """Asked just before sending: empty when the notice is still due, else the reason it is not.

        A kind with more to ask overrides this, or `why_not_each` when it can ask for many people at once.
        """
        return self.why_not_each(subject, [person], now).get(person.pk, "")

    def why_not_each(self, subject: Any, people: Collection[Person], now: datetime) -> dict[UUID, str]:
        """{person id: reason} for those of `people` to whom the notice is not due any more."""
        if type(self).why_not is not Kind.why_not:
            reasons = {person.pk: self.why_not(subject, person, now) for person in people}
            return {pk: reason for pk, reason in reasons.items() if reason}
        ids, audience = {person.pk for person in people}, self.audience(subject)
        if isinstance(audience, models.QuerySet):  # a few rows instead of all: this runs while mails wait
            audience = audience.filter(pk__in=ids).only("pk")
        return self.why_gone(subject, ids - {one.pk for one in audience})

    def why_gone(self, subject: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        """{person id: why they are not in the audience any more}, in words that are kept with what is cancelled.

        For a kind that knows more of them than that nobody asks them.
        """
        return dict.fromkeys(ids, NO_LONGER_ASKED)

    def prepare(self, subject: Any, people: Collection[Person]) -> None:
        """Read at once, and keep on `subject`, what the mails to these people will need."""

    def alike(self, subject: Any, person: Person) -> Hashable:
        """For readers of one language and zone: what, beside their name, their texts differ by. None: by anything.

        A kind that says it has its text written once for all who are alike, of those that are sent together.
        """
        return None

    def context(self, subject: Any, person: Person, now: datetime) -> dict[str, Any]:
        """What the template needs beyond `subject`, `person`, `now`, `link` and `coalition_name`."""
        return {}

    def path(self, subject: Any) -> str:
        """The page with the button, from the root: "/positions/…/"."""
        raise NotImplementedError

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        """{id: title} of the subjects among `ids` that `user` may see: for staff's list of notices, in one statement."""
        visible_to = getattr(self.model._default_manager, "visible_to", None)
        return {pk: str(row) for pk, row in visible_to(user).in_bulk(ids).items()} if visible_to else {}

    def parts_of(self, pk: UUID) -> models.QuerySet[Any] | None:
        """Those subjects that belong to what has the id `pk`, as the rounds of a position: staff read all of them there."""
        return None

    def subject(self, pk: UUID) -> Any:
        """The row a notice is about, with what its text reads; None when it is gone."""
        return self.model._base_manager.select_related(*self.reads).filter(pk=pk).first()

    def is_readable(self, subject: Any, user: Any) -> bool:
        """Whether `user`, who may see its subject, may still read what it said, long after it was sent."""
        return True

    def attachments(self, subject: Any, person: Person, now: datetime) -> list[Attachment]:
        return []


def in_plain_words(key: str) -> str:
    """A key that has no label: "meeting_called" → "Meeting called"."""
    words = " ".join(part for part in key.replace("_", " ").replace(".", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]


def occasion_in_words(slot: str) -> str:
    """A slot's key as staff read it: "P7D" → "7 days before", "PT24H" → "24 hours before", "now" → "at once".

    "+P3D" → "3 days after"; "now+2" is told at once for the third time, to whoever it is then.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", slot):  # a daily mail
        return day(date.fromisoformat(slot))
    known = re.fullmatch(r"\+?P(?:(\d+)D|T(\d+)H)", slot)
    if slot.partition("+")[0] == "now" or re.fullmatch(r"[a-z]+ [0-9a-f]{16}", slot):  # of one row: "late 3c6c…"
        return gettext("at once")
    if known is None:
        return gettext("the date moved") if slot == MOVED else in_plain_words(slot)
    if known[2]:
        hours = int(known[2])
        return ngettext("%(count)d hour before", "%(count)d hours before", hours) % {"count": hours}
    count = int(known[1])
    if slot.startswith("+"):
        return ngettext("%(count)d day after", "%(count)d days after", count) % {"count": count}
    if count == 0:
        return gettext("on the day")
    return ngettext("%(count)d day before", "%(count)d days before", count) % {"count": count}


def register(*kinds: Kind) -> None:
    for kind in kinds:
        KINDS[kind.key] = kind


def kinds_about(model: type[models.Model]) -> list[Kind]:
    return [kind for kind in KINDS.values() if kind.model is model and kind.slots]
