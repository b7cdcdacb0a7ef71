"""What the browser may send about comments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from decisions.forms.positions import SeenField

LONGEST = 10_000  # characters of a comment or of one paragraph


class TextField(forms.CharField):
    """Several lines, ended as we write them."""

    def __init__(self, *, label: Any, rows: int, **options: Any) -> None:
        super().__init__(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class CommentForm(forms.Form):
    body = TextField(label=gettext_lazy("Your comment"), rows=4, required=False)
    proposed = TextField(
        label=gettext_lazy("What you would write instead"),
        rows=6,
        required=False,
        help_text=gettext_lazy("The whole paragraph. Left as it is, it proposes nothing."),
    )
    seen = SeenField(max_length=64)


class SettlingForm(forms.Form):
    reason = TextField(
        label=gettext_lazy("What became of it?"),
        rows=3,
        help_text=gettext_lazy("Whoever wrote the comment gets this sentence."),
    )
