"""Comments: what somebody says about a paragraph, what they would write instead, and what became of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person
from decisions.models.positions import Version
from decisions.wording import joined
from members.hats import hats


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> Self:
        """Staff and the committee that decides read all; whoever wrote one reads their own."""
        worn = hats(user)
        if worn.is_staff:
            return self
        ours = Q(version__position__committee__in=worn.seated_in | worn.chairs)
        return self.filter(ours | Q(by=user.person))

    def unsettled(self) -> Self:
        return self.filter(settled_at=None)


class Comment(Identified):
    """On one paragraph of a version's deciding wording, quoted as it stood. Settled once; never deleted."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="comments")
    paragraph = models.PositiveSmallIntegerField(help_text="Its number in that version")
    quoted = models.TextField(help_text="The paragraph as it stood when this was written")
    body = models.TextField(_("comment"), blank=True)
    proposed = models.TextField(_("proposed wording"), blank=True, help_text="Of the whole paragraph")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(_("what became of it"), blank=True)
    taken_in = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(paragraph__gte=1), name="commented_paragraphs_count_from_one"),
            models.CheckConstraint(condition=~Q(body="", proposed=""), name="comment_says_or_proposes_something"),
            models.CheckConstraint(
                condition=Q(settled_by=None, settled_at=None, reason="", taken_in=None)
                | Q(settled_by__isnull=False, settled_at__isnull=False, taken_in=None) & ~Q(reason="")
                | Q(settled_by__isnull=False, settled_at__isnull=False, taken_in__isnull=False, reason="")
                & ~Q(proposed=""),
                name="comment_is_settled_by_somebody_with_a_reason_or_taken",
            ),
        ]

    def __str__(self) -> str:
        return _("Comment on paragraph %(number)s") % {"number": self.paragraph}

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    def place_in(self, paragraphs: list[str]) -> int | None:
        """The number under which the paragraph still stands, word for word; None when it has been rewritten."""
        if self.paragraph <= len(paragraphs) and paragraphs[self.paragraph - 1] == self.quoted:
            return self.paragraph
        return paragraphs.index(self.quoted) + 1 if self.quoted in paragraphs else None

    def body_with_it(self, paragraphs: list[str]) -> str | None:
        """The body of `paragraphs` with the proposed wording in its place; None when it has none there any more."""
        place = self.place_in(paragraphs)
        return joined([*paragraphs[: place - 1], self.proposed, *paragraphs[place:]]) if place else None
