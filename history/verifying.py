"""Is the history as it was written? Reads every chain, and names what was edited, deleted, inserted or moved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings

from history.actions import fingerprint
from history.anchoring import fingerprint_of
from history.models import Anchor, Entry, Head

# What other apps can say of rows that entries vouch for: registered when they are ready, each gives sentences.
WITNESSES: list[Callable[[], Iterator[str]]] = []
EVERY = 10_000  # entries between two signs of progress
AT_ONCE = 1000  # heads of an anchor whose entries are read together
One = TypeVar("One")
Other = TypeVar("Other")


@dataclass
class Report:
    """`entries` read of `chains` objects, and a sentence for each thing that is not as it was written."""

    entries: int = 0
    chains: int = 0
    anchors: int = 0
    found: list[str] = field(default_factory=list)


def verify(progress: Callable[[int], None] = lambda _count: None) -> Report:
    """Walk every chain beside its head, the anchors, and what witnesses say; `progress` hears how many were read.

    Rows are read in streams: what is held in memory does not grow with the history.
    """
    report = Report()
    heads = Head.objects.order_by("content_type_id", "object_id").iterator(chunk_size=2000)
    keys: Any = (lambda end: end[0], lambda head: (head.content_type_id, head.object_id))
    for end, head in side_by_side(_chains(report, progress), heads, keys):
        _compare_with_head(end, head, report)
    _compare_with_anchors(report)
    for witness in WITNESSES:
        report.found += witness()
    return report


def side_by_side(
    ones: Iterator[One], others: Iterator[Other], keys: tuple[Callable[[One], Any], Callable[[Other], Any]]
) -> Iterator[tuple[One, Other] | tuple[One, None] | tuple[None, Other]]:
    """Two streams that rise by their `keys`, paired where these are equal; None beside what has no partner."""
    key_of_one, key_of_other = keys
    one, other = next(ones, None), next(others, None)
    while one is not None or other is not None:
        if other is None or (one is not None and key_of_one(one) < key_of_other(other)):
            yield one, None  # type: ignore[misc]  # not both are None
            one = next(ones, None)
        elif one is None or key_of_other(other) < key_of_one(one):
            yield None, other
            other = next(others, None)
        else:
            yield one, other
            one, other = next(ones, None), next(others, None)


End = tuple[tuple[int, UUID], int, str]  # a chain's content type and object, the number and hash of its last entry


def _chains(report: Report, progress: Callable[[int], None]) -> Iterator[End]:
    entries = Entry.objects.select_related("content_type").order_by("content_type_id", "object_id", "number")
    key: tuple[int, UUID] | None = None
    number, last = 0, ""
    for entry in entries.iterator(chunk_size=2000):
        if (entry.content_type_id, entry.object_id) != key:
            if key is not None:
                yield key, number, last
            key, number, last = (entry.content_type_id, entry.object_id), 0, ""
            report.chains += 1
        report.found += _wrong_with(entry, number, last)
        number, last = entry.number, entry.hash
        report.entries += 1
        if report.entries % EVERY == 0:
            progress(report.entries)
    if key is not None:
        yield key, number, last


def _name(entry: Entry) -> str:
    kind = f"{entry.content_type.app_label}.{entry.content_type.model}"
    return f"{kind} {entry.object_id}: entry {entry.number} of {entry.at:%Y-%m-%d %H:%M:%S} UTC (“{entry.verb}”)"


def _wrong_with(entry: Entry, number: int, last: str) -> list[str]:
    """Held against the entry before it, which had `number` and the hash `last`."""
    found = []
    if entry.number != number + 1:
        missing = f"entry {number + 1}" if entry.number == number + 2 else f"entries {number + 1} to {entry.number - 1}"
        found.append(f"{_name(entry)}: deleted before it: {missing}")
    elif entry.previous != last:
        found.append(f"{_name(entry)} does not follow entry {number}: one of them was inserted, moved or edited")
    if entry.hash != fingerprint(entry):
        found.append(f"{_name(entry)} was edited: it does not say what was written")
    return found


def _compare_with_head(end: End | None, head: Head | None, report: Report) -> None:
    at_end, last = (end[1], end[2]) if end else (0, "")
    at_head, its_hash = (head.number, head.hash) if head else (0, "")
    pk = end[0][1] if end else head.object_id if head else None
    if at_head > at_end:
        report.found.append(f"{pk}: deleted at the end: entries {at_end + 1} to {at_head}")
    elif at_head < at_end:
        report.found.append(f"{pk}: inserted at the end: entries {at_head + 1} to {at_end}")
    elif its_hash != last:
        report.found.append(f"{pk}: entry {at_end}, the last, is not the one that its head holds")


def _compare_with_anchors(report: Report) -> None:
    """Anchors are held against each other and the file, and entries against those that were not edited themselves."""
    hashes: dict[int, str] = {}
    number, last = 0, ""
    for one in Anchor.objects.order_by("number").iterator(chunk_size=2):  # each holds up to ten thousand heads
        if one.number != number + 1 or one.previous != last:
            report.found.append(f"Anchor {one.number} does not follow anchor {number}: deleted, inserted or moved")
        if one.hash != fingerprint_of(one):
            report.found.append(f"Anchor {one.number} was edited")
        else:
            report.found += _not_as_anchored(one)
        number, last = one.number, one.hash
        hashes[number] = last
    report.anchors = len(hashes)
    place = settings.HISTORY_ANCHOR_FILE
    for line in Path(place).read_text().splitlines() if place and Path(place).exists() else []:
        _at, written, its_hash = line.split()
        if hashes.get(int(written)) != its_hash:
            report.found.append(f"Anchor {written} is not the one in {place}: deleted or written anew")


def _not_as_anchored(anchor: Anchor) -> Iterator[str]:
    for begin in range(0, len(anchor.heads), AT_ONCE):
        held = {(model, pk, number): its_hash for model, pk, number, its_hash in anchor.heads[begin : begin + AT_ONCE]}
        entries = Entry.objects.select_related("content_type").filter(
            object_id__in={pk for _model, pk, _number in held}, number__in={number for _model, _pk, number in held}
        )
        for entry in entries.iterator(chunk_size=2000):
            kind = f"{entry.content_type.app_label}.{entry.content_type.model}"
            anchored = held.pop((kind, str(entry.object_id), entry.number), entry.hash)
            if anchored != entry.hash:
                yield f"{_name(entry)} was written anew: an anchor holds another"
        for model, pk, number in held:
            yield f"{model} {pk}: entry {number} was deleted; an anchor holds it"
