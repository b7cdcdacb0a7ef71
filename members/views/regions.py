"""The coalition's own regions: the list, and the forms that add and change one."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.pages import keyset_page
from accounts.rules import require
from history.actions import newest
from history.panels import history, put_together
from members.actions import regions as actions
from members.forms.regions import OwnRegionForm
from members.models import OwnRegion


@require_GET
def regions(request: Request) -> HttpResponse:
    require(request.user, "members.keep_regions")
    page = keyset_page(OwnRegion.objects.visible_to(request.user), request.GET, order="name")
    return render(request, "members/region_list.html", {"page": page})


@page_or_form
def add_region(request: Request) -> HttpResponse:
    require(request.user, "members.keep_regions")
    form = OwnRegionForm(request.POST or None)
    if accepted(form, partial(actions.add_region, by=request.user, now=database_now())):
        messages.success(request, _("“%(name)s” is a region now.") % {"name": form.cleaned_data["name"]})
        return redirect("members:regions")
    return render(request, "members/region_form.html", {"form": form})


@page_or_form
def edit_region(request: Request, pk: UUID) -> HttpResponse:
    region = get_object_or_404(OwnRegion.objects.visible_to(request.user), pk=pk)
    require(request.user, "members.keep_regions", region)
    form = OwnRegionForm(request.POST or None, initial=_typed(region))
    if accepted(form, partial(actions.edit_region, region, by=request.user, now=database_now())):
        messages.success(request, _("Your changes are kept."))
        return redirect("members:regions")
    theirs = put_together(form, lambda: OwnRegion.objects.get(pk=pk), request.user, _typed)
    entries = history(region, request.user, request.GET)
    context = {"form": form, "region": region, "entries": entries, "theirs": theirs}
    return render(request, "members/region_form.html", context)


def _typed(region: OwnRegion) -> dict[str, Any]:
    """The initial values of its form."""
    return {"name": region.name, "countries": region.countries, "seen": newest(region)}
