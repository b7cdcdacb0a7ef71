"""What may the browser send?"""

from decisions.forms.positions import DraftForm, EditForm, VersionForm, WithdrawalForm
from decisions.forms.rounds import (
    AnswerForm,
    ChangeTextForm,
    CorrectionForm,
    LevelForm,
    ReasonForm,
    RecordedAnswerForm,
    RoundForm,
)

__all__ = [
    "AnswerForm",
    "ChangeTextForm",
    "CorrectionForm",
    "DraftForm",
    "EditForm",
    "LevelForm",
    "ReasonForm",
    "RecordedAnswerForm",
    "RoundForm",
    "VersionForm",
    "WithdrawalForm",
]
