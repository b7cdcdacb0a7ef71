"""Levels of decision: what a text of some weight goes through before it stands."""

from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, known
from decisions.outcome import Procedure, Share

POLICY = 3  # the rank of a policy position, which a draft is unless somebody says otherwise


class LevelQuerySet(models.QuerySet["Level"]):
    def visible_to(self, user: Any) -> Self:
        """The coalition's rules are no secret to anybody who may sign in."""
        return self


class Level(Identified):
    """A row of the coalition's rules. A round copies what it needs, so a change is for rounds that open later."""

    rank = models.PositiveSmallIntegerField(_("rank"), unique=True, help_text=_("1 weighs most"))
    name = models.CharField(_("name"), max_length=80)
    examples = models.CharField(_("for example"), max_length=200, blank=True)
    consultation_days = models.PositiveSmallIntegerField(
        _("days of consultation before sign-off"), help_text=_("0: the members need not be asked first")
    )
    languages = models.PositiveSmallIntegerField(
        _("languages it must exist in"), default=1, validators=[MinValueValidator(1)]
    )
    procedure = models.CharField(_("how it is decided"), max_length=8, choices=Procedure)
    window_hours = models.PositiveSmallIntegerField(_("usual hours for an answer"))
    least_hours = models.PositiveSmallIntegerField(_("fewest hours for an answer"))
    quorum = models.CharField(_("seats that must take part"), max_length=12, choices=Share)
    threshold = models.CharField(_("approvals that are needed"), max_length=12, choices=Share)

    objects = LevelQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [
            known("level", "procedure", *Procedure.values),
            known("level", "quorum", *Share.values),
            known("level", "threshold", *Share.values),
            models.CheckConstraint(
                condition=Q(least_hours__gte=1, window_hours__gte=F("least_hours")),
                name="usual_window_is_no_shorter_than_the_shortest",
                violation_error_message=_("The usual hours cannot be fewer than the fewest; at least one hour."),
            ),
            models.CheckConstraint(
                condition=Q(languages__gte=1),
                name="level_asks_for_a_language",
                violation_error_message=_("A text exists in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


# Where a coalition has no level of this rank (its other levels come with the first migration).
POLICY_RULES = {
    "name": "Policy position",
    "examples": "what we ask of states, and why",
    "consultation_days": 10,
    "languages": 1,
    "procedure": Procedure.SILENCE,
    "window_hours": 72,
    "least_hours": 48,
    "quorum": Share.HALF,
    "threshold": Share.HALF,
}
FIELDS = list(POLICY_RULES)


def usual_level() -> Level:
    """The level of a policy position. What a coalition begins with is what others have written down (domain 1.5, W2)."""
    return Level.objects.get_or_create(rank=POLICY, defaults=POLICY_RULES)[0]
