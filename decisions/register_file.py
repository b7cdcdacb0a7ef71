"""The register as a file: one line per decision, in a form that no spreadsheet runs."""

from collections.abc import Iterator
from itertools import islice

from accounts.files import safe_cell
from accounts.models import User
from decisions.models import Decision
from decisions.signing import Signing, signings
from decisions.words import committee_for

AT_ONCE = 500  # decisions whose texts and seats are held at a time
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
    "Signatories",
    "Dissent",
    "Language",
    "Text",
]


def lines(decisions: Iterator[Decision], user: User) -> Iterator[list[str]]:
    """One line for each of the rows `for_export`, as `user` may read it, in the order of COLUMNS."""
    while some := list(islice(decisions, AT_ONCE)):
        signing = signings(some, user)
        yield from (_cells(one, user, signing[one.pk]) for one in some)


def _cells(decision: Decision, user: User, signing: Signing) -> list[str]:
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
        signing.words,
        signing.dissent_words,
        decision.text.language,
        decision.text.body,
    ]
    return [safe_cell(text) for text in texts]
