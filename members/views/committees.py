"""Committees: who sits, who speaks for the seats, who chairs."""

from copy import copy
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.forms import model_to_dict
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clock import database_now
from accounts.http import Request, accepted, as_list
from accounts.rules import allows, require
from history.actions import newest
from history.panels import history, put_together
from members.actions import committees as actions
from members.columns import COMMITTEES
from members.forms.committees import CommitteeForm, SeatsForm
from members.models import Committee, SeatTerm
from members.models.terms import utc_day
from members.seating import seating

MANAGE = "members.manage_committees"


def committee_list(request: Request) -> HttpResponse | StreamingHttpResponse:
    filled = SeatTerm.objects.current().values("seat")
    committees = Committee.objects.visible_to(request.user).annotate(
        seat_count=Count("seats"), vacant_count=Count("seats", filter=~Q(seats__in=filled))
    )
    asked = COMMITTEES.asked(request.GET, request.user)
    page = asked.page(committees)
    context = {"may_manage": allows(request.user, MANAGE)}
    return as_list(request, "members/committee_list.html", asked, page, page.rows, context, now=timezone.now())


def committee_detail(request: Request, pk: UUID) -> HttpResponse:
    committee = _committee(request, pk)
    context = {
        "committee": committee,
        "seating": seating(committee, request.user, utc_day(timezone.now())),
        "entries": history(committee, request.user, request.GET),
        "may_manage": allows(request.user, MANAGE, committee),
    }
    return render(request, "members/committee_detail.html", context)


def committee_add(request: Request) -> HttpResponse:
    require(request.user, MANAGE)
    form = CommitteeForm(request.POST or None)
    if accepted(form, partial(actions.add_committee, by=request.user, now=database_now())):
        committee = Committee.objects.get(name=form.cleaned_data["name"])
        messages.success(request, _("The committee is set up. Add its seats."))
        return redirect("members:committee_seats", committee.pk)
    return render(request, "members/committee_form.html", {"form": form})


def committee_edit(request: Request, pk: UUID) -> HttpResponse:
    committee = _committee(request, pk)
    require(request.user, MANAGE, committee)
    form = CommitteeForm(request.POST or None, instance=copy(committee), initial=_typed(committee))
    if accepted(form, partial(actions.edit_committee, committee, by=request.user, now=database_now())):
        messages.success(request, _("Saved."))
        return redirect("members:committee", pk)
    theirs = put_together(form, lambda: _committee(request, pk), request.user, _typed)
    return render(request, "members/committee_form.html", {"form": form, "committee": committee, "theirs": theirs})


def committee_seats(request: Request, pk: UUID) -> HttpResponse:
    committee = _committee(request, pk)
    require(request.user, MANAGE, committee)
    form = SeatsForm(request.POST or None)
    if accepted(form, partial(actions.add_seats, committee, by=request.user, now=database_now())):
        messages.success(request, _("The seats are added. They are vacant."))
        return redirect("members:committee", pk)
    return render(request, "members/committee_seats.html", {"form": form, "committee": committee})


def _typed(committee: Committee) -> dict[str, Any]:
    """The initial values of its form."""
    return {**model_to_dict(committee), "seen": newest(committee)}


def _committee(request: Request, pk: UUID) -> Committee:
    return get_object_or_404(Committee.objects.visible_to(request.user), pk=pk)
