"""Pages of milestones."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.rules import allows, require
from campaigns.actions import milestones as actions
from campaigns.actions.dependencies import put_after
from campaigns.forms.milestones import DropForm, MilestoneForm, OrderForm, ReachForm
from campaigns.models import Campaign, Dependency, Milestone, Scope
from campaigns.models.dependencies import hanging_on
from campaigns.panels import task_panel
from campaigns.views.campaigns import reader_day, visible_campaign
from history.actions import newest
from history.deeds import standing
from history.forms import see_again
from history.http import done_to, told_with_undo
from history.panels import history, put_together


@page_or_form
def add_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_campaign(request, pk)
    require(request.user, "campaigns.add_milestone", shown)
    now = database_now()
    initial, scopes = {"owner": request.user.person}, _scopes(request, shown)
    form = MilestoneForm(request.POST or None, user=request.user, now=now, scopes=scopes, initial=initial)
    if request.method == "POST" and accepted(form, partial(actions.add_milestone, shown, by=request.user, now=now)):
        return redirect("campaigns:campaign", pk)
    return render(request, "campaigns/milestone_form.html", {"form": form, "campaign": shown})


@require_GET
def milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_milestone(request, pk)
    return render(request, "campaigns/milestone_detail.html", _milestone_page(request, shown))


@page_or_form
def edit_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown, now = visible_milestone(request, pk), database_now()
    require(request.user, "campaigns.edit_milestone", shown)
    scopes, initial = _scopes(request, shown.campaign, shown.scope_id), _typed(shown)
    form = MilestoneForm(request.POST or None, user=request.user, now=now, scopes=scopes, initial=initial)
    if request.method == "POST" and accepted(form, partial(actions.edit_milestone, shown, by=request.user, now=now)):
        return redirect("campaigns:move_with_deadline" if _offers_to_move(pk) else "campaigns:milestone", pk)
    theirs = put_together(form, lambda: visible_milestone(request, pk), request.user, _typed)
    context = {"form": form, "campaign": shown.campaign, "milestone": shown, "theirs": theirs}
    return render(request, "campaigns/milestone_form.html", context)


@require_POST
def reach_milestone(request: Request, pk: UUID) -> HttpResponse:
    """Today, or on the day that is given with it."""
    shown = visible_milestone(request, pk)
    form = ReachForm(request.POST)
    if form.is_valid():
        act = partial(actions.reach_milestone, shown, by=request.user, now=database_now(), **form.cleaned_data)
        done = _("“%(title)s” is reached. Nobody is reminded of it any more.") % {"title": shown.title}
        told_with_undo(request, act, done, shown)
    else:
        messages.error(request, _("That is no day: nothing has changed."))
    return redirect("campaigns:milestone", pk)


@page_or_form
def order_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_milestone(request, pk)
    require(request.user, "campaigns.edit_milestone", shown)
    form = OrderForm(request.POST if request.method == "POST" else None, milestone=shown)
    act = partial(put_after, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:milestone", pk)
    see_again(form)
    return render(request, "campaigns/milestone_order.html", {"form": form, "milestone": shown})


@page_or_form
def drop_milestone(request: Request, pk: UUID) -> HttpResponse:
    shown = visible_milestone(request, pk)
    require(request.user, "campaigns.drop_milestone", shown)
    form = DropForm(request.POST or None)
    act = partial(actions.drop_milestone, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        done_to(request, _("The milestone is dropped. Nobody is reminded of it any more."), shown)
        return redirect("campaigns:milestone", pk)
    return render(request, "campaigns/milestone_drop.html", {"form": form, "milestone": shown})


def _typed(milestone: Milestone) -> dict[str, Any]:
    """The initial values of its form."""
    return {**model_to_dict(milestone), "owner": milestone.owner, "seen": newest(milestone)}


def _scopes(request: Request, campaign: Campaign, present: UUID | None = None) -> QuerySet[Scope] | None:
    """What its milestones may belong to, or do (`present`); None for whoever does not decide that."""
    if not allows(request.user, "campaigns.add_milestone", campaign):
        return None
    offered = Scope.objects.visible_to(request.user).filter(Q(ended_on=None) | Q(pk=present), campaign=campaign)
    return offered.select_related("own_region")


def visible_milestone(request: Request, pk: UUID) -> Milestone:
    """The milestone, if the reader may see it; else 404."""
    rows = Milestone.objects.visible_to(request.user).select_related("campaign", "owner", "scope__own_region")
    return get_object_or_404(rows, pk=pk)


def _milestone_page(request: Request, shown: Milestone) -> dict[str, Any]:
    today, order = reader_day(request), _order(shown)
    return {
        "milestone": shown,
        "sees_scope": allows(request.user, "campaigns.see_coverage", shown.campaign),
        "order": order,
        "rest_stands": _rest_stands(shown, order),
        "reach_form": ReachForm(),
        "days": (shown.starts_on - today).days,
        "tasks": task_panel(shown, request.user, today),
        "may_edit": shown.is_editable and allows(request.user, "campaigns.edit_milestone", shown),
        "may_drop": shown.is_open and allows(request.user, "campaigns.drop_milestone", shown),
        "may_reach": shown.is_open and allows(request.user, "campaigns.reach_milestone", shown),
        "entries": history(shown, request.user, request.GET),
        "undo": standing(shown, request.user, timezone.now()) if shown.is_settled else None,
    }


def _order(shown: Milestone) -> dict[str, list[tuple[Milestone, bool]]]:
    """What comes first and what comes then, each with whether the two are in each other's way."""
    ties = Dependency.objects.filter(Q(milestone=shown) | Q(after=shown)).select_related("milestone", "after")
    found: dict[str, list[tuple[Milestone, bool]]] = {"first": [], "then": []}
    for one in sorted(ties, key=lambda tie: (tie.after.starts_on, tie.milestone.starts_on)):
        is_late = one.after.is_in_the_way_of(one.milestone)
        found["first" if one.milestone_id == shown.pk else "then"].append(
            (one.after if one.milestone_id == shown.pk else one.milestone, is_late)
        )
    return found


def _rest_stands(shown: Milestone, order: dict[str, list[tuple[Milestone, bool]]]) -> bool:
    """Whether others have moved its date and something of its `order` still stands as before."""
    if not (shown.is_external and shown.epoch):
        return False
    beside = [one for pairs in order.values() for one, _late in pairs]
    return any(one.is_open and one.scheduled_at < shown.scheduled_at for one in beside)


def _offers_to_move(pk: UUID) -> bool:
    """Whether others set its date and something that hangs on it still stands as before."""
    milestone = Milestone.objects.select_related("campaign").get(pk=pk)
    if not (milestone.is_external and milestone.epoch and milestone.precision == Milestone.Precision.DAY):
        return False
    return any(one.scheduled_at < milestone.scheduled_at for one in hanging_on(milestone))
