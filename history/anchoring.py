"""Holding where the chains end, in a chain of their own, and outside the database too."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from history.models import Anchor, Head

AT_ONCE = 10_000
LOCK = 7_040_015  # the advisory lock under which anchors are made, one after another


def anchor_all(*, now: datetime) -> int:
    """Anchor every chain that has grown since its last anchor; returns how many anchors were made.

    With HISTORY_ANCHOR_FILE set, a line for each is added to that file: what is in it cannot be undone from within
    the database.
    """
    made = 0
    while (anchor := _anchor_next(now)) is not None:
        made += 1
        if settings.HISTORY_ANCHOR_FILE:
            with Path(settings.HISTORY_ANCHOR_FILE).open("a") as file:
                file.write(f"{anchor.at.isoformat()} {anchor.number} {anchor.hash}\n")
    return made


def fingerprint_of(anchor: Anchor) -> str:
    """SHA-256 (hex) over what an anchor holds and the hash of the one before it."""
    content = [anchor.previous, anchor.number, anchor.at.isoformat(), anchor.heads]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def _anchor_next(now: datetime) -> Anchor | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    # Whoever adds an entry holds its head: nobody waits for that, it is anchored the next time.
    grown = Head.objects.filter(number__gt=F("anchored")).select_for_update(skip_locked=True, of=("self",))
    heads = list(grown.select_related("content_type").order_by("id")[:AT_ONCE])
    if not heads:
        return None
    last = Anchor.objects.last()
    anchor = Anchor(number=last.number + 1 if last else 1, at=now, previous=last.hash if last else "")
    anchor.heads = [
        [f"{one.content_type.app_label}.{one.content_type.model}", str(one.object_id), one.number, one.hash]
        for one in heads
    ]
    anchor.hash = fingerprint_of(anchor)
    anchor.save(force_insert=True)
    Head.objects.filter(pk__in=[one.pk for one in heads]).update(anchored=F("number"))
    return anchor
