"""Who may draft, ask, answer, confirm and withdraw; and who may know what each seat answered."""

import rules
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import permit
from decisions.models import Disagreement, Elector, Position
from members.hats import hats
from members.models import SeatHolder
from members.rules import chairs_committee, is_admin, is_staff, sees_members, sits_on_committee


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
    is_of_the_committee,
    otherwise=_("Only the seats and chairs of the committee say that a correction changes nothing of the meaning."),
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
    is_staff | is_author,
    otherwise=_("Only staff and whoever wrote the first draft withdraw a position."),
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
