"""What do we send about decisions?"""

from decisions.kinds.comments import Commented, CommentSettled
from decisions.kinds.consultations import (
    ConsultationClosed,
    ConsultationDue,
    ConsultationMoved,
    ConsultationOpened,
    ContributorsTold,
)
from decisions.kinds.disagreements import DisagreementDue, DisagreementOverdue, DisagreementYours
from decisions.kinds.ladder import AnswerDue, SeatsSilent
from decisions.kinds.register import ReviewDue
from decisions.kinds.rounds import (
    AnsweredLate,
    AnswerRecorded,
    Extended,
    Objected,
    OutcomeAnnounced,
    RecusalProposed,
    RoundOpened,
    TextChanged,
    Withdrawn,
)
from notices.kind import register


def register_kinds() -> None:
    register(
        RoundOpened(),
        TextChanged(),
        Extended(),
        AnswerDue(),
        SeatsSilent(),
        AnswerRecorded(),
        RecusalProposed(),
        Objected(),
        AnsweredLate(),
        OutcomeAnnounced(),
        Withdrawn(),
        Commented(),
        CommentSettled(),
        ReviewDue(),
        DisagreementYours(),
        DisagreementDue(),
        DisagreementOverdue(),
    )
    register(ConsultationOpened(), ConsultationDue(), ConsultationMoved(), ConsultationClosed(), ContributorsTold())
