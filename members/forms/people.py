"""What the browser may send about people."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

from accounts.filters import ChoiceFilter, ListFilter, WordsFilter
from accounts.forms import HourInput, ZoneField
from accounts.models import Person, User
from accounts.zones import only_zone_of
from history.actions import newest
from history.forms import SeenForm
from members.actions.people import EDITABLE, PREFERENCES
from members.forms.regions import RegionField
from members.models import Appointment, Invitation, Organisation, PersonQuerySet, Representation, everybody


class PersonFilter(ListFilter):
    """The filters of the list of people."""

    FIRST = ("q", "account")
    ACCOUNTS = [("yes", _("Signs in")), ("invited", _("Invited")), ("no", _("No account"))]

    q = WordsFilter(_("Name, or a whole e-mail address"))
    account = ChoiceFilter(_("Account"), ACCOUNTS)
    role = ChoiceFilter(_("Appointed"), Appointment.Role.choices)
    language = ChoiceFilter(_("Language"), settings.LANGUAGES)

    def found(self, user: User) -> PersonQuerySet:
        """What `user` may see of who matches; nobody while a filter says what there is not."""
        people = everybody().visible_to(user)
        if not self.is_valid():
            return people.none()
        chosen = self.cleaned_data
        people = people.answering_to(chosen["q"]) if chosen["q"] else people
        people = people.with_account(chosen["account"]) if chosen["account"] else people
        people = people.appointed(chosen["role"]) if chosen["role"] else people
        return people.filter(language=chosen["language"]) if chosen["language"] else people


class PersonForm(forms.Form):
    display_name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As they write it themselves."))
    email = forms.EmailField(label=_("E-mail"), required=False, help_text=_("Without it they get no mail."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="en")
    zone = ZoneField(help_text=_("The city whose clock they live by."))

    def __init__(self, *args: Any, now: datetime, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].offer(now, zone)  # type: ignore[attr-defined]


class PersonSeenForm(SeenForm):
    """Carries along what stood in it when it was opened: the history keeps no values of people to compare with.

    Give it `was` and `seen` among the initial values; it stands before a ModelForm.
    """

    was = forms.JSONField(widget=forms.HiddenInput, required=False, encoder=DjangoJSONEncoder)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        was = values.pop("was", None)
        read = was.items() if isinstance(was, dict) else ()
        self.opened_with = {name: self._read(name, value) for name, value in read}
        return values

    def lay_over(self, before: Mapping[str, Any], present: Mapping[str, Any]) -> None:
        """As any; where both have written, the field says what somebody else did."""
        opened = self.opened_with
        super().lay_over(opened, present)
        self.data["was"] = self.fields["was"].prepare_value(present["was"])  # type: ignore[index]
        for name, value in present["was"].items():
            field = self.fields[name]
            if value != opened.get(name) and field.has_changed(value, self[name].data):
                shown = _in_words(field, value) or _("nothing")
                self.add_error(name, _("Somebody else wrote here meanwhile: “%(value)s”.") % {"value": shown})

    def _read(self, name: str, value: Any) -> Any:
        """What the browser sent back of our own JSON, as the field's kind of value: an hour stands there in letters."""
        try:
            return self.fields[name].to_python(value if isinstance(value, bool) else str(value))
        except (KeyError, ValidationError):
            return None


def _in_words(field: forms.Field, value: Any) -> str:
    choices = dict(flatten_choices(getattr(field, "choices", ())))
    return str(choices.get(value) or field.widget.format_value(value) or "")


class EditPersonForm(PersonForm, PersonSeenForm):
    is_discreet = forms.BooleanField(
        label=_("Discreet mail"),
        required=False,
        help_text=_("Their mails say only that something waits; they sign in to read what."),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, initial=as_typed(person), zone=person.zone, **kwargs)


class PreferencesForm(PersonSeenForm, forms.ModelForm):
    """What people say about themselves; staff may change some of it meanwhile, or they themselves at another device."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = ZoneField(help_text=_("The city whose clock you live by. Times are shown in it."))

    class Meta:
        model = Person
        fields = PREFERENCES
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "quiet_from": HourInput(),
            "quiet_to": HourInput(),
        }

    def __init__(self, *args: Any, person: Person, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, instance=person, initial=as_preferred(person), **kwargs)
        self.fields["zone"].offer(now, person.zone)  # type: ignore[attr-defined]


def as_preferred(person: Person) -> dict[str, Any]:
    """The initial values of the form in which `person` says them."""
    return _as_seen(person, PREFERENCES)


def as_typed(person: Person) -> dict[str, Any]:
    """The initial values of the form that edits `person`."""
    return _as_seen(person, EDITABLE)


def _as_seen(person: Person, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(person, name) for name in names}
    return {**values, "was": values, "seen": newest(person)}


class NewPersonForm(PersonForm):
    """Somebody new; who shares an address with somebody we know may be that person, so we ask."""

    NEW = "new"
    person = forms.ChoiceField(
        label=_("Is it one of these people?"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_("They have this address too. One person may speak for several organisations."),
    )
    field_order = ("person", "display_name", "email", "role", "language", "zone")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.data.get("email", "").strip()
        self.known = {
            str(person.pk): person
            for person in (everybody().visible_to(user).with_address(email)[:10] if email else [])
        }
        if not self.known:
            del self.fields["person"]
            return
        people = [(pk, self._described(person)) for pk, person in self.known.items()]
        field: Any = self.fields["person"]
        field.choices = [*people, (self.NEW, _("Nobody of them: a new person"))]

    @staticmethod
    def _described(person: Person) -> str:
        rows = person.representations.filter(until=None).select_related("organisation")
        return ", ".join([person.display_name, *(str(row.organisation) for row in rows[:5])])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = values.pop("person", "")
        if self.known and not chosen:
            self.add_error("person", _("Choose who it is: somebody we know, or a new person."))
        values["person"] = self.known.get(chosen)
        return values


class ContactForm(NewPersonForm):
    role = forms.ChoiceField(label=_("Role"), choices=Representation.Role, initial=Representation.Role.MAIN)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = organisation.home
        self.fields["zone"].initial = (home and only_zone_of(home.iso2)) or "UTC"


class AppointForm(forms.Form):
    # Nothing is chosen beforehand: the first of them may do everything.
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose one")), *Appointment.Role.choices])
    place = RegionField(
        label=_("Region"),
        help_text=_("Only for facilitators: they see the contacts there and edit the organisations’ facts."),
        none=_("No region: for a theme, or another role"),
        everywhere=True,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | cleaned.pop("place", {})


class AcceptForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. Three or four words that only you would put together are good."),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            validate_password(password, User(email=self.invitation.email))
        except ValidationError as error:
            raise forms.ValidationError(error.messages) from error
        return password
