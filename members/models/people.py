"""Who speaks for whom, who is appointed to what, and who is invited to sign in."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Identified, Person, User, Visibility, known
from accounts.rules import classes_seen_by
from members.models.organisations import Organisation
from members.models.terms import Term, TermQuerySet


class RepresentationQuerySet(TermQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Contacts are for the committee and staff; of the others, those who chose to be listed, and oneself."""
        seen = classes_seen_by(user)
        visible = self.filter(organisation__visibility__in=seen)
        if Visibility.STEERING in seen:
            return visible
        return visible.filter(Q(person=user.person_id) | Q(person__is_listed=True))


class Representation(Term):
    """A person speaks for an organisation; one person may represent several."""

    class Role(models.TextChoices):
        MAIN = "main", _("Main contact")
        ALTERNATE = "alternate", _("Alternate contact")
        MEDIA = "media", _("Media")
        OTHER = "other", _("Other contact")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="representations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="representations")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MAIN)

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            Term.ordered("representation"),
            known("representation", "role", "main", "alternate", "media", "other"),
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(until=None),
                name="one_open_representation_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class Appointment(Term):
    """A person works for the whole coalition in a role. A facilitator's scope is an M49 code, or empty for all."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Administrator")
        STAFF = "staff", _("Staff")
        FACILITATOR = "facilitator", _("Facilitator")
        OBSERVER = "observer", _("Observer")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    region = models.CharField(_("region"), max_length=3, blank=True, help_text=_("For facilitators."))

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            Term.ordered("appointment"),
            known("appointment", "role", "admin", "staff", "facilitator", "observer"),
            models.CheckConstraint(
                condition=Q(region="") | Q(role="facilitator"), name="only_facilitators_have_a_region"
            ),
            models.UniqueConstraint(
                fields=["person", "role", "region"], condition=Q(until=None), name="one_open_appointment_per_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class Invitation(Identified):
    """Somebody is asked to sign in for the first time. The link is signed, so no secret is kept here."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_person",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_is_accepted_or_revoked_not_both"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.expires_at:%Y-%m-%d}"
