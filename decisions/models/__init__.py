"""What is: positions in their versions, the rounds in which committees answer on them, and the register."""

from decisions.models.comments import Comment
from decisions.models.positions import Position, Text, Version
from decisions.models.register import Decision
from decisions.models.rounds import Answer, AnswerChange, Elector, Round

__all__ = ["Answer", "AnswerChange", "Comment", "Decision", "Elector", "Position", "Round", "Text", "Version"]
