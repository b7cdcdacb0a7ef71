"""Who speaks for whom, who is appointed to what, and who is invited to sign in."""

import re
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.core import signing
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, Identified, Person, User, Visibility, known
from accounts.rules import classes_seen_by, countries_kept_by
from members.keys import name_words
from members.models.organisations import Organisation
from members.models.regions import Regional
from members.models.terms import Term, TermQuerySet

WRITTEN_WITH_ADDRESS = re.compile(r"^(?P<name>.*?)\s*<(?P<email>[^<>]+)>$")


class PersonQuerySet(models.QuerySet[Person]):
    def visible_to(self, user: Any) -> Self:
        """Everybody for staff; for others only themselves. Committees and organisations show who speaks for them."""
        if Visibility.STAFF in classes_seen_by(user):
            return self.all()
        return self.filter(pk=user.person_id)

    def named(self, words: set[str]) -> Self:
        """Those with, for every one of `words` (parts of keys), a word of their name that begins with it."""
        found = self
        for word in sorted(words):
            found = found.filter(pk__in=PersonWord.objects.filter(word__startswith=word).values("person"))
        return found

    def with_address(self, email: str) -> Self:
        return self.filter(pk__in=Address.objects.filter(email__iexact=email.strip()).values("person"))

    def appointed(self, role: str) -> Self:
        return self.filter(pk__in=Appointment.objects.filter(role=role, until=None).values("person"))

    def with_account(self, standing: str) -> Self:
        """`standing`: "yes" for those who can sign in, "invited" for those with an open invitation, "no" for others."""
        invited = Exists(Invitation.objects.open().filter(person=OuterRef("pk")))
        if standing == "yes":
            return self.filter(user__is_active=True)
        return self.filter(invited if standing == "invited" else ~invited, user=None)

    def answering_to(self, text: str) -> Self:
        """Those meant by an address, by "Name <address>", or by the beginnings of words of their name."""
        written = WRITTEN_WITH_ADDRESS.match(text.strip())
        if written:
            return self.named(name_words(written["name"])).with_address(written["email"])
        if "@" in text:
            return self.with_address(text)
        words = name_words(text)
        return self.named(words) if words else self.none()


def everybody() -> PersonQuerySet:
    """Everybody we talk with. Person belongs to a lower app, which cannot know who may see whom."""
    return PersonQuerySet(Person)


class PersonWord(models.Model):
    """One word of a person's name: the search finds it by its beginning, in any script. Erased with the name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=200)

    class Meta:
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["person", "word"], name="word_once_per_person")]
        indexes = [models.Index(fields=["word"], opclasses=["varchar_pattern_ops"], name="person_by_beginning_of_word")]

    def __str__(self) -> str:
        return self.word


def address_known_to(user: User, person: str = "person") -> Subquery:
    """The primary address of the row's `person`, as `user` may know it; else NULL. As with contacts: the committee and
    staff know it, members if that person is listed, everybody their own.
    """
    seen, address = classes_seen_by(user), Address.objects.filter(person=OuterRef(person), is_primary=True)
    if Visibility.STEERING not in seen:
        listed = Q(person__is_listed=True) if Visibility.MEMBERS in seen else Q()
        address = address.filter(Q(person=user.person_id) | listed)
    return Subquery(address.values("email")[:1])


class RepresentationQuerySet(TermQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Contacts are for the committee, staff and, in their countries, facilitators.

        Members see those who chose to be listed, everybody oneself.
        """
        seen = classes_seen_by(user)
        visible = self.filter(organisation__visibility__in=seen)
        if Visibility.STEERING in seen:
            return visible
        listed = Q(person__is_listed=True) if Visibility.MEMBERS in seen else Q()
        kept = Q(organisation__country__in=countries_kept_by(user))
        return visible.filter(Q(person=user.person_id) | listed | kept)


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


class Appointment(Regional, Term):
    """A person works for the whole coalition in a role; a facilitator for a region, or without one: for a theme."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Administrator")
        STAFF = "staff", _("Staff")
        FACILITATOR = "facilitator", _("Facilitator")
        OBSERVER = "observer", _("Observer")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(_("role"), max_length=12, choices=Role)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "id"]
        constraints = [
            Term.ordered("appointment"),
            known("appointment", "role", "admin", "staff", "facilitator", "observer"),
            models.CheckConstraint(
                condition=Q(region="", own_region=None) | Q(role="facilitator"), name="only_facilitators_have_a_region"
            ),
            Regional.at_most_one("appointment"),
            models.UniqueConstraint(
                fields=["person", "role", "region", "own_region"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="one_open_appointment_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Neither accepted nor revoked; it may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)

    def of_token(self, token: str) -> Self:
        """The invitation a link names, none if the link is not ours or was cut."""
        try:
            return self.filter(pk=UUID(signing.loads(token, salt=Invitation.SALT)))
        except (signing.BadSignature, ValueError, TypeError, AttributeError):
            return self.none()


class Invitation(Identified):
    """Somebody is asked to sign in for the first time. The link is signed, so no secret is kept here."""

    SALT = "members.invitation"
    VALID = timedelta(days=7)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

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

    @property
    def token(self) -> str:
        """What the link carries: whoever holds it may set the password, so it is shown only in the mail."""
        return signing.dumps(str(self.pk), salt=self.SALT)

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    def problem(self, now: datetime) -> str:
        """Why the link does not work at `now`, and what to do; empty while it does."""
        if self.accepted_at is not None:
            return gettext("This invitation was used already. Sign in with the password that was chosen then.")
        if self.revoked_at is not None:
            return gettext(
                "This invitation was withdrawn; perhaps a newer one is in your mail. If not, ask the staff for another."
            )
        if now >= self.expires_at:
            return gettext("This invitation was valid for seven days, and they are over. Ask the staff for a new one.")
        return ""
