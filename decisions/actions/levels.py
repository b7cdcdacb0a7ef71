"""Levels of decision: changing what one asks for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.rules import require
from decisions.models import Level
from decisions.models.levels import FIELDS
from history.actions import changes, record, refuse_stale, snapshot


@transaction.atomic
def change_level(level: Level, *, by: User, now: datetime, seen: int | None = None, **fields: Any) -> Level:
    """Change a level, for rounds that open from now on; `fields`: those of the model. Raises Refused, Stale."""
    level = Level.objects.select_for_update().get(pk=level.pk)
    require(by, "decisions.edit_levels")
    refuse_stale(level, seen, FIELDS)
    before = snapshot(level, FIELDS)
    for name in FIELDS:
        setattr(level, name, fields[name])
    level.save()
    record(gettext_noop("Changed the level"), level, by=by, now=now, changes=changes(before, snapshot(level, FIELDS)))
    return level
