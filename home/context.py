"""What every page's frame needs: the way around, what waits, and what is wrong."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import allows
from accounts.zones import in_words
from home.waiting import COUNTED, Counts, counts
from members.hats import hats
from notices.actions.life import silent
from notices.models import Heartbeat

Link = tuple[str, str, bool]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html; nothing of the coalition's own for whoever is not signed in."""
    user, now = getattr(request, "user", None), timezone.now()
    common = {"coalition_name": settings.COALITION_NAME, "now": now, "reader_zone": "UTC"}
    if not isinstance(user, User):
        return common
    worn, counted = hats(user), counts(user, now)
    return common | {
        "reader_zone": user.person.zone,
        "account_url": reverse("accounts:preferences"),
        "waiting_url": reverse("home:home") + "#waiting",
        "waiting_count": _at_most_counted(counted.waiting),
        "inbox_url": reverse("home:inbox"),
        "unread_count": _at_most_counted(counted.unread),
        "sees_notices": allows(user, "notices.see_deliveries"),
        **_ways(request, is_staff=worn.is_staff),
        "banners": _banners(user, counted, now) if worn.is_staff else [],
    }


MAIN = (
    ("home:home", lambda: _("Home")),
    ("decisions:positions", lambda: _("Positions")),
    ("members:organisations", lambda: _("Members")),
    ("members:committees", lambda: _("Committees")),
    ("campaigns:campaigns", lambda: _("Campaigns")),
    ("campaigns:tasks", lambda: _("Tasks")),
    ("meetings:meetings", lambda: _("Meetings")),
)
STAFF = (
    ("members:people", lambda: _("People")),
    ("members:imports", lambda: _("Imports")),
    ("notices:deliveries", lambda: _("Reminders")),
    ("history:deeds", lambda: _("Undo")),
)


def _at_most_counted(number: int) -> str:
    """ "" for none, "99+" for more than are counted."""
    return f"{COUNTED}+" if number > COUNTED else str(number or "")


def _ways(request: HttpRequest, *, is_staff: bool) -> dict[str, list[Link]]:
    """The longest address that the request's begins with is the current one, of all that are shown."""
    urls = {name: reverse(name) for name, _label in MAIN + (STAFF if is_staff else ())}
    here = max((url for url in urls.values() if request.path.startswith(url)), key=len)  # all begin with home's
    current = here if here != "/" or request.path == "/" else ""

    def links(pages: Any) -> list[Link]:
        return [(label(), urls[name], urls[name] == current) for name, label in pages]

    return {"nav": links(MAIN), "staff_nav": links(STAFF) if is_staff else []}


def _banners(user: User, counted: Counts, now: datetime) -> list[dict[str, str]]:
    """Of mails that wait only while nothing is silent: that is why they wait."""
    names = {"beat": _("the scheduler"), "worker": _("the worker"), Heartbeat.PLAN: _("the planning")}
    quiet = silent(counted.heard, now)
    if not quiet:
        return _late_mail(user, counted.late_since)
    return [
        {
            "level": "danger",
            "text": _(
                "Reminders stand still: %(process)s has been silent %(since)s. Nothing is lost; it goes out late."
            )
            % {
                "process": names[process],
                "since": _("since %(instant)s") % {"instant": in_words(seen, user.person.zone)}
                if seen
                else _("from the start"),
            },
        }
        for process, seen in quiet.items()
    ]


def _late_mail(user: User, since: datetime | None) -> list[dict[str, str]]:
    if since is None:
        return []
    text = _("Mails are late: the oldest has been due since %(instant)s. Nothing is lost; the mail server may be away.")
    words = text % {"instant": in_words(since, user.person.zone)}
    return [{"level": "danger", "text": words, "url": reverse("notices:deliveries"), "link": _("What is due")}]
