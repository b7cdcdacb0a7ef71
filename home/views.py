from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request
from campaigns.models import Milestone
from decisions.models import Decision
from home.mailbox import letter_named, letters
from home.styleguide import samples
from home.waiting import waiting
from notices.actions.life import silent


@require_GET
def home(request: Request) -> HttpResponse:
    now = database_now()
    return render(
        request,
        "home/home.html",
        {
            "items": waiting(request.user, now),
            "decisions": Decision.objects.visible_to(request.user)[:5],
            "deadline": Milestone.objects.visible_to(request.user).next_external(now.date()),
        },
    )


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For a watchdog: 200 while the database answers and beat and worker were heard of within 15 minutes, else 503."""
    try:
        quiet = silent(database_now())
    except DatabaseError:
        return JsonResponse({"database": "silent"}, status=503)
    state = {process: "silent" if process in quiet else "ok" for process in ("beat", "worker")}
    return JsonResponse({"database": "ok", **state}, status=503 if quiet else 200)


@require_GET
def styleguide(request: Request) -> HttpResponse:
    return render(request, "home/styleguide.html", samples())


@login_not_required
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    to = request.GET.get("to", "").strip()
    return render(request, "home/mailbox.html", {"letters": letters(settings.MAIL_DIR, to), "to": to})


@login_not_required
@require_GET
def letter(request: HttpRequest, name: str) -> HttpResponse:
    found = letter_named(settings.MAIL_DIR, name)
    if found is None:
        raise Http404
    return render(request, "home/letter.html", {"letter": found})
