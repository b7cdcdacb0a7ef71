"""Pages of tasks: the list, one task, the forms that change it, and how they are spread."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.models import Person
from accounts.pages import counted_page
from accounts.rules import allows, require
from campaigns.actions import tasks as actions
from campaigns.belonging import NOUNS, places
from campaigns.forms.tasks import FOR_NONE, DropTaskForm, HandForm, NewTaskForm, TakeForm, TaskFilter, TaskForm
from campaigns.models import Task
from campaigns.panels import Line
from campaigns.shares import MANY, loads, shares
from campaigns.views.campaigns import reader_day
from history.actions import newest
from history.panels import history, put_together


@require_GET
def tasks(request: Request) -> HttpResponse:
    asked, today = TaskFilter(request.GET, user=request.user), reader_day(request)
    found = asked.found(today)
    page = counted_page(found.for_reader(request.user), request.GET, order=asked.order, all_rows=found)
    known = places(page.rows, request.user)
    lines = [(Line(row, (row.due_on - today).days), known.get(row.object_id)) for row in page.rows]
    context = {"filter": asked, "page": page, "lines": lines}
    return render(request, "campaigns/task_list.html", context)


@require_GET
def task_shares(request: Request) -> HttpResponse:
    may_see_load = allows(request.user, "campaigns.see_task_load")
    context = {
        "shares": shares(request.user, database_now()),
        "loads": loads(request.user) if may_see_load else None,
        "many": MANY,
    }
    return render(request, "campaigns/task_shares.html", context)


@require_GET
def task(request: Request, pk: UUID) -> HttpResponse:
    shown = _task(request, pk)
    may_change = allows(request.user, "campaigns.change_task", shown)
    takes = shown.is_open and shown.owner is None and allows(request.user, "campaigns.take_task", shown)
    context = {
        "task": shown,
        "days": (shown.due_on - reader_day(request)).days,
        "place": places([shown], request.user).get(shown.object_id),
        "may_change": may_change,
        "may_take": takes,
        "entries": history(shown, request.user, request.GET),
    }
    return render(request, "campaigns/task_detail.html", context)


@page_or_form
def add_task(request: Request, noun: str, pk: UUID) -> HttpResponse:
    kind = NOUNS.get(noun)
    if kind is None:
        raise Http404
    subject = get_object_or_404(kind.rows().visible_to(request.user), pk=pk)
    require(request.user, "campaigns.add_task", subject)
    now = database_now()
    form = NewTaskForm(request.POST or None, user=request.user, now=now)
    act = partial(actions.add_task, subject, by=request.user, now=now)
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _given(form.cleaned_data["owner"], request))
        return redirect(kind.page, pk)
    return render(request, "campaigns/task_form.html", {"form": form, "place": kind.place(pk, str(subject))})


@page_or_form
def edit_task(request: Request, pk: UUID) -> HttpResponse:
    shown, now = _task(request, pk), database_now()
    require(request.user, "campaigns.change_task", shown)
    form = TaskForm(request.POST or None, user=request.user, now=now, initial=_typed(shown))
    if request.method == "POST" and accepted(form, partial(actions.edit_task, shown, by=request.user, now=now)):
        return redirect("campaigns:task", pk)
    theirs = put_together(form, lambda: _task(request, pk), request.user, _typed)
    return render(request, "campaigns/task_form.html", {"form": form, "task": shown, "theirs": theirs})


@page_or_form
def hand_task(request: Request, pk: UUID) -> HttpResponse:
    shown = _task(request, pk)
    require(request.user, "campaigns.change_task", shown)
    initial = {"owner": shown.owner, "organisation": str(shown.organisation_id or FOR_NONE)}
    form = HandForm(request.POST or None, user=request.user, initial=initial)
    act = partial(actions.hand_task, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _given(form.cleaned_data["owner"], request))
        return _back(request, pk)
    return render(request, "campaigns/task_hand.html", {"form": form, "task": shown})


@page_or_form
def take_task(request: Request, pk: UUID) -> HttpResponse:
    shown = _task(request, pk)
    require(request.user, "campaigns.take_task", shown)
    form = TakeForm(request.POST or None, user=request.user)
    act = partial(actions.take_task, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("The task is yours. You are reminded before it is due."))
        return redirect("campaigns:task", pk)
    return render(request, "campaigns/task_take.html", {"form": form, "task": shown})


@require_POST
def finish_task(request: Request, pk: UUID) -> HttpResponse:
    shown = _task(request, pk)
    act = partial(actions.finish_task, shown, by=request.user, now=database_now())
    told(request, act, _("“%(title)s” is done. Nobody is reminded of it any more.") % {"title": shown.title})
    return redirect("campaigns:task", pk)


@require_POST
def reopen_task(request: Request, pk: UUID) -> HttpResponse:
    shown = _task(request, pk)
    act = partial(actions.reopen_task, shown, by=request.user, now=database_now())
    told(request, act, _("“%(title)s” is open again.") % {"title": shown.title})
    return redirect("campaigns:task", pk)


@page_or_form
def drop_task(request: Request, pk: UUID) -> HttpResponse:
    shown = _task(request, pk)
    require(request.user, "campaigns.change_task", shown)
    form = DropTaskForm(request.POST or None)
    act = partial(actions.drop_task, shown, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("campaigns:task", pk)
    return render(request, "campaigns/task_drop.html", {"form": form, "task": shown})


def _task(request: Request, pk: UUID) -> Task:
    rows = Task.objects.visible_to(request.user).for_reader(request.user).select_related("asked_by")
    return get_object_or_404(rows, pk=pk)


def _typed(task: Task) -> dict[str, Any]:
    """The initial values of its form."""
    return {**model_to_dict(task), "seen": newest(task)}


def _back(request: Request, pk: UUID) -> HttpResponse:
    """To the task; to the list, if whoever handed it on sees it no more."""
    is_seen = Task.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("campaigns:task", pk) if is_seen else redirect("campaigns:tasks")


def _given(owner: Person | None, request: Request) -> str:
    if owner is None:
        return _("The task is nobody’s yet: whoever may see it can take it on.")
    if owner.pk == request.user.person_id:
        return _("The task is yours. You are reminded before it is due.")
    return _("The task is with %(person)s, who is told by mail.") % {"person": owner}
