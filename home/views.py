from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import DatabaseNow, database_now
from accounts.http import Request, told
from accounts.models import User
from accounts.rules import allows
from campaigns.models import Scope
from decisions.models import Decision
from home.findable import GROUPS
from home.first_steps import first_steps
from home.forms import SearchForm
from home.inbox import opened, page_of, shows
from home.lately import coming, reached
from home.mailbox import letter_named, letters
from home.search import MANY, Sought, places_called, search
from home.styleguide import samples
from home.waiting import waiting
from members.hats import Hats, hats
from notices.actions.life import ages, counted, failed_lately, heard, silent
from notices.actions.reading import mark_all_read, mark_read, put_away, take_back
from notices.metrics import CONTENT_TYPE, written
from notices.models import Delivery

SCOPES = 10  # of one facilitator, on their home page


@require_GET
def home(request: Request) -> HttpResponse:
    user, now = request.user, database_now()
    context = {
        "steps": first_steps(user),
        "items": waiting(user, now),
        "decisions": Decision.objects.visible_to(user)[:5],
        "coming": coming(user, now),
        "reached": reached(user, now),
        "scopes": _scopes(user),
        "sees_coverage": allows(user, "campaigns.see_coverage"),
        "may_draft": allows(user, "decisions.start_draft"),
        "has_no_hat": hats(user) == Hats(),
    }
    return render(request, "home/home.html", context)


@require_GET
def inbox(request: Request) -> HttpResponse:
    page, lines = page_of(request.user, request.GET)
    show = request.GET.get("show", "")
    return render(request, "home/inbox.html", {"page": page, "lines": lines, "shows": shows(), "show": show})


@require_GET
def notice(request: Request, pk: UUID) -> HttpResponse:
    row = _own(request, pk)
    found = opened(row, request.user, row.now)  # type: ignore[attr-defined]
    return render(request, "home/notice.html", {"opened": found, "line": found.line})


@require_POST
def notice_read(request: Request, pk: UUID) -> HttpResponse:
    mark_read(_own(request, pk), by=request.user, now=database_now())
    return redirect("home:notice", pk)


@require_POST
def notice_done(request: Request, pk: UUID) -> HttpResponse:
    act = partial(put_away, _own(request, pk), by=request.user, now=database_now())
    told(request, act, _("Put away. It stands under “Done”."))
    return redirect("home:inbox")


@require_POST
def notice_undone(request: Request, pk: UUID) -> HttpResponse:
    told(request, partial(take_back, _own(request, pk), by=request.user), _("It stands under “Not done” again."))
    return redirect("home:notice", pk)


@require_POST
def inbox_read_all(request: Request) -> HttpResponse:
    count = mark_all_read(request.user.person, by=request.user, now=database_now())
    done = ngettext("%(count)d notice is marked as read.", "%(count)d notices are marked as read.", count)
    messages.success(request, done % {"count": count})
    return redirect("home:inbox")


def _own(request: Request, pk: UUID) -> Delivery:
    """One of the reader's own notices, with the database's clock as `now`."""
    rows = Delivery.objects.in_inbox_of(request.user.person).select_related("person", "content_type")
    return get_object_or_404(rows.annotate(now=DatabaseNow()), pk=pk)


@require_GET
def search_page(request: Request) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    only = next((group for group in GROUPS if group.name == request.GET.get("in")), None)
    groups = [only] if only else GROUPS
    found = search(Sought(text, request.user), groups, **({"most": MANY} if only else {}))
    places = [] if only else places_called(text)
    context = {"form": form, "text": text, "found": found, "places": places, "only": only}
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
    """For a watchdog: 200 while the database answers and beat, worker and planning were heard of within 15 minutes.

    Else 503. With it the ages in seconds.
    """
    try:
        now = database_now()
        seen = heard()
        quiet, old = silent(seen, now), ages(seen, now)
    except DatabaseError:
        return JsonResponse({"database": "silent"}, status=503)
    seconds = {name: age if age is None else round(age) for name, age in old.heard.items()}
    state = {process: "silent" if process in quiet else "ok" for process in old.heard}
    seconds["oldest_due"] = round(old.oldest_due)
    return JsonResponse({"database": "ok", **state, "seconds": seconds}, status=503 if quiet else 200)


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, which shows METRICS_TOKEN; for everybody else there is no such page."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(shown, settings.METRICS_TOKEN):
        raise Http404
    now = database_now()
    return HttpResponse(written(ages(heard(), now), counted(), failed_lately(now)), content_type=CONTENT_TYPE)


@require_GET
def styleguide(request: Request) -> HttpResponse:
    return render(request, "home/styleguide.html", samples(request.user, request.GET))


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
