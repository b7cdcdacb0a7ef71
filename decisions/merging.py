"""Can two edits of one text be put together? Yes, where they touch different paragraphs."""

from collections.abc import Iterator

from decisions.alignment import blocks
from decisions.wording import joined, paragraphs_of

Change = tuple[int, int, tuple[str, ...]]  # from and to among the paragraphs both began from; what stands there instead


def together(began: str, mine: str, theirs: str) -> str | None:
    """The text with both edits of `began`; None when they touch the same paragraph, or add at the same place."""
    base = paragraphs_of(began)
    changes = sorted({*_changes(base, paragraphs_of(mine)), *_changes(base, paragraphs_of(theirs))})
    merged: list[str] = []
    at, last = 0, None
    for change in changes:
        begin, end, words = change
        if last is not None and (begin < last[1] or (begin, end) == last[:2]):
            return None
        merged += [*base[at:begin], *words]
        at, last = end, change
    return joined(merged + base[at:])


def _changes(base: list[str], new: list[str]) -> Iterator[Change]:
    for i1, i2, j1, j2, is_same in blocks(base, new):
        if is_same:
            continue
        if i2 - i1 == j2 - j1:  # as many paragraphs as before: each is a change of its own
            yield from ((i1 + n, i1 + n + 1, (new[j1 + n],)) for n in range(i2 - i1) if base[i1 + n] != new[j1 + n])
        else:
            yield i1, i2, tuple(new[j1:j2])
