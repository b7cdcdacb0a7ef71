"""The levels of decision: what each asks for, and changing that."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.rules import allows, require
from decisions.actions.levels import change_level
from decisions.forms import LevelForm
from decisions.models import Level
from decisions.models.levels import FIELDS
from history.actions import newest
from history.panels import history, put_together


@require_GET
def levels(request: Request) -> HttpResponse:
    context = {
        "levels": Level.objects.visible_to(request.user),
        "may_edit": allows(request.user, "decisions.edit_levels"),
    }
    return render(request, "decisions/level_list.html", context)


@page_or_form
def edit_level(request: Request, pk: UUID) -> HttpResponse:
    require(request.user, "decisions.edit_levels")
    level = get_object_or_404(Level.objects.visible_to(request.user), pk=pk)
    form = LevelForm(request.POST or None, instance=level, initial={"seen": newest(level)})
    act = partial(change_level, level, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("Changed. It holds for what is opened from now on."))
        return redirect("decisions:levels")
    theirs = put_together(form, lambda: get_object_or_404(Level, pk=pk), request.user, _typed)
    context = {"form": form, "level": level, "theirs": theirs, "history": history(level, request.user, request.GET)}
    return render(request, "decisions/level_form.html", context)


def _typed(level: Level) -> dict[str, Any]:
    """The initial values of its form."""
    return model_to_dict(level, fields=FIELDS) | {"seen": newest(level)}
