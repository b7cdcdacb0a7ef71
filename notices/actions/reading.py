"""Reading: what people do with the notices in their own inbox, and which kinds they take by mail.

What somebody reads is nobody else's business: reading leaves no entry in a history.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from history.actions import record
from notices.daily import DAILY
from notices.kind import KINDS, Kind
from notices.models import Delivery, NoticePreference


@transaction.atomic
def mark_read(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Its reader has opened it; the first time counts. Raises Refused."""
    row = _locked(delivery, by)
    row.read_at = row.read_at or now
    row.save(update_fields=["read_at"])
    return row


@transaction.atomic
def put_away(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Its reader is done with it, and has therefore read it. Raises Refused."""
    row = _locked(delivery, by)
    row.read_at, row.done_at = row.read_at or now, row.done_at or now
    row.save(update_fields=["read_at", "done_at"])
    return row


@transaction.atomic
def take_back(delivery: Delivery, *, by: User) -> Delivery:
    """Its reader is not done with it after all. Raises Refused."""
    row = _locked(delivery, by)
    row.done_at = None
    row.save(update_fields=["done_at"])
    return row


@transaction.atomic
def mark_all_read(person: Person, *, by: User, now: datetime) -> int:
    """Everything that has arrived in `person`'s inbox counts as read; how many were not. Raises Refused."""
    require(by, "notices.choose_mail", person)
    return Delivery.objects.in_inbox_of(person).unread().update(read_at=now)


@transaction.atomic
def choose_mail(
    person: Person, *, by: User, kind: str, takes_mail: bool, now: datetime, is_daily: bool = False
) -> NoticePreference:
    """From now on the notices of `kind` come by mail too (what can wait: in the daily mail), or only to the inbox.

    Raises Refused for another person, TransitionError for a kind that nobody knows, cannot wait or cannot be stopped.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    require(by, "notices.choose_mail", person)
    known = KINDS.get(kind)
    if known is None or not known.has_inbox:
        raise TransitionError(_("There is no such kind of notice."))
    if is_daily and not known.digestable:
        raise TransitionError(_("These mails cannot wait for the daily mail."))
    return _choose(person, known, by=by, takes_mail=takes_mail, is_daily=is_daily, now=now)


@transaction.atomic
def leave_kind(person: Person, *, kind: Kind, now: datetime) -> None:
    """The signed link of a mail was used: no more mails of its kind. Whoever holds the mail may; nobody has signed in.

    With the daily mail all kinds end that it takes along: nobody who stops one mail a day wants several instead.
    Raises TransitionError for a kind whose mails cannot be stopped.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    for one in _daily_kinds(person) if kind.key == DAILY else [kind]:
        _choose(person, one, by=None, takes_mail=False, now=now)


def _daily_kinds(person: Person) -> list[Kind]:
    chosen = NoticePreference.objects.filter(person=person, is_daily=True).order_by("kind")
    return [KINDS[key] for key in chosen.values_list("kind", flat=True) if key in KINDS]


def _choose(
    person: Person, kind: Kind, *, by: User | None, takes_mail: bool, now: datetime, is_daily: bool = False
) -> NoticePreference:
    if not takes_mail and kind.kept_because:
        raise TransitionError(str(kind.kept_because))
    choice, is_new = NoticePreference.objects.get_or_create(
        person=person, kind=kind.key, defaults={"takes_mail": takes_mail, "is_daily": is_daily, "changed_at": now}
    )
    if is_new or (choice.takes_mail, choice.is_daily) != (takes_mail, is_daily):
        choice.takes_mail, choice.is_daily, choice.changed_at = takes_mail, is_daily, now
        choice.save()
        record(_verb(by, takes_mail=takes_mail, is_daily=is_daily), person, by=by, now=now, kind=kind.key)
    return choice


def _verb(by: User | None, *, takes_mail: bool, is_daily: bool) -> str:
    if by is None:
        return gettext_noop("The mails of a kind were stopped by the link in one of them")
    if is_daily:
        return gettext_noop("Takes the mails of a kind in the daily mail")
    return gettext_noop("Takes mails of a kind again") if takes_mail else gettext_noop("Stopped the mails of a kind")


def _locked(delivery: Delivery, by: User) -> Delivery:
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    require(by, "notices.keep_inbox", row)
    return row
