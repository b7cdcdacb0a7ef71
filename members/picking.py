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
    return f"{person.display_name} <{person.email}>" if person.email else person.display_name


class PersonField(forms.CharField):
    """A person, typed as a name or an address. If several answer to it, the field comes back as a choice of them.

    Set `user` in the form, and `present`: whom the form began with. They stay even if `user` could not name them.
    """

    present: Person | None = None

    def __init__(self, *, user: User | None = None, **options: Any) -> None:
        self.user = user
        super().__init__(max_length=300, **options)

    def prepare_value(self, value: Any) -> Any:
        """The address is only for who could look it up."""
        if value == AGAIN and not isinstance(self.widget, forms.RadioSelect):
            return ""
        if not isinstance(value, Person):
            return value
        is_known = self.user is not None and findable_by(self.user).filter(pk=value.pk).exists()
        return person_label(value) if is_known else value.display_name

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data not in (self.prepare_value(initial), str(initial.pk) if initial else "")

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Whoever sends a choice of several back as it came has chosen nobody: they are asked again."""
        return AGAIN if isinstance(self.widget, forms.RadioSelect) else super().bound_data(data, initial)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.user is None:
            return None
        if text == AGAIN:
            raise forms.ValidationError(_("Write the name or the e-mail address of the person you mean."))
        found = self._chosen(text)
        if len(found) == 1:
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
        raise forms.ValidationError(
            ngettext(
                "%(count)s person matches “%(text)s”. Choose the one you mean.",
                "%(count)s people match “%(text)s”. Choose the one you mean.",
                len(found),
            )
            % {"count": len(found), "text": text}
        )

    def _chosen(self, text: str) -> list[Person]:
        assert self.user is not None  # noqa: S101 - for mypy: clean() has asked
        if self.present is not None and text == self.prepare_value(self.present):
            return [self.present]
        try:
            return list(findable_by(self.user).filter(pk=UUID(text)))
        except ValueError:
            return people_named(text, self.user)
