"""Saving how one looks at a list, from the list itself and back to it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import remove_view, save_view
from accounts.filters import SaveViewForm
from accounts.http import Request, told
from accounts.lists import LISTS
from accounts.models import SavedView


@require_POST
def view_save(request: Request) -> HttpResponse:
    form = SaveViewForm(request.POST)
    if form.is_valid():
        kept = form.cleaned_data
        done = _("The view “%(name)s” is kept. It stands above the list.") % {"name": kept["name"]}
        told(request, partial(save_view, by=request.user, **kept), done)
        return _back(kept["list_key"], kept["query"])
    messages.error(request, _("The view was not kept: give it a name of at most sixty characters."))
    return _back(request.POST.get("list_key", ""), form.data.get("query", ""))


@require_POST
def view_remove(request: Request, pk: UUID) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    done = _("The view “%(name)s” is removed. What it showed is still there.") % {"name": view.name}
    told(request, partial(remove_view, view, by=request.user), done)
    return _back(view.list_key, view.query)


def _back(key: str, query: str) -> HttpResponse:
    """To the list; home if there is none of that key."""
    return redirect(f"{reverse(LISTS[key].address)}?{query}" if key in LISTS else "/")
