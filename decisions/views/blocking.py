"""Who is blocking what: one page for staff and chairs."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request
from accounts.rules import allows, require
from decisions.blocking import board


@require_GET
def blocking(request: Request) -> HttpResponse:
    require(request.user, "decisions.see_blockers")
    now = database_now()
    today = now.astimezone(ZoneInfo(request.user.person.zone)).date()
    may_record = allows(request.user, "decisions.record_answer")
    context = {"board": board(request.user, now, today), "now": now, "may_record": may_record}
    return render(request, "decisions/blocking.html", context)
