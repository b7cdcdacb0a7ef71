"""Many organisations at once: what would become of each, and which stay as they are and why. Writes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import TransitionError, Visibility
from accounts.rules import allows
from members.models import Endorsement, Membership, Organisation


@dataclass(frozen=True)
class Foreseen:
    """`before` and `after` are words; `why_not` is why nothing would happen to it, empty if something would."""

    organisation: Organisation
    before: str = ""
    after: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class Act:
    """`foresee(organisation, values)`: (before, after) in words. Raises TransitionError when it cannot be."""

    label: Any
    foresee: Callable[[Organisation, dict[str, Any]], tuple[str, str]]
    permission: str = "members.edit_organisation"


def foreseen(
    act: str, organisations: Iterable[Organisation], values: dict[str, Any], *, user: Any
) -> tuple[list[Foreseen], list[Foreseen]]:
    """Those that `act` with `values` would change, and the others.

    Reads memberships, endorsements and seat terms: prefetch them.
    """
    rows = [_foreseen(ACTS[act], organisation, values, user) for organisation in organisations]
    return [row for row in rows if not row.why_not], [row for row in rows if row.why_not]


def _foreseen(act: Act, organisation: Organisation, values: dict[str, Any], user: Any) -> Foreseen:
    if organisation.ended_on is not None:
        return Foreseen(organisation, why_not=_("It has ended."))
    if not allows(user, act.permission, organisation):
        return Foreseen(organisation, why_not=_("You may not change it."))
    try:
        before, after = act.foresee(organisation, values)
    except TransitionError as error:
        return Foreseen(organisation, why_not=str(error))
    if before == after:
        return Foreseen(organisation, why_not=_("It is so already: %(value)s.") % {"value": before})
    return Foreseen(organisation, before, after)


def _membership(organisation: Organisation) -> Membership:
    membership = organisation.membership
    if membership is None or membership.until is not None:
        raise TransitionError(_("It has no membership that could change."))
    return membership


def _category(organisation: Organisation, values: dict[str, Any]) -> tuple[str, str]:
    before = _membership(organisation).get_category_display()
    return str(before), str(Membership.Category(values["category"]).label)


def _status(organisation: Organisation, values: dict[str, Any]) -> tuple[str, str]:
    membership, wanted = _membership(organisation), Membership.Status(values["status"])
    before = str(membership.get_status_display())
    if membership.status != wanted:
        membership.step_to(wanted)  # refuses what is no step; nothing is saved
    return before, str(wanted.label)


def _endorse(organisation: Organisation, values: dict[str, Any]) -> tuple[str, str]:
    standing = organisation.endorsement
    if standing:
        raise TransitionError(_("It has endorsed the call already, on %(day)s.") % {"day": standing.since.isoformat()})
    how = Endorsement.How(values["how"]).label
    said = _("endorsed on %(day)s: %(how)s") % {"day": values["since"].isoformat(), "how": how}
    return _("not recorded"), said


def _visibility(organisation: Organisation, values: dict[str, Any]) -> tuple[str, str]:
    return str(organisation.get_visibility_display()), str(Visibility(values["visibility"]).label)


def _end(organisation: Organisation, values: dict[str, Any]) -> tuple[str, str]:
    seats = [term.seat for term in organisation.seat_terms.all() if term.until is None]
    if seats:
        held = {"committee": seats[0].committee, "seat": seats[0]}
        raise TransitionError(_("End its seat first: %(committee)s, %(seat)s.") % held)
    return _("on the list"), _("ended")


ACTS = {
    "endorse": Act(gettext_lazy("Record their endorsement"), _endorse),
    "category": Act(gettext_lazy("Set the category"), _category),
    "status": Act(gettext_lazy("Set the status"), _status),
    "visibility": Act(gettext_lazy("Set who sees them"), _visibility),
    "end": Act(gettext_lazy("End them"), _end, "members.end_organisation"),
}
