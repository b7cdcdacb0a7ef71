"""Whether what sends is alive."""

from datetime import timedelta

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of what must go on for anything to be sent."""

    SILENCE = timedelta(minutes=15)
    PLAN = "plan"  # no process, but the work of one: noted when it came to its end

    process = models.CharField(primary_key=True, max_length=10)
    at = models.DateTimeField()

    class Meta:
        ordering = ["process"]

    def __str__(self) -> str:
        return f"{self.process} {self.at:%Y-%m-%d %H:%M}"
