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
from members.models import PersonQuerySet, SeatHolder, everybody

MOST = 20


def findable_by(user: User) -> PersonQuerySet:
    """Whom `user` may name in a form: contacts are for the committee and staff; of the others, those who chose to be
    listed, oneself, and the holders of seats on committees one chairs or sits on."""
    people = everybody().exclude(display_name="")
    if Visibility.STEERING in classes_seen_by(user):
        return people
    worn = hats(user)
    fellows = SeatHolder.objects.current().filter(term__seat__committee__in=worn.seated_in | worn.chairs)
    return people.filter(Q(is_listed=True) | Q(pk=user.person_id) | Q(pk__in=fellows.values("person")))


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
    """A person, typed as a name or an address. If several answer to it, the field comes back as a choice of them."""

    def __init__(self, *, user: User | None = None, **options: Any) -> None:
        self.user = user
        super().__init__(max_length=300, **options)

    def prepare_value(self, value: Any) -> Any:
        return person_label(value) if isinstance(value, Person) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.user is None:
            return None
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
        self.widget = forms.RadioSelect(choices=[*choices, ("", _("Somebody else: ask me again"))])
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
        try:
            return list(findable_by(self.user).filter(pk=UUID(text)))
        except ValueError:
            return people_named(text, self.user)
