"""Mails that came back, and the addresses that get none any more because of it."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, Identified, Person, User
from accounts.rules import allows
from notices.models.deliveries import Delivery


class BounceQuerySet(models.QuerySet["Bounce"]):
    def final(self) -> Self:
        """Of mails that their server has given up."""
        return self.filter(is_final=True)


class Bounce(Identified):
    """What a mail server reported of one of our mails: it will never arrive, or not yet."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="bounces")
    status = models.CharField(max_length=12, help_text="RFC 3463: 5.1.1")
    is_final = models.BooleanField(help_text="RFC 3464: failed, not only delayed; a server that gave up says 4.x.x too")
    said = models.TextField(blank=True)
    read_at = models.DateTimeField()

    objects = BounceQuerySet.as_manager()

    class Meta:
        ordering = ["-read_at", "id"]
        constraints = [models.UniqueConstraint(fields=["delivery", "status", "is_final"], name="bounce_is_read_once")]

    def __str__(self) -> str:
        return f"{self.status} {self.said}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def visible_to(self, user: Any) -> Self:
        return self if allows(user, "notices.see_deliveries") else self.none()

    def standing(self) -> Self:
        return self.filter(lifted_at=None)

    def of_primary_addresses(self) -> Self:
        """Those whose person has no other address to which mail goes."""
        primary = Address.objects.filter(person=OuterRef("person"), is_primary=True).annotate(lower=Lower("email"))
        return self.filter(Exists(primary.filter(lower=OuterRef("email"))))


class Suppression(Identified):
    """An address that gets no mail because one came back from it, until staff take it up again."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail"))
    bounce = models.ForeignKey(Bounce, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    lift_reason = models.TextField(blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "person"], condition=Q(lifted_at=None), name="address_is_suppressed_once_per_person"
            ),
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="suppressed_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="suppression_is_lifted_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.email


def is_suppressed() -> Exists:
    """For a delivery, in its own statement: whether the address it would go to gets no mail."""
    suppressed = Suppression.objects.standing().filter(email=Lower(OuterRef("email")))
    return Exists(Address.objects.filter(Exists(suppressed), person=OuterRef("person"), is_primary=True))
