"""Pages of milestones."""

from functools import partial
from typing import Any
from uuid import UUID

from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.rules import allows, require
from campaigns.actions import milestones as actions
from campaigns.forms.milestones import DropForm, MilestoneForm
from campaigns.models import Milestone
from campaigns.panels import task_panel
from campaigns.views.campaigns import reader_day, visible_campaign
from history.panels import history


@page_or_form
def add_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_campaign(request, pk)
    require(request.user, "campaigns.add_milestone", shown)
    now = database_now()
    form = MilestoneForm(request.POST or None, user=request.user, now=now, initial={"owner": request.user.person})
    if request.method == "POST" and accepted(form, partial(actions.add_milestone, shown, by=request.user, now=now)):
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/milestone_form.html", {"form": form, "campaign": shown})


@require_GET
def milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = _milestone(request, pk)
    return render(request, "campaigns/milestone_detail.html", _milestone_page(request, shown))


@page_or_form
def edit_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown, now = _milestone(request, pk), database_now()
    require(request.user, "campaigns.edit_milestone", shown)
    initial = {**model_to_dict(shown), "owner": shown.owner}
    form = MilestoneForm(request.POST or None, user=request.user, now=now, initial=initial)
    if request.method == "POST" and accepted(form, partial(actions.edit_milestone, shown, by=request.user, now=now)):
        return redirect("campaigns:milestone", pk)
    context = {"form": form, "campaign": shown.campaign, "milestone": shown}
    return render(request, "campaigns/milestone_form.html", context)


@require_POST
def reach_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = _milestone(request, pk)
    told(
        request,
        partial(actions.reach_milestone, shown, by=request.user, now=database_now()),
        _("“%(title)s” is reached. Nobody is reminded of it any more.") % {"title": shown.title},
    )
    return redirect("campaigns:milestone", pk)


@page_or_form
def drop_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = _milestone(request, pk)
    require(request.user, "campaigns.drop_milestone", shown)
    form = DropForm(request.POST or None)
    act = partial(actions.drop_milestone, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:milestone", pk)
    return render(request, "campaigns/milestone_drop.html", {"form": form, "milestone": shown})


def _milestone(request: Request, pk: UUID) -> Milestone:
    rows = Milestone.objects.visible_to(request.user).select_related("campaign", "owner")
    return get_object_or_404(rows, pk=pk)


def _milestone_page(request: Request, shown: Milestone) -> dict[str, Any]:
    today = reader_day(request)
    return {
        "milestone": shown,
        "days": (shown.starts_on - today).days,
        "tasks": task_panel(shown, request.user, today),
        "may_edit": shown.is_editable and allows(request.user, "campaigns.edit_milestone", shown),
        "may_drop": shown.is_open and allows(request.user, "campaigns.drop_milestone", shown),
        "may_reach": shown.is_open and allows(request.user, "campaigns.reach_milestone", shown),
        "entries": history(shown, request.user),
    }
