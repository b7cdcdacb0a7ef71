"""What was decided about a row? Choices of a person become what `ImportRow.decision` and `.decided` keep.

`decided` holds, where they apply:
    organisation    id of the one it is the same as
    row             number of the row of this file it is the same as
    not, not_rows   ids and row numbers that it is not
    country, scope  what was given for a cell that is no country
    keep            the text of that cell becomes the description
    remembered      taken over from an earlier import; made: id of the organisation that import gave the row to
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from members.models import ImportRow

Decision = ImportRow.Decision


class What(StrEnum):
    """What somebody says about one row."""

    SAME = "same"
    DISTINCT = "other"
    PLACE = "place"
    LEAVE = "leave"
    AGAIN = "again"


@dataclass(frozen=True)
class Choice:
    """One person's word on one row: `organisation` (id) or `row` with SAME; `country` or `scope` with any but AGAIN."""

    what: What
    organisation: str = ""
    row: int | None = None
    country: str | None = None
    scope: str = ""
    keep: bool = False


def decide(row: ImportRow, choice: Choice) -> None:
    """Set `decision` and `decided` of `row`. Does not save."""
    before = {name: value for name, value in row.decided.items() if name not in {"remembered", "made"}}
    if choice.what == What.AGAIN:
        row.decision, row.decided = Decision.NONE, {}
    elif choice.what == What.LEAVE:
        row.decision, row.decided = Decision.LEAVE, before
    elif choice.what == What.SAME:
        same = {"organisation": choice.organisation} if choice.organisation else {"row": choice.row}
        row.decision, row.decided = Decision.SAME, _placed(_without_identity(before), choice) | same
    elif choice.what == What.DISTINCT:
        row.decision, row.decided = Decision.DISTINCT, _placed(before, choice) | _apart(row)
    else:
        row.decided = _placed(before, choice)
        row.decision = row.decision if row.decision in {Decision.SAME, Decision.DISTINCT} else Decision.COUNTRY


def recall(row: ImportRow, earlier: ImportRow) -> None:
    """Decide `row` as a row that says the same was decided when it was applied. Does not save."""
    kept = {name: value for name, value in earlier.decided.items() if name not in {"row", "not_rows"}}
    made = {"made": str(earlier.organisation_id)} if earlier.organisation_id else {}
    if earlier.decision == Decision.SAME and not (made or kept.get("organisation")):
        return  # it was the same as another row of its own file, which did not come in
    row.decision, row.decided = earlier.decision, kept | made | {"remembered": True}
    row.decided_by_id = earlier.decided_by_id


def _without_identity(decided: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decided.items() if name in {"country", "scope", "keep"}}


def _placed(decided: dict[str, Any], choice: Choice) -> dict[str, Any]:
    placed = decided | ({"keep": True} if choice.keep else {})
    if choice.country or choice.scope:
        placed |= {"country": choice.country, "scope": choice.scope}
    return placed


def _apart(row: ImportRow) -> dict[str, Any]:
    """Neither of those that were offered, nor of those refused before."""
    offered = [*row.why.get("candidates", []), *([str(row.match_id)] if row.match_id else [])]
    rows = [*row.why.get("rows", []), *([row.why["row"]] if "row" in row.why else [])]
    return {
        "not": sorted({*row.decided.get("not", []), *offered}),
        "not_rows": sorted({*row.decided.get("not_rows", []), *rows}),
    }
