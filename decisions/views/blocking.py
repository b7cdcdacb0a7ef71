"""Who is blocking what: one page for staff and chairs."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request
from accounts.rules import allows, require
from accounts.zones import date_in
from decisions.blocking import board


@require_GET
def blocking(request: Request) -> HttpResponse:
    require(request.user, "decisions.see_blockers")
    now = database_now()
    today = date_in(now, request.user.person.zone)
    may_record = allows(request.user, "decisions.record_answer")
    context = {"board": board(request.user, now, today), "now": now, "may_record": may_record}
    return render(request, "decisions/blocking.html", context)
