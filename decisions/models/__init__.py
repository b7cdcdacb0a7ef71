"""What is: positions in their versions, the rounds in which committees answer on them, and the register."""

from decisions.models.consultations import Consultation, Consulted, Question
from decisions.models.contributions import Contribution, ContributionChange, Disposition
from decisions.models.positions import Position, Text, Version
from decisions.models.register import Decision
from decisions.models.rounds import Answer, AnswerChange, Elector, Round

__all__ = [
    "Answer",
    "AnswerChange",
    "Consultation",
    "Consulted",
    "Contribution",
    "ContributionChange",
    "Decision",
    "Disposition",
    "Elector",
    "Position",
    "Question",
    "Round",
    "Text",
    "Version",
]
