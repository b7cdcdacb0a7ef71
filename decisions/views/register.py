"""The register of adopted positions, as a page and as a file."""

import csv
from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.files import BOM
from accounts.http import Request, accepted, as_list, page_or_form
from accounts.rules import allows, require
from accounts.zones import date_in
from campaigns.panels import task_panel
from decisions.actions.register import keep_decision as keep
from decisions.columns import REGISTER
from decisions.forms.register import KeepDecisionForm, RegisterFilter
from decisions.models import Decision, Position
from decisions.register_file import AT_ONCE, COLUMNS, lines
from decisions.register_page import entry_of, rows_of
from history.actions import newest
from history.panels import put_together

SIGNING = {"signatories", "dissent"}  # the columns that ask who signs


@require_GET
def register(request: Request) -> HttpResponse | StreamingHttpResponse:
    visible = Decision.objects.visible_to(request.user)
    years = list(visible.order_by("-year").values_list("year", flat=True).distinct())
    year = next((one for one in years if str(one) == request.GET.get("year")), None)
    filters, asked = RegisterFilter(request.GET, user=request.user), REGISTER.asked(request.GET, request.user)
    found = filters.narrow(visible if year is None else visible.filter(year=year), _today(request))
    page = asked.page(found.for_list(request.user))
    rows = rows_of(page.rows, request.user, with_signing=bool(asked.file or asked.cols & SIGNING))
    context = {"filter": filters, "years": years, "year": year}
    return as_list(request, "decisions/register.html", asked, page, rows, context, now=timezone.now())


@require_GET
def decision(request: Request, label: str) -> HttpResponse:
    """By the number that people quote: "2026-014"."""
    found, now, today = _decision_or_404(request, label), database_now(), _today(request)
    visible = Decision.objects.visible_to(request.user)
    context = {
        "decision": found,
        "entry": entry_of(found, request.user, now),
        "older": list(visible.filter(superseded_by=found).order_by("year", "number")),
        "newer": visible.filter(pk=found.superseded_by_id).first() if found.superseded_by_id else None,
        "would_replace": Position.objects.visible_to(request.user).would_replace(found),
        "is_review_due": found.review_on is not None and found.review_on <= today,
        "may_keep": allows(request.user, "decisions.keep_register", found),
        "tasks": task_panel(found.position, request.user, today),
    }
    return render(request, "decisions/decision_detail.html", context)


@page_or_form
def keep_decision(request: Request, label: str) -> HttpResponse:
    found, visible = _decision_or_404(request, label), Decision.objects.visible_to(request.user)
    require(request.user, "decisions.keep_register", found)
    form = KeepDecisionForm(request.POST or None, initial=_typed(found), decisions=visible)
    act = partial(keep, found, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("decisions:decision", found.label)
    theirs = put_together(form, lambda: _decision_or_404(request, label), request.user, _typed)
    return render(request, "decisions/decision_keep.html", {"form": form, "decision": found, "theirs": theirs})


def _today(request: Request) -> date:
    """By the reader's calendar."""
    return date_in(timezone.now(), request.user.person.zone)


def _decision_or_404(request: Request, label: str) -> Decision:
    year, _dash, number = label.partition("-")
    if not (year.isdecimal() and number.isdecimal() and len(label) < 12):
        raise Http404
    visible = Decision.objects.visible_to(request.user)
    rows = visible.select_related(
        "position", "text__version", "round__committee", "round__confirmed_by", "superseded_by"
    )
    return get_object_or_404(rows, year=min(int(year), 9999), number=min(int(number), 9999))


def _typed(decision: Decision) -> dict[str, Any]:
    """The initial values of its form."""
    newer = decision.superseded_by.label if decision.superseded_by else ""
    return {"review_on": decision.review_on, "superseded_by": newer, "seen": newest(decision)}


@require_GET
def register_file(request: Request) -> HttpResponse:
    """What the page shows, as CSV: the same year and filters, the same reader."""
    require(request.user, REGISTER.export)
    rows, year = Decision.objects.visible_to(request.user).for_export(), request.GET.get("year", "")
    if year.isdecimal():
        rows = rows.filter(year=min(int(year), 9999))
    rows = RegisterFilter(request.GET, user=request.user).narrow(rows, _today(request))
    response = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="register.csv"'
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows(lines(rows.iterator(chunk_size=AT_ONCE), request.user))
    return response
