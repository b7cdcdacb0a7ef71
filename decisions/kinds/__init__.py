"""What do we send about decisions?"""

from decisions.kinds.comments import Commented, CommentSettled
from decisions.kinds.rounds import AnswerDue, OutcomeAnnounced, RoundOpened, Withdrawn
from notices.kind import register


def register_kinds() -> None:
    register(RoundOpened(), AnswerDue(), OutcomeAnnounced(), Withdrawn(), Commented(), CommentSettled())
