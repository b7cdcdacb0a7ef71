"""Pages of who covers what: the boards, one scope, and the forms that give it to people."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.models import User
from accounts.rules import allows, require
from campaigns.actions import facilitators as actions
from campaigns.coverage import answering, boards, rows_of, uncovered
from campaigns.forms.facilitators import EndScopeForm, HandOverForm, NoteForm, ReassignForm, ScopeForm, as_typed
from campaigns.leaving import handed_over
from campaigns.models import Assignment, Milestone, Scope
from campaigns.tiles import tiles
from campaigns.views.campaigns import visible_campaign
from history.forms import see_again
from history.panels import history, put_together
from members.countries import countries
from members.keys import name_key

MOST = 300  # parts of all running campaigns on one board
EARLIER = 20  # people who had it before


@require_GET
def all_coverage(request: Request) -> HttpResponse:
    require(request.user, "campaigns.see_coverage")
    asked = request.GET.get("q", "")[:100].replace("\0", "")
    visible = Scope.objects.visible_to(request.user).open().with_people()
    scopes = list(visible.by_campaign()[:MOST])
    found = [(board, answering(board.rows, asked)) for board in boards(scopes)]
    context = {
        "boards": [(board, rows) for board, rows in found if rows],
        "asked": asked,
        "uncovered": uncovered(scopes, asked),
        "tiles": tiles(scopes),
        "is_cut": len(scopes) == MOST,
        "most": MOST,
    }
    return render(request, "campaigns/coverage_all.html", context)


@require_GET
def coverage(request: Request, pk: UUID) -> HttpResponse:
    campaign = visible_campaign(request, pk)
    require(request.user, "campaigns.see_coverage", campaign)
    scopes = list(_visible(request).filter(campaign=campaign, ended_on=None)[:MOST])
    context = {
        "campaign": campaign,
        "board": next(iter(boards(scopes)), None),
        "tiles": tiles(scopes),
        "may_keep": campaign.is_running and allows(request.user, "campaigns.keep_scopes", campaign),
        "had": _had(request).filter(scope__campaign=campaign)[:MOST] if not campaign.is_running else [],
    }
    return render(request, "campaigns/coverage.html", context)


@require_GET
def scope(request: Request, pk: UUID) -> HttpResponse:
    shown = _scope(request, pk)
    open_work = Milestone.objects.visible_to(request.user).open().filter(scope=shown)
    context = {
        "scope": shown,
        "row": rows_of([shown])[0],
        "country_names": sorted((str(countries()[code]) for code in shown.countries), key=name_key),
        "places": [("lead", shown.lead), ("backup", shown.backup)],
        "milestones": open_work.select_related("owner")[:EARLIER],
        "had": _had(request).filter(scope=shown, until__isnull=False)[:EARLIER],
        "entries": history(shown, request.user, request.GET),
        "reads_notes": allows(request.user, "campaigns.read_notes", shown),
        "may_keep": shown.is_open and allows(request.user, "campaigns.keep_scopes", shown),
        "may_hand_over": shown.is_open and bool(shown.backup) and allows(request.user, "campaigns.hand_over", shown),
    }
    return render(request, "campaigns/scope_detail.html", context)


@page_or_form
def add_scope(request: Request, pk: UUID) -> HttpResponse:
    campaign = visible_campaign(request, pk)
    require(request.user, "campaigns.keep_scopes", campaign)
    form = ScopeForm(request.POST or None, user=request.user)
    made: list[Scope] = []
    act = partial(actions.add_scope, campaign, by=request.user, now=database_now())
    if accepted(form, lambda **fields: made.append(act(**fields))):
        return redirect("campaigns:reassign", made[0].pk)
    return render(request, "campaigns/scope_form.html", {"form": form, "campaign": campaign})


@page_or_form
def edit_scope(request: Request, pk: UUID) -> HttpResponse:
    shown = _scope(request, pk)
    require(request.user, "campaigns.keep_scopes", shown)
    form = ScopeForm(request.POST or None, user=request.user, scope=shown)
    if accepted(form, partial(actions.edit_scope, shown, by=request.user, now=database_now())):
        return redirect("campaigns:scope", pk)
    theirs = put_together(form, lambda: _scope(request, pk), request.user, as_typed)
    context = {"form": form, "campaign": shown.campaign, "scope": shown, "theirs": theirs}
    return render(request, "campaigns/scope_form.html", context)


@page_or_form
def end_scope(request: Request, pk: UUID) -> HttpResponse:
    shown = _scope(request, pk)
    require(request.user, "campaigns.keep_scopes", shown)
    form = EndScopeForm(request.POST or None)
    if accepted(form, partial(actions.end_scope, shown, by=request.user, now=database_now())):
        messages.success(request, _("It is covered no more. Whoever had it in hand is told."))
        return redirect("campaigns:coverage", shown.campaign_id)
    return render(request, "campaigns/scope_end.html", {"form": form, "scope": shown})


@page_or_form
def reassign(request: Request, pk: UUID) -> HttpResponse:
    shown = _scope(request, pk)
    require(request.user, "campaigns.keep_scopes", shown)
    form = ReassignForm(request.POST or None, user=request.user, scope=shown)
    moved: list[int] = []
    act = partial(actions.reassign, shown, by=request.user, now=database_now())
    if accepted(form, lambda **fields: moved.append(act(**fields))):
        messages.success(request, _said(_("Saved. Everybody whose part has changed is told."), moved[0]))
        return redirect("campaigns:scope", pk)
    return render(request, "campaigns/scope_reassign.html", {"form": form, "scope": shown})


@page_or_form
def hand_over(request: Request, pk: UUID) -> HttpResponse:
    shown = _visible(request).filter(pk=pk).first()
    if shown is None:
        return _had_it(request, pk)
    require(request.user, "campaigns.hand_over", shown)
    form = HandOverForm(request.POST or None, scope=shown, user=request.user)
    moved: list[int] = []
    act = partial(actions.hand_over, shown, by=request.user, now=database_now())
    if accepted(form, lambda **fields: moved.append(act(**fields))):
        messages.success(request, _said(handed_over(shown, request.user, stays=form.cleaned_data["stays"]), moved[0]))
        return redirect("campaigns:scope", pk) if _still_sees(request, pk) else redirect("/")
    see_again(form)
    return render(request, "campaigns/scope_hand_over.html", {"form": form, "scope": shown})


@page_or_form
def write_note(request: Request, pk: UUID) -> HttpResponse:
    rows = Assignment.objects.visible_to(request.user).select_related("person", "scope__campaign", "scope__own_region")
    shown = get_object_or_404(rows, pk=pk)
    require(request.user, "campaigns.write_note", shown)
    form = NoteForm(request.POST or None, assignment=shown)
    if accepted(form, partial(actions.write_note, shown, by=request.user, now=database_now())):
        messages.success(request, _("The note is kept."))
        return redirect("campaigns:scope", shown.scope_id)
    see_again(form)
    return render(request, "campaigns/scope_note.html", {"form": form, "assignment": shown, "scope": shown.scope})


def _had_it(request: Request, pk: UUID) -> HttpResponse:
    """A page that stayed open after its reader handed over says so; for anybody else there is nothing here."""
    if not Assignment.objects.filter(scope=pk, person=request.user.person, until__isnull=False).exists():
        raise Http404
    messages.info(request, _("You have this in hand no more: it was handed over or has ended. Nothing was changed."))
    return redirect("/")


def _still_sees(request: Request, pk: UUID) -> bool:
    """Whoever gave away their only part in the coalition sees its pages no more."""
    return Scope.objects.visible_to(User.objects.get(pk=request.user.pk)).filter(pk=pk).exists()


def _said(done: str, moved: int) -> str:
    """With how much open work went along."""
    if not moved:
        return done
    went = ngettext(
        "%(n)s open milestone or task went to the new lead.",
        "%(n)s open milestones and tasks went to the new lead.",
        moved,
    )
    return f"{done} {went % {'n': moved}}"


def _visible(request: Request) -> Any:
    return Scope.objects.visible_to(request.user).with_people(request.user)


def _scope(request: Request, pk: UUID) -> Scope:
    return get_object_or_404(_visible(request), pk=pk)


def _had(request: Request) -> QuerySet[Assignment]:
    """Whoever has or had something in hand, the last first."""
    rows = Assignment.objects.visible_to(request.user).select_related("person", "scope__own_region")
    return rows.order_by("-until", "capacity", "-since", "id")
