"""What staff do first in a new installation; nothing more once it is all done."""

from dataclasses import dataclass

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import Campaign
from members.hats import hats
from members.models import Invitation, Organisation, SeatHolder


@dataclass(frozen=True)
class Step:
    what: str
    why: str
    url: str
    is_done: bool


def first_steps(user: User) -> list[Step]:
    """The steps in their order, in one statement; empty for whoever is not staff, and when all are done."""
    if not hats(user).is_staff:
        return []
    others = User.objects.exclude(pk=user.pk).values("person")
    invited = Invitation.objects.exclude(person=user.person).values("person")
    done = User.objects.values_list(
        Exists(Organisation.objects.all()),
        Exists(SeatHolder.objects.current()),
        Exists(Campaign.objects.all()),
        Exists(invited.union(others)),
    ).get(pk=user.pk)
    steps = [Step(what, why, reverse(name), is_done) for (what, why, name), is_done in zip(_steps(), done, strict=True)]
    return [] if all(done) else steps


def _steps() -> list[tuple[str, str, str]]:
    return [
        (
            _("Import the roster"),
            _("A CSV file of your members. You see what it would change before anything is written."),
            "members:import_upload",
        ),
        (
            _("Seat a committee"),
            _("Name a committee, its seats, and who speaks for each: they sign off positions."),
            "members:committees",
        ),
        (
            _("Start a campaign"),
            _("Its goal and its dates. Whoever owns a date is reminded of it."),
            "campaigns:add_campaign",
        ),
        (
            _("Invite people to sign in"),
            _("On a person’s page. They choose a password themselves and find here what is asked of them."),
            "members:people",
        ),
    ]
