"""Who may draft, ask, answer, confirm and withdraw; and who may know what each seat answered."""

import rules
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import classes_seen_by, permit
from decisions.models import Consultation, Consulted, Disagreement, Elector, Position
from members.hats import hats
from members.models import SeatHolder
from members.rules import chairs_committee, is_admin, is_staff, sees_members, sits_on_committee, steers


@rules.predicate
def is_of_some_committee(user: User) -> bool:
    return bool(hats(user).seated_in or hats(user).chairs)


@rules.predicate
def is_author(user: User, position: Position) -> bool:
    return position.author_id == user.person_id


@rules.predicate
def speaks_for_elector(user: User, elector: Elector | None) -> bool:
    """Holds the elector's seat today, as representative or alternate."""
    return elector is not None and (
        SeatHolder.objects.current().filter(term=elector.term_id, person=user.person_id).exists()
    )


@rules.predicate
def is_facilitator(user: User) -> bool:
    return hats(user).is_facilitator


@rules.predicate
def reads_drafts_like_this(user: User, position: Position) -> bool:
    """Its class is one that the user sees."""
    return position.visibility in classes_seen_by(user)


@rules.predicate
def signs_for(user: User, consulted: Consulted | None) -> bool:
    """Main or alternate contact of a member that is asked, today."""
    return consulted is not None and Consulted.objects.filter(pk=consulted.pk).signed_for_by(user.person).exists()


@rules.predicate
def speaks_for_member(user: User, consulted: Consulted | None) -> bool:
    """Any contact of a member that is asked, today."""
    return consulted is not None and consulted.organisation_id in hats(user).organisations


@rules.predicate
def is_asked(user: User, consultation: Consultation) -> bool:
    """Any contact of some member that is asked, today."""
    return consultation.asked.filter(organisation__in=hats(user).organisations).exists()


@rules.predicate
def owns_disagreement(user: User, one: Disagreement) -> bool:
    return one.owner_id == user.person_id


@rules.predicate
def objected(user: User, one: Disagreement) -> bool:
    """Speaks today for the seat whose objection it is."""
    return bool(speaks_for_elector.test(user, one.elector))


@rules.predicate
def chairs_some_committee(user: User) -> bool:
    return bool(hats(user).chairs)


is_of_the_committee = sits_on_committee | chairs_committee
COMMITTEE_AND_STAFF = _("Only staff and the seats and chairs of the committee write its positions.")

permit("decisions.start_draft", is_staff | is_of_some_committee, otherwise=COMMITTEE_AND_STAFF)
permit("decisions.write", is_staff | is_of_the_committee, otherwise=COMMITTEE_AND_STAFF)
permit(
    "decisions.comment",
    is_staff | is_of_the_committee | is_facilitator & reads_drafts_like_this,
    otherwise=_("Only staff, the committee and facilitators who see the draft comment on it."),
)
permit(
    "decisions.see_comments",
    is_staff | is_of_the_committee,
    otherwise=_("Only staff and the committee read what others have commented."),
)
permit(
    "decisions.open_round",
    is_staff | chairs_committee,
    otherwise=_("Only staff and the chair of the committee open a position for sign-off."),
)
permit(
    "decisions.answer",
    speaks_for_elector & ~is_staff,
    otherwise=_("Only the seat’s representative and alternate answer for it; staff never do."),
)
permit(
    "decisions.record_answer",
    is_staff,
    otherwise=_("Only staff take down an answer that a seat gave them by phone or at a meeting."),
)
permit(
    "decisions.propose_recusal",
    chairs_committee,
    otherwise=_("Only the chair of the committee proposes that a seat recuse itself; the seat decides."),
)
permit(
    "decisions.propose_correction",
    is_staff | is_of_the_committee,
    otherwise=_("Only staff and the committee propose to correct a slip of writing."),
)
permit(
    "decisions.approve_correction",
    is_of_the_committee & ~is_staff,
    otherwise=_(
        "Only the seats and chairs of the committee say that a correction changes nothing of the meaning; staff never do."
    ),
)
permit(
    "decisions.edit_levels",
    is_admin,
    otherwise=_("Only admins change the levels of decision."),
)
permit(
    "decisions.close_early",
    chairs_committee,
    otherwise=_("Only the chair of the committee brings the closing forward, once every seat has answered."),
)
permit("decisions.confirm", chairs_committee, otherwise=_("Only the chair of the committee confirms an outcome."))
permit(
    "decisions.withdraw",
    is_staff | (is_author & is_of_the_committee),
    otherwise=_("Only staff, and whoever wrote the first draft and sits on the committee, withdraw a position."),
)
permit(
    "decisions.see_answers",
    is_staff | is_of_the_committee,
    otherwise=_("Only staff and the committee see who answered what, and why."),
)
permit(
    "decisions.read_versions",
    is_staff | is_of_the_committee,
    otherwise=_("Only staff and the committee read earlier versions."),
)
permit(
    "decisions.see_silent",
    is_staff | chairs_committee,
    otherwise=_("Only staff and the chair see who has not answered yet."),
)
permit("decisions.export_register", sees_members, otherwise=_("Only members of the coalition export the register."))
permit(
    "decisions.consult",
    is_staff | chairs_committee | (is_author & is_of_the_committee),
    otherwise=_("Only staff, the chair of the committee and the author who sits on it put a position to consultation."),
)
permit(
    "decisions.end_consultation_early",
    is_staff | chairs_committee,
    otherwise=_("Only staff and the chair of the committee close a consultation before its hour."),
)
permit(
    "decisions.answer_officially",
    signs_for,
    otherwise=_("Only the main contact of a member that is asked, and its alternate, give its official answer."),
)
# Who only wrote the text, and is none of these any more, reads what is said of it.
permit(
    "decisions.contribute",
    is_staff | is_of_the_committee | steers | is_facilitator | is_asked,
    otherwise=_(
        "Only members that are asked, the committee, the steering committee, facilitators and staff comment in a "
        "consultation."
    ),
)
permit(
    "decisions.comment_for_organisation",
    speaks_for_member,
    otherwise=_("Only the contacts of a member that is asked comment in its name."),
)
permit(
    "decisions.dispose",
    is_staff | is_of_the_committee,
    otherwise=_("Only staff and the committee say what becomes of contributions."),
)
permit(
    "decisions.see_disagreements",
    is_staff | is_of_some_committee,
    otherwise=_("Only staff and committees see where they disagree."),
)
permit(
    "decisions.keep_disagreement",
    is_staff | chairs_committee | (sits_on_committee & owns_disagreement),
    otherwise=_("Only its owner, staff and the chair of the committee lead a disagreement to its end."),
)
permit(
    "decisions.minute_own_end",
    is_staff | chairs_committee,
    otherwise=_(
        "Only the seat that objected says that it takes its objection back or dissociates itself; staff and the chair "
        "write down that it said so."
    ),
)
permit(
    "decisions.end_own_disagreement",
    objected & ~is_staff,
    otherwise=_("Only whoever speaks for the seat that objected takes its objection back, or dissociates it."),
)
permit(
    "decisions.see_blockers",
    is_staff | chairs_some_committee,
    otherwise=_("Only staff and chairs see who has not acted yet."),
)
permit(
    "decisions.keep_register",
    is_staff | chairs_committee,
    otherwise=_("Only staff and the chair of the committee set when a decision is reviewed and what supersedes it."),
)
