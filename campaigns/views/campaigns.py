"""Pages of campaigns: the list, one campaign, and the forms that change it."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.forms import model_to_dict
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, as_list, page_or_form
from accounts.rules import allows, require
from accounts.zones import date_in
from campaigns.actions import campaigns as actions
from campaigns.columns import CAMPAIGNS, OF_OVER, OF_RUNNING
from campaigns.coverage import both_of
from campaigns.forms.campaigns import CampaignForm, FinishForm
from campaigns.models import Campaign, Milestone, Scope
from campaigns.panels import task_panel
from campaigns.views.program import program_of
from history.actions import newest
from history.deeds import standing
from history.http import done_to
from history.panels import history, put_together
from members.models import Organisation


@require_GET
def campaigns(request: Request) -> HttpResponse | StreamingHttpResponse:
    visible, over = Campaign.objects.visible_to(request.user), request.GET.get("show") == "over"
    rows = visible.exclude(status=Campaign.Status.RUNNING) if over else visible.running()
    asked = CAMPAIGNS.asked(
        request.GET, request.user, order="-ended" if over else "name", without=OF_RUNNING if over else OF_OVER
    )
    page = asked.page(rows.select_related("owner"))
    deadlines = Milestone.objects.visible_to(request.user).next_external_of(page.rows, reader_day(request))
    shown = [(campaign, deadlines.get(campaign.pk)) for campaign in page.rows]
    context = {
        "over": over,
        "sees_coverage": allows(request.user, "campaigns.see_coverage"),
        "may_add": allows(request.user, "campaigns.add_campaign"),
    }
    return as_list(request, "campaigns/campaign_list.html", asked, page, shown, context, now=timezone.now())


@require_GET
def campaign(request: Request, pk: UUID) -> HttpResponse:
    shown, today = visible_campaign(request, pk), reader_day(request)
    context = {
        "campaign": shown,
        **program_of(shown, request.GET, today),
        "deadline": shown.milestones.next_external(today),
        "covered": _covered(request, shown),
        "endorsed": _endorsed(request) if shown.is_running else "",
        "may_edit": shown.is_running and allows(request.user, "campaigns.edit_campaign", shown),
        "entries": history(shown, request.user, request.GET),
        "undo": None if shown.is_running else standing(shown, request.user, timezone.now()),
        "tasks": task_panel(shown, request.user, today),
    }
    return render(request, "campaigns/campaign_detail.html", context)


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
    form = CampaignForm(request.POST or None, user=request.user, initial=_typed(shown))
    act = partial(actions.edit_campaign, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:campaign", pk)
    theirs = put_together(form, lambda: visible_campaign(request, pk), request.user, _typed)
    return render(request, "campaigns/campaign_form.html", {"form": form, "campaign": shown, "theirs": theirs})


@page_or_form
def finish_campaign(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_campaign(request, pk)
    require(request.user, "campaigns.finish_campaign", shown)
    form = FinishForm(request.POST or None)
    act = partial(actions.finish_campaign, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        done_to(request, _("The campaign is over. Its milestones remind nobody any more."), shown)
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/campaign_finish.html", {"form": form, "campaign": shown})


def _covered(request: Request, shown: Campaign) -> str | None:
    """Who covers what, in a sentence; None for whoever does not see it."""
    if not allows(request.user, "campaigns.see_coverage", shown):
        return None
    if not shown.is_running:
        return _("The campaign is over: nobody has it in hand any more.")
    both, total = Scope.objects.visible_to(request.user).filter(campaign=shown).how_many_have_both()
    return both_of(both, total) if total else _("Nobody covers a region or a theme of it yet.")


def _endorsed(request: Request) -> str:
    """How many stand behind the call, in a sentence; empty where nobody belongs whom the reader sees."""
    endorsing, total = Organisation.objects.visible_to(request.user).how_many_endorse()
    if total > Organisation.MOST_COUNTED:
        return _("More than %(count)s organisations belong to the coalition.") % {"count": Organisation.MOST_COUNTED}
    sentence = ngettext(
        "%(endorsing)s of %(total)s organisation that belongs to the coalition has endorsed its call.",
        "%(endorsing)s of %(total)s organisations that belong to the coalition have endorsed its call.",
        total,
    )
    return sentence % {"endorsing": endorsing, "total": total} if total else ""


def visible_campaign(request: Request, pk: UUID) -> Campaign:
    """The campaign, if the reader may see it; else 404."""
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _typed(campaign: Campaign) -> dict[str, Any]:
    """The initial values of its form."""
    return {**model_to_dict(campaign), "owner": campaign.owner, "seen": newest(campaign)}


def reader_day(request: Request) -> date:
    """The reader's day, for display: what is due is decided elsewhere, by the database's clock."""
    return date_in(timezone.now(), request.user.person.zone)
