"""What an object's page shows of its history."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import zones
from accounts.models import Person
from history.models import Entry, EntryQuerySet

LIMIT = 50
HOUR = len("21:00")  # of a time of day, without its seconds
MOST = 300  # letters of a long text: the history says that and where it changed, the page holds the text
Names = dict[tuple[type[models.Model], str], str]


@dataclass(frozen=True)
class Line:
    at: datetime
    actor_name: str
    sentence: str
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Change:
    """One value that changed; `field` is None when the model has no such field any more."""

    name: str
    field: Any
    old: Any
    new: Any


class Lines(list[Line]):
    """What a page shows of a history. `earlier`: the cursor of the page after it, 0 if there is none."""

    earlier: int = 0
    is_newest: bool = True


def history(
    subject: models.Model,
    user: Any,
    asked: Mapping[str, Any] | None = None,
    *,
    classes: frozenset[str] | None = None,
) -> Lines:
    """A page of the entries of `subject` that `user` may see, newest first, in the reader's language.

    `asked`: the query string, whose "entries" is the cursor; without, or what is none: the newest. `classes`: of which
    classes `user` sees entries here, if not of the same as everywhere. A `person` in the details is an id, said by the name the person has today; `fields` are names of fields.
    """
    cursor = (asked or {}).get("entries", "")
    before = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 10 else 0
    found = Entry.objects.of(subject)
    shown = lines(subject, user, found.filter(number__lt=before) if before else found, classes=classes)
    shown.is_newest = not before
    return shown


def lines(
    subject: models.Model,
    user: Any,
    found: EntryQuerySet,
    *,
    most: int | None = MOST,
    classes: frozenset[str] | None = None,
) -> Lines:
    """The newest of the `found` entries of `subject`, as `history` says them; texts by their first `most` letters."""
    read = list(found.visible_to(user, classes).select_related("actor").order_by("-number")[: LIMIT + 1])
    entries = read[:LIMIT]
    changed = {entry.pk: _changes(subject, entry) for entry in entries}
    names = _names(user, entries, [change for changes in changed.values() for change in changes])
    zone = user.person.zone
    shown = Lines(
        Line(
            at=entry.at,
            actor_name=str(entry.actor) if entry.actor else _("The clock"),
            sentence=entry.say(
                person=names.get((Person, entry.details.get("person", "")), ""), fields=_fields(subject, entry)
            ),
            changes=[
                (
                    _label(one),
                    _shown(one.field, one.old, names, zone)[:most],
                    _shown(one.field, one.new, names, zone)[:most],
                )
                for one in changed[entry.pk]
            ],
        )
        for entry in entries
    )
    shown.earlier = entries[-1].number if len(read) > LIMIT else 0
    return shown


def put_together(
    form: Any,
    read: Callable[[], models.Model],
    user: Any,
    typed: Callable[[Any], dict[str, Any]],
    part: Callable[[Any], models.Model] = lambda subject: subject,
) -> list[Line] | None:
    """After Stale: what others have changed since the typist opened `form` (a SeenForm), which takes it over in the
    fields that were left alone. None while it is not stale.

    `read` gets the subject as it is now, `part` the part of it that the form is about, if it is not about the whole.
    `typed`: the initial values of the form for that, `seen` among them.
    """
    if form.stale is None:
        return None
    subject = read()
    later = Entry.objects.of(subject).changing(form.stale.fields, since=form.stale.seen, of=form.stale.of)
    present = part(subject)
    form.lay_over(typed(_as_it_was(present, later)), typed(present))
    return lines(subject, user, later, most=None)


def _as_it_was(subject: models.Model, later: EntryQuerySet) -> models.Model:
    """A copy of `subject` from before the `later` entries."""
    was = copy(subject)
    for entry in later.order_by("-number"):
        for change in _changes(subject, entry):
            if change.field is not None:
                setattr(was, change.field.attname, change.field.to_python(change.old))
    return was


def _changes(subject: models.Model, entry: Entry) -> list[Change]:
    """Of the subject's fields, or of those of a part of it that `of` names ("members.membership")."""
    model = apps.get_model(entry.details["of"]) if "of" in entry.details else type(subject)
    pairs = entry.details.get("changes", {}).items()
    return [Change(name, _field(model, name), old, new) for name, (old, new) in pairs]


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _names(user: Any, entries: Iterable[Entry], changes: Iterable[Change]) -> Names:
    """What the ids in all entries are called today, one statement a model; nothing for what `user` may not see."""
    wanted: dict[type[models.Model], set[str]] = {}
    for entry in entries:
        if "person" in entry.details:
            wanted.setdefault(Person, set()).add(entry.details["person"])
    for change in changes:
        if change.field is not None and change.field.is_relation:
            wanted.setdefault(change.field.related_model, set()).update(filter(None, (change.old, change.new)))
    return {(model, str(row.pk)): str(row) for model, ids in wanted.items() for row in _visible(model, ids, user)}


def _visible(model: type[models.Model], ids: set[str], user: Any) -> Iterable[models.Model]:
    rows: Any = model._default_manager.filter(pk__in=ids)
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


def _fields(subject: models.Model, entry: Entry) -> str:
    fields = [Change(name, _field(type(subject), name), None, None) for name in entry.details.get("fields", [])]
    return ", ".join(str(getattr(one.field, "verbose_name", one.name)) for one in fields)


def _label(change: Change) -> str:
    return capfirst(str(getattr(change.field, "verbose_name", change.name)))


def _shown(field: Any, value: Any, names: Names, zone: str) -> str:
    """A `value` of `field` (None: of one that is no more) as its page says it: instants in the reader's `zone`."""
    if value in (None, ""):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and field.is_relation:
        return names.get((field.related_model, value), _("something you may not see"))
    if hasattr(field, "words_for"):
        return field.words_for(value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _at(field, value, zone)


def _at(field: Any, value: Any, zone: str) -> str:
    if isinstance(field, models.DateTimeField):
        return zones.moment(field.to_python(value), zone)
    if isinstance(field, models.DateField):
        return zones.day(field.to_python(value))
    return str(value)[:HOUR] if isinstance(field, models.TimeField) else str(value)
