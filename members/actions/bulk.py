"""What can happen to many at once, in one transaction: each as by its own action, or left out with the reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person, TransitionError, User
from accounts.rules import Refused, require
from history.actions import gather
from history.models import Deed
from members.actions.endorsements import endorse
from members.actions.invitations import invite
from members.actions.organisations import change_membership, edit_organisation, end_organisation
from members.models import Organisation, everybody

MOST = 500  # organisations at once: one transaction holds them all
DO: dict[str, Callable[..., Any]] = {
    "endorse": endorse,
    "category": change_membership,
    "status": change_membership,
    "visibility": edit_organisation,
    "end": end_organisation,
}


@dataclass
class Done:
    """`left`: (what it is called, why nothing happened to it). `deed`: what takes all of it back, if anything does."""

    changed: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)
    deed: Deed | None = None


@transaction.atomic
def change_all(seen: dict[UUID, int], *, act: str, by: User, now: datetime, **values: Any) -> Done:
    """Do `act` (a key of DO) with `values` to every organisation in `seen`: {id: the version the preview showed}.

    One that has changed since, or for which the act is impossible now, is left out.

    Raises Refused, or TransitionError for more than MOST.
    """
    require(by, "members.edit_organisation")
    if len(seen) > MOST:
        raise TransitionError(_("Nothing was changed: at most %(most)s can be changed at once.") % {"most": MOST})
    done = Done()
    # In order of their ids, so that two who do this at once wait in line; what cannot be seen is not there.
    rows = Organisation.objects.visible_to(by).filter(pk__in=seen).order_by("pk").select_for_update()
    for organisation in list(rows):
        if organisation.version != seen[organisation.pk]:
            done.left.append((organisation.name, _("Somebody else has changed it since the preview.")))
        else:
            _try(DO[act], organisation, done, by=by, now=now, **values)
    done.deed = gather(by=by, now=now)
    return done


@transaction.atomic
def invite_all(people: Iterable[Person], *, by: User, now: datetime) -> Done:
    """Invite each of `people` to sign in, by a mail of their own; whom it cannot be sent to is left out.

    Raises Refused.
    """
    require(by, "members.invite")
    done = Done()
    wanted = everybody().visible_to(by).filter(pk__in=[person.pk for person in people]).order_by("pk")
    for person in list(wanted):
        _try(invite, person, done, by=by, now=now)
    return done


def _try(act: Callable[..., Any], subject: Any, done: Done, **values: Any) -> None:
    try:
        with transaction.atomic():
            act(subject, **values)
    except (TransitionError, Refused) as error:
        done.left.append((str(subject), str(error)))
    else:
        done.changed += 1
