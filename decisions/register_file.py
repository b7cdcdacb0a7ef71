"""The register as a file: one line per decision, in a form that no spreadsheet runs."""

from typing import Any

from accounts.files import safe_cell
from decisions.models import Decision
from decisions.words import committee_for

COLUMNS = [
    "Number",
    "Closed (UTC)",
    "Title",
    "Committee",
    "Outcome",
    "How it was decided",
    "Approved",
    "With a reservation",
    "Objected",
    "Abstained",
    "Recused",
    "No answer",
    "Seats counted",
    "Reviewed on",
    "Superseded by",
    "Language",
    "Text",
]


def cells(decision: Decision, user: Any) -> list[str]:
    """One line as `user` may read it, in the order of COLUMNS. Of rows `for_export`."""
    counts = decision.counts
    texts = [
        decision.label,
        decision.decided_at.strftime("%Y-%m-%d %H:%M"),
        decision.title,
        committee_for(user, decision.round.committee),
        decision.round.get_outcome_display(),
        decision.round.get_procedure_display(),
        # Decisions from before there were reservations and recusals count none.
        *(str(counts.get(name, 0)) for name in ("approve", "reserve", "object", "abstain", "recuse", "silent", "base")),
        decision.review_on.isoformat() if decision.review_on else "",
        decision.superseded_by.label if decision.superseded_by else "",
        decision.text.language,
        decision.text.body,
    ]
    return [safe_cell(text) for text in texts]
