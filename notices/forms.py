"""What staff may say of a notice."""

from django import forms

from notices.actions.settling import Outcome


class SettleForm(forms.Form):
    """One of the buttons beside an unconfirmed or failed notice."""

    outcome = forms.ChoiceField(choices=Outcome.choices)
