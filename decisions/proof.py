"""What the history vouches for: each answer's entry holds its id and a fingerprint of what it said."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from decisions.models import Answer, AnswerChange
from history.models import Entry

SAID = ("choice", "reason", "proposal", "visibility", "by_id", "recorded_by_id", "heard")


def seal(row: Any) -> str:
    """SHA-256 (hex) over what an answer or one of its changes says, for which seat, when and by whom."""
    content = [str(row.elector_id), *(str(getattr(row, name)) for name in SAID), row.at.isoformat()]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def answers_not_as_given() -> Iterator[str]:
    """A sentence for each answer that was edited, deleted or inserted behind the history's back."""
    counts: dict[Any, str] = {}  # of each elector, the seal of what it said last in time
    yield from _changes_not_as_given(counts)
    for answer in Answer.objects.select_related("elector__organisation").iterator(chunk_size=2000):
        if counts.pop(answer.elector_id, "") != seal(answer):
            yield f"What counts for {answer.elector.organisation} (answer {answer.pk}) is not what it said last in time"
    for elector in counts:
        yield f"What elector {elector} said in time does not count: its answer was deleted"


def _changes_not_as_given(counts: dict[Any, str]) -> Iterator[str]:
    entries = Entry.objects.filter(details__has_key="answer").order_by("at")
    given = {details["answer"]: (details["sha256"], at) for details, at in entries.values_list("details", "at")}
    since = min((at for _sha, at in given.values()), default=None)  # earlier entries did not hold seals
    changes = AnswerChange.objects.select_related("elector__organisation").order_by("elector", "at", "id")
    for change in changes.iterator(chunk_size=2000):
        name = f"Answer {change.pk} of {change.elector.organisation}, {change.at:%Y-%m-%d %H:%M:%S} UTC"
        sha, _at = given.pop(str(change.pk), ("", None))
        if sha and sha != seal(change):
            yield f"{name} was edited: it does not say what was given"
        elif not sha and since is not None and change.at >= since:
            yield f"{name} was inserted: the history knows nothing of it"
        if not change.is_late:
            counts[change.elector_id] = seal(change)
    for pk, (_sha, at) in given.items():
        yield f"Answer {pk}, {at:%Y-%m-%d %H:%M:%S} UTC, was deleted: the history knows of it"
