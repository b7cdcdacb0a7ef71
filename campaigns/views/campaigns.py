"""Pages of campaigns: the list, one campaign, and the forms that change it."""

from datetime import date
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.rules import allows, require
from campaigns.actions import campaigns as actions
from campaigns.forms.campaigns import CampaignForm, FinishForm
from campaigns.models import Campaign, Milestone
from campaigns.panels import task_panel
from campaigns.timeline import timeline
from history.panels import history
from members.pages import keyset_page

MILESTONES = 60  # on one page of a campaign


@require_GET
def campaigns(request: Request) -> HttpResponse:
    visible, over = Campaign.objects.visible_to(request.user), request.GET.get("show") == "over"
    rows = visible.exclude(status=Campaign.Status.RUNNING) if over else visible.running()
    page = keyset_page(rows.select_related("owner"), request.GET, order="-finished_on" if over else "name")
    deadlines = Milestone.objects.visible_to(request.user).next_external_of(page.rows, reader_day(request))
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
    shown = visible_campaign(request, pk)
    rows = shown.milestones.select_related("owner")
    page = keyset_page(rows, request.GET, order="starts_on", size=MILESTONES)
    today = reader_day(request)
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
            "tasks": task_panel(shown, request.user, today),
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
    shown = visible_campaign(request, pk)
    require(request.user, "campaigns.edit_campaign", shown)
    initial = {**model_to_dict(shown), "owner": shown.owner}
    form = CampaignForm(request.POST or None, user=request.user, initial=initial)
    act = partial(actions.edit_campaign, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/campaign_form.html", {"form": form, "campaign": shown})


@page_or_form
def finish_campaign(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_campaign(request, pk)
    require(request.user, "campaigns.finish_campaign", shown)
    form = FinishForm(request.POST or None)
    act = partial(actions.finish_campaign, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/campaign_finish.html", {"form": form, "campaign": shown})


def visible_campaign(request: Request, pk: UUID) -> Campaign:
    """The campaign, if the reader may see it; else 404."""
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner"), pk=pk)


def reader_day(request: Request) -> date:
    """The reader's day, for display: what is due is decided elsewhere, by the database's clock."""
    return timezone.now().astimezone(ZoneInfo(request.user.person.zone)).date()
