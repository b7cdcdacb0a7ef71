"""Pages of dates that hang together: the backward plan, and what moves along with a deadline."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.models import TransitionError
from accounts.rules import allows, require
from accounts.weeks import weekend_of
from campaigns.actions.plans import Move, accept_plan, move_along, moves_with
from campaigns.backward_plan import Laid, workdays_between
from campaigns.forms.plans import MoveForm, PlanDraft
from campaigns.models import Campaign, Milestone, Scope
from campaigns.views.campaigns import reader_day, visible_campaign
from campaigns.views.milestones import visible_milestone


@page_or_form
def plan_backwards(request: Request, pk: UUID) -> HttpResponse:
    shown, now = visible_campaign(request, pk), database_now()
    require(request.user, "campaigns.add_milestone", shown)
    draft = PlanDraft(request.POST if request.method == "POST" else None, user=request.user, now=now)
    preview = _preview(draft)
    if draft.do == "create" and preview and draft.was_seen and _accepted(request, shown, draft):
        return redirect("campaigns:campaign", pk)
    context = {"campaign": shown, "form": draft, "draft": draft, "preview": preview}
    return render(request, "campaigns/backward_plan.html", context)


def _accepted(request: Request, campaign: Campaign, draft: PlanDraft) -> bool:
    """Create what was looked at; or the form says why not."""
    deadline = {name: value for name, value in draft.deadline.cleaned_data.items() if name != "seen"}
    try:
        accept_plan(campaign, by=request.user, now=draft.now, steps=draft.steps, **deadline)
    except TransitionError as error:
        draft.deadline.add_error(None, str(error))
        return False
    done = _("The plan stands: the day and what leads to it are in the list below, and their owners are reminded.")
    messages.success(request, done)
    return True


def _preview(draft: PlanDraft) -> dict[str, Any]:
    """What the draft would create, and how late it is; empty while something is still to be put right."""
    if not draft.is_valid:
        return {}
    try:
        laid = draft.laid()
    except TransitionError as error:
        draft.deadline.add_error(None, str(error))
        return {}
    return _as_laid(draft, laid)


def _as_laid(draft: PlanDraft, laid: list[Laid]) -> dict[str, Any]:
    """Its dates for the template, held against today and against the working days that are left."""
    asked, today = draft.deadline.cleaned_data, draft.today()
    weekend = weekend_of(asked["zone"])
    return {
        "deadline": asked,
        "steps": [
            (step, dates, dates.is_over(today), dates.is_late(today))
            for step, dates in zip(draft.steps, laid, strict=True)
        ],
        "late": sum(dates.is_late(today) for dates in laid),
        "needed": sum(dates.days for dates in laid),
        "left": workdays_between(today, asked["day"], weekend),
        "weekend": [str(WEEKDAYS[day]) for day in sorted(weekend)],
        "differs": draft.do == "create" and not draft.was_seen,
        "fingerprint": draft.fingerprint(),
    }


@page_or_form
def move_with_deadline(request: Request, pk: UUID) -> HttpResponse:
    """What still stands as before the deadline moved, and where it would stand."""
    deadline = visible_milestone(request, pk)
    require(request.user, "campaigns.edit_milestone", deadline)
    moves, trouble = offered_moves(request, deadline)
    form = MoveForm(request.POST if request.method == "POST" else None, choices=[move.milestone.pk for move in moves])
    if request.method == "POST" and accepted(form, partial(_moved, request, deadline)):
        return redirect("campaigns:campaign", deadline.campaign_id)
    today = reader_day(request)
    context = {
        "milestone": deadline,
        "form": form,
        "trouble": trouble,
        "moves": [(move, (move.last or move.first) < today, move.first < today) for move in moves],
    }
    return render(request, "campaigns/milestone_move.html", context)


def offered_moves(request: Request, deadline: Milestone) -> tuple[list[Move], str]:
    """Those that this reader may move, as `campaigns.edit_milestone` says of each but in one statement; or why none."""
    try:
        found = moves_with(deadline)
    except TransitionError as error:
        return [], str(error)
    if allows(request.user, "campaigns.edit_milestone", deadline.campaign):
        return found, ""
    covered = set(Scope.objects.covered_by(request.user.person).values_list("pk", flat=True))
    return [move for move in found if move.milestone.scope_id in covered], ""


def _moved(request: Request, deadline: Milestone, *, seen: int, move: list[UUID]) -> None:
    moved = len(move_along(deadline, by=request.user, now=database_now(), seen=seen, chosen=move))
    done = ngettext("%(count)s milestone moved along.", "%(count)s milestones moved along.", moved)
    messages.success(request, done % {"count": moved})
