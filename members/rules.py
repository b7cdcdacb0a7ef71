"""Who may change the roster, committees and appointments; and the predicates the apps above compose."""

import rules
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User, Visibility
from accounts.rules import is_oneself, is_own_view, is_shared_view, permit
from members.hats import classes_seen_by, hats
from members.models import Appointment


@rules.predicate
def is_staff(user: User) -> bool:
    """Staff or administrator: those who keep the roster and coordinate."""
    return hats(user).is_staff


@rules.predicate
def is_admin(user: User) -> bool:
    return hats(user).is_admin


@rules.predicate
def steers(user: User) -> bool:
    return hats(user).steers


@rules.predicate
def sees_members(user: User) -> bool:
    return Visibility.MEMBERS in classes_seen_by(user)


@rules.predicate
def sits_on_committee(user: User, subject: object) -> bool:
    """Holds a seat on the subject's committee, as representative or alternate."""
    return getattr(subject, "committee_id", None) in hats(user).seated_in


@rules.predicate
def chairs_committee(user: User, subject: object) -> bool:
    return getattr(subject, "committee_id", None) in hats(user).chairs


@rules.predicate
def facilitates_organisation(user: User, organisation: object) -> bool:
    """Looks after its country, and may know of it."""
    return getattr(organisation, "country", None) in hats(user).countries and getattr(
        organisation, "visibility", None
    ) in classes_seen_by(user)


@rules.predicate
def is_ended(user: User, subject: object) -> bool:
    return getattr(subject, "ended_on", None) is not None


@rules.predicate
def is_about_an_administrator(user: User, subject: object) -> bool:
    """Whoever changes where an administrator's mail goes, or invites one, could become one."""
    return isinstance(subject, Person) and any(
        appointment.role == Appointment.Role.ADMIN and appointment.until is None
        for appointment in subject.appointments.all()
    )


@rules.predicate
def is_the_addressee(user: User, delivery: object) -> bool:
    return getattr(delivery, "person_id", None) == user.person_id


keeps_contacts = is_staff & (is_admin | ~is_about_an_administrator)

STAFF_ONLY = _("Only staff and administrators keep the roster.")
ADMIN_ONLY = _("Only administrators appoint people.")
NOT_ENDED = _("Only staff and administrators change an organisation, and only until it has ended.")
IN_REGION = _("Only staff and the facilitators of its country change an organisation, and only until it has ended.")

permit("members.add_organisation", is_staff, otherwise=STAFF_ONLY)
permit("members.edit_organisation", (is_staff | facilitates_organisation) & ~is_ended, otherwise=IN_REGION)
permit("members.classify_organisation", is_staff & ~is_ended, otherwise=NOT_ENDED)
permit("members.change_membership", is_staff & ~is_ended, otherwise=NOT_ENDED)
permit("members.end_organisation", is_staff & ~is_ended, otherwise=NOT_ENDED)
permit(
    "members.restore_organisation",
    is_staff & is_ended,
    otherwise=_("Only staff and administrators take back that an organisation ended, while it has."),
)
permit("members.export_roster", sees_members, otherwise=_("Only members of the coalition export the list."))
permit("members.import_roster", is_staff, otherwise=STAFF_ONLY)
permit(
    "members.edit_people",
    keeps_contacts,
    otherwise=_("Only staff and administrators keep contacts; an administrator’s, only administrators."),
)
permit(
    "members.invite",
    keeps_contacts,
    otherwise=_("Only staff and administrators invite people to sign in; administrators, only administrators."),
)
permit("members.appoint", is_admin, otherwise=ADMIN_ONLY)
permit("members.keep_regions", is_staff, otherwise=_("Only staff and administrators keep the coalition’s regions."))
permit("members.manage_committees", is_staff, otherwise=_("Only staff and administrators change committees."))
permit("members.edit_preferences", is_oneself, otherwise=_("Everybody changes only their own preferences."))
permit("accounts.share_view", is_staff, otherwise=_("Only staff and administrators share a view with everybody."))
permit(
    "accounts.remove_view",
    is_own_view | (is_shared_view & is_staff),
    otherwise=_("Only whoever saved a view removes it; a shared one, staff too."),
)
permit("notices.see_deliveries", is_staff, otherwise=_("Only staff and administrators see what was sent."))
permit(
    "notices.keep_inbox",
    is_the_addressee,
    otherwise=_("Everybody keeps only their own inbox."),
)
permit("notices.choose_mail", is_oneself, otherwise=_("Everybody chooses only their own mails."))
permit(
    "notices.lift_suppression",
    is_staff,
    otherwise=_("Only staff and administrators have mail go again to an address from which it came back."),
)
permit(
    "notices.steer_delivery",
    is_staff,
    otherwise=_("Only staff and administrators hold, send or cancel what is planned."),
)
permit("notices.settle_delivery", is_staff, otherwise=_("Only staff and administrators settle a delivery."))
