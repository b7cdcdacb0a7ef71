"""The columns of the ledger of disagreement, and what narrows it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.lists import DAYS, Column, List
from accounts.models import User
from accounts.zones import in_a_file
from decisions.models import Disagreement
from decisions.models.disagreements import DisagreementQuerySet

# What the address calls it, and how it is said.
SHOWN = [("", _("Open")), ("mine", _("Mine")), ("overdue", _("Overdue")), ("ended", _("Ended"))]


@dataclass(frozen=True)
class Line:
    """`days` until its next date by the reader's calendar."""

    entry: Disagreement
    days: int


def found(rows: DisagreementQuerySet, show: str, user: User, today: date) -> DisagreementQuerySet:
    """Those of `rows` that `show` names; what it does not know is as if nothing was named: those that are open."""
    if show == "ended":
        return rows.ended()
    if show == "overdue":
        return rows.overdue(today)
    return rows.open().owned_by(user.person) if show == "mine" else rows.open()


# A row is a Line of an entry read `with_round`.
DISAGREEMENTS = List(
    "decisions.disagreements",
    [
        Column("position", _("Position"), lambda row: row.entry.elector.round.version.position.title),
        Column("organisation", _("Who objected"), lambda row: row.entry.elector.organisation.name),
        Column("state", _("State"), lambda row: row.entry.get_status_display()),
        Column("next", _("Next date"), lambda row: row.entry.next_on, order="next_on", rises_falls=DAYS),
        Column(
            "ended",
            _("Ended on"),
            lambda row: in_a_file(row.entry.ended_at) if row.entry.ended_at else "",
            order="-ended_at",
            rises_falls=DAYS,
        ),
        Column("owner", _("Owner"), lambda row: row.entry.owner.display_name),
        Column("committee", _("Committee"), lambda row: row.entry.elector.round.committee.name, is_extra=True),
        Column(
            "opened",
            _("Objected on"),
            lambda row: in_a_file(row.entry.opened_at),
            order="-opened_at",
            rises_falls=DAYS,
            is_extra=True,
        ),
        Column("reason", _("Objection"), lambda row: row.entry.objection.reason, is_extra=True),
        Column("note", _("What happens next"), lambda row: row.entry.note, is_extra=True),
        Column("ending", _("How it ended"), lambda row: row.entry.ending, is_extra=True),
    ],
    title=_("Where we disagree"),
    address="decisions:disagreements",
    order="next",
)
