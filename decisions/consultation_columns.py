"""The columns of the lists of consultations and of what was said in one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.lists import DAYS, Column, List
from accounts.zones import in_a_file
from members.languages import language_named

CONSULTATIONS = List(
    "decisions.consultations",
    [
        Column("title", _("Position"), lambda row: row.version.position.title, order="version__position__title"),
        Column("closes", _("Closes"), lambda row: in_a_file(row.closes_at), order="-closes_at", rises_falls=DAYS),
        Column("whom", _("Who is asked"), lambda row: row.whom),
        Column("answered", _("Answered"), lambda row: f"{row.answered}/{row.members}"),
    ],
    title=_("Consultations"),
    address="decisions:consultations",
    order="-closes",
)


def _outcome(row: Any) -> str:
    return row.disposition.get_outcome_display() if row.disposition else ""


BESIDE: dict[str, Any] = {"is_extra": True, "is_beside_first": True}  # on the page within other cells

# A row is a decisions.consultation_pages.Said.
CONTRIBUTIONS = List(
    "decisions.contributions",
    [
        Column("text", _("What was said"), lambda row: row.contribution.text),
        Column("who", _("Who"), lambda row: row.who),
        Column("kind", _("As"), lambda row: row.contribution.get_kind_display(), **BESIDE),
        Column("about", _("About"), lambda row: row.about),
        Column("outcome", _("What becomes of it"), _outcome),
        Column("reason", _("Why"), lambda row: row.disposition.reason if row.disposition else "", **BESIDE),
        Column(
            "at", _("When"), lambda row: in_a_file(row.contribution.at), order="at", rises_falls=DAYS, is_extra=True
        ),
        Column("language", _("Language"), lambda row: language_named(row.contribution.language), is_extra=True),
        Column("late", _("Came late"), lambda row: _("yes") if row.contribution.is_late else "", **BESIDE),
        Column("openness", _("Who reads it"), lambda row: row.contribution.get_openness_display(), is_extra=True),
    ],
    title=_("What was said"),
    address="decisions:contributions",
    order="at",
)
