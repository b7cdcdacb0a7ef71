"""How did a text become what it is? Its versions, what each of them changed, and any two beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from decisions.difference import Stretch, counted, difference, is_quiet, stretches
from decisions.models import Position, Text


@dataclass(frozen=True)
class Step:
    """A version in the list; what it added and removed is told against the one before, and of no first one."""

    text: Text
    before: Text | None = None
    added: int = 0
    removed: int = 0

    @property
    def is_same(self) -> bool:
        return not self.added and not self.removed


@dataclass(frozen=True)
class Comparison:
    """Two wordings beside each other. `is_quiet`: no word differs."""

    old: Text
    new: Text
    stretches: list[Stretch]
    added: int
    removed: int
    is_quiet: bool


def wordings(position: Position) -> list[Text]:
    """The wording that decides of every version, the newest first; with version and author."""
    texts = Text.objects.filter(version__position=position, is_authoritative=True)
    return list(texts.select_related("version__author").order_by("-version__number"))


def steps(texts: list[Text]) -> list[Step]:
    """`texts`: as `wordings` gives them."""
    pairs = zip(texts, [*texts[1:], None], strict=True)
    return [Step(new, old, *counted(difference(old.body, new.body))) if old else Step(new) for new, old in pairs if new]


def compared(old: Text, new: Text) -> Comparison:
    """What is to be read of the difference."""
    rows = difference(old.body, new.body)
    return Comparison(old, new, stretches(rows), *counted(rows), is_quiet=is_quiet(rows))


def chosen(texts: list[Text], where: Mapping[str, str]) -> tuple[Text, Text]:
    """The two that the query string names as "from" and "to"; else the newest and the one before it.

    `texts`: at least one, as `wordings` gives them.
    """
    numbered = {str(text.version.number): text for text in texts}
    new = numbered.get(where.get("to", ""), texts[0])
    before = str(max(1, new.version.number - 1))
    return numbered.get(where.get("from", ""), numbered[before]), new
