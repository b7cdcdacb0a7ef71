"""Whether what sends is alive."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def living(self, now: datetime) -> Self:
        """Of the processes that gave a sign of life less than SILENCE ago."""
        return self.filter(at__gt=now - Heartbeat.SILENCE)

    def stuck(self, now: datetime) -> Self:
        """Planning, when it came to its end long ago: the process that plans may live."""
        return self.filter(process=Heartbeat.PLAN, at__lte=now - Heartbeat.SILENCE)


class Heartbeat(models.Model):
    """The last sign of life of what must go on for anything to be sent."""

    SILENCE = timedelta(minutes=15)
    PLAN = "plan"  # no process, but the work of one: noted when it came to its end

    process = models.CharField(primary_key=True, max_length=10)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process} {self.at:%Y-%m-%d %H:%M}"
