"""Signs of life: whether the scheduler and the worker are there."""

from datetime import datetime

from notices.models import Heartbeat

PROCESSES = ("beat", "worker")


def beat(process: str, *, now: datetime) -> None:
    """Note that `process` ("beat" or "worker") is alive."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(process=process, at=now)], update_conflicts=True, update_fields=["at"], unique_fields=["process"]
    )


def silent(now: datetime) -> dict[str, datetime | None]:
    """{process: last sign of life or None} for each that has been silent for 15 minutes or longer."""
    seen = dict(Heartbeat.objects.values_list("process", "at"))
    return {
        process: seen.get(process)
        for process in PROCESSES
        if process not in seen or now - seen[process] >= Heartbeat.SILENCE
    }
