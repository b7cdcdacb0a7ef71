"""Contributions: answering officially, commenting, reading what was said, and saying what becomes of it."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import F, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, as_file, page_or_form, told
from accounts.rules import require
from decisions.actions import contributing, disposing
from decisions.consultation_columns import CONTRIBUTIONS
from decisions.consultation_pages import about_what, for_reading, page_of, progress_of, said_all
from decisions.forms.consultations import DispositionForm
from decisions.http import back_to, drop, keep, sign_in_first
from decisions.models import Consultation, Consulted, Contribution
from decisions.views.consultations import (
    COMMENT,
    OFFICIAL,
    comment_form,
    consultation_or_404,
    official_form,
    shown,
)

MOST = 100  # contributions on the page that disposes of them


@login_not_required
@page_or_form
def answer_officially(request: Request, pk: UUID) -> HttpResponse:
    """`pk`: of the member's row. Mails lead here too: a place on a page would be forgotten while one signs in."""
    name = OFFICIAL.format(pk)
    if not request.user.is_authenticated:
        return sign_in_first(request, name)
    asked, consulted = _answerable(request, pk)
    if request.method != "POST" or "discard" in request.POST:
        return back_to(request, name, reverse("decisions:consultation", args=[asked.pk]) + f"?for={pk}#official")
    keep(request, name)
    form = official_form(request, page_of(asked, request.user, database_now()), consulted)
    late: list[bool] = []
    act = partial(contributing.answer_officially, consulted, by=request.user, now=database_now())
    if not accepted(form, lambda **fields: late.append(not act(**fields))):
        return shown(request, asked, official=form)
    drop(request, name)
    _say(request, _("The official answer is recorded. It can be changed until the closing hour."), is_late=late[0])
    return redirect("decisions:consultation", asked.pk)


@login_not_required
@page_or_form
def comment(request: Request, pk: UUID) -> HttpResponse:
    name, where = COMMENT.format(pk), reverse("decisions:consultation", args=[pk])
    if not request.user.is_authenticated:
        return sign_in_first(request, name)
    asked = consultation_or_404(request, pk)
    if request.method != "POST" or "discard" in request.POST:
        return back_to(request, name, where + "#comment")
    keep(request, name)
    form = comment_form(request, page_of(asked, request.user, database_now()), is_sent=True)
    made: list[Contribution] = []
    act = partial(contributing.comment, asked, by=request.user, now=database_now())
    if not accepted(form, lambda **fields: made.append(act(**fields))):
        return shown(request, asked, comment=form)
    drop(request, name)
    _say(request, _("Your comment is recorded. You will be told what became of it."), is_late=made[0].is_late)
    return redirect(where + "#own")


@require_GET
def contributions(request: Request, pk: UUID) -> HttpResponse | StreamingHttpResponse:
    """What was said, as far as its reader may know it, as a page and as a file."""
    consultation, now = consultation_or_404(request, pk), database_now()
    asked = CONTRIBUTIONS.asked(request.GET, request.user)
    rows = Contribution.objects.visible_to(request.user, now).filter(consultation=consultation).with_words()
    rows = for_reading(rows.filter(about_what(request.GET.get("about", ""))))
    page = asked.page(rows)
    said = said_all(page.rows, consultation, request.user)
    if asked.file:
        return as_file(asked, said, now=now)
    context = {"list": asked, "page": page, "rows": said, "consultation": consultation}
    context |= {"progress": progress_of(consultation, request.user, now), "about": request.GET.get("about", "")}
    return render(request, "decisions/contribution_list.html", context)


@page_or_form
def dispositions(request: Request, pk: UUID) -> HttpResponse:
    """Work through what was said: tick, choose, give a reason, next."""
    consultation, now = consultation_or_404(request, pk), database_now()
    require(request.user, "decisions.dispose", consultation)
    form = DispositionForm(request.POST if request.method == "POST" else None, consultation=consultation)
    done: list[int] = []
    act = partial(disposing.dispose, consultation, by=request.user, now=now)
    if request.method == "POST" and accepted(form, lambda **fields: done.append(act(**fields))):
        said = ngettext("%(count)s contribution has its disposition.", "%(count)s contributions have theirs.", done[0])
        messages.success(request, said % {"count": done[0]})
        return redirect(request.get_full_path())
    context = {"form": form, "consultation": consultation, "is_open": consultation.is_open(now)}
    context["progress"] = progress_of(consultation, request.user, now)
    return render(
        request, "decisions/consultation_dispositions.html", context | _to_dispose(request, form, consultation)
    )


@require_POST
def tell_contributors(request: Request, pk: UUID) -> HttpResponse:
    consultation = consultation_or_404(request, pk)
    act = partial(disposing.tell_contributors, consultation, by=request.user, now=database_now())
    told(request, act, _("Everybody who contributed is being told what became of their words."))
    return redirect("decisions:consultation", pk)


def _to_dispose(request: Request, form: DispositionForm, consultation: Consultation) -> dict[str, Any]:
    """What its page lists: all, or what has no disposition yet, and what was ticked on a form that did not get through."""
    place, is_missing = request.GET.get("about", ""), request.GET.get("show") != "all"
    rows = Contribution.objects.filter(about_what(place), consultation=consultation).with_words()
    if is_missing:
        rows = rows.filter(Q(is_late=False, disposition=None) | Q(pk__in=form.picked))
    found = for_reading(rows).order_by(
        F("question__number").asc(nulls_first=True), F("paragraph").asc(nulls_first=True), "at", "id"
    )
    said = said_all(list(found[: MOST + 1]), consultation, request.user)
    has_more = len(said) > MOST
    return {"said": said[:MOST], "has_more": has_more, "is_missing": is_missing, "about": place}


def _answerable(request: Request, pk: UUID) -> tuple[Consultation, Consulted]:
    """The consultation and the member's row of it; 404 for whom may not see it, and who may not answer reads who may."""
    consulted = Consulted.objects.select_related("organisation", "answered_by").filter(pk=pk).first()
    asked = consultation_or_404(request, consulted.consultation_id if consulted else pk)
    assert consulted is not None  # noqa: S101 - for mypy: no consultation has the id of a row that is not
    require(request.user, "decisions.answer_officially", consulted)
    return asked, consulted


def _say(request: Request, done: str, *, is_late: bool) -> None:
    if is_late:
        said = _("The consultation had closed before this came. It is kept, marked as late, and read.")
        messages.warning(request, said)
        return
    messages.success(request, done)
