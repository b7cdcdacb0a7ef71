"""Who takes part in a long test: everybody's windows, the mail they get, and where they live: where it is day now."""

import re
import time
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Person, User
from accounts.zones import zone_choices
from decisions.models import Round
from tests.browser.conftest import Open
from tests.browser.visits import PASSWORD, PHONE, Window
from tests.decisions.making import chair_of, committee_of
from tests.decisions.members_asked import member
from tests.factories import user_with
from tests.servers import Inbox

FAR_AWAY = "Asia/Kathmandu"  # 5 hours and 45 minutes ahead of UTC: no other place has its hours
LINK = re.compile(r"http://\S+")


def by_day(now: datetime) -> str:
    """A zone in which it is early afternoon now."""
    zones = [zone for _continent, pairs in zone_choices(now) for zone, _label in pairs]
    return min(zones, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour - 13))


class Cast:
    """Staff in their window, the zone where everybody lives, the mail server, and how to open another window."""

    def __init__(self, visit: Open, smtp: Inbox) -> None:
        self.visit, self.smtp, self.now = visit, smtp, timezone.now()
        self.zone = by_day(self.now)
        self.place = ZoneInfo(self.zone)
        staff = user_with("staff")
        staff.person.zone = self.zone
        staff.person.display_name = "Hanna Lindqvist"
        staff.person.save()
        staff.set_password(PASSWORD)
        staff.save()
        self.staff: User = staff
        self.desk: Window = visit()

    def mail(self, address: str, subject: str, seconds: float = 40) -> EmailMessage:
        """The mail to `address` whose subject begins so, waited for."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in self.smtp.to(address):
                if str(message["Subject"]).strip().startswith(subject):  # folded, it begins with a space
                    return message
            time.sleep(0.1)
        pytest.fail(f"{address} got no “{subject}”, only {[one['Subject'] for one in self.smtp.to(address)]}")


def link_in(message: EmailMessage) -> str:
    """The link to act on: a mail has this one and, after it, the one to the preferences."""
    act, *_settings = LINK.findall(body_of(message))
    return act


def body_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))  # beside it there may be a calendar file
    assert body is not None
    return str(body.get_content())


def wait_until_told(asked: Round) -> None:
    """Until every seat has its mail, and the books say so: silence counts only then."""
    until = time.monotonic() + 40
    while asked.electors.unreached().exists():
        assert time.monotonic() < until, "not every seat was told"
        time.sleep(0.1)


class Scene(Cast):
    """Everybody there is, each in windows of their own on a phone; staff live far from the others."""

    def __init__(self, visit: Open, smtp: Inbox, seats: int, *, vacant: int = 0, **options: Any) -> None:
        super().__init__(visit, smtp)
        self.options = {"viewport": PHONE, **options}
        self.committee = committee_of(seats, vacant=vacant, name="Steering committee")
        self.chair, self.member = chair_of(self.committee), member()
        Person.objects.update(zone=self.zone, keeps_weekend=False)
        Person.objects.filter(user=self.staff).update(zone=FAR_AWAY)

    def window_of(self, user: User) -> Window:
        return self.visit(User.objects.get(pk=user.pk), **self.options)

    def from_mail(self, user: User, subject: str) -> Window:
        """Where the mail's link leads whoever is not signed in."""
        user.set_password(PASSWORD)
        user.save()
        window = self.visit(**self.options)
        window.goto(link_in(self.mail(user.email, subject)))
        return window
