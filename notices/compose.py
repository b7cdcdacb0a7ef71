"""The message: text in the reader's language and zone, HTML beside it, one link to the page with the button."""

from copy import copy
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.zones import day, in_words
from notices.daily import Part
from notices.frame import Frame, as_html, as_text
from notices.kind import KINDS, MOVED, Kind
from notices.leaving import leaving_headers
from notices.models import Delivery

NAME = "\0"  # where a reader's name stands; no text of ours holds it


def written(row: Delivery, subject: Any, now: datetime, *, by_mail: bool) -> tuple[str, str]:
    """(subject line, text without its frame) of `row` as of `now`, in the active language and its person's zone.

    In the inbox (not `by_mail`) it greets nobody, speaks of no attached file and has no link: a button stands there.
    """
    text = _text(row, subject, now, by_mail=by_mail)
    title, body = text.strip().split("\n", 1)  # a template without a body is an error, told in the log
    title, body = " ".join(title.split()), body.strip() + "\n"
    if row.slot == MOVED and (line := _moved(row, subject)):
        return _("Moved: %(title)s") % {"title": title}, f"{line}\n\n{body}"
    return title, body


def _text(row: Delivery, subject: Any, now: datetime, *, by_mail: bool) -> str:
    """What the template makes of it. Kept on the subject, which is read anew each time that it is asked what is due."""
    kind, person = KINDS[row.kind], row.person
    alike = kind.alike(subject, person) if by_mail else None
    if alike is None:
        return _rendered(kind, subject, person, now, by_mail=by_mail)
    known = _kept(subject)
    key = (kind.key, alike, get_language(), person.zone, now.replace(second=0, microsecond=0))
    if key not in known:
        somebody = copy(person)
        somebody.display_name = NAME
        known[key] = _rendered(kind, subject, somebody, now, by_mail=True)
    text: str = known[key]
    return text.replace(NAME, person.display_name)


def _kept(subject: Any) -> dict[Any, Any]:
    known: dict[Any, Any] = subject.__dict__.setdefault("written", {})
    return known


def _rendered(kind: Kind, subject: Any, person: Person, now: datetime, *, by_mail: bool) -> str:
    values = {
        "subject": subject,
        "person": person,
        "now": now,
        "reader_zone": person.zone,
        "link": settings.BASE_URL + kind.path(subject),
        "coalition_name": settings.COALITION_NAME,
        "by_mail": by_mail,
        **kind.context(subject, person, now),
    }
    with timezone.override(ZoneInfo(person.zone)):
        # Plain text: nothing is to be escaped. The inner template renders without Django's backend wrapper for that.
        text: str = get_template(kind.template).template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]
    return text


def part_of(row: Delivery, subject: Any, now: datetime) -> Part:
    """`row` as a daily mail names it, in the active language: what it would say by itself in its first line."""
    title, _body = written(row, subject, now, by_mail=True)
    anchor = KINDS[row.kind].anchor(subject)
    when = _said(anchor, row.person.zone) if anchor else ""
    return Part(title, when, settings.BASE_URL + KINDS[row.kind].path(subject))


def _moved(row: Delivery, subject: Any) -> str:
    """Where the deadline was when its reader last heard of it, and where it is now; empty if it is there again."""
    heard = Delivery.objects.about(subject).told().filter(kind=row.kind, person=row.person, epoch__lt=row.epoch)
    last = heard.exclude(deadline="").order_by("-epoch").first()
    anchor = KINDS[row.kind].anchor(subject)
    if last is None or anchor is None:
        return ""
    was = type(anchor).fromisoformat(last.deadline)
    days = {"was": _said(was, row.person.zone), "now": _said(anchor, row.person.zone)}
    return _("The date has moved: was %(was)s, now %(now)s.") % days


def _said(deadline: date, zone: str) -> str:
    """A day with its weekday, or an instant in the reader's zone and in UTC."""
    if isinstance(deadline, datetime):
        return in_words(deadline, zone, utc=True)
    return day(deadline)


def compose(row: Delivery, subject: Any, email: str, now: datetime) -> EmailMultiAlternatives:
    """The mail of `row` to `email`; the first line of the template is the subject. Language: the active one."""
    kind, is_discreet = KINDS[row.kind], row.person.is_discreet
    frame = _discreet_frame(kind, subject) if is_discreet else _frame(kind, subject)
    title, body = _discreet_words(frame) if is_discreet else written(row, subject, now, by_mail=True)
    message = EmailMultiAlternatives(
        title,
        as_text(body, frame),
        settings.DEFAULT_FROM_EMAIL,
        [email],
        headers={
            "Message-ID": row.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "List-Id": f"{settings.COALITION_NAME} <notices.{settings.ALLOWED_HOSTS[0].lstrip('.')}>",
            **leaving_headers(kind, row.person),
        },
    )
    message.attach_alternative(as_html(title, body, frame), "text/html")
    for part in [] if is_discreet else kind.attachments(subject, row.person, now):
        message.attach(part.name, part.content, part.mimetype)
    return message


def _frame(kind: Kind, subject: Any) -> Frame:
    known, key = _kept(subject), (kind.key, get_language())
    if key not in known:
        known[key] = _new_frame(kind, subject)
    frame: Frame = known[key]
    return frame


def _new_frame(kind: Kind, subject: Any) -> Frame:
    return Frame(
        coalition=settings.COALITION_NAME,
        act=str(kind.act),
        link=settings.BASE_URL + kind.path(subject),
        because=str(kind.because),
        preferences_link=settings.BASE_URL + _preferences_path(),
    )


@cache
def _preferences_path() -> str:
    return reverse("accounts:preferences")


def _discreet_words(frame: Frame) -> tuple[str, str]:
    """For whoever shares a screen or a mailbox: what it is about, and that one is in a campaign, stays behind the login."""
    title = _("A notice from %(coalition)s") % {"coalition": frame.coalition}
    return title, _("Something waits for you. Sign in to read it:") + f"\n{frame.link}\n"


def _discreet_frame(kind: Kind, subject: Any) -> Frame:
    # Who has no account yet can follow only the link to making one.
    path = reverse("home:inbox") if kind.has_inbox else kind.path(subject)
    frame = _frame(kind, subject)
    return replace(frame, act=_("Sign in"), link=settings.BASE_URL + path, because="")
