"""The columns of this app's lists: what the pages show, what files say, what they are sorted by."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.lists import DAYS, Column, List
from accounts.models import Person, Visibility
from accounts.zones import in_a_file
from members.models import ImportBatch, Organisation


def _membership(organisation: Organisation, field: str) -> Any:
    membership = organisation.membership
    return getattr(membership, field) if membership else ""


def _status(organisation: Organisation) -> Any:
    membership = organisation.membership
    return membership.get_status_display() if membership else ""


def _category(organisation: Organisation) -> Any:
    membership = organisation.membership
    return membership.get_category_display() if membership else ""


def _contacts(organisation: Any) -> str:
    return ", ".join(str(contact.person) for contact in organisation.contacts)


def _endorsed(organisation: Organisation) -> Any:
    return organisation.endorsed_on or pgettext("not endorsed", "no")


def _region(organisation: Organisation) -> str:
    return organisation.home.subregion_name if organisation.home else ""


# Files are in English, as the roster to import again is: what a spreadsheet says is the same for all who get it.
ORGANISATIONS = List(
    "members.organisations",
    [
        Column("name", gettext_lazy("Organisation"), lambda one: one.name, order="key"),
        Column("acronym", gettext_lazy("Acronym"), lambda one: one.acronym, is_extra=True, is_beside_first=True),
        Column("country", gettext_lazy("Country"), lambda one: one.place),
        Column("region", gettext_lazy("Region"), _region, is_extra=True),
        Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display(), is_extra=True),
        Column("category", gettext_lazy("Category"), _category),
        Column("status", gettext_lazy("Status"), _status),
        Column(
            "since", gettext_lazy("Since"), lambda one: _membership(one, "since"), order="-joined", rises_falls=DAYS
        ),
        Column("endorsed", gettext_lazy("Endorsed the call"), _endorsed),
        Column("contact", gettext_lazy("Main contact"), _contacts),
        Column("language", gettext_lazy("Language of the name"), lambda one: one.language, is_extra=True),
        Column("website", gettext_lazy("Website"), lambda one: one.website, is_extra=True),
        Column("visibility", gettext_lazy("Seen by"), lambda one: one.get_visibility_display(), is_extra=True),
        Column("note", gettext_lazy("Note"), lambda one: one.note, is_extra=True, seen_by=Visibility.STAFF),
    ],
    title=gettext_lazy("Members"),
    address="members:organisations",
    order="name",
    language="en",
    export="members.export_roster",
    other_files=[(gettext_lazy("CSV to edit and import again"), "members:organisations_export")],
)


def _speaks_for(person: Person) -> str:
    return ", ".join(str(row.organisation) for row in person.representations.all())


def _appointed(person: Person) -> str:
    return ", ".join(str(row.get_role_display()) for row in person.appointments.all())


def account_of(person: Person) -> str:
    """Whether they sign in, in words. Reads `user` and `open_invitations`: select and prefetch them for lists."""
    user = getattr(person, "user", None)
    if user is not None:
        return _("Signs in") if user.is_active else _("May not sign in")
    return _("Invited") if person.open_invitations else _("No account")  # type: ignore[attr-defined]


PEOPLE = List(
    "members.people",
    [
        Column("name", pgettext_lazy("of a person", "Name"), str, order="display_name"),
        Column("organisations", gettext_lazy("Speaks for"), _speaks_for),
        Column("appointed", gettext_lazy("Appointed"), _appointed),
        Column("email", gettext_lazy("E-mail"), lambda person: person.email),
        Column("account", gettext_lazy("Account"), account_of),
        Column("language", gettext_lazy("Language"), lambda person: person.language, is_extra=True),
        Column("zone", gettext_lazy("Time zone"), lambda person: person.zone, is_extra=True),
    ],
    title=gettext_lazy("People"),
    address="members:people",
    order="name",
)

COMMITTEES = List(
    "members.committees",
    [
        Column("name", gettext_lazy("Committee"), lambda one: one.name, order="name"),
        Column("seats", gettext_lazy("Seats"), lambda one: one.seat_count),
        Column("vacant", gettext_lazy("Vacant"), lambda one: one.vacant_count),
        Column("visibility", gettext_lazy("Seen by"), lambda one: one.get_visibility_display()),
        Column("mandate", gettext_lazy("Mandate"), lambda one: one.mandate, is_extra=True),
    ],
    title=gettext_lazy("Committees"),
    address="members:committees",
    order="name",
)


def _uploaded(batch: ImportBatch) -> str:
    return in_a_file(batch.uploaded_at)


IMPORTS = List(
    "members.imports",
    [
        Column("file", gettext_lazy("File"), lambda batch: batch.file_name, order="file_name"),
        Column("state", gettext_lazy("State"), lambda batch: batch.get_status_display()),
        Column("uploaded", gettext_lazy("Uploaded"), _uploaded, order="-uploaded_at", rises_falls=DAYS),
        Column("by", gettext_lazy("By"), lambda batch: batch.uploaded_by),
    ],
    title=gettext_lazy("Imports"),
    address="members:imports",
    order="-uploaded",
)
