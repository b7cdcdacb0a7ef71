"""What stands in the margin of a text? Each paragraph with its comments, and those whose paragraph is another by now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import OuterRef
from django.db.models.functions import Coalesce

from accounts.counting import count_of
from accounts.models import User
from accounts.rules import allows
from decisions.actions.commenting import OPEN_FOR_COMMENTS
from decisions.difference import Row, difference
from decisions.models import Comment, Position, Text
from decisions.wording import Paragraph

SIZE = 20  # remarks on a page


@dataclass(frozen=True)
class Remark:
    """A comment as the page shows it. `place`: the paragraph's number today, None when it was rewritten."""

    comment: Comment
    place: int | None
    is_of_this_version: bool

    @property
    def rows(self) -> list[Row]:
        """What the proposed wording would change."""
        return difference(self.comment.quoted, self.comment.proposed) if self.comment.proposed else []


@dataclass(frozen=True)
class Margin:
    """One page of it. `paragraphs`: each with its remarks; `elsewhere`: those about wordings that stand no more; both
    as far as they are on this page. `after` and `before`: where its neighbours begin and end, "" when there is none.
    """

    text: Text
    paragraphs: list[tuple[Paragraph, list[Remark]]]
    elsewhere: list[Remark]
    unsettled: int
    may_comment: bool
    may_settle: bool
    may_take: bool
    may_ask_again: bool  # taking a wording changes the text that seats are being asked about
    after: str
    before: str


def margin_of(position: Position, text: Text, user: User, asked: Mapping[str, str]) -> Margin:
    """The margin of `text` as `user` may see it, in one statement; of a paragraph unsettled comments come first.

    `asked` says which page: `after` or `before` so many remarks, or the one with a `paragraph`.
    """
    found = Comment.objects.visible_to(user).filter(version__position=position)
    sources = text.paragraphs
    placed: dict[int | None, list[Remark]] = defaultdict(list)
    unsettled = 0
    for one in found.select_related("version", "by", "settled_by", "taken_in").order_by("-settled_at", "at", "id"):
        remark = Remark(one, one.place_in(sources), one.version_id == text.version_id)
        placed[remark.place].append(remark)
        unsettled += not one.is_settled
    begins, count = _begins([*range(1, len(sources) + 1), None], placed)
    start = _start(asked, begins, count)
    end = start + SIZE
    shown = {number: placed[number][max(0, start - at) : max(0, end - at)] for number, at in begins.items()}
    # A paragraph without remarks stands with those of the paragraph before it.
    here = {
        at
        for at, first in begins.items()
        if shown[at] or (not placed[at] and (start <= first < end or first == count <= end))
    }
    is_writing = position.status in {Position.Status.DRAFT, Position.Status.REJECTED, Position.Status.UNDECIDED}
    return Margin(
        text,
        [(paragraph, shown[paragraph.number]) for paragraph in text.read if paragraph.number in here],
        shown[None],
        unsettled,
        may_comment=position.status in OPEN_FOR_COMMENTS and allows(user, "decisions.comment", position),
        may_settle=allows(user, "decisions.write", position),
        may_take=is_writing and allows(user, "decisions.write", position),
        may_ask_again=position.status == Position.Status.OPEN and allows(user, "decisions.open_round", position),
        after=str(end) if end < count else "",
        before=str(start) if start else "",
    )


def unsettled_of(user: User) -> Coalesce:
    """An expression for positions: how many comments that `user` may see wait for an answer."""
    found = Comment.objects.visible_to(user).unsettled().filter(version__position=OuterRef("pk"))
    return count_of(found, by="version__position")


def _begins(places: list[int | None], placed: Mapping[int | None, list[Remark]]) -> tuple[dict[int | None, int], int]:
    """How many remarks come before those of each place, and how many there are."""
    begins, count = {}, 0
    for place in places:
        begins[place] = count
        count += len(placed[place])
    return begins, count


def _start(asked: Mapping[str, str], begins: Mapping[int | None, int], count: int) -> int:
    """How many remarks come before the page that was asked for: a multiple of SIZE; nonsense asks for the first."""
    given = {name: int(text) for name, text in asked.items() if text.isdecimal() and len(text) < 6}
    if "after" in given:
        wanted = given["after"]
    elif "before" in given:
        wanted = given["before"] - SIZE
    else:
        wanted = begins.get(given.get("paragraph", 1), 0)
    return max(0, min(wanted, count - 1)) // SIZE * SIZE
