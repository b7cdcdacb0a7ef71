"""What members said in a consultation, every change of it, and what became of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, known
from decisions.models.consultations import Consultation, Consulted, Question
from members.hats import hats
from members.models import Organisation

LONGEST = 10_000  # characters of a contribution


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def visible_to(self, user: Any, now: Any) -> Self:
        """All for staff and the committee that decides. For the others who see the consultation: what is theirs or
        their organisation's, and from the closing instant on what was not said to the committee alone.
        """
        worn = hats(user)
        if worn.is_staff:
            return self.all()
        return self.filter(
            Q(consultation__version__position__committee__in=worn.seated_in | worn.chairs)
            | Q(by=user.person_id)
            | Q(organisation__in=worn.organisations)
            | Q(
                openness=Contribution.Openness.ASKED,
                consultation__closes_at__lte=now,
                consultation__in=Consultation.objects.visible_to(user),
            )
        )

    def with_words(self) -> Self:
        """An official answer's part that was emptied says nothing any more."""
        return self.exclude(text="")

    def in_time(self) -> Self:
        return self.filter(is_late=False)

    def undisposed(self) -> Self:
        """What still needs a disposition: came in time, says something, and has none."""
        return self.in_time().with_words().filter(disposition=None)


class Contribution(Identified):
    """One thing said: a part of a member's official answer (to one question, or to the whole), or a comment.

    Comments are made in an organisation's name or personally, on a paragraph or the whole. What came after the
    closing instant is kept and marked.
    """

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("Official answer")
        ORGANISATION = "organisation", _("Comment of an organisation")
        PERSONAL = "personal", _("Personal comment")

    class Openness(models.TextChoices):
        ASKED = "asked", _("All who are asked, once the consultation has closed")
        COMMITTEE = "committee", _("The committee and staff only")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=12, choices=Kind)
    consulted = models.ForeignKey(Consulted, on_delete=models.PROTECT, null=True, related_name="parts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="answers")
    paragraph = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    openness = models.CharField(_("who reads it"), max_length=9, choices=Openness, default=Openness.ASKED)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_late = models.BooleanField(default=False, help_text="Came at or after the closing instant")

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["consultation", "at"], name="contribution_in_order")]
        constraints = [
            known("contribution", "kind", "official", "organisation", "personal"),
            known("contribution", "openness", "asked", "committee"),
            models.CheckConstraint(
                condition=Q(kind="personal", organisation=None) | ~Q(kind="personal") & Q(organisation__isnull=False),
                name="personal_comments_are_of_no_organisation",
            ),
            models.CheckConstraint(
                condition=Q(kind="official", consulted__isnull=False, paragraph=None)
                | ~Q(kind="official") & Q(consulted=None, question=None),
                name="official_answers_are_of_members_asked",
            ),
            models.CheckConstraint(condition=Q(kind="official") | ~Q(text=""), name="a_comment_says_something"),
            models.CheckConstraint(
                condition=Q(paragraph=None) | Q(paragraph__gte=1), name="paragraphs_are_counted_from_one"
            ),
            models.UniqueConstraint(
                fields=["consulted", "question"],
                condition=Q(kind="official", is_late=False),
                nulls_distinct=False,
                name="one_official_answer_per_member_and_question",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class ContributionChange(Identified):
    """A contribution as it was given at an instant. Append-only: triggers refuse anything else."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="changes")
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8)
    openness = models.CharField(max_length=9, choices=Contribution.Openness)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [known("contributionchange", "openness", "asked", "committee")]

    def __str__(self) -> str:
        return self.text[:80]


class Disposition(Identified):
    """What becomes of a contribution: a draft for the committee and staff until the contributors are told."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Taken")
        PARTLY = "partly", _("Taken in part")
        NOT = "not", _("Not taken")

    contribution = models.OneToOneField(Contribution, on_delete=models.PROTECT, related_name="disposition")
    outcome = models.CharField(max_length=6, choices=Outcome)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    edits = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["at"]
        constraints = [
            known("disposition", "outcome", "taken", "partly", "not"),
            models.CheckConstraint(
                condition=Q(outcome="taken") | ~Q(reason=""), name="what_is_not_wholly_taken_has_a_reason"
            ),
            models.CheckConstraint(condition=Q(edits__gte=1), name="disposition_edits_count_from_one"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
