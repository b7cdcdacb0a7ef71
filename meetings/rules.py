"""Who may call meetings, change them and answer for whom."""

import rules
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import permit
from members.hats import hats
from members.rules import chairs_committee, is_staff


@rules.predicate
def chairs_its_committee(user: User, meeting: object) -> bool:
    """Chairs the meeting's committee; for the empty form (None), any committee."""
    return bool(hats(user).chairs) if meeting is None else chairs_committee.test(user, meeting)


@rules.predicate
def is_the_invited(user: User, attendance: object) -> bool:
    return getattr(attendance, "person_id", None) == user.person_id


calls = is_staff | chairs_its_committee
THOSE_WHO_CALL = _("Only staff and the chair of its committee change a meeting.")

permit(
    "meetings.call_meeting", calls, otherwise=_("Only staff call a meeting, and a chair a meeting of their committee.")
)
permit("meetings.edit_meeting", calls, otherwise=THOSE_WHO_CALL)
permit("meetings.invite_people", calls, otherwise=_("Only staff and the chair of its committee invite to a meeting."))
permit("meetings.write_minutes", calls, otherwise=_("Only staff and the chair of its committee write the minutes."))
permit("meetings.cancel_meeting", calls, otherwise=THOSE_WHO_CALL)
permit("meetings.answer_invitation", is_the_invited, otherwise=_("Everybody answers only their own invitation."))
