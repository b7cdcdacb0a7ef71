"""What may the browser send?"""

from decisions.forms.positions import DraftForm, EditForm, VersionForm, WithdrawalForm
from decisions.forms.rounds import AnswerForm, RoundForm

__all__ = ["AnswerForm", "DraftForm", "EditForm", "RoundForm", "VersionForm", "WithdrawalForm"]
