"""The columns of the lists of positions and of the register."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.lists import DAYS, Column, List
from accounts.zones import in_a_file

STANDING = (_("%(column)s: what is open first"), _("%(column)s: what is decided first"))


def _when(row: Any) -> str:
    """When its round closes; without one, when it changed."""
    return in_a_file(row.closes_at or row.position.changed_at)


# A row is a decisions.pages.Row.
POSITIONS = List(
    "decisions.positions",
    [
        Column("title", _("Position"), lambda row: row.position.title, order="title"),
        Column(
            "state",
            _("State"),
            lambda row: row.position.get_status_display(),
            order="standing",
            rises_falls=STANDING,
        ),
        Column("when", _("When"), _when),
        Column(
            "changed",
            _("Changed"),
            lambda row: in_a_file(row.position.changed_at),
            order="-changed_at",
            rises_falls=DAYS,
            is_extra=True,
        ),
        Column("committee", _("Committee"), lambda row: row.committee),
    ],
    title=_("Positions"),
    address="decisions:positions",
    order="state",
)


def _newer(row: Any) -> str:
    return row[0].superseded_by.label if row[0].shows_newer else ""


# A row is (decision, its committee as the reader may know it, who signs it or None where that is not asked).
REGISTER = List(
    "decisions.register",
    [
        Column("title", _("Position"), lambda row: row[0].title, order="title"),
        Column("number", _("Number"), lambda row: row[0].label),
        Column("closed", _("Closed"), lambda row: in_a_file(row[0].decided_at), order="-decided_at", rises_falls=DAYS),
        Column("approved", _("Approved"), lambda row: f"{row[0].approvals}/{row[0].counts['base']}"),
        Column("committee", _("Committee"), lambda row: row[1]),
        Column("outcome", _("Outcome"), lambda row: row[0].round.get_outcome_display(), is_extra=True),
        Column("level", _("Level"), lambda row: row[0].position.level.name, is_extra=True),
        Column("review", _("Reviewed on"), lambda row: row[0].review_on, is_extra=True),
        Column("superseded", _("Superseded by"), _newer, is_extra=True),
        Column(
            "signatories",
            _("Signatories"),
            lambda row: row[2] and row[2].words,
            is_extra=True,
            is_beside_first=True,  # for the file, which always says who signs and who dissents
        ),
        Column(
            "dissent",
            _("Dissent"),
            lambda row: row[2] and row[2].dissent_words,
            is_extra=True,
            is_beside_first=True,
        ),
    ],
    title=_("Register"),
    address="decisions:register",
    order="-closed",
    export="decisions.export_register",
    other_files=[(_("CSV with the texts"), "decisions:register_file")],
)
