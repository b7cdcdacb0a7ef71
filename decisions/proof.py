"""What the history vouches for: each answer's entry holds its id and a fingerprint of what it said."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, Min, OuterRef, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Collate

from decisions.models import Answer, AnswerChange, Elector
from history.models import Entry
from history.verifying import side_by_side

SAID = ("choice", "reason", "proposal", "visibility", "by_id", "recorded_by_id", "heard")


def seal(row: Any) -> str:
    """SHA-256 (hex) over what an answer or one of its changes says, for which seat, when and by whom."""
    content = [str(row.elector_id), *(str(getattr(row, name)) for name in SAID), row.at.isoformat()]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def answers_not_as_given() -> Iterator[str]:
    """A sentence for each answer that was edited, deleted or inserted behind the history's back. However many there are,
    few are held in memory.
    """
    yield from _changes_not_as_given()
    yield from _counts_not_what_was_said_last()


def _changes_not_as_given() -> Iterator[str]:
    entries = Entry.objects.filter(details__has_key="answer")
    since = entries.aggregate(since=Min("at"))["since"]  # earlier entries did not hold seals
    told = entries.annotate(answer=Collate(KeyTextTransform("answer", "details"), "C")).order_by("answer", "at")
    changes = AnswerChange.objects.annotate(key=Collate(Cast("pk", TextField()), "C")).order_by("key")
    for change, entry in side_by_side(
        changes.select_related("elector__organisation").iterator(chunk_size=2000),
        told.values_list("answer", "details__sha256", "at").iterator(chunk_size=2000),
        (lambda change: change.key, lambda entry: entry[0]),
    ):
        if change is None:
            assert entry is not None  # noqa: S101 - for mypy: not both are None
            yield f"Answer {entry[0]}, {entry[2]:%Y-%m-%d %H:%M:%S} UTC, was deleted: the history knows of it"
            continue
        name = f"Answer {change.pk} of {change.elector.organisation}, {change.at:%Y-%m-%d %H:%M:%S} UTC"
        if entry is not None and entry[1] != seal(change):
            yield f"{name} was edited: it does not say what was given"
        elif entry is None and since is not None and change.at >= since:
            yield f"{name} was inserted: the history knows nothing of it"


def _counts_not_what_was_said_last() -> Iterator[str]:
    in_time = AnswerChange.objects.filter(is_late=False)
    last = in_time.order_by("elector_id", "-at", "-id").distinct("elector_id")
    for change in last.select_related("elector__organisation", "elector__answer").iterator(chunk_size=2000):
        answer = getattr(change.elector, "answer", None)
        if answer is None:
            yield f"What elector {change.elector_id} said in time does not count: its answer was deleted"
        elif seal(answer) != seal(change):
            yield _is_not_the_last(answer, change.elector)
    unsaid = Answer.objects.exclude(Exists(in_time.filter(elector=OuterRef("elector"))))
    for answer in unsaid.select_related("elector__organisation").iterator(chunk_size=2000):
        yield _is_not_the_last(answer, answer.elector)


def _is_not_the_last(answer: Answer, elector: Elector) -> str:
    return f"What counts for {elector.organisation} (answer {answer.pk}) is not what it said last in time"
