"""What an object's page shows of its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from history.models import Entry

LIMIT = 50


@dataclass(frozen=True)
class Line:
    at: datetime
    actor_name: str
    sentence: str
    changes: list[tuple[str, str, str]]


def history(subject: models.Model, user: Any) -> list[Line]:
    """The newest entries of `subject` that `user` may see, newest first, in the reader's language."""
    entries = Entry.objects.of(subject).visible_to(user).select_related("actor")[:LIMIT]
    return [
        Line(
            at=entry.at,
            actor_name=str(entry.actor) if entry.actor else _("The clock"),
            sentence=entry.sentence,
            changes=[_change(type(subject), name, *pair) for name, pair in entry.details.get("changes", {}).items()],
        )
        for entry in entries
    ]


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
