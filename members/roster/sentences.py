"""How do we say what we think of a row? Sentences for the codes that verdicts and decisions keep."""

from collections.abc import Callable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.countries import countries
from members.models import ImportRow, Membership, Organisation
from members.roster.columns import FIELDS

Verdict = ImportRow.Verdict
CHOICES = {"kind": Organisation.Kind, "scope": Organisation.Scope, "category": Membership.Category}
FAULTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "ragged": lambda why: _("This row has %(found)s cells, the header has %(expected)s.") % why,
    "no name": lambda why: _("The name is empty."),
    "no letter": lambda why: _("The name holds no letter or digit."),
    "too long": lambda why: (
        _("%(field)s: longer than %(longest)s characters.") % (why | {"field": label(why["field"])})
    ),
    "unknown": lambda why: _("%(field)s: “%(text)s” is none that we know.") % (why | {"field": label(why["field"])}),
    "website": lambda why: _("“%(text)s” is no address of a website.") % why,
    "since": lambda why: _("“%(text)s” is no day. Write it as 2019-03-31 or 2019.") % why,
    "ended": lambda why: _("It says that its membership has ended; an import adds nobody who has left."),
}


def label(field: str) -> str:
    """What readers call a field of roster.columns.FIELDS, or a spelling."""
    return _("spelling") if field == "spelling" else str(FIELDS[field])


def value(field: str, text: str) -> str:
    """A value as readers know it: the label of a choice, else the text."""
    return str(dict(CHOICES[field].choices).get(text, text)) if field in CHOICES else text


def verdict(row: ImportRow) -> str:
    """ "Will change 2 fields", "New" …"""
    if row.why.get("left") and not row.why.get("remembered"):
        return _("Left out")
    if row.verdict == Verdict.CHANGE:
        count = sum(1 for old, _new in row.why["fields"].values() if old)
        return ngettext("Will change %(count)s field", "Will change %(count)s fields", count) % {"count": count}
    return str(row.get_verdict_display())


def reason(row: ImportRow, place: str) -> str:
    """What the verdict rests on, as far as one sentence says it; names and values stand beside it.

    `place` is what the file says where a country should stand.
    """
    why = row.why
    if why.get("left"):
        return _("Left out in an earlier import.") if why.get("remembered") else _("Nothing will be written.")
    if "error" in why:
        return FAULTS[why["error"]](why) + " " + _("This row stays out; the others go on.")
    if why.get("waits"):
        return _("Waits for row %(row)s.") % why
    if row.verdict == Verdict.REPEATED:
        return _("Row %(row)s says the same name and country. This row stays out unless you decide otherwise.") % why
    if row.verdict == Verdict.COUNTRY:
        return _("This is not the name of a country.") if place else _("The file names no country.")
    if row.verdict == Verdict.NEW:
        return "" if row.outcome == ImportRow.Outcome.ADDED else _("Not known yet.")
    return _("Joins row %(row)s.") % why if "row" in why else ""


def ignored(row: ImportRow) -> str:
    """In which fields it differs that an import never changes; empty if in none."""
    fields = ", ".join(label(name) for name in row.why.get("ignored", []))
    return _("Differs, and is not changed by an import: %(fields)s.") % {"fields": fields} if fields else ""


def decision(row: ImportRow) -> str:
    """What was decided, without names; empty if nothing was."""
    decided = row.decided
    if row.decision == ImportRow.Decision.LEAVE or not row.decision:
        return str(row.get_decision_display()) if row.decision else ""
    parts = {
        ImportRow.Decision.SAME: _("The same as row %(row)s") % decided
        if "row" in decided
        else _("The same organisation"),
        ImportRow.Decision.DISTINCT: _("Another organisation"),
    }
    said = [parts[ImportRow.Decision(row.decision)]] if row.decision in parts else []
    given = placed(decided)
    if given and row.decision != ImportRow.Decision.SAME:
        said.append(given)
    if decided.get("keep"):
        said.append(_("text kept as description"))
    return capfirst(", ".join(said))


def placed(decided: dict[str, Any]) -> str:
    """The country or scope that was given."""
    if decided.get("country"):
        return str(countries()[decided["country"]])
    return str(Organisation.Scope(decided["scope"]).label) if decided.get("scope") else ""
