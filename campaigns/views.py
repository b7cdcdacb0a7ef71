from datetime import date
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.rules import allows, require
from campaigns import actions
from campaigns.forms import CampaignForm, DropForm, FinishForm, MilestoneForm
from campaigns.models import Campaign, Milestone
from campaigns.timeline import timeline
from history.panels import history
from members.pages import keyset_page

MILESTONES = 60  # on one page of a campaign


@require_GET
def campaigns(request: Request) -> HttpResponse:
    visible, over = Campaign.objects.visible_to(request.user), request.GET.get("show") == "over"
    rows = visible.exclude(status=Campaign.Status.RUNNING) if over else visible.running()
    page = keyset_page(rows.select_related("owner"), request.GET, order="-finished_on" if over else "name")
    deadlines = Milestone.objects.visible_to(request.user).next_external_of(page.rows, _today(request))
    return render(
        request,
        "campaigns/campaign_list.html",
        {
            "page": page,
            "rows": [(campaign, deadlines.get(campaign.pk)) for campaign in page.rows],
            "over": over,
            "may_add": allows(request.user, "campaigns.add_campaign"),
        },
    )


@require_GET
def campaign(request: Request, pk: UUID) -> HttpResponse:
    shown = _campaign(request, pk)
    rows = shown.milestones.select_related("owner")
    page = keyset_page(rows, request.GET, order="starts_on", size=MILESTONES)
    today = _today(request)
    for row in page.rows:
        row.campaign = shown
    return render(
        request,
        "campaigns/campaign_detail.html",
        {
            "campaign": shown,
            "page": page,
            "milestones": [(row, (row.starts_on - today).days) for row in page.rows],
            "timeline": timeline(page.rows, today, mirrored=get_language_bidi()),
            "today": today,
            "deadline": shown.milestones.next_external(today),
            "reached": shown.milestones.last_reached(),
            "may_edit": shown.is_running and allows(request.user, "campaigns.edit_campaign", shown),
            "entries": history(shown, request.user),
        },
    )


@page_or_form
def add_campaign(request: Request) -> HttpResponse:
    require(request.user, "campaigns.add_campaign")
    form = CampaignForm(request.POST or None, user=request.user, initial={"owner": request.user.person})
    made: list[Campaign] = []
    act = partial(actions.add_campaign, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, lambda **fields: made.append(act(**fields))):
        return redirect("campaigns:campaign", made[0].pk)
    return render(request, "campaigns/campaign_form.html", {"form": form})


@page_or_form
def edit_campaign(request: Request, pk: UUID) -> HttpResponse:
    shown = _campaign(request, pk)
    require(request.user, "campaigns.edit_campaign", shown)
    initial = {**model_to_dict(shown), "owner": shown.owner}
    form = CampaignForm(request.POST or None, user=request.user, initial=initial)
    act = partial(actions.edit_campaign, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/campaign_form.html", {"form": form, "campaign": shown})


@page_or_form
def finish_campaign(request: Request, pk: UUID) -> HttpResponse:
    shown = _campaign(request, pk)
    require(request.user, "campaigns.finish_campaign", shown)
    form = FinishForm(request.POST or None)
    act = partial(actions.finish_campaign, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/campaign_finish.html", {"form": form, "campaign": shown})


@page_or_form
def add_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = _campaign(request, pk)
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


def _campaign(request: Request, pk: UUID) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _milestone(request: Request, pk: UUID) -> Milestone:
    rows = Milestone.objects.visible_to(request.user).select_related("campaign", "owner")
    return get_object_or_404(rows, pk=pk)


def _milestone_page(request: Request, shown: Milestone) -> dict[str, Any]:
    return {
        "milestone": shown,
        "days": (shown.starts_on - _today(request)).days,
        "may_edit": shown.is_editable and allows(request.user, "campaigns.edit_milestone", shown),
        "may_drop": shown.is_open and allows(request.user, "campaigns.drop_milestone", shown),
        "may_reach": shown.is_open and allows(request.user, "campaigns.reach_milestone", shown),
        "entries": history(shown, request.user),
    }


def _today(request: Request) -> date:
    """The reader's day, for display: what is due is decided elsewhere, by the database's clock."""
    return timezone.now().astimezone(ZoneInfo(request.user.person.zone)).date()
