"""Staff's pages: what goes out, what did not, and what nobody knows."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, told
from accounts.rules import allows, require
from notices.actions.settling import Outcome, settle_delivery
from notices.forms import SettleForm
from notices.kind import KINDS
from notices.models import Delivery
from notices.pages import line_of, sections, steps_of


@require_GET
def deliveries(request: Request) -> HttpResponse:
    require(request.user, "notices.see_deliveries")
    found = sections(request.user, database_now(), request.GET.get("show", ""))
    may_settle = allows(request.user, "notices.settle_delivery")
    context = {**found, "may_settle": may_settle, "is_alone": len(found) == 1}
    return render(request, "notices/delivery_list.html", context)


@require_GET
def delivery(request: Request, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Delivery.objects.visible_to(request.user).by_mail().select_related("person"), pk=pk)
    line = line_of(row, request.user, database_now())
    context = {
        "line": line,
        "steps": steps_of(row),
        "email": row.person.email,
        "page": KINDS[row.kind].path(KINDS[row.kind].subject(row.object_id)) if line.title else "",
        "may_settle": allows(request.user, "notices.settle_delivery"),
    }
    return render(request, "notices/delivery_detail.html", context)


@require_POST
def settle(request: Request, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Delivery.objects.visible_to(request.user).by_mail().select_related("person"), pk=pk)
    form = SettleForm(request.POST)
    if form.is_valid():
        act = partial(settle_delivery, row, by=request.user, now=database_now(), **form.cleaned_data)
        told(request, act, _done(form.cleaned_data["outcome"], str(row.person)))
    else:
        messages.error(request, _("Nothing was changed: say whether it arrived or goes out again."))
    return redirect("notices:deliveries")


def _done(outcome: str, name: str) -> str:
    return {
        Outcome.ARRIVED: _("Noted: it arrived at %(name)s."),
        Outcome.AGAIN: _("It goes out to %(name)s again."),
        Outcome.LEFT: _("Left as it is: nothing more goes out to %(name)s about this."),
    }[Outcome(outcome)] % {"name": name}
