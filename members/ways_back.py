"""What can be taken back of what is done to the roster, its people, its committees and its imports?"""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from history.way_back import WayBack, register
from members.actions import imports_back, seats_back, taking_back
from members.models import (
    Appointment,
    Committee,
    CommitteeOffice,
    ImportBatch,
    ImportRow,
    Invitation,
    Membership,
    Organisation,
    Representation,
    SeatHolder,
    SeatTerm,
    everybody,
)

Undone = ImportRow.Undone


class OrganisationEnded(WayBack):
    key = "members.end_organisation"
    model = Organisation
    named = "name"
    permission = "members.restore_organisation"
    label = gettext_lazy("Organisation ended")
    effect = gettext_lazy("It is on the list again, and its membership and its contacts are as they were.")

    def path(self, subject: Any) -> str:
        return reverse("members:organisation", args=[subject.pk])

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        taking_back.restore_organisation(subject, kept=kept, by=by, now=now)


class MembershipChanged(WayBack):
    key = "members.change_membership"
    model = Membership
    named = "organisation__name"
    permission = "members.change_membership"
    label = gettext_lazy("Membership changed")
    effect = gettext_lazy("Its standing, its category and its first day are what they were before.")

    def subjects(self, user: Any) -> QuerySet[Any]:
        return Membership.objects.filter(organisation__in=Organisation.objects.visible_to(user))

    def asked_about(self, subject: Any) -> Any:
        return subject.organisation

    def path(self, subject: Any) -> str:
        return reverse("members:organisation", args=[subject.organisation_id])

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        taking_back.restore_membership(subject, kept=kept, by=by, now=now)


class AboutAPerson(WayBack):
    """What these share: readers know them by the person, whose page shows them."""

    named = "person__display_name"

    def subjects(self, user: Any) -> QuerySet[Any]:
        return self.model._default_manager.filter(person__in=everybody().visible_to(user))

    def asked_about(self, subject: Any) -> Any:
        return subject.person

    def path(self, subject: Any) -> str:
        return reverse("members:person", args=[subject.person_id])


class ContactEnded(AboutAPerson):
    key = "members.end_representation"
    model = Representation
    permission = "members.edit_people"
    label = gettext_lazy("Contact ended")
    effect = gettext_lazy("They speak for the organisation again, and for its seats if they did.")

    def subjects(self, user: Any) -> QuerySet[Any]:
        return super().subjects(user).filter(organisation__in=Organisation.objects.visible_to(user))

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        taking_back.restore_representation(subject, kept=kept, by=by, now=now)


class AppointmentEnded(AboutAPerson):
    key = "members.end_appointment"
    model = Appointment
    permission = "members.appoint"
    label = gettext_lazy("Appointment ended")
    effect = gettext_lazy("They hold the role again, and may see and do what it lets them.")

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        taking_back.restore_appointment(subject, kept=kept, by=by, now=now)


class InvitationRevoked(AboutAPerson):
    key = "members.revoke_invitation"
    model = Invitation
    permission = "members.invite"
    label = gettext_lazy("Invitation withdrawn")
    effect = gettext_lazy("Its link works again until the day it was valid; if its mail had not left, it goes out.")

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        taking_back.restore_invitation(subject, kept=kept, by=by, now=now)


class OfACommittee(WayBack):
    """What these share: the committee's page shows them, and who manages committees takes them back."""

    permission = "members.manage_committees"
    committee = ""  # the path of fields to it

    def subjects(self, user: Any) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{f"{self.committee}__in": Committee.objects.visible_to(user)})

    def path(self, subject: Any) -> str:
        return reverse("members:committee", args=[self.asked_about(subject).pk])


class TermEnded(OfACommittee):
    key = "members.end_term"
    model = SeatTerm
    named = "organisation__name"
    committee = "seat__committee"
    label = gettext_lazy("Seat vacated")
    effect = gettext_lazy("The organisation holds the seat again, and whoever spoke for it speaks.")

    def subjects(self, user: Any) -> QuerySet[Any]:
        return super().subjects(user).filter(organisation__in=Organisation.objects.visible_to(user))

    def asked_about(self, subject: Any) -> Any:
        return subject.seat.committee

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        seats_back.restore_term(subject, kept=kept, by=by, now=now)


class HolderEnded(OfACommittee):
    key = "members.end_holder"
    model = SeatHolder
    named = "person__display_name"
    committee = "term__seat__committee"
    label = gettext_lazy("Stopped speaking for a seat")
    effect = gettext_lazy("They speak for the seat again, answer on positions for it and are reminded.")

    def asked_about(self, subject: Any) -> Any:
        return subject.term.seat.committee

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        seats_back.restore_holder(subject, kept=kept, by=by, now=now)


class OfficeEnded(OfACommittee):
    key = "members.end_office"
    model = CommitteeOffice
    named = "person__display_name"
    committee = "committee"
    label = gettext_lazy("Stopped chairing")
    effect = gettext_lazy("They chair the committee again.")

    def asked_about(self, subject: Any) -> Any:
        return subject.committee

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        seats_back.restore_office(subject, kept=kept, by=by, now=now)


class OfAnImport(WayBack):
    model = ImportBatch
    named = "file_name"
    permission = "members.import_roster"

    def path(self, subject: Any) -> str:
        return reverse("members:import", args=[subject.pk])


class ImportDiscarded(OfAnImport):
    key = "members.discard_import"
    label = gettext_lazy("Import discarded")
    effect = gettext_lazy("Its rows can be decided and applied again.")

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        imports_back.restore_import(subject, kept=kept, by=by, now=now)


class ImportApplied(OfAnImport):
    """A month: whoever is on the list of a partner checks it when the partner answers, and that takes long."""

    key = "members.apply_import"
    label = gettext_lazy("Import applied")
    effect = gettext_lazy("What it added ends, what it changed is as before; what was edited since is kept.")
    lasts = timedelta(days=30)

    def effects(self, subject: Any, kept: dict[str, Any], user: Any) -> list[str]:
        rows = imports_back.prospects(subject.rows.defer("cells", "why", "decided", "before", "after"))
        reversed_rows = rows.get(Undone.REVERSED, [])
        added = sum(row.outcome == ImportRow.Outcome.ADDED for row in reversed_rows)
        counts = {
            "added": added,
            "changed": len(reversed_rows) - added,
            "kept": len(rows.get(Undone.KEPT, [])),
            "failed": len(rows.get(Undone.FAILED, [])),
        }
        said = {
            "added": _(
                "Organisations that it added and that end: %(added)s. Only staff still find them, among the ended."
            ),
            "changed": _("Rows whose changes are put back: %(changed)s."),
            "kept": _("Rows that are kept because their organisation was edited since: %(kept)s."),
            "failed": _("Rows that stay because their organisation holds a seat: %(failed)s."),
        }
        effects = [sentence % counts for what, sentence in said.items() if counts[what]]
        return [*effects, _("Nobody is e-mailed. The file can be imported again.")]

    def take_back(self, subject: Any, *, kept: dict[str, Any], by: Any, now: Any) -> None:
        imports_back.take_back_import(subject, kept=kept, by=by, now=now)


def register_ways_back() -> None:
    register(OrganisationEnded(), MembershipChanged(), ContactEnded(), AppointmentEnded(), InvitationRevoked())
    register(TermEnded(), HolderEnded(), OfficeEnded(), ImportDiscarded(), ImportApplied())
