"""What can be taken back, and taking it back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, page_or_form
from accounts.models import TransitionError, Visibility
from accounts.rules import classes_seen_by
from history.actions import TakenBack, take_back
from history.deeds import LISTED, lines, open_deeds, shown, with_part_count
from history.models import Deed

MOST_NAMED = 20


@require_GET
def deeds(request: Request) -> HttpResponse:
    before = _instant(request.GET.get("before", ""))
    rows = open_deeds(request.user, database_now()).order_by("-at", "id")
    found = list((rows.filter(at__lt=before) if before else rows)[: LISTED + 1])
    context = {
        "lines": lines(found[:LISTED], request.user),
        "older": urlencode({"before": found[LISTED - 1].at.isoformat()}) if len(found) > LISTED else "",
        "sees_all": Visibility.STAFF in classes_seen_by(request.user),
    }
    return render(request, "history/deed_list.html", context)


@page_or_form
def deed(request: Request, pk: UUID) -> HttpResponse:
    visible = Deed.objects.visible_to(request.user).select_related("by__person", "taken_back_by__person")
    row: Any = get_object_or_404(with_part_count(visible), pk=pk)
    refusal = ""
    if request.method == "POST":
        try:
            _say(request, take_back(row, by=request.user, now=database_now()))
            return redirect(row.way.path(row.subject) if row.object_id else "history:deeds")
        except TransitionError as error:
            refusal = str(error)
    page = shown(row, request.user, database_now())
    return render(request, "history/deed_detail.html", {"page": page, "deed": row, "refusal": refusal})


def _instant(text: str) -> datetime | None:
    """The cursor of a page; None for what is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _say(request: Request, done: TakenBack) -> None:
    count = {"count": done.count}
    said = ngettext("Taken back: it is as it was before.", "Taken back: %(count)s are as they were before.", done.count)
    messages.success(request, said % count)
    if done.refused:
        named = {
            line.deed.pk: line.title for line in lines([part for part, _why in done.refused[:MOST_NAMED]], request.user)
        }
        for part, why in done.refused[:MOST_NAMED]:
            messages.warning(request, _("Not taken back: %(name)s. %(why)s") % {"name": named[part.pk], "why": why})
