"""What differs between two wordings? Paragraphs are brought beside each other first, then read word by word.

Where a script has no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan) each character counts as a word.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from decisions.alignment import blocks, in_order
from decisions.wording import paragraphs_of

Kind = Literal["same", "added", "removed"]
Bag = Counter[str]  # the words of a paragraph

UNSPACED = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
UNSPACED += "\U00020000-\U0003ffff"
SIGNS = "!-/:-@\\[-`{-~\u00a1-\u00bf\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u2010-\u205e\u3001-\u303f\uff01-\uff0f\uff1a-\uff20"
# With the marks that sit on such a character: Thai and its neighbours write vowels and tones above and below.
MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84\u102b-\u103e\u17b6-\u17d3\u3099\u309a\ufe00-\ufe0f"
TOKEN = re.compile(rf"\s+|[{UNSPACED}][{MARKS}]*|[^\s{SIGNS}{UNSPACED}]+|[{SIGNS}]")
WORD = re.compile(rf"[^\s{SIGNS}]")

ALIKE = 0.4  # two paragraphs that share this much are one, rewritten
COMMON = 20  # a word in more paragraphs than this does not help to find a paragraph again


@dataclass(frozen=True)
class Piece:
    """Some words, and what became of them."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class Row:
    """A paragraph, with its number in either wording; None where there is none."""

    old: int | None
    new: int | None
    pieces: tuple[Piece, ...]
    has_moved: bool = False

    @property
    def is_changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)

    @property
    def is_quiet(self) -> bool:
        """Nothing to read: the same words in the same place among the others."""
        return not self.is_changed and not self.has_moved


@dataclass(frozen=True)
class Stretch:
    """Rows that follow each other: quiet ones, which a page folds, or one that is to be read."""

    rows: tuple[Row, ...]

    @property
    def is_quiet(self) -> bool:
        return self.rows[0].is_quiet

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def said(self) -> str:
        """Its heading: "Paragraph 3: changed", "Paragraphs 4 to 9: unchanged"."""
        if len(self.rows) == 1:
            return _said(self.first)
        first, last = self.first.new, self.rows[-1].new
        return _("Paragraphs %(first)s to %(last)s: unchanged") % {"first": first, "last": last}


def difference(old: str, new: str) -> list[Row]:
    """Every paragraph of both wordings, in the new order, the removed ones where they stood.

    The pieces that are not "removed" make the new paragraphs, those that are not "added" the old ones.
    """
    olds, news = paragraphs_of(old), paragraphs_of(new)
    became = _paired(olds, news)
    staying = in_order(became)
    gone = sorted(set(range(len(olds))) - set(became.values()), reverse=True)
    rows: list[Row] = []
    for place, before in enumerate(_bounds(became, staying, len(news), len(olds))):
        while gone and gone[-1] < before:
            rows.append(_row(olds[gone[-1]], "removed", old=gone.pop()))
        if place == len(news):
            break
        source = became.get(place)
        if source is None:
            rows.append(_row(news[place], "added", new=place))
        else:
            pieces = tuple(_pieces(olds[source], news[place]))
            rows.append(Row(source + 1, place + 1, pieces, has_moved=place not in staying))
    return rows


def stretches(rows: list[Row]) -> list[Stretch]:
    """The rows for a page: unchanged ones that follow each other are one stretch."""
    made: list[list[Row]] = []
    for row in rows:
        if made and row.is_quiet and made[-1][-1].is_quiet:
            made[-1].append(row)
        else:
            made.append([row])
    return [Stretch(tuple(one)) for one in made]


def is_quiet(rows: list[Row]) -> bool:
    """No word has changed or moved."""
    return all(row.is_quiet for row in rows)


def counted(rows: list[Row]) -> tuple[int, int]:
    """How many words were added, and how many removed."""
    words: Counter[str] = Counter()
    for row in rows:
        for piece in row.pieces:
            words[piece.kind] += sum(1 for token in TOKEN.findall(piece.words) if WORD.match(token))
    return words["added"], words["removed"]


def plain_difference(old_body: str, new_body: str) -> str:
    """The difference as lines of a mail, in the language that is active; "" when no word has changed or moved.

    Removed words stand in [- -], added ones in [+ +]; unchanged paragraphs are named and not repeated.
    """
    rows = difference(old_body, new_body)
    if is_quiet(rows):
        return ""
    parts = [_("Removed words stand in [- -], added ones in [+ +].")]
    parts += [_plainly(one) for one in stretches(rows)]
    return "\n\n".join(parts)


def _plainly(stretch: Stretch) -> str:
    if not stretch.first.is_changed:
        return stretch.said + "."
    marks = {"same": "%s", "added": "[+%s+]", "removed": "[-%s-]"}
    return f"{stretch.said}.\n" + "".join(marks[one.kind] % one.words for one in stretch.first.pieces)


def _said(row: Row) -> str:
    if row.new is None:
        return _("Paragraph %(old)s of the earlier text: removed") % {"old": row.old}
    if row.old is None:
        return _("Paragraph %(new)s: new") % {"new": row.new}
    if row.has_moved:
        words = (
            _("Paragraph %(new)s: moved, it was %(old)s, and changed")
            if row.is_changed
            else _("Paragraph %(new)s: moved, it was %(old)s, its words are the same")
        )
        return words % {"new": row.new, "old": row.old}
    if row.is_changed and row.old != row.new:
        return _("Paragraph %(new)s, earlier %(old)s: changed") % {"new": row.new, "old": row.old}
    if row.is_changed:
        return _("Paragraph %(new)s: changed") % {"new": row.new}
    return _("Paragraph %(new)s: unchanged") % {"new": row.new}


def _row(text: str, kind: Kind, *, old: int | None = None, new: int | None = None) -> Row:
    return Row(None if old is None else old + 1, None if new is None else new + 1, (Piece(kind, text),))


# Which paragraph became which?


def _paired(olds: list[str], news: list[str]) -> dict[int, int]:
    """New place to old place: the same words in the same order, then the same words elsewhere, then the most alike."""
    became: dict[int, int] = {}
    for i1, i2, j1, j2, is_same in blocks(olds, news):
        if is_same:
            became.update(zip(range(j1, j2), range(i1, i2), strict=True))
    left, found = _left(olds, set(became.values())), _left(news, set(became))
    by_words = defaultdict(list)
    for place in reversed(left):
        by_words[olds[place]].append(place)
    for place in found:
        if by_words[news[place]]:
            became[place] = by_words[news[place]].pop()
    left, found = _left(olds, set(became.values())), _left(news, set(became))
    return became | _alike(left, found, olds, news)


def _bounds(became: dict[int, int], staying: set[int], news: int, olds: int) -> list[int]:
    """For each new place and the end: before which old one the next that stayed stands. What is gone comes first."""
    bounds = [olds]
    for place in reversed(range(news)):
        bounds.append(became[place] if place in staying else bounds[-1])
    return bounds[::-1]


def _left(texts: list[str], taken: set[int]) -> list[int]:
    return [place for place in range(len(texts)) if place not in taken]


def _alike(left: list[int], found: list[int], olds: list[str], news: list[str]) -> dict[int, int]:
    """Those that share the most words, the most alike first; each at most once."""
    bags = {place: _bag(olds[place]) for place in left}
    places = defaultdict(list)
    for place, bag in bags.items():
        for word in bag:
            places[word].append(place)
    pairs = [
        (-likeness, abs(source - place), place, source)
        for place in found
        for source, likeness in _nearest(_bag(news[place]), bags, places)
        if likeness >= ALIKE
    ]
    became: dict[int, int] = {}
    for _unlike, _far, place, source in sorted(pairs):
        if place not in became and source in bags:
            became[place] = source
            del bags[source]
    return became


def _nearest(bag: Bag, bags: dict[int, Bag], places: Mapping[str, list[int]]) -> Iterator[tuple[int, float]]:
    """The three that share the most of its rarer words, each with how alike it is: from 0 to 1."""
    shared: Counter[int] = Counter()
    for word in bag:
        if len(places[word]) <= COMMON:
            shared.update(places[word])
    for source, _count in shared.most_common(3):
        yield source, 2 * (bag & bags[source]).total() / (bag.total() + bags[source].total())


def _bag(text: str) -> Bag:
    return Counter(token for token in TOKEN.findall(text) if WORD.match(token))


# Which words became which?


def _pieces(old: str, new: str) -> Iterator[Piece]:
    if old == new:
        yield Piece("same", new)
        return
    olds, news = TOKEN.findall(old), TOKEN.findall(new)
    for removed, added, same in _legible(olds, news):
        if removed:
            yield Piece("removed", removed)
        if added:
            yield Piece("added", added)
        if same:
            yield Piece("same", same)


def _legible(olds: list[str], news: list[str]) -> Iterator[tuple[str, str, str]]:
    """Removed, added, then kept words. A space or comma that stayed between two changes is no rest for the eye."""
    removed = added = ""
    for i1, i2, j1, j2, is_same in blocks(olds, news):
        kept = "".join(news[j1:j2]) if is_same else ""
        if is_same and WORD.search(kept):
            yield removed, added, kept
            removed = added = ""
        elif is_same and not removed and not added:
            yield "", "", kept
        else:
            removed += "".join(olds[i1:i2])
            added += "".join(news[j1:j2])
    # What stayed at the end of both is kept, though no word is in it.
    end = 0
    for one, other in zip(reversed(removed), reversed(added), strict=False):
        if one != other or WORD.match(one):
            break
        end += 1
    cut = len(removed) - end
    yield removed[:cut], added[: len(added) - end], removed[cut:]
