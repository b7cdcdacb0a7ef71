"""What follows what on both sides? Two sequences, of paragraphs or of words, brought beside each other.

`difflib` does it well and takes long, so it gets small pieces: a long sequence is divided at runs that occur once on
both sides. Where there are none, it counts as rewritten.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

Block = tuple[int, int, int, int, bool]  # from and to in the old, from and to in the new; whether they are the same

CLOSELY = 40_000  # so many comparisons are made by difflib itself
ANCHORS = 4, 1  # lengths of runs to divide at: the first that is found at all


def blocks(olds: Sequence[str], news: Sequence[str]) -> Iterator[Block]:
    """What is the same at both ends, and what lies between, in order; all of both is in some block."""
    head = _shared(olds, news)
    tail = _shared(olds[head:][::-1], news[head:][::-1])
    i2, j2 = len(olds) - tail, len(news) - tail
    if head:
        yield 0, head, 0, head, True
    for i, to, j, until, same in _between(olds[head:i2], news[head:j2]):
        yield head + i, head + to, head + j, head + until, same
    if tail:
        yield i2, len(olds), j2, len(news), True


def _between(olds: Sequence[str], news: Sequence[str]) -> Iterator[Block]:
    sizes = len(olds) * len(news)
    anchors = _anchors(olds, news) if sizes > CLOSELY else []
    if anchors:
        yield from _divided(olds, news, anchors)
    elif 0 < sizes <= CLOSELY:
        matcher = SequenceMatcher(None, olds, news, autojunk=False)
        for tag, *ends in matcher.get_opcodes():
            yield *ends, tag == "equal"  # type: ignore[misc]
    elif olds or news:
        yield 0, len(olds), 0, len(news), False


def _divided(olds: Sequence[str], news: Sequence[str], anchors: list[tuple[int, int]]) -> Iterator[Block]:
    i = j = 0
    for at, to in [*anchors, (len(olds), len(news))]:
        if at < i or to < j:
            continue  # within what an earlier one has taken already
        for i1, i2, j1, j2, same in blocks(olds[i:at], news[j:to]):
            yield i + i1, i + i2, j + j1, j + j2, same
        length = _shared(olds[at:], news[to:])
        if length:
            yield at, at + length, to, to + length, True
        i, j = at + length, to + length


def _anchors(olds: Sequence[str], news: Sequence[str]) -> list[tuple[int, int]]:
    """Places of sequences that occur once on both sides, as many as keep their order."""
    for size in ANCHORS:
        once, once_too = _single(olds, size), _single(news, size)
        places = {to: once[words] for words, to in once_too.items() if words in once}
        if places:
            return [(places[to], to) for to in sorted(in_order(places))]
    return []


def _single(tokens: Sequence[str], size: int) -> dict[Hashable, int]:
    runs = list(zip(*(tokens[offset:] for offset in range(size)), strict=False))
    counts = Counter(runs)
    return {run: place for place, run in enumerate(runs) if counts[run] == 1}


def _shared(olds: Sequence[str], news: Sequence[str]) -> int:
    """How many are the same from the beginning."""
    return next(
        (place for place, (old, new) in enumerate(zip(olds, news, strict=False)) if old != new),
        min(len(olds), len(news)),
    )


def in_order(became: dict[int, int]) -> set[int]:
    """`became`: new place to old place. The new places of the longest run that kept its order; the others have moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in sorted(became):
        at = bisect_left(tails, became[place])
        before[place] = ends[at - 1] if at else None
        tails[at : at + 1] = [became[place]]
        ends[at : at + 1] = [place]
    staying = set()
    step = ends[-1] if ends else None
    while step is not None:
        staying.add(step)
        step = before[step]
    return staying
