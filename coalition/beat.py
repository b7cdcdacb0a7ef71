"""The scheduler process: Celery's own, which also leaves a sign of life in the database."""

import time
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, connection
from django.utils import timezone

from notices.actions.life import beat

SECONDS_BETWEEN_BEATS = 20


class BeatingScheduler(PersistentScheduler):
    """Silence of this process must be visible: nothing is sent without it."""

    last_beat = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self.last_beat >= SECONDS_BETWEEN_BEATS:
            self.last_beat = time.monotonic()
            try:
                beat("beat", now=timezone.now())
            except Error:
                connection.close()  # the database is away; the schedule goes on
        return super().tick(*args, **kwargs)
