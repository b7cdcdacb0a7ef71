"""What do we send about comments? To the author of a position what was said of it, to each commenter what became of it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rules import allows
from decisions.actions.commenting import COMMENTED, SETTLED
from decisions.models import Comment, Position
from members.hats import account_of
from notices.kind import Kind


class Commented(Kind):
    """What others have said of a position and nobody has settled: to its author, in the morning after."""

    key = COMMENTED
    label = gettext_lazy("Comments on a position")
    model = Position
    template = "decisions/emails/commented.txt"
    digestable = True
    because = gettext_lazy("You get this because you wrote the first draft of the position.")

    def audience(self, subject: Position) -> Iterable[Person]:
        author = subject.author
        is_told = allows(account_of(author), "decisions.see_comments", subject)
        return [author] if is_told and self._unsettled(subject).exists() else []

    def context(self, subject: Position, person: Person, now: datetime) -> dict[str, Any]:
        return {"position": subject, "comments": list(self._unsettled(subject).select_related("by", "version"))}

    def path(self, subject: Position) -> str:
        return reverse("decisions:comments", args=[subject.pk])

    def is_readable(self, subject: Position, user: Any) -> bool:
        return allows(user, "decisions.see_comments", subject)

    def _unsettled(self, subject: Position) -> QuerySet[Comment]:
        return Comment.objects.unsettled().filter(version__position=subject).exclude(by=subject.author_id)


class CommentSettled(Kind):
    """What became of a comment, to whoever wrote it."""

    key = SETTLED
    label = gettext_lazy("What became of your comment")
    model = Comment
    reads = ("version__position", "by", "settled_by", "taken_in")
    template = "decisions/emails/comment_settled.txt"
    digestable = True
    because = gettext_lazy("You get this because you wrote the comment.")

    def audience(self, subject: Comment) -> Iterable[Person]:
        seen = Position.objects.visible_to(account_of(subject.by)).filter(pk=subject.version.position_id)
        return [subject.by] if seen.exists() else []

    def context(self, subject: Comment, person: Person, now: datetime) -> dict[str, Any]:
        return {"comment": subject, "position": subject.version.position}

    def titles(self, user: Any, ids: Collection[UUID]) -> dict[UUID, str]:
        seen = Comment.objects.visible_to(user).filter(
            pk__in=ids, version__position__in=Position.objects.visible_to(user)
        )
        return dict(seen.values_list("pk", "version__position__title"))

    def parts_of(self, pk: UUID) -> QuerySet[Comment]:
        return Comment.objects.filter(version__position=pk)

    def path(self, subject: Comment) -> str:
        return reverse("decisions:comments", args=[subject.version.position_id])
