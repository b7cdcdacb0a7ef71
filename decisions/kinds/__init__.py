"""What do we send about decisions?"""

from decisions.kinds.rounds import (
    AnswerDue,
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
        AnswerRecorded(),
        RecusalProposed(),
        Objected(),
        AnsweredLate(),
        OutcomeAnnounced(),
        Withdrawn(),
    )
