"""Whom does somebody mean by a name? People in forms, without JavaScript and without long lists of people."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person, User, Visibility
from accounts.rules import classes_seen_by
from members.hats import hats
from members.keys import name_key
from members.models import Appointment, PersonQuerySet, Representation, SeatHolder, everybody

MOST = 20
AGAIN = "?"  # chosen among several: none of these


def findable_by(user: User) -> PersonQuerySet:
    """Whom `user` may name in a form: contacts are for the committee and staff; of the others, those who chose to be
    listed, oneself, the contacts in countries one facilitates, and the holders of seats on committees one chairs or
    sits on."""
    people, seen, worn = everybody().exclude(display_name=""), classes_seen_by(user), hats(user)
    if Visibility.STAFF in seen:
        return people
    fellows = SeatHolder.objects.current().filter(term__seat__committee__in=worn.seated_in | worn.chairs)
    found = Q(pk=user.person_id) | Q(pk__in=fellows.values("person"))
    if worn.countries:
        found |= Q(pk__in=Representation.objects.visible_to(user).current().values("person"))
    if Visibility.MEMBERS in seen:
        found |= Q(is_listed=True)
    if Visibility.STEERING in seen:
        # Whoever speaks only for what the reader may not know of, or for nobody any more, is left to staff.
        contacts = Representation.objects.visible_to(user).current()
        workers = Appointment.objects.current().filter(role__in=[Appointment.Role.ADMIN, Appointment.Role.STAFF])
        found |= Q(pk__in=contacts.values("person")) | Q(pk__in=workers.values("person"))
    return people.filter(found)


def people_named(text: str, user: User) -> list[Person]:
    """At most MOST + 1 people `user` may find who answer to `text`; if one of them is called just that, only them."""
    people = findable_by(user).answering_to(text).prefetch_related("addresses").order_by("display_name", "id")
    found = list(people[: MOST + 1])
    exact = [person for person in found if name_key(person.display_name) == name_key(text)]
    return exact if len(exact) == 1 else found


def person_label(person: Person) -> str:
    """The name, with the address that tells two of the same name apart."""
    return _labelled(person.display_name, person.email)


def _labelled(name: str, email: str | None) -> str:
    return f"{name} <{email}>" if email else name


def is_meant_in_full(person: Person, text: str) -> bool:
    """Whether `text`, to which `person` answers, is a whole name or an address, not the beginnings of words."""
    return "@" in text or sorted(name_key(text).split()) == sorted(name_key(person.display_name).split())


class PersonField(forms.CharField):
    """A person, typed as a name or an address. If several answer to it, the field comes back as a choice of them.

    If only one answers to a part of a name it comes back too, with them chosen: one look before it counts.

    Set `user` in the form, and `present`: whom the form began with. They stay even if `user` could not name them.
    """

    present: Person | None = None
    said: tuple[Person, str] | None = None  # whom it showed last, and how: asked once per field

    def __init__(self, *, user: User | None = None, **options: Any) -> None:
        self.user = user
        # A name may run the other way than the page, and its address runs from left to right.
        super().__init__(max_length=300, widget=forms.TextInput(attrs={"dir": "auto"}), **options)

    def prepare_value(self, value: Any) -> Any:
        """The address is only for who could look it up. Whoever was chosen among several stays so by their name."""
        if isinstance(value, Person):
            return self._in_words(value)
        if isinstance(self.widget, forms.RadioSelect):
            return value
        if self.said is not None and value == str(self.said[0].pk):
            return self.said[1]
        return "" if value == AGAIN else value

    def _in_words(self, person: Person) -> str:
        """As `person_label` if `self.user` may find them, else only the name. One statement, the first time."""
        if self.said is None or self.said[0] != person:
            asked = findable_by(self.user).filter(pk=person.pk, addresses__is_primary=True) if self.user else None
            email = asked.values_list("addresses__email", flat=True).first() if asked is not None else None
            self.said = person, _labelled(person.display_name, email)
        return self.said[1]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data not in (self.prepare_value(initial), str(initial.pk) if initial else "")

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Whoever sends a choice of several back as it came has chosen nobody: they are asked again.

        A choice of one has them chosen: whoever sends it back as it came has had a look.
        """
        if not isinstance(self.widget, forms.RadioSelect):
            return super().bound_data(data, initial)
        offered = [value for value, _label in self.widget.choices if value != AGAIN]
        return offered[0] if len(offered) == 1 else AGAIN

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.user is None:
            return None
        if text == AGAIN:
            raise forms.ValidationError(_("Write the name or the e-mail address of the person you mean."))
        chosen = self._chosen(text)
        if chosen is not None:
            self._in_words(chosen)
            return chosen
        found = people_named(text, self.user)
        if len(found) == 1 and is_meant_in_full(found[0], text):
            return found[0]
        if not found:
            raise forms.ValidationError(
                _("Nobody you can see is called “%(text)s”. Write the name as in the list of people, or the address.")
                % {"text": text}
            )
        if len(found) > MOST:
            raise forms.ValidationError(
                _("Too many people match “%(text)s”. Write more of the name, or the address.") % {"text": text}
            )
        choices = [(str(person.pk), person_label(person)) for person in found]
        self.widget = forms.RadioSelect(choices=[*choices, (AGAIN, _("Somebody else: ask me again"))])
        raise forms.ValidationError(_which_of(len(found)) % {"count": len(found), "text": text})

    def _chosen(self, text: str) -> Person | None:
        """Who was in the field from the beginning, or was chosen among several."""
        assert self.user is not None  # noqa: S101 - for mypy: clean() has asked
        if self.present is not None and text == self.prepare_value(self.present):
            return self.present
        try:
            return findable_by(self.user).filter(pk=UUID(text)).first()
        except ValueError:
            return None


def _which_of(number: int) -> str:
    if number == 1:
        return _("Only one person matches “%(text)s”. Is it whom you mean? Then send it again.")
    return ngettext(
        "%(count)s person matches “%(text)s”. Choose the one you mean.",
        "%(count)s people match “%(text)s”. Choose the one you mean.",
        number,
    )
