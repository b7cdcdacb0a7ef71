"""Staff's pages: what goes out, what did not, and what nobody knows."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.models import Person
from accounts.rules import allows, require
from notices.actions.bouncing import lift_suppression
from notices.actions.reading import leave_kind
from notices.actions.settling import Outcome, settle_delivery
from notices.actions.steering import Steer, steer_delivery
from notices.explained import explained, with_circumstances
from notices.forms import LiftForm, SettleForm, SteerForm
from notices.kind import KINDS
from notices.leaving import read_token
from notices.models import Delivery, Suppression
from notices.pages import MOST, line_of, narrowed, sections, steps_of, unreachable_people


@require_GET
def deliveries(request: Request) -> HttpResponse:
    require(request.user, "notices.see_deliveries")
    now = database_now()
    if (some := narrowed(request.user, now, request.GET)) is not None:
        return render(request, "notices/delivery_found.html", {"found": some})
    found = sections(request.user, now, request.GET)
    may_settle = allows(request.user, "notices.settle_delivery")
    context = {**found, "may_settle": may_settle, "is_alone": len(found) == 1}
    return render(request, "notices/delivery_list.html", context)


@require_GET
def delivery(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, _mail(request, pk), SteerForm())


@require_POST
def steer(request: Request, pk: UUID) -> HttpResponse:
    row, form = _mail(request, pk), SteerForm(request.POST)
    if accepted(form, partial(steer_delivery, row, by=request.user, now=database_now())):
        messages.success(request, _steered(form.cleaned_data["do"]))
        return redirect("notices:delivery", pk)
    return _page(request, row, form)


def _mail(request: Request, pk: UUID) -> Any:
    return get_object_or_404(with_circumstances(Delivery.objects.visible_to(request.user).by_mail()), pk=pk)


def _page(request: Request, row: Any, form: SteerForm) -> HttpResponse:
    now = database_now()
    line = line_of(row, request.user, now)
    subject = KINDS[row.kind].subject(row.object_id) if line.title else None
    context = {
        "line": line,
        "why": explained(row, subject, now),
        "steps": steps_of(row),
        "page": KINDS[row.kind].path(subject) if subject is not None else "",
        "form": form,
        "may_settle": allows(request.user, "notices.settle_delivery"),
        "may_steer": allows(request.user, "notices.steer_delivery"),
    }
    return render(request, "notices/delivery_detail.html", context)


@require_POST
def settle(request: Request, pk: UUID) -> HttpResponse:
    row = _mail(request, pk)
    form = SettleForm(request.POST)
    if form.is_valid():
        act = partial(settle_delivery, row, by=request.user, now=database_now(), **form.cleaned_data)
        told(request, act, _done(form.cleaned_data["outcome"], str(row.person)))
    else:
        messages.error(request, _("Nothing was changed: say whether it arrived or goes out again."))
    return redirect("notices:deliveries")


@require_GET
def unreachable(request: Request) -> HttpResponse:
    """People from whose address mail came back, and what to do about it."""
    require(request.user, "notices.see_deliveries")
    return render(request, "notices/unreachable.html", {"rows": unreachable_people(request.user), "most": MOST})


@page_or_form
def lift(request: Request, pk: UUID) -> HttpResponse:
    rows = Suppression.objects.visible_to(request.user).standing().select_related("person", "bounce")
    row = get_object_or_404(rows, pk=pk)
    form = LiftForm(request.POST or None)
    if accepted(form, partial(lift_suppression, row, by=request.user, now=database_now())):
        messages.success(
            request, _("Mail goes to %(name)s again. What failed can be tried again.") % {"name": row.person}
        )
        return redirect("notices:unreachable")
    return render(request, "notices/lift.html", {"row": row, "form": form})


@login_not_required
@csrf_exempt  # mail programs press the button themselves (RFC 8058); the token in the address is what counts
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; the page names a kind of notice and never a person."""
    read = read_token(token)
    person = Person.objects.filter(pk=read[0]).first() if read else None
    if read is None or person is None:
        return render(request, "notices/leave.html", status=404)
    is_left, problem = False, str(read[1].kept_because)
    if request.method == "POST" and not problem:
        leave_kind(person, kind=read[1], now=database_now())
        is_left = True
    return render(request, "notices/leave.html", {"kind": read[1], "is_left": is_left, "problem": problem})


def _done(outcome: str, name: str) -> str:
    return {
        Outcome.ARRIVED: _("Noted: it arrived at %(name)s."),
        Outcome.AGAIN: _("It goes out to %(name)s again."),
        Outcome.LEFT: _("Left as it is: nothing more goes out to %(name)s about this."),
    }[Outcome(outcome)] % {"name": name}


def _steered(do: str) -> str:
    return {
        Steer.HOLD: _("It is held. It stands under “Held” until it is let go or cancelled."),
        Steer.LET_GO: _("It goes out at its hour; what is over goes at once."),
        Steer.NOW: _("It goes out within seconds, or when its reader’s quiet hours end."),
        Steer.CANCEL: _("It is cancelled and does not go out."),
    }[Steer(do)]
