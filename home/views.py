from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request
from accounts.models import User
from accounts.rules import allows
from campaigns.models import Milestone, Scope
from decisions.models import Decision
from home.findable import GROUPS
from home.forms import SearchForm
from home.mailbox import letter_named, letters
from home.search import MANY, Sought, search
from home.waiting import waiting
from members.hats import hats
from notices.actions.life import silent

SCOPES = 10  # of one facilitator, on their home page


@require_GET
def home(request: Request) -> HttpResponse:
    now = database_now()
    return render(
        request,
        "home/home.html",
        {
            "items": waiting(request.user, now),
            "decisions": Decision.objects.visible_to(request.user)[:5],
            "scopes": _scopes(request.user),
            "sees_coverage": allows(request.user, "campaigns.see_coverage"),
            "deadline": Milestone.objects.visible_to(request.user).next_external(now.date()),
        },
    )


@require_GET
def search_page(request: Request) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    only = next((group for group in GROUPS if group.name == request.GET.get("in")), None)
    groups = [only] if only else GROUPS
    found = search(Sought(text, request.user), groups, **({"most": MANY} if only else {}))
    context = {"form": form, "text": text, "found": found, "only": only}
    context["sees_coverage"] = allows(request.user, "campaigns.see_coverage")
    return render(request, "home/search.html", context)


def _scopes(user: User) -> Iterable[Scope]:
    """What `user` has in hand; asked only of facilitators."""
    if not hats(user).is_facilitator:
        return []
    return Scope.objects.visible_to(user).open().covered_by(user.person).with_people()[:SCOPES]


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
