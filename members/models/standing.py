"""How an organisation stands to the coalition: whether it belongs, and whether it endorses the call."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionError, known
from members.models.terms import Term, TermQuerySet


class Membership(Term):
    """That an organisation belongs to the coalition, in a category, from a day until it is ended with a reason."""

    class Category(models.TextChoices):
        MEMBER = "member", _("Member")
        AFFILIATE = "affiliate", _("National affiliate")
        ASSOCIATE = "associate", _("Associate")
        ENDORSER = "endorser", _("Endorser")
        OBSERVER = "observer", _("Observer")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        SUSPENDED = "suspended", _("Suspended")
        ENDED = "ended", _("Ended")

    STEPS = {
        Status.ACTIVE: {Status.DORMANT, Status.SUSPENDED, Status.ENDED},
        Status.DORMANT: {Status.ACTIVE, Status.ENDED},
        Status.SUSPENDED: {Status.ACTIVE, Status.ENDED},
        Status.ENDED: set(),
    }

    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="memberships")
    category = models.CharField(_("category"), max_length=10, choices=Category, default=Category.MEMBER)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    reason = models.TextField(_("reason"), blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        indexes = [
            models.Index(fields=["status", "organisation"], condition=Q(until=None), name="membership_by_status"),
            models.Index(fields=["category", "organisation"], condition=Q(until=None), name="membership_by_category"),
            models.Index(fields=["since", "organisation"], condition=Q(until=None), name="membership_by_first_day"),
        ]
        constraints = [
            Term.ordered("membership"),
            known("membership", "category", "member", "affiliate", "associate", "endorser", "observer"),
            known("membership", "status", "active", "dormant", "suspended", "ended"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(until=None), name="one_open_membership"),
            models.CheckConstraint(
                condition=Q(status="ended", until__isnull=False) | (~Q(status="ended") & Q(until=None)),
                name="membership_until_exactly_when_ended",
            ),
            models.CheckConstraint(condition=~Q(status="ended") | ~Q(reason=""), name="membership_ends_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_category_display()}"

    def step_to(self, status: "Membership.Status", *, back: bool = False) -> None:
        """The only place that sets `status`; `back`: the step that led here is undone. Does not save.

        Raises TransitionError.
        """
        old = self.Status(self.status)
        if old not in self.STEPS[status] if back else status not in self.STEPS[old]:
            raise TransitionError(
                _("A membership that is “%(old)s” cannot become “%(new)s”.")
                % {"old": self.get_status_display(), "new": status.label}
            )
        self.status = status


class Endorsement(Term):
    """That an organisation stands behind the coalition's call, from a day until it is withdrawn with a reason.

    Members and others endorse; the day says which wording of the call they read.
    """

    class How(models.TextChoices):
        FORM = "form", _("Signed form")
        LETTER = "letter", _("Letter or e-mail")
        MEETING = "meeting", _("Said at a meeting")
        OTHER = "other", _("In another way")

    organisation = models.ForeignKey("members.Organisation", on_delete=models.PROTECT, related_name="endorsements")
    how = models.CharField(_("how"), max_length=7, choices=How, default=How.FORM)
    end_reason = models.TextField(_("why it was withdrawn"), blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            Term.ordered("endorsement"),
            known("endorsement", "how", "form", "letter", "meeting", "other"),
            models.UniqueConstraint(fields=["organisation"], condition=Q(until=None), name="one_standing_endorsement"),
            models.CheckConstraint(
                condition=Q(until=None, end_reason="") | (Q(until__isnull=False) & ~Q(end_reason="")),
                name="endorsement_is_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.since}"
