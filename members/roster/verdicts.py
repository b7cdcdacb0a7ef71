"""What do we think of each row? One verdict per row, the first that applies; pure: no database, no clock.

The order: error; duplicate within the file (same key and known country); possible duplicate (same key, country
different or missing); needs a country; will change; fills blanks; unchanged; new.

`why` holds what a verdict rests on:
    error, ...      the code of the fault and its details
    left            somebody decided to leave the row out
    remembered      the decision stems from an earlier import of a row that says the same
    row             the row of this file that it repeats, or is the same as
    waits           that row is not decided yet
    candidates      [organisation ids] that it may be
    rows            [rows of this file] that it may be the same as
    unplaced        neither country nor scope is known
    fields          {field: [old, new]} that it would change or fill; "spelling" is a name to find it by
    ignored         [fields] in which it differs and which an import never changes
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from members.models import ImportRow
from members.roster.claims import Claim

Verdict = ImportRow.Verdict
Decision = ImportRow.Decision
COMPARED = ["acronym", "kind", "website", "language", "description", "note"]
NEVER_CHANGED = ["status", "since"]


@dataclass(frozen=True)
class Known:
    """An organisation of the roster as far as a row can speak of it; `values` as in Claim, of its newest membership."""

    id: str
    name: str
    keys: frozenset[str]
    country: str | None
    scope: str
    version: int
    has_ended: bool
    values: dict[str, str]


@dataclass(frozen=True)
class Line:
    """A row to be judged: what it says, and what was decided about it (see members/roster/decisions.py)."""

    number: int
    claim: Claim
    decision: str = Decision.NONE
    decided: dict[str, Any] = field(default_factory=dict)

    def is_apart_from(self, other: "Line") -> bool:
        return other.number in self.decided.get("not_rows", []) or self.number in other.decided.get("not_rows", [])


@dataclass(frozen=True)
class Finding:
    verdict: str
    why: dict[str, Any]
    match: str | None = None
    version: int | None = None


def judge(lines: list[Line], roster: list[Known]) -> dict[int, Finding]:
    """{row number: Finding} for all rows of one file, against the organisations that bear one of their names."""
    return _Judge(lines, roster).findings()


def differences(claim: Claim, known: Known, *, by_decision: bool) -> dict[str, list[str]]:
    """{field: [old, new]}: what the row would write. An empty cell says nothing; a decision leaves the country alone."""
    fields = {
        name: [known.values.get(name, ""), claim.values[name]]
        for name in COMPARED
        if claim.values.get(name) and not _alike(name, claim.values[name], known.values.get(name, ""))
    }
    if claim.scope and not by_decision and claim.scope != known.scope:
        fields["scope"] = [known.scope, claim.scope]
    category, old = claim.values.get("category", ""), known.values.get("category", "")
    if category and category != old and known.values.get("status") != "ended":
        fields["category"] = [old, category]
    return fields


def _alike(name: str, new: str, old: str) -> bool:
    if name == "website":
        return new.rstrip("/").lower() == old.rstrip("/").lower()
    if name in {"description", "note"}:
        return new.split() == old.split()
    return new == old


class _Judge:
    def __init__(self, lines: list[Line], roster: list[Known]) -> None:
        self.lines = {line.number: line for line in lines}
        self.by_id = {known.id: known for known in roster}
        self.by_key: dict[str, list[Known]] = defaultdict(list)
        for known in roster:
            for key in known.keys:
                self.by_key[key].append(known)
        self.found: dict[int, Finding] = {}
        self.takers: dict[str, int] = {}  # organisation id: the row that speaks for it
        self.first: dict[tuple[str, str | None], int] = {}  # key and country: the first new row that says so
        self.open: dict[str, list[Line]] = defaultdict(list)  # key: rows that no organisation answers to

    def findings(self) -> dict[int, Finding]:
        merged = [line for line in self.lines.values() if not self._settle(line)]
        for namesakes in list(self.open.values()):
            for line in namesakes:
                self._put(line, self._unmatched(line))
        for line in merged:
            self._put(line, self._merged(line))
        return self.found

    def _put(self, line: Line, finding: Finding) -> None:
        if line.decided.get("remembered"):
            finding.why["remembered"] = True
        self.found[line.number] = finding

    def _settle(self, line: Line) -> bool:
        """Judge what needs no look at other new rows, and file the rest; False: it depends on the row it is said to be."""
        claim = line.claim
        if line.decision == Decision.LEAVE:
            self._put(line, Finding(Verdict.UNCHANGED, {"left": True}))
        elif claim.fault:
            self._put(line, Finding(Verdict.ERROR, dict(claim.fault)))
        elif known := self._decided(line):
            self._put(line, self._matched(line, known, by_decision=True))
        elif line.decided.get("row") in self.lines:
            return False
        else:
            self._look_up(line)
        return True

    def _decided(self, line: Line) -> Known | None:
        named = line.decided.get("organisation") or line.decided.get("made")
        return self.by_id.get(named) if named else None

    def _look_up(self, line: Line) -> None:
        exact = self._exact(line)
        free = [known for known in exact if known.id not in self.takers]
        if exact and not free:
            taken = exact[0]
            self._put(line, Finding(Verdict.REPEATED, {"row": self.takers[taken.id]}, match=taken.id))
        elif free and (known := self._one_of(line, free, alone=len(exact) == 1)):
            self.takers[known.id] = line.number
            self._put(line, self._matched(line, known, by_decision=False))
        elif (row := self._repeats(line)) is not None:
            self._put(line, Finding(Verdict.REPEATED, {"row": row}))
        else:
            self.open[line.claim.key].append(line)

    def _exact(self, line: Line) -> list[Known]:
        """Organisations of the same key at the same known place; an ended one only if the row says so too."""
        claim = line.claim
        if not claim.names_a_place:
            return []
        apart = line.decided.get("not", [])
        says_ended = claim.values.get("status") == "ended"
        return [
            known
            for known in self.by_key.get(claim.key, [])
            if known.country == claim.country and known.has_ended == says_ended and known.id not in apart
        ]

    def _one_of(self, line: Line, free: list[Known], *, alone: bool) -> Known | None:
        """Of several reviewed namesakes at one place only the one that the row describes exactly will do."""
        if alone:
            return free[0]
        return next((known for known in free if not differences(line.claim, known, by_decision=False)), None)

    def _repeats(self, line: Line) -> int | None:
        claim = line.claim
        if not claim.is_placed:
            return None
        row = self.first.setdefault((claim.key, claim.country), line.number)
        return None if row == line.number or line.is_apart_from(self.lines[row]) else row

    def _matched(self, line: Line, known: Known, *, by_decision: bool) -> Finding:
        fields = {} if known.has_ended else differences(line.claim, known, by_decision=by_decision)
        if line.decided.get("organisation") and not known.has_ended and line.claim.key not in known.keys:
            fields["spelling"] = ["", line.claim.name]
        return Finding(*self._effect(line, known, fields), match=known.id, version=known.version)

    def _effect(self, line: Line, known: Known, fields: dict[str, list[str]]) -> tuple[str, dict[str, Any]]:
        said = line.claim.values
        ignored = [name for name in NEVER_CHANGED if said.get(name, known.values.get(name)) != known.values.get(name)]
        why: dict[str, Any] = {"fields": fields} if fields else {}
        if ignored:
            why["ignored"] = ignored
        if not fields:
            return Verdict.UNCHANGED, why
        return (Verdict.CHANGE if any(old for old, _new in fields.values()) else Verdict.FILL), why

    def _unmatched(self, line: Line) -> Finding:
        apart = line.decided.get("not", [])
        candidates = [known.id for known in self.by_key.get(line.claim.key, []) if known.id not in apart]
        namesakes = [other for other in self.open[line.claim.key] if other is not line]
        rows = [other.number for other in namesakes if not line.is_apart_from(other)]
        unplaced: dict[str, Any] = {} if line.claim.is_placed else {"unplaced": True}
        if candidates or rows:
            why = unplaced | {"candidates": candidates, "rows": rows}
            return Finding(Verdict.POSSIBLE, why, match=candidates[0] if candidates else None)
        if unplaced:
            return Finding(Verdict.COUNTRY, unplaced)
        if line.claim.values.get("status") == "ended":
            return Finding(Verdict.ERROR, {"error": "ended"})
        return Finding(Verdict.NEW, {})

    def _merged(self, line: Line) -> Finding:
        """Said to be the same as another row of this file: what it adds to that row."""
        root = self._root(line)
        finding = self.found.get(root.number)
        why: dict[str, Any] = {"row": root.number}
        if finding is None or finding.why.get("left") or finding.verdict in {Verdict.ERROR, Verdict.REPEATED}:
            unplaced = {} if line.claim.is_placed else {"unplaced": True}
            return Finding(Verdict.POSSIBLE, unplaced | {"candidates": [], "rows": [root.number]})
        if finding.verdict in ImportRow.STAYS_OUT:
            return Finding(finding.verdict, why | {"waits": True})
        if finding.match:
            matched = self._matched(line, self.by_id[finding.match], by_decision=True)
            return Finding(matched.verdict, matched.why | why, matched.match, matched.version)
        there = root.claim
        known = Known("", there.name, frozenset({there.key}), there.country, there.scope, 1, False, there.values)  # noqa: FBT003
        verdict, effect = self._effect(line, known, differences(line.claim, known, by_decision=True))
        return Finding(verdict, effect | why)

    def _root(self, line: Line) -> Line:
        seen = {line.number}
        while (row := line.decided.get("row")) in self.lines and row not in seen:
            seen.add(row)
            line = self.lines[row]
        return line
