"""What do we send about decisions?"""

from decisions.kinds.consultations import (
    ConsultationClosed,
    ConsultationDue,
    ConsultationMoved,
    ConsultationOpened,
    ContributorsTold,
)
from decisions.kinds.rounds import AnswerDue, OutcomeAnnounced, RoundOpened, Withdrawn
from notices.kind import register


def register_kinds() -> None:
    register(RoundOpened(), AnswerDue(), OutcomeAnnounced(), Withdrawn())
    register(ConsultationOpened(), ConsultationDue(), ConsultationMoved(), ConsultationClosed(), ContributorsTold())
