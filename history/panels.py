"""What an object's page shows of its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Person
from history.models import Entry

LIMIT = 50


@dataclass(frozen=True)
class Line:
    at: datetime
    actor_name: str
    sentence: str
    changes: list[tuple[str, str, str]]


def history(subject: models.Model, user: Any, *, beyond: int = 0) -> list[Line]:
    """The newest entries of `subject` that `user` may see, newest first, in the reader's language.

    `beyond`: only those that made a later version of the subject than this one (`version` in their details).
    A `person` in the details is an id, said by the name the person has today; `fields` are names of fields.
    """
    found = Entry.objects.of(subject).visible_to(user).select_related("actor")
    entries = list((found.filter(details__version__gt=beyond) if beyond else found)[:LIMIT])
    people = _people(entries)
    return [
        Line(
            at=entry.at,
            actor_name=str(entry.actor) if entry.actor else _("The clock"),
            sentence=entry.say(person=people.get(entry.details.get("person"), ""), fields=_fields(subject, entry)),
            changes=[_change(_model(entry, subject), name, *pair) for name, pair in _changed(entry)],
        )
        for entry in entries
    ]


def values_before(subject: models.Model, version: int) -> dict[str, Any]:
    """{field: value at `version`} for the fields of `subject` that have changed since."""
    later = Entry.objects.of(subject).filter(details__version__gt=version).exclude(details__has_key="of")
    pairs = [pair for entry in later.order_by("-number") for pair in _changed(entry)]
    return {name: old for name, (old, _new) in pairs}


def _changed(entry: Entry) -> Any:
    return entry.details.get("changes", {}).items()


def _model(entry: Entry, subject: models.Model) -> type[models.Model]:
    """Whose fields changed: the subject's, or those of a part of it that `of` names ("members.membership")."""
    return apps.get_model(entry.details["of"]) if "of" in entry.details else type(subject)


def _people(entries: list[Entry]) -> dict[str, str]:
    named = {entry.details["person"] for entry in entries if "person" in entry.details}
    return {str(person.pk): str(person) for person in Person.objects.filter(pk__in=named)} if named else {}


def _fields(subject: models.Model, entry: Entry) -> str:
    return ", ".join(_label(type(subject), name) for name in entry.details.get("fields", []))


def _label(model: type[models.Model], name: str) -> str:
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def _change(model: type[models.Model], name: str, old: Any, new: Any) -> tuple[str, str, str]:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name, _shown(None, old), _shown(None, new)
    return capfirst(str(getattr(field, "verbose_name", name))), _shown(field, old), _shown(field, new)


def _shown(field: Any, value: Any) -> str:
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and field.is_relation:
        row = field.related_model._default_manager.filter(pk=value).first()
        return str(row) if row else str(value)
    if hasattr(field, "words_for"):
        return field.words_for(value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)
