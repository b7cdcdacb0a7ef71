from celery import shared_task

from accounts.clock import database_now
from history.anchoring import anchor_all


@shared_task
def anchor() -> None:
    anchor_all(now=database_now())
