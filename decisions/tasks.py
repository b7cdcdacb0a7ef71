from celery import shared_task

from accounts.clock import database_now
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.consulting import tend_consultations


@shared_task
def announce() -> None:
    announce_closed_rounds(now=database_now())


@shared_task
def tend() -> None:
    tend_consultations(now=database_now())
