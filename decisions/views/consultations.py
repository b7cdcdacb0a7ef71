"""Consultations: the list, the page of one, opening it, and moving its closing."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.clock import DatabaseNow, database_now
from accounts.http import Request, accepted, as_list, page_or_form
from accounts.ids import as_uuid
from accounts.rules import allows, require
from decisions.actions import consulting
from decisions.actions.drafting import newest_text
from decisions.consultation_columns import CONSULTATIONS
from decisions.consultation_pages import Page, page_of
from decisions.forms.consultations import (
    CommentForm,
    ConsultationForm,
    EarlyEndForm,
    ExtensionForm,
    OfficialForm,
    scope_key,
)
from decisions.http import kept
from decisions.models import Consultation, Consulted
from decisions.views.positions import position_or_404
from history.panels import history
from members.countries import in_region

OFFICIAL, COMMENT = "official {}", "comment {}"  # the names under which typed forms are kept


@require_GET
def consultations(request: Request) -> HttpResponse | StreamingHttpResponse:
    asked, now = CONSULTATIONS.asked(request.GET, request.user), database_now()
    rows = Consultation.objects.visible_to(request.user).select_related("version__position", "own_region")
    answered = Count("asked", filter=Q(asked__answered_at__isnull=False))
    rows = rows.annotate(members=Count("asked"), answered=answered)
    if position := as_uuid(request.GET.get("position", "")):
        rows = rows.of_position(position)
    page = asked.page(rows)
    return as_list(request, "decisions/consultation_list.html", asked, page, page.rows, {"now": now}, now=now)


@require_GET
def consultation(request: Request, pk: UUID) -> HttpResponse:
    return shown(request, consultation_or_404(request, pk))


@page_or_form
def consult(request: Request, pk: UUID) -> HttpResponse:
    """First who would be asked, then, by the other button, it opens."""
    position, now = position_or_404(request, pk), database_now()
    require(request.user, "decisions.consult", position)
    text, opened = newest_text(position), list[Consultation]()
    read = {"version": text.version_id, "seen": text.sha256}
    form = ConsultationForm(request.POST or None, position=position, user=request.user, now=now, initial=read)
    act = partial(consulting.open_consultation, position, by=request.user, now=now)
    reach = _reach(form)
    has_looked = request.method == "POST" and "open" in request.POST and reach["key"] == request.POST.get("looked")
    if has_looked and accepted(form, lambda **fields: opened.append(act(**fields))):
        _say_opened(request, opened[0])
        return redirect("decisions:consultation", opened[0].pk)
    context = {"form": form, "position": position, "text": text, "reach": reach, "is_first": not request.POST}
    return render(request, "decisions/consultation_form.html", context)


@page_or_form
def extend(request: Request, pk: UUID) -> HttpResponse:
    asked, now = consultation_or_404(request, pk), database_now()
    require(request.user, "decisions.consult", asked)
    usual = asked.closes_at + consulting.minimum_window(asked.position)
    form = ExtensionForm(request.POST or None, zone=asked.zone, usual=usual, now=now)
    act = partial(consulting.extend_consultation, asked, by=request.user, now=now)
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("There is more time now, and everybody who is asked is being told."))
        return redirect("decisions:consultation", pk)
    return render(request, "decisions/consultation_extend.html", {"form": form, "consultation": asked})


@page_or_form
def end_early(request: Request, pk: UUID) -> HttpResponse:
    asked, now = consultation_or_404(request, pk), database_now()
    require(request.user, "decisions.end_consultation_early", asked)
    form = EarlyEndForm(request.POST or None)
    act = partial(consulting.end_consultation_early, asked, by=request.user, now=now)
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("The consultation is closed, and everybody who was asked is being told why."))
        return redirect("decisions:consultation", pk)
    return render(request, "decisions/consultation_end.html", {"form": form, "consultation": asked})


def consultation_or_404(request: Request, pk: UUID) -> Consultation:
    rows = Consultation.objects.visible_to(request.user).annotate(read_at=DatabaseNow())
    return get_object_or_404(
        rows.select_related("version__position__committee", "version__author", "opened_by", "own_region"), pk=pk
    )


def shown(
    request: Request,
    asked: Consultation,
    *,
    official: OfficialForm | None = None,
    comment: CommentForm | None = None,
) -> HttpResponse:
    """Its page; a form that was not accepted, or was kept from another time, comes with what was typed."""
    now = asked.read_at  # type: ignore[attr-defined]
    page = page_of(asked, request.user, now, request.GET.get("language", ""))
    standing = standing_of(page, request.GET.get("for", ""))
    context: dict[str, Any] = {"consultation": asked, "position": asked.position, "page": page, "now": now}
    context |= {"standing": standing, "others": [one for one in page.mine if one != standing]}
    context["official"] = official or (standing and official_form(request, page, standing))
    context["comment"] = comment or comment_form(request, page)
    context["official_kept"] = bool(standing and not official and kept(request, OFFICIAL.format(standing.pk)))
    context["comment_kept"] = bool(not comment and kept(request, COMMENT.format(asked.pk)))
    context["may"] = {
        "extend": page.is_open and allows(request.user, "decisions.consult", asked),
        "end": page.is_open and allows(request.user, "decisions.end_consultation_early", asked),
    }
    context["history"] = history(asked, request.user, request.GET) if page.is_insider else None
    return render(request, "decisions/consultation_detail.html", context)


def standing_of(page: Page, named: str) -> Consulted | None:
    """The member whose official answer the page asks for: the one named, else one without an answer, else any."""
    return min(page.mine, key=lambda one: (str(one.pk) != named, one.edits > 0), default=None)


def official_form(request: Request, page: Page, consulted: Consulted) -> OfficialForm:
    initial = kept(request, OFFICIAL.format(consulted.pk)) if request.method == "GET" else {}
    return OfficialForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        consulted=consulted,
        parts=page.parts_of(consulted),
        questions=page.questions,
        initial=initial,
    )


def comment_form(request: Request, page: Page, *, is_sent: bool = False) -> CommentForm:
    initial = {} if is_sent else kept(request, COMMENT.format(page.consultation.pk))
    return CommentForm(
        request.POST if is_sent else None,
        user=request.user,
        speaks_for=page.speaks_for,
        paragraphs=len(page.text.paragraphs),
        initial=initial,
        auto_id="comment_%s",
    )


def _reach(form: ConsultationForm) -> dict[str, Any]:
    """How many would be asked by what is chosen; `key`: what the number is for."""
    form.is_valid()
    chosen = form.cleaned_data if form.is_bound else {}
    region, own, theme = chosen.get("region", ""), chosen.get("own_region"), chosen.get("theme", "")
    countries = frozenset(own.countries if own else in_region(region)) if own or region else None
    members, contacts = consulting.reach_of(countries=countries, theme=theme)
    return {"members": members, "contacts": contacts, "key": scope_key(region, own, theme)}


def _say_opened(request: Request, opened: Consultation) -> None:
    count = opened.asked.count()
    said = ngettext(
        "The consultation is open. %(count)s member is being told.",
        "The consultation is open. %(count)s members are being told.",
        count,
    )
    messages.success(request, said % {"count": count})
