"""Whom does somebody mean by a name? People and zones in forms, without JavaScript and without long lists of people."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User, Visibility
from accounts.rules import classes_seen_by
from accounts.zones import city, zone_choices
from members.hats import hats
from members.models import SeatHolder

MOST = 20
WRITTEN_WITH_ADDRESS = re.compile(r"^(?P<name>.*?)\s*<(?P<email>[^<>]+)>$")


def people_visible_to(user: User) -> QuerySet[Person]:
    """Whom `user` may find: contacts are for the committee and staff; of the others, those who chose to be listed,
    oneself, and the holders of seats on committees one chairs or sits on."""
    people = Person.objects.exclude(display_name="")
    if Visibility.STEERING in classes_seen_by(user):
        return people
    worn = hats(user)
    fellows = SeatHolder.objects.current().filter(term__seat__committee__in=worn.seated_in | worn.chairs)
    return people.filter(Q(is_listed=True) | Q(pk=user.person_id) | Q(pk__in=fellows.values("person")))


def people_named(text: str, user: User) -> list[Person]:
    """At most MOST + 1 people `user` may find by words of their name, by address, or by "Name <address>"."""
    people = people_visible_to(user).prefetch_related("addresses").order_by("display_name", "id")
    with_address = WRITTEN_WITH_ADDRESS.match(text.strip())
    if with_address:
        people = people.filter(display_name__iexact=with_address["name"])
        return list(people.filter(addresses__email__iexact=with_address["email"]).distinct()[: MOST + 1])
    if "@" in text:
        return list(people.filter(addresses__email__iexact=text.strip()).distinct()[: MOST + 1])
    for word in text.split():
        people = people.filter(display_name__icontains=word)
    found = list(people[: MOST + 1])
    exact = [person for person in found if person.display_name.casefold() == text.strip().casefold()]
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
                _("More than %(most)s people match “%(text)s”. Write more of the name, or the address.")
                % {"most": MOST, "text": text}
            )
        choices = [(str(person.pk), person_label(person)) for person in found]
        self.widget = forms.RadioSelect(choices=[*choices, ("", _("Somebody else: ask me again"))])
        raise forms.ValidationError(
            _("%(count)s people match “%(text)s”. Choose the one you mean.") % {"count": len(found), "text": text}
        )

    def _chosen(self, text: str) -> list[Person]:
        assert self.user is not None  # noqa: S101 - for mypy: clean() has asked
        try:
            return list(people_visible_to(self.user).filter(pk=UUID(text)))
        except ValueError:
            return people_named(text, self.user)


class ZoneField(forms.ChoiceField):
    """A time zone, by city; call `offer` in the form, which knows the hour and the zone in use."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=gettext_lazy("Time zone of the place"), **options)

    def offer(self, now: datetime, used: str) -> None:
        """List the zones as of `now`; an old spelling in use ("Asia/Calcutta") stays choosable."""
        groups: list[Any] = list(zone_choices(now))
        if all(used != zone for _continent, zones in groups for zone, _label in zones):
            groups.insert(0, (used, city(used)))
        self.choices = groups
        self.initial = used
