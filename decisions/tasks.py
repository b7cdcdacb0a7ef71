from celery import shared_task

from accounts.clock import database_now
from decisions.actions.closing import announce_closed_rounds


@shared_task
def announce() -> None:
    announce_closed_rounds(now=database_now())
