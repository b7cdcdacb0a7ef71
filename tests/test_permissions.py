"""Who may do what, as one table: the policy of the house. A permission without a row here fails the suite."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rules.permissions import permissions

from accounts.models import User
from accounts.rules import REFUSALS, allows
from decisions.models import AnswerChange, Disagreement, Elector
from members.models import Appointment, Committee, SeatHolder
from notices.models import Delivery
from tests import factories
from tests.factories import user_with

ROLES = ("admin", "staff", "chair", "seat", "facilitator", "member", "nobody")
STAFF = {"admin", "staff"}
COMMITTEE = {"chair", "seat"}
MEMBERS = STAFF | COMMITTEE | {"facilitator", "member"}


def nothing(user: User) -> None:
    return None


def organisation(user: User) -> Any:
    return factories.OrganisationFactory()


def organisation_in_own_region(user: User) -> Any:
    """In a country that `user` looks after, if they are a facilitator; else somebody else does."""
    facilitates(user, region="014")
    return factories.OrganisationFactory(country="KEN")


def organisation_beside_own_region(user: User) -> Any:
    facilitates(user, region="014")
    return factories.OrganisationFactory(country="MLI")


def hidden_organisation_in_own_region(user: User) -> Any:
    facilitates(user, region="014")
    return factories.OrganisationFactory(country="KEN", visibility="staff")


def facilitates(user: User, **where: Any) -> None:
    is_one = user.person.appointments.filter(role="facilitator").exists()
    person = user.person if is_one else factories.PersonFactory()
    factories.AppointmentFactory(person=person, role="facilitator", **where)


def ended_organisation(user: User) -> Any:
    return factories.OrganisationFactory(ended_on=date(2026, 1, 1), end_reason="Closed.", membership=False)


def somebody(user: User) -> Any:
    return factories.PersonFactory()


def oneself(user: User) -> Any:
    return user.person


def an_administrator(user: User) -> Any:
    return factories.AppointmentFactory(role=Appointment.Role.ADMIN).person


def own_view(user: User) -> Any:
    return factories.SavedViewFactory(owner=user)


def shared_view(user: User) -> Any:
    return factories.SavedViewFactory(is_shared=True)


def others_view(user: User) -> Any:
    return factories.SavedViewFactory()


def our_position(user: User) -> Any:
    return factories.PositionFactory(committee=steering())


def members_position(user: User) -> Any:
    """Its draft is for all members."""
    return factories.PositionFactory(committee=steering(), visibility="members")


def own_position(user: User) -> Any:
    return factories.PositionFactory(committee=steering(), author=user.person)


def others_position(user: User) -> Any:
    return factories.PositionFactory()


def own_elector(user: User) -> Any:
    """The elector of the seat `user` holds; for who holds none, somebody else's."""
    factories.SeatHolderFactory(term__seat__committee=steering())
    asked = factories.RoundFactory(position__committee=steering(), position__status="open")
    held = SeatHolder.objects.filter(person=user.person).values("term")
    return Elector.objects.filter(round=asked, term__in=held).first() or asked.electors.first()


def others_elector(user: User) -> Any:
    holder = factories.SeatHolderFactory(term__seat__committee=steering())
    asked = factories.RoundFactory(position__committee=steering(), position__status="open")
    return asked.electors.get(term=holder.term)


def our_consultation(user: User) -> Any:
    """Of the steering committee; it asks the member `user` speaks for, if any."""
    return consultation_of(our_position(user))


def consultation_of_own_position(user: User) -> Any:
    return consultation_of(own_position(user))


def others_consultation(user: User) -> Any:
    """Of another committee; it asks one member that `user` does not speak for."""
    asked = factories.OrganisationFactory()
    return factories.ConsultationFactory(version=others_position(user).versions.get(), asked=[asked])


def consultation_of(position: Any) -> Any:
    return factories.ConsultationFactory(version=position.versions.get())


def own_member_asked(user: User) -> Any:
    """The member `user` is the main contact of; for who is none, somebody else's."""
    factories.OrganisationFactory()
    asked = our_consultation(user).asked
    return asked.filter(organisation__representations__person=user.person).first() or asked.first()


def others_member_asked(user: User) -> Any:
    return others_consultation(user).asked.get()


def own_member_asked_as_media(user: User) -> Any:
    user.person.representations.update(role="media")
    return own_member_asked(user)


def disagreement(elector: Elector, owner: Any) -> Any:
    said = {"elector": elector, "choice": "object", "reason": "No.", "by": owner, "at": factories.NOON}
    change = AnswerChange.objects.create(version=elector.round.version, **said)
    instants = dict.fromkeys(("opened_at", "handed_at", "scheduled_at"), factories.NOON)
    return Disagreement.objects.create(
        elector=elector, objection=change, owner=owner, next_on=factories.NOON.date(), **instants
    )


def own_objection(user: User) -> Any:
    return disagreement(own_elector(user), factories.PersonFactory())


def others_objection(user: User) -> Any:
    return disagreement(others_elector(user), factories.PersonFactory())


def objection_in_own_care(user: User) -> Any:
    return disagreement(others_elector(user), user.person)


def objection_elsewhere(user: User) -> Any:
    term = factories.SeatHolderFactory().term
    asked = factories.RoundFactory(position__committee=term.seat.committee, position__status="open")
    return disagreement(asked.electors.get(), user.person)


def campaign(user: User) -> Any:
    return factories.CampaignFactory()


def own_campaign(user: User) -> Any:
    return factories.CampaignFactory(owner=user.person)


def milestone(user: User) -> Any:
    return factories.MilestoneFactory()


def own_milestone(user: User) -> Any:
    return factories.MilestoneFactory(owner=user.person)


def scope(user: User) -> Any:
    return factories.AssignmentFactory().scope


def led_scope(user: User) -> Any:
    """`user` leads it if they are a facilitator, else somebody else does."""
    return assignment_of(user, "lead").scope


def backed_scope(user: User) -> Any:
    return assignment_of(user, "backup").scope


def assignment(user: User) -> Any:
    return factories.AssignmentFactory()


def own_assignment(user: User) -> Any:
    return factories.AssignmentFactory(person=user.person, appointment=None)


def former_scope(user: User) -> Any:
    return factories.AssignmentFactory(person=user.person, until=date(2021, 1, 1), appointment=None).scope


def milestone_of_own_scope(user: User) -> Any:
    return factories.MilestoneFactory(scope=backed_scope(user))


def milestone_of_others_scope(user: User) -> Any:
    return factories.MilestoneFactory(scope=scope(user))


def assignment_of(user: User, capacity: str) -> Any:
    is_one = user.person.appointments.filter(role="facilitator").exists()
    person = user.person if is_one else factories.PersonFactory()
    return factories.AssignmentFactory(person=person, capacity=capacity, appointment=None)


def task(user: User) -> Any:
    return factories.TaskFactory(owner=None)


def own_task(user: User) -> Any:
    return factories.TaskFactory(owner=user.person)


def task_asked_for(user: User) -> Any:
    return factories.TaskFactory(asked_by=user.person)


def task_in_own_campaign(user: User) -> Any:
    return factories.TaskFactory(subject=own_campaign(user))


def task_of_our_meeting(user: User) -> Any:
    return factories.TaskFactory(subject=meeting(user))


def meeting(user: User) -> Any:
    return factories.MeetingFactory(committee=steering())


def others_meeting(user: User) -> Any:
    return factories.MeetingFactory(committee=factories.CommitteeFactory())


def own_attendance(user: User) -> Any:
    return factories.AttendanceFactory(person=user.person)


def others_attendance(user: User) -> Any:
    return factories.AttendanceFactory()


def own_notice(user: User) -> Any:
    return Delivery(person=user.person)


def anothers_notice(user: User) -> Any:
    return Delivery(person=factories.PersonFactory())


def steering() -> Committee:
    return Committee.objects.filter(is_steering=True).first() or factories.CommitteeFactory(is_steering=True)


EVERYBODY = set(ROLES)
MAY: dict[tuple[str, Callable[[User], Any]], set[str]] = {
    ("members.add_organisation", nothing): STAFF,
    ("members.edit_organisation", organisation): STAFF,
    ("members.edit_organisation", ended_organisation): set(),
    ("members.edit_organisation", organisation_in_own_region): STAFF | {"facilitator"},
    ("members.edit_organisation", organisation_beside_own_region): STAFF,
    ("members.edit_organisation", hidden_organisation_in_own_region): STAFF,
    ("members.classify_organisation", organisation_in_own_region): STAFF,
    ("members.classify_organisation", ended_organisation): set(),
    ("members.change_membership", organisation_in_own_region): STAFF,
    ("members.change_membership", ended_organisation): set(),
    ("members.end_organisation", organisation_in_own_region): STAFF,
    ("members.end_organisation", ended_organisation): set(),
    ("members.restore_organisation", organisation): set(),
    ("members.restore_organisation", ended_organisation): STAFF,
    ("members.export_roster", nothing): MEMBERS,
    ("members.import_roster", nothing): STAFF,
    ("members.edit_people", somebody): STAFF,
    ("members.edit_people", an_administrator): {"admin"},
    ("members.invite", somebody): STAFF,
    ("members.invite", an_administrator): {"admin"},
    ("members.appoint", somebody): {"admin"},
    ("members.keep_regions", nothing): STAFF,
    ("members.manage_committees", nothing): STAFF,
    ("members.edit_preferences", oneself): EVERYBODY,
    ("members.edit_preferences", somebody): set(),
    ("notices.keep_inbox", own_notice): EVERYBODY,
    ("notices.keep_inbox", anothers_notice): set(),
    ("notices.choose_mail", oneself): EVERYBODY,
    ("notices.choose_mail", somebody): set(),
    ("accounts.share_view", nothing): STAFF,
    ("accounts.remove_view", own_view): EVERYBODY,
    ("accounts.remove_view", shared_view): STAFF,
    ("accounts.remove_view", others_view): set(),
    ("notices.see_deliveries", nothing): STAFF,
    ("notices.settle_delivery", nothing): STAFF,
    ("notices.steer_delivery", nothing): STAFF,
    ("notices.lift_suppression", nothing): STAFF,
    ("campaigns.add_campaign", nothing): STAFF,
    ("campaigns.edit_campaign", campaign): STAFF,
    ("campaigns.edit_campaign", own_campaign): EVERYBODY,
    ("campaigns.finish_campaign", campaign): STAFF,
    ("campaigns.add_milestone", campaign): STAFF,
    ("campaigns.edit_milestone", milestone): STAFF,
    ("campaigns.drop_milestone", milestone): STAFF,
    ("campaigns.reach_milestone", milestone): STAFF,
    ("campaigns.reach_milestone", own_milestone): EVERYBODY,
    ("campaigns.edit_milestone", milestone_of_own_scope): STAFF | {"facilitator"},
    ("campaigns.edit_milestone", milestone_of_others_scope): STAFF,
    ("campaigns.reach_milestone", milestone_of_own_scope): STAFF | {"facilitator"},
    ("campaigns.drop_milestone", milestone_of_own_scope): STAFF,
    ("campaigns.see_coverage", nothing): MEMBERS,
    ("campaigns.see_coverage", campaign): MEMBERS,
    ("campaigns.see_coverage", own_campaign): EVERYBODY,
    ("campaigns.keep_scopes", led_scope): STAFF,
    ("campaigns.keep_scopes", own_campaign): STAFF,
    ("campaigns.hand_over", led_scope): STAFF | {"facilitator"},
    ("campaigns.hand_over", backed_scope): STAFF,
    ("campaigns.hand_over", scope): STAFF,
    ("campaigns.write_note", own_assignment): EVERYBODY,
    ("campaigns.write_note", assignment): STAFF,
    ("campaigns.read_notes", backed_scope): STAFF | {"facilitator"},
    ("campaigns.read_notes", scope): STAFF,
    ("campaigns.read_notes", former_scope): STAFF,
    ("campaigns.add_task", campaign): STAFF,
    ("campaigns.add_task", own_campaign): EVERYBODY,
    ("campaigns.add_task", own_milestone): EVERYBODY,
    ("campaigns.add_task", meeting): STAFF | {"chair"},
    ("campaigns.add_task", others_meeting): STAFF,
    ("campaigns.add_task", our_position): STAFF | COMMITTEE,
    ("campaigns.add_task", others_position): STAFF,
    ("campaigns.add_task", organisation): STAFF,
    ("campaigns.change_task", task): STAFF,
    ("campaigns.change_task", own_task): EVERYBODY,
    ("campaigns.change_task", task_asked_for): EVERYBODY,
    ("campaigns.change_task", task_in_own_campaign): EVERYBODY,
    ("campaigns.change_task", task_of_our_meeting): STAFF | {"chair"},
    ("campaigns.take_task", task): MEMBERS,
    ("campaigns.see_task_load", nothing): STAFF | COMMITTEE,
    ("meetings.call_meeting", meeting): STAFF | {"chair"},
    ("meetings.call_meeting", others_meeting): STAFF,
    ("meetings.edit_meeting", meeting): STAFF | {"chair"},
    ("meetings.edit_meeting", others_meeting): STAFF,
    ("meetings.invite_people", meeting): STAFF | {"chair"},
    ("meetings.write_minutes", meeting): STAFF | {"chair"},
    ("meetings.cancel_meeting", meeting): STAFF | {"chair"},
    ("meetings.answer_invitation", own_attendance): EVERYBODY,
    ("meetings.answer_invitation", others_attendance): set(),
    ("decisions.start_draft", nothing): STAFF | COMMITTEE,
    ("decisions.write", our_position): STAFF | COMMITTEE,
    ("decisions.write", others_position): STAFF,
    ("decisions.comment", our_position): STAFF | COMMITTEE,
    ("decisions.comment", members_position): STAFF | COMMITTEE | {"facilitator"},
    ("decisions.comment", others_position): STAFF,
    ("decisions.see_comments", our_position): STAFF | COMMITTEE,
    ("decisions.see_comments", members_position): STAFF | COMMITTEE,
    ("decisions.see_comments", others_position): STAFF,
    ("decisions.open_round", our_position): STAFF | {"chair"},
    ("decisions.open_round", others_position): STAFF,
    ("decisions.answer", own_elector): {"seat"},
    ("decisions.answer", others_elector): set(),
    ("decisions.record_answer", own_elector): STAFF,
    ("decisions.record_answer", others_elector): STAFF,
    ("decisions.propose_recusal", our_position): {"chair"},
    ("decisions.propose_recusal", others_position): set(),
    ("decisions.propose_correction", our_position): STAFF | COMMITTEE,
    ("decisions.propose_correction", others_position): STAFF,
    ("decisions.approve_correction", our_position): COMMITTEE,
    ("decisions.approve_correction", others_position): set(),
    ("decisions.edit_levels", nothing): {"admin"},
    ("decisions.close_early", our_position): {"chair"},
    ("decisions.close_early", others_position): set(),
    ("decisions.confirm", our_position): {"chair"},
    ("decisions.confirm", others_position): set(),
    ("decisions.withdraw", our_position): STAFF,
    ("decisions.withdraw", own_position): STAFF | COMMITTEE,
    ("decisions.see_answers", our_position): STAFF | COMMITTEE,
    ("decisions.see_answers", others_position): STAFF,
    ("decisions.read_versions", our_position): STAFF | COMMITTEE,
    ("decisions.see_silent", our_position): STAFF | {"chair"},
    ("decisions.export_register", nothing): MEMBERS,
    ("decisions.consult", our_position): STAFF | {"chair"},
    ("decisions.consult", own_position): STAFF | COMMITTEE,
    ("decisions.consult", others_position): STAFF,
    ("decisions.consult", our_consultation): STAFF | {"chair"},
    ("decisions.consult", consultation_of_own_position): STAFF | COMMITTEE,
    ("decisions.end_consultation_early", our_consultation): STAFF | {"chair"},
    ("decisions.end_consultation_early", consultation_of_own_position): STAFF | {"chair"},
    ("decisions.end_consultation_early", others_consultation): STAFF,
    ("decisions.answer_officially", own_member_asked): {"member"},
    ("decisions.answer_officially", own_member_asked_as_media): set(),
    ("decisions.answer_officially", others_member_asked): set(),
    ("decisions.contribute", our_consultation): MEMBERS,
    ("decisions.contribute", others_consultation): STAFF | COMMITTEE | {"facilitator"},
    ("decisions.comment_for_organisation", own_member_asked): {"member"},
    ("decisions.comment_for_organisation", own_member_asked_as_media): {"member"},
    ("decisions.comment_for_organisation", others_member_asked): set(),
    ("decisions.dispose", our_consultation): STAFF | COMMITTEE,
    ("decisions.dispose", others_consultation): STAFF,
    ("decisions.keep_register", our_position): STAFF | {"chair"},
    ("decisions.keep_register", others_position): STAFF,
    ("decisions.see_blockers", nothing): STAFF | {"chair"},
    ("decisions.see_disagreements", nothing): STAFF | COMMITTEE,
    ("decisions.keep_disagreement", others_objection): STAFF | {"chair"},
    ("decisions.keep_disagreement", objection_in_own_care): STAFF | COMMITTEE,
    ("decisions.keep_disagreement", objection_elsewhere): STAFF,
    ("decisions.minute_own_end", own_objection): STAFF | {"chair"},
    ("decisions.minute_own_end", objection_in_own_care): STAFF | {"chair"},
    ("decisions.minute_own_end", objection_elsewhere): STAFF,
    ("decisions.end_own_disagreement", own_objection): {"seat"},
    ("decisions.end_own_disagreement", others_objection): set(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("permission", "subject"), MAY, ids=lambda part: getattr(part, "__name__", part))
def test_permission(permission, subject, role):
    user = user_with(role)

    allowed = allows(user, permission, subject(user))

    assert allowed is (role in MAY[permission, subject])


@pytest.mark.django_db
@pytest.mark.parametrize(("permission", "subject"), MAY, ids=lambda part: getattr(part, "__name__", part))
def test_whoever_may_no_longer_sign_in_may_nothing(permission, subject):
    user = user_with("admin")
    user.is_active = False

    assert allows(user, permission, subject(user)) is False


def test_every_permission_has_a_row():
    assert set(permissions) == {permission for permission, _subject in MAY}


def test_every_permission_says_who_may_instead():
    assert set(REFUSALS) == set(permissions)
    assert all(str(sentence).endswith(".") for sentence in REFUSALS.values())
