"""What Celery wakes. Every task may run twice, at once or late: rows decide."""

from celery import shared_task

from accounts.clock import database_now
from notices.actions import arriving, daily, life, planning, resolving, sending
from notices.models import Heartbeat


@shared_task
def plan() -> None:
    life.let_go_when_frozen()
    if planning.plan(now=database_now()):
        life.beat(Heartbeat.PLAN, now=database_now())


@shared_task
def send_due() -> None:
    life.let_go_when_frozen()
    now = database_now()
    life.beat("worker", now=now)
    arriving.arrive_due(now=now)
    daily.arrange(now=now)
    resolving.resolve(now=now, journal_read=resolving.follow_journal(now=now))
    sending.send_due(now=database_now())
