"""What stands in the margin of a text? Each paragraph with its comments, and those whose paragraph is another by now."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.rules import allows
from decisions.actions.commenting import OPEN_FOR_COMMENTS
from decisions.difference import Row, difference
from decisions.models import Comment, Position, Text
from decisions.wording import Paragraph


@dataclass(frozen=True)
class Remark:
    """A comment as the page shows it. `place`: the paragraph's number today, None when it was rewritten."""

    comment: Comment
    place: int | None
    is_of_this_version: bool
    rows: list[Row] = field(default_factory=list)  # what the proposed wording would change


@dataclass(frozen=True)
class Margin:
    """`paragraphs`: each with its remarks; `elsewhere`: those about wordings that stand no more."""

    text: Text
    paragraphs: list[tuple[Paragraph, list[Remark]]]
    elsewhere: list[Remark]
    unsettled: int
    may_comment: bool
    may_settle: bool
    may_take: bool
    may_ask_again: bool  # taking a wording changes the text that seats are being asked about


def margin_of(position: Position, text: Text, user: User) -> Margin:
    """The margin of `text` as `user` may see it, in one statement; unsettled comments come first."""
    found = Comment.objects.visible_to(user).filter(version__position=position)
    sources = text.paragraphs
    placed: dict[int | None, list[Remark]] = defaultdict(list)
    unsettled = 0
    for one in found.select_related("version", "by", "settled_by", "taken_in").order_by("-settled_at", "at", "id"):
        remark = _remark(one, one.place_in(sources), text)
        placed[remark.place].append(remark)
        unsettled += not one.is_settled
    is_writing = position.status in {Position.Status.DRAFT, Position.Status.REJECTED, Position.Status.UNDECIDED}
    return Margin(
        text,
        [(paragraph, placed[paragraph.number]) for paragraph in text.read],
        placed[None],
        unsettled,
        may_comment=position.status in OPEN_FOR_COMMENTS and allows(user, "decisions.comment", position),
        may_settle=allows(user, "decisions.write", position),
        may_take=is_writing and allows(user, "decisions.write", position),
        may_ask_again=position.status == Position.Status.OPEN and allows(user, "decisions.open_round", position),
    )


def unsettled_of(user: User) -> Coalesce:
    """An expression for positions: how many comments that `user` may see wait for an answer."""
    found = Comment.objects.visible_to(user).unsettled().filter(version__position=OuterRef("pk"))
    counted = found.order_by().values("version__position").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _remark(comment: Comment, place: int | None, text: Text) -> Remark:
    rows = difference(comment.quoted, comment.proposed) if comment.proposed else []
    return Remark(comment, place, comment.version_id == text.version_id, rows)
