"""Who is there: people, their addresses, and who can sign in."""

import uuid
from collections.abc import Iterable
from datetime import time
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class TransitionError(Exception):
    """The subject is not in a state from which this step is possible; the text is a sentence for the reader."""


class Stale(TransitionError):
    """Somebody else has changed the subject since the typist opened the form: one of `fields`, after the state `seen`.

    `of`: the model of the part of it whose fields these are; "" for the subject itself.
    """

    def __init__(self, seen: int, fields: Iterable[str], of: str = "") -> None:
        self.seen, self.fields, self.of = seen, list(fields), of
        super().__init__(_("Somebody else has changed this since you opened the form."))


class Visibility(models.TextChoices):
    """Who may see an object; each class is narrower than the one before it."""

    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Member organisations")
    GROUP = "group", _("The group it belongs to")
    STEERING = "steering", _("The steering committee and staff")
    STAFF = "staff", _("Staff")
    RESTRICTED = "restricted", _("Only the people named on it")


def known(model: str, field: str, *values: str) -> models.CheckConstraint:
    """The constraint that `field` of `model` holds one of `values`; Django's own choices guard only forms.

    A class body cannot see its neighbours, so the values stand as words; a test holds them equal to the choices.
    """
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=f"{model}_{field}_is_known")


class Identified(models.Model):
    """What every row of ours has: an id that says nothing and that nobody can count."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Person(Identified):
    """Somebody we talk with, whether or not they can sign in. Erasure blanks the fields and keeps the row."""

    display_name = models.CharField(_("name"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", help_text=_("Times are shown in this zone."))
    language = models.CharField(_("language"), max_length=8, default="en")  # of pages and mails
    quiet_from = models.TimeField(_("no mail from"), default=time(21))
    quiet_to = models.TimeField(_("until"), default=time(8), help_text=_("Mail waits until this hour in your zone."))
    keeps_weekend = models.BooleanField(
        _("no mail at the weekend"),
        default=True,
        help_text=_(
            "The weekend of your country. Mail waits for the next working morning, unless it would then come less than "
            "a day before what it is about."
        ),
    )
    is_discreet = models.BooleanField(
        _("discreet mail"),
        default=False,
        help_text=_("The mails say only that something waits, and you sign in to read what. Nothing is attached."),
    )
    is_listed = models.BooleanField(
        _("listed in the directory"),
        default=False,
        help_text=_("Members of the coalition then see your name and address."),
    )

    class Meta:
        ordering = ["display_name", "id"]
        indexes = [models.Index(fields=["display_name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def email(self) -> str:
        """The address mail goes to; empty when there is none. Reads `addresses`, prefetch it for lists."""
        return next((address.email for address in self.addresses.all() if address.is_primary), "")


class Address(Identified):
    """One e-mail address of a person. Not unique: offices share them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    email = models.EmailField(_("e-mail"))
    is_primary = models.BooleanField(_("mail goes here"), default=True)

    class Meta:
        ordering = ["-is_primary", "email"]
        constraints = [
            models.UniqueConstraint("person", Lower("email"), name="address_once_per_person"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_primary=True), name="person_has_one_primary_address"
            ),
        ]

    def __str__(self) -> str:
        return self.email


def primary_email() -> Subquery:
    """For a row with a `person`, in its own statement: the address to which their mail goes today, or None."""
    return Subquery(Address.objects.filter(person=OuterRef("person"), is_primary=True).values("email"))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet["User"]:
        # Every request needs the person of its user: one statement instead of two.
        return super().get_queryset().select_related("person")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(Identified, AbstractBaseUser):
    """Who can sign in. There are no superusers: what somebody may do follows from their appointments and seats."""

    email = models.EmailField(_("e-mail"), unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="user")
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["email"]
        constraints = [models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_is_lower_case")]

    def __str__(self) -> str:
        return self.person.display_name


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, and those shared with everybody who reads the list."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedView(Identified):
    """A list as somebody likes to look at it: its filters, columns and order, kept under a name."""

    MOST = 30  # for one user and one list: more is a list of its own

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="views")
    list_key = models.CharField(max_length=60, help_text="accounts/lists.py")
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(blank=True, help_text="The query string without a place in the list")
    is_shared = models.BooleanField(_("for everybody"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_key", "name"], name="view_once_per_name_and_list")
        ]

    def __str__(self) -> str:
        return self.name
