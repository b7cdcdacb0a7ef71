"""What the browser may send about tasks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import QuickSelect
from accounts.forms import DayField, ZoneField
from accounts.ids import as_uuid
from accounts.models import Person, User, Visibility
from accounts.zones import date_in, day
from campaigns.models import Campaign, Task
from campaigns.models.tasks import TaskQuerySet
from history.forms import SeenForm
from members.hats import organisations_of
from members.models import Organisation
from members.picking import PersonField

YEARS = 20  # further ahead a day is a slip of the keyboard
FOR_NONE = "none"
ME, NOBODY = "me", "nobody"
OVERDUE, ALL = "overdue", "all"
MOST_CAMPAIGNS = 200


def organisation_field() -> forms.CharField:
    """Its choices come from `Hats.offer_hats`."""
    return forms.CharField(
        label=gettext_lazy("On behalf of"),
        required=False,
        max_length=40,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("It then counts as that organisation’s share of the work."),
    )


def owner_field() -> PersonField:
    return PersonField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy(
            "Name or e-mail address of one person; leave it empty for nobody yet. They are told at once, and read the "
            "task even where they may not see what it belongs to."
        ),
    )


class Hats:
    """For which organisation? Asked only of who speaks for one; where there is but one, it is taken for granted.

    Organisations that the reader may not know of are not offered.
    """

    user: User
    fields: dict[str, Any]
    initial: Any
    is_bound: bool

    def prepare_hats(self, user: User, present: Person | None) -> None:
        """Call it at the end of `__init__`; `present`: whom the form begins with."""
        self.user = user
        if "owner" in self.fields:
            self.fields["owner"].user, self.fields["owner"].present = user, present
        if not self.is_bound:
            hats = list(self.offer_hats(present))
            self.initial.setdefault("organisation", hats[0] if len(hats) == 1 else "")

    def offer_hats(self, person: Person | None) -> dict[str, Organisation]:
        """Make the field a choice of the hats of `person`: {what the browser sends: the organisation}."""
        rows = organisations_of(person).visible_to(self.user)[:50] if person else []
        hats = {str(one.pk): one for one in rows}
        choices = [*((pk, one.name) for pk, one in hats.items()), (FOR_NONE, _("No organisation"))]
        self.fields["organisation"].widget.choices = choices if hats else []
        return hats

    def with_hat(self, cleaned: dict[str, Any], person: Person | None) -> dict[str, Any]:
        """`cleaned` with the organisation that was chosen of those of `person`, None for none of them."""
        hats, sent = self.offer_hats(person), cleaned.get("organisation", "")
        if len(hats) > 1 and sent not in {*hats, FOR_NONE}:
            sentence = _("%(person)s speaks for several organisations. Choose for which one this is.")
            self.add_error("organisation", sentence % {"person": person})  # type: ignore[attr-defined]
        only = next(iter(hats.values())) if len(hats) == 1 and sent != FOR_NONE else None
        return {**cleaned, "organisation": hats.get(sent, only)}


class TakeForm(Hats, forms.Form):
    """Oneself takes it on."""

    organisation = organisation_field()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prepare_hats(user, user.person)

    def clean(self) -> dict[str, Any]:
        return self.with_hat(super().clean() or {}, self.user.person)


class HandForm(Hats, forms.Form):
    """To whom? Nobody is an answer too."""

    owner = owner_field()
    organisation = organisation_field()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prepare_hats(user, self.initial.get("owner"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return self.with_hat(cleaned, cleaned.get("owner"))


class TaskForm(forms.ModelForm, SeenForm):
    """What is to be done, and until when."""

    zone = ZoneField(label=gettext_lazy("Time zone of the day"))

    class Meta:
        model = Task
        fields = ["title", "note", "due_on", "visibility"]
        field_classes = {"due_on": DayField}
        widgets = {"note": forms.Textarea(attrs={"rows": 3}), "visibility": forms.RadioSelect}
        help_texts = {
            "due_on": gettext_lazy("The owner is reminded 7, 3 and 1 days before, on the day, and when it is overdue."),
        }

    def __init__(self, *args: Any, user: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now
        self.fields["zone"].offer(now, self.initial.get("zone") or user.person.zone)  # type: ignore[attr-defined]
        self.fields["visibility"].choices = Task._meta.get_field("visibility").choices  # type: ignore[attr-defined]
        self.initial.setdefault("visibility", Visibility.GROUP)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        due, zone = cleaned.get("due_on"), cleaned.get("zone")
        if due and zone and due != self.initial.get("due_on"):
            today = date_in(self.now, zone)
            if due < today:
                self.add_error("due_on", _("%(day)s is over already.") % {"day": day(due)})
            elif due.year > today.year + YEARS:
                self.add_error("due_on", _("%(day)s is too far ahead to plan for.") % {"day": day(due)})
        return cleaned


class NewTaskForm(Hats, TaskForm):
    """What is to be done, and by whom."""

    owner = owner_field()
    organisation = organisation_field()
    field_order = ["title", "due_on", "zone", "owner", "organisation", "note", "visibility"]

    def __init__(self, *args: Any, user: User, now: datetime, **options: Any) -> None:
        super().__init__(*args, user=user, now=now, **options)
        self.prepare_hats(user, self.initial.get("owner"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        return self.with_hat(cleaned, cleaned.get("owner"))


class DropTaskForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it dropped?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class TaskFilter(forms.Form):
    """The list's filters, all in the address; without an owner there, one's own. A cursor is no filter."""

    owner = forms.ChoiceField(label=gettext_lazy("Whose"), required=False, widget=QuickSelect())
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        widget=QuickSelect(),
        choices=[
            ("", gettext_lazy("Open")),
            (OVERDUE, gettext_lazy("Overdue")),
            (Task.Status.DONE, Task.Status.DONE.label),
            (Task.Status.DROPPED, Task.Status.DROPPED.label),
            (ALL, gettext_lazy("Whatever state")),
        ],
    )
    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False, widget=QuickSelect())
    organisation = forms.ChoiceField(label=gettext_lazy("On behalf of"), required=False, widget=QuickSelect())

    def __init__(self, asked: Mapping[str, Any], *, user: User) -> None:
        super().__init__({"owner": ME, **{name: asked[name] for name in asked}})
        self.user = user
        self.visible = Task.objects.visible_to(user)
        campaigns: Any = Campaign.objects.visible_to(user).order_by("status", "name").values_list("pk", "name")
        choices: dict[str, list[Any]] = {
            "owner": [(ME, _("Mine")), (NOBODY, _("Nobody’s yet")), ("", _("Anybody’s")), *self._owner()],
            "campaign": [("", _("Any")), *((str(pk), name) for pk, name in campaigns[:MOST_CAMPAIGNS])],
            "organisation": [("", _("Anybody")), *self._organisation()],
        }
        for name, pairs in choices.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]
        if len(choices["organisation"]) == 1:
            del self.fields["organisation"]

    def _owner(self) -> list[tuple[Any, str]]:
        """The person that the address names, if a task that the reader sees is theirs."""
        named = as_uuid(self.data.get("owner", ""))
        theirs: Any = self.visible.filter(owner=named).values_list("owner", "owner__display_name") if named else []
        return [(str(pk), name) for pk, name in theirs[:1]]

    def _organisation(self) -> list[tuple[Any, str]]:
        named = as_uuid(self.data.get("organisation", ""))
        rows = Organisation.objects.visible_to(self.user).filter(pk=named).values_list("pk", "name") if named else []
        return [(str(pk), name) for pk, name in rows]

    def found(self, today: date) -> TaskQuerySet:
        """What the reader may see of what matches; nothing while a filter says what there is not."""
        if not self.is_valid():
            return self.visible.none()
        chosen = self.cleaned_data
        rows = self._in_state(chosen["state"], today)
        if chosen["owner"] == ME:
            rows = rows.owned_by(self.user.person)
        elif chosen["owner"]:
            rows = rows.filter(owner=None if chosen["owner"] == NOBODY else chosen["owner"])
        if chosen["campaign"]:
            rows = rows.in_campaign(UUID(chosen["campaign"]))
        return rows.filter(organisation=chosen["organisation"]) if chosen.get("organisation") else rows

    def _in_state(self, state: str, today: date) -> TaskQuerySet:
        if state == OVERDUE:
            return self.visible.overdue(today)
        if state in {Task.Status.DONE, Task.Status.DROPPED}:
            return self.visible.filter(status=state)
        return self.visible if state == ALL else self.visible.open()

    @property
    def order(self) -> str:
        """What is closed: the newest first; else by the day it is due."""
        over = {Task.Status.DONE, Task.Status.DROPPED}
        return "-closed_at" if self.is_valid() and self.cleaned_data["state"] in over else "due_on"

    @property
    def is_own(self) -> bool:
        return self.data.get("owner") == ME

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for anything but whose."""
        return any(value for name, value in self.data.items() if name in self.fields and name != "owner")
