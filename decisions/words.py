"""How a round is said in words: who was asked, the arithmetic of its base."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decisions.outcome import majority
from members.hats import may_know
from members.models import Committee


def committee_for(user: Any, committee: Committee) -> str:
    """Its name for whoever may know it: what it adopts is for every member, that it exists need not be."""
    return committee.name if may_know(user, committee) else _("A committee of the coalition")


def arithmetic(*, seats: int, vacant: int = 0, suspended: int = 0, doubled: int = 0) -> str:
    """Why so many? "13 seats, less 1 vacant, leaves 12. More than half of 12 is 7."."""
    base = seats - vacant - suspended - doubled
    less = [
        (vacant, ngettext("%(count)s vacant", "%(count)s vacant", vacant)),
        (
            suspended,
            ngettext(
                "%(count)s whose organisation is suspended or has ended",
                "%(count)s whose organisations are suspended or have ended",
                suspended,
            ),
        ),
        (
            doubled,
            ngettext(
                "%(count)s of an organisation that holds another seat",
                "%(count)s of organisations that hold another seat",
                doubled,
            ),
        ),
    ]
    named = [words % {"count": count} for count, words in less if count]
    all_seats = ngettext("%(count)s seat", "%(count)s seats", seats) % {"count": seats}
    if not named:
        return _("%(all)s, all of which count. %(half)s") % {"all": all_seats, "half": half_of(base)}
    return _("%(all)s, less %(less)s, leaves %(base)s. %(half)s") % {
        "all": all_seats,
        "less": _(" and ").join(named),
        "base": base,
        "half": half_of(base),
    }


def half_of(base: int) -> str:
    """What a majority is: "More than half of 12 is 7."."""
    return _("More than half of %(base)s is %(half)s.") % {"base": base, "half": majority(base)}
