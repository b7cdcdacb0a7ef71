"""Is the history as it was written? Reads every chain, and names what was edited, deleted, inserted or moved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from history.actions import fingerprint
from history.anchoring import fingerprint_of
from history.models import Anchor, Entry, Head

# What other apps can say of rows that entries vouch for: registered when they are ready, each gives sentences.
WITNESSES: list[Callable[[], Iterator[str]]] = []
EVERY = 10_000  # entries between two signs of progress


@dataclass
class Report:
    """`entries` read of `chains` objects, and a sentence for each thing that is not as it was written."""

    entries: int = 0
    chains: int = 0
    anchors: int = 0
    found: list[str] = field(default_factory=list)


def verify(progress: Callable[[int], None] = lambda _count: None) -> Report:
    """Walk every chain, then its head, the anchors, and what witnesses say; `progress` hears how many were read."""
    report = Report()
    heads = {(one.content_type_id, one.object_id): (one.number, one.hash) for one in Head.objects.iterator()}
    reached, wanted = {}, _anchored(report)
    entries = Entry.objects.select_related("content_type").order_by("content_type", "object_id", "number")
    key: Any = None
    number, last = 0, ""
    for entry in entries.iterator(chunk_size=2000):
        if (entry.content_type_id, entry.object_id) != key:
            key, number, last = (entry.content_type_id, entry.object_id), 0, ""
            report.chains += 1
        report.found += _wrong_with(entry, number, last)
        _compare_with_anchors(entry, wanted, report)
        number, last = entry.number, entry.hash
        reached[key] = (number, last)
        report.entries += 1
        if report.entries % EVERY == 0:
            progress(report.entries)
    _compare_with_heads(heads, reached, report)
    for model, pk, at_number in wanted:
        report.found.append(f"{model} {pk}: entry {at_number} was deleted; an anchor holds it")
    for witness in WITNESSES:
        report.found += witness()
    return report


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


def _compare_with_heads(heads: dict[Any, Any], reached: dict[Any, Any], report: Report) -> None:
    for key in sorted(heads.keys() | reached.keys(), key=str):
        (at_head, its_hash), (at_end, last) = heads.get(key, (0, "")), reached.get(key, (0, ""))
        if at_head > at_end:
            report.found.append(f"{key[1]}: deleted at the end: entries {at_end + 1} to {at_head}")
        elif at_head < at_end:
            report.found.append(f"{key[1]}: inserted at the end: entries {at_head + 1} to {at_end}")
        elif its_hash != last:
            report.found.append(f"{key[1]}: entry {at_end}, the last, is not the one that its head holds")


def _anchored(report: Report) -> dict[Any, str]:
    """{(app.model, object id, number): hash} that anchors hold; the anchors are held against each other and the file."""
    wanted: dict[Any, str] = {}
    hashes: dict[int, str] = {}
    number, last = 0, ""
    for one in Anchor.objects.order_by("number").iterator(chunk_size=100):
        if one.number != number + 1 or one.previous != last:
            report.found.append(f"Anchor {one.number} does not follow anchor {number}: deleted, inserted or moved")
        if one.hash != fingerprint_of(one):
            report.found.append(f"Anchor {one.number} was edited")
        wanted |= {(model, pk, at): hash_ for model, pk, at, hash_ in one.heads}
        number, last = one.number, one.hash
        hashes[number] = last
    report.anchors = len(hashes)
    place = settings.HISTORY_ANCHOR_FILE
    for line in Path(place).read_text().splitlines() if place and Path(place).exists() else []:
        _at, written, its_hash = line.split()
        if hashes.get(int(written)) != its_hash:
            report.found.append(f"Anchor {written} is not the one in {place}: deleted or written anew")
    return wanted


def _compare_with_anchors(entry: Entry, wanted: dict[Any, str], report: Report) -> None:
    kind = f"{entry.content_type.app_label}.{entry.content_type.model}"
    anchored = wanted.pop((kind, str(entry.object_id), entry.number), None)
    if anchored is not None and anchored != entry.hash:
        report.found.append(f"{_name(entry)} was written anew: an anchor holds another")
