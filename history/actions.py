"""Recording what happened, in the transaction in which it happens."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Max

from accounts.models import Stale, User
from history.models import Entry, Head


def record(
    verb: str,
    subject: models.Model,
    *,
    by: User | None,
    now: datetime,
    visibility: str | None = None,
    **details: Any,
) -> Entry:
    """Append to the chain of `subject`; call it inside the action's transaction.

    `verb` is an English sentence marked with gettext_noop, e.g. "opened a round on version %(version)s"; its
    placeholders come from `details`. `by` is None for what the clock did. `visibility`: a narrower class than the
    object's own, or None.
    """
    return record_all(verb, [(subject, details)], by=by, now=now, visibility=visibility)[0]


def record_all(
    verb: str,
    happened: Sequence[tuple[models.Model, dict[str, Any]]],
    *,
    by: User | None,
    now: datetime,
    visibility: str | None = None,
) -> list[Entry]:
    """As `record`, for (subject, details) of different objects of one model, in four statements however many."""
    if not happened:
        return []
    content_type = ContentType.objects.get_for_model(happened[0][0])
    heads = _locked_heads(content_type, [subject.pk for subject, _details in happened])
    entries = []
    for subject, details in happened:
        head = heads[subject.pk]
        entry = Entry(
            content_type=content_type,
            object_id=subject.pk,
            number=head.number + 1,
            at=now,
            actor=by.person if by else None,
            verb=verb,
            details=json.loads(json.dumps(details, cls=DjangoJSONEncoder)),
            visibility=visibility,
            previous=head.hash,
        )
        entry.hash = head.hash = fingerprint(entry)
        head.number = entry.number
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=1000)
    Head.objects.bulk_create(
        heads.values(), batch_size=1000, update_conflicts=True, unique_fields=["id"], update_fields=["number", "hash"]
    )
    return entries


def _locked_heads(content_type: ContentType, ids: list[Any]) -> dict[Any, Head]:
    """{object id: its head}, made where there is none; locked in one order, so that two never wait for each other."""
    new = [Head(content_type=content_type, object_id=pk) for pk in sorted(set(ids))]
    Head.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    found = Head.objects.select_for_update().filter(content_type=content_type, object_id__in=ids).order_by("object_id")
    return {head.object_id: head for head in found}


def fingerprint(entry: Entry) -> str:
    """SHA-256 (hex) over the entry's content and the hash of the entry before it."""
    content = [
        entry.previous,
        f"{entry.content_type.app_label}.{entry.content_type.model}",
        str(entry.object_id),
        entry.number,
        entry.at.isoformat(),
        str(entry.actor_id),
        entry.verb,
        entry.details,
        entry.visibility,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def newest(subject: models.Model) -> int:
    """The number of the newest entry of `subject`, 0 before the first: the state that somebody sees."""
    return Entry.objects.of(subject).aggregate(newest=Max("number"))["newest"] or 0


def refuse_stale(subject: models.Model, seen: int | None, fields: Sequence[str]) -> None:
    """Raise Stale if one of `fields` of `subject`, locked, has changed since it was `seen` (None: ask nothing)."""
    if seen is not None and Entry.objects.of(subject).changing(fields, since=seen).exists():
        raise Stale(seen, fields)


def snapshot(subject: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The values of `fields` (attribute names; foreign keys by their id) as the history keeps them."""
    return {name: subject.__dict__[subject._meta.get_field(name).attname] for name in fields}  # type: ignore[union-attr]


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [from, to]} for the fields that differ between two snapshots."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}
