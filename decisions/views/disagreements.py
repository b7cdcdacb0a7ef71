"""The ledger of disagreement: the list, one entry, and what is done to it."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, as_list, page_or_form
from accounts.rules import allows, require
from accounts.zones import date_in
from decisions.actions import disagreements as actions
from decisions.columns_of_disagreements import DISAGREEMENTS, SHOWN, Line, found
from decisions.forms.disagreements import EndDisagreementForm, HandDisagreementForm, NextDateForm
from decisions.models import Disagreement
from decisions.models.disagreements import DisagreementQuerySet
from history.actions import newest
from history.panels import history, put_together


@require_GET
def disagreements(request: Request) -> HttpResponse | StreamingHttpResponse:
    require(request.user, "decisions.see_disagreements")
    now, show = database_now(), request.GET.get("show", "")
    today, over = date_in(now, request.user.person.zone), show == "ended"
    rows = found(_visible(request), show, request.user, today)
    without = {"next"} if over else {"ended"}
    asked = DISAGREEMENTS.asked(request.GET, request.user, order="-ended" if over else "next", without=without)
    page = asked.page(rows)
    lines = [Line(one, (one.next_on - today).days) for one in page.rows]
    context = {"show": show, "shown": SHOWN}
    return as_list(request, "decisions/disagreement_list.html", asked, page, lines, context, now=now)


@require_GET
def disagreement(request: Request, pk: UUID) -> HttpResponse:
    entry = _entry(request, pk)
    position = entry.elector.round.version.position
    today = date_in(database_now(), request.user.person.zone)
    context = {
        "entry": entry,
        "line": Line(entry, (entry.next_on - today).days),
        "may_keep": allows(request.user, "decisions.keep_disagreement", entry),
        "may_end": bool(_ends(request, entry)),
        "may": {name: allows(request.user, f"decisions.{name}", position) for name in ("open_round", "write")},
        "entries": history(entry, request.user, request.GET),
    }
    return render(request, "decisions/disagreement_detail.html", context)


@page_or_form
def hand_disagreement(request: Request, pk: UUID) -> HttpResponse:
    entry = _entry(request, pk)
    require(request.user, "decisions.keep_disagreement", entry)
    form = HandDisagreementForm(request.POST or None, initial=_typed(entry), keepers=actions.keepers_of(entry))
    act = partial(actions.hand_disagreement, entry, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("Handed on to %(name)s, who is told.") % {"name": form.cleaned_data["owner"]})
        return redirect("decisions:disagreement", pk)
    return _form(request, entry, form, "hand")


@page_or_form
def date_disagreement(request: Request, pk: UUID) -> HttpResponse:
    entry = _entry(request, pk)
    require(request.user, "decisions.keep_disagreement", entry)
    form = NextDateForm(request.POST or None, initial=_typed(entry))
    act = partial(actions.set_next_date, entry, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("The next date is set. Its owner is reminded on the day."))
        return redirect("decisions:disagreement", pk)
    return _form(request, entry, form, "date")


@page_or_form
def end_disagreement(request: Request, pk: UUID) -> HttpResponse:
    entry = _entry(request, pk)
    ends = _ends(request, entry)
    if not ends:
        require(request.user, "decisions.keep_disagreement", entry)
    form = EndDisagreementForm(request.POST or None, initial=_typed(entry), ends=ends)
    act = partial(actions.end_disagreement, entry, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("The disagreement has ended. Nobody is reminded of it any more."))
        return redirect("decisions:disagreement", pk)
    return _form(request, entry, form, "end")


def _form(request: Request, entry: Disagreement, form: Any, step: str) -> HttpResponse:
    """`step`: what is done with it, as the template says it. After somebody else's change theirs stands above it."""
    theirs = put_together(form, lambda: _entry(request, entry.pk), request.user, _typed)
    context = {"form": form, "entry": entry, "theirs": theirs, "step": step}
    return render(request, "decisions/disagreement_form.html", context)


def _visible(request: Request) -> DisagreementQuerySet:
    return Disagreement.objects.visible_to(request.user).with_round()


def _entry(request: Request, pk: UUID) -> Disagreement:
    return get_object_or_404(_visible(request), pk=pk)


def _ends(request: Request, entry: Disagreement) -> list[Disagreement.Status]:
    """Two are the seat's own that objected, or are written down by staff and chairs; the others, by whoever keeps it."""
    if not entry.is_open:
        return []
    keeps = allows(request.user, "decisions.keep_disagreement", entry)
    own = ("decisions.end_own_disagreement", "decisions.minute_own_end")
    says = any(allows(request.user, name, entry) for name in own)
    return [one for one in Disagreement.ENDS if (says if one in actions.OWN_ENDS else keeps)]


def _typed(entry: Disagreement) -> dict[str, Any]:
    """The initial values of its forms."""
    return {**model_to_dict(entry, fields=["owner", "next_on", "note"]), "seen": newest(entry)}
