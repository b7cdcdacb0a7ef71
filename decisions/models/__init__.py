"""What is: positions in their versions, the rounds in which committees answer on them, and the register."""

from decisions.models.answers import Answer, AnswerChange, Heard
from decisions.models.comments import Comment
from decisions.models.consultations import Consultation, Consulted, Question
from decisions.models.contributions import Contribution, ContributionChange, Disposition
from decisions.models.corrections import Correction, CorrectionApproval
from decisions.models.disagreements import Disagreement
from decisions.models.levels import Level
from decisions.models.positions import Position, Text, Version
from decisions.models.register import Decision
from decisions.models.rounds import Elector, Round

__all__ = [
    "Answer",
    "AnswerChange",
    "Comment",
    "Consultation",
    "Consulted",
    "Contribution",
    "ContributionChange",
    "Correction",
    "CorrectionApproval",
    "Decision",
    "Disagreement",
    "Disposition",
    "Elector",
    "Heard",
    "Level",
    "Position",
    "Question",
    "Round",
    "Text",
    "Version",
]
