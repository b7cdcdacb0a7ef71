"""The request as our views see it, and how a refused action is said in place."""

import logging
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from accounts.files import CSV, csv_lines, workbook
from accounts.lists import Asked
from accounts.models import Stale, TransitionError, User
from accounts.pages import KeysetPage
from accounts.rules import require

logger = logging.getLogger(__name__)

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


class Request(HttpRequest):
    """Signed in (LoginRequiredMiddleware sees to it)."""

    user: User


class PersonMiddleware:
    """Speaks the person's language, reads hours in their zone, and keeps their pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        translation.activate(user.person.language)
        request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(zoneinfo.ZoneInfo(user.person.zone)):
            response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def accepted(form: BaseForm, act: Callable[..., Any]) -> bool:
    """Run `act(**cleaned_data)` if the form is valid; an impossible step becomes the form's own error.

    A Stale one stands on `form.stale` too: see history.forms.SeenForm.

    Refused is not caught: the 403 page says the sentence.
    """
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except TransitionError as error:
        form.add_error(None, str(error))
        if isinstance(error, Stale):
            form.stale = error  # type: ignore[attr-defined]
        return False
    return True


def told(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Run an action that needs no form; say `done`, or why it was not possible, at the top of the next page."""
    try:
        act()
    except TransitionError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def as_list(
    request: HttpRequest,
    template: str,
    asked: Asked,
    page: KeysetPage,
    rows: Iterable[Any],
    context: dict[str, Any],
    *,
    now: datetime,
) -> HttpResponse | StreamingHttpResponse:
    """What was asked for: the page of a list, or a file of it. `rows`: those of `page`, as its columns read them."""
    if asked.file:
        return as_file(asked, rows, now=now)
    return render(request, template, {"list": asked, "page": page, "rows": rows} | context)


def as_file(asked: Asked, rows: Iterable[Any], *, now: datetime) -> HttpResponse | StreamingHttpResponse:
    """All `rows` in the columns that were asked for, as CSV or XLSX. The caller has narrowed them to what is visible.

    Raises Refused.
    """
    if asked.list.export:
        require(asked.user, asked.list.export)
    headings, lines = asked.headings_of_file(), asked.lines(rows)
    logger.info("user %s exports %s as %s", asked.user.pk, asked.list.key, asked.file)
    name = f"{asked.list.key.rpartition('.')[2]}-{now:%Y-%m-%d}.{asked.file}"
    options: dict[str, Any] = {"headers": {"Content-Disposition": f'attachment; filename="{name}"'}}
    if asked.file == CSV:
        return StreamingHttpResponse(csv_lines(headings, lines), content_type="text/csv; charset=utf-8", **options)
    return HttpResponse(workbook(str(asked.list.title), headings, lines), content_type=XLSX_TYPE, **options)
