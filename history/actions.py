"""Recording what happened, in the transaction in which it happens; and taking it back."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Stale, TransitionError, User
from accounts.rules import Refused
from history.models import Deed, Entry, Head
from history.way_back import WAYS


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


def newest_entries(model: type[models.Model], ids: Iterable[Any]) -> dict[Any, int]:
    """{object id: the number of its newest entry}: whether something has happened to it since is a comparison."""
    content_type = ContentType.objects.get_for_model(model)
    heads = Head.objects.filter(content_type=content_type, object_id__in=list(ids))
    return dict(heads.values_list("object_id", "number"))


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


def refuse_stale(subject: models.Model, seen: int | None, fields: Sequence[str], *, of: str = "") -> None:
    """Raise Stale if one of `fields` of `subject`, locked, has changed since it was `seen` (None: ask nothing).

    `of`: the model of the part of `subject` whose fields these are ("members.membership"), as its entries name it.
    """
    if seen is not None and Entry.objects.of(subject).changing(fields, since=seen, of=of).exists():
        raise Stale(seen, fields, of)


def snapshot(subject: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """The values of `fields` (attribute names; foreign keys by their id) as the history keeps them."""
    return {name: subject.__dict__[subject._meta.get_field(name).attname] for name in fields}  # type: ignore[union-attr]


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [from, to]} for the fields that differ between two snapshots."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def can_be_taken_back(kind: str, subject: models.Model, *, by: User, now: datetime, **kept: Any) -> Deed:
    """Note that this act can be taken back from `now` on, by the way back `kind`; call it in the act's transaction.

    `kept`: ids and former values that the way back needs; never personal data.
    """
    plain = json.loads(json.dumps(kept, cls=DjangoJSONEncoder))
    until = now + WAYS[kind].lasts
    return Deed.objects.create(kind=kind, object_id=subject.pk, kept=plain, by=by, at=now, until=until)


def gather(*, by: User, now: datetime) -> Deed | None:
    """Make one deed of all that `by` did at this `now`, so that it is taken back by one button.

    For acts on many rows, at the end of their transaction; every single act was given this same `now`. All parts are
    of one kind. Returns the whole, None when nothing was done that could be taken back.
    """
    parts = Deed.objects.filter(by=by, at=now, whole=None, object_id__isnull=False, taken_back_at=None)
    first = parts.first()
    if first is None:
        return None
    whole = Deed.objects.create(kind=first.kind, by=by, at=now, until=first.until)
    parts.filter(kind=first.kind).update(whole=whole)
    return whole


@dataclass(frozen=True)
class TakenBack:
    """How many acts were taken back, and why others were not: [(part, sentence)]."""

    count: int
    refused: list[tuple[Deed, str]]


@transaction.atomic
def take_back(deed: Deed, *, by: User, now: datetime) -> TakenBack:
    """Make it as it was before. Of many at once, those that can still be taken back are.

    Raises Refused, also for an act of which `by` may not know, or TransitionError when it was taken back already, its
    time is over, or what it was about has changed since; for many at once only if none could be taken back.
    """
    found = Deed.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=deed.pk).first()
    if found is None:
        raise Refused(_("Only staff and whoever did it take it back."))
    deed = found
    _refuse_closed(deed, now)
    if deed.object_id is not None:
        _take_back_one(deed, by=by, now=now)
        return TakenBack(1, [])
    done, refused = _take_back_parts(deed, by=by, now=now)
    if not done:
        raise TransitionError(refused[0][1] if refused else _("This was taken back already."))
    if not refused:
        _close(deed, by=by, now=now)
    return TakenBack(done, refused)


def _take_back_parts(whole: Deed, *, by: User, now: datetime) -> tuple[int, list[tuple[Deed, str]]]:
    """In the order of their objects, as whoever acts on many locks them; one that is refused stops no other."""
    done, refused = 0, []
    for part in whole.parts.select_for_update().filter(taken_back_at=None).order_by("object_id"):
        try:
            with transaction.atomic():
                _take_back_one(part, by=by, now=now)
            done += 1
        except (TransitionError, PermissionDenied) as error:
            refused.append((part, str(error)))
    return done, refused


def _take_back_one(deed: Deed, *, by: User, now: datetime) -> None:
    deed.way.take_back(deed.subject, kept=deed.kept, by=by, now=now)
    _close(deed, by=by, now=now)


def _close(deed: Deed, *, by: User, now: datetime) -> None:
    deed.taken_back_at, deed.taken_back_by = now, by
    deed.save(update_fields=["taken_back_at", "taken_back_by"])


def _refuse_closed(deed: Deed, now: datetime) -> None:
    if deed.taken_back_at is not None:
        raise TransitionError(_("This was taken back already."))
    if deed.until <= now:
        raise TransitionError(_("The time in which this could be taken back is over."))
