"""Slips of writing in a text that seats are asked about: proposing to correct one, approving it, letting it fall."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.rules import require
from decisions.actions import correcting
from decisions.actions.drafting import newest_text
from decisions.forms import CorrectionForm
from decisions.models import Correction
from decisions.views.positions import position_or_404


@page_or_form
def propose(request: Request, pk: UUID) -> HttpResponse:
    position = position_or_404(request, pk)
    require(request.user, "decisions.propose_correction", position)
    text = newest_text(position)
    form = CorrectionForm(request.POST or None, initial={"body": text.body, "seen": text.sha256})
    act = partial(correcting.propose_correction, position, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("Proposed. It is made once two others of the committee have approved it."))
        return redirect("decisions:position", pk)
    return render(request, "decisions/correction_form.html", {"form": form, "position": position, "text": text})


@require_POST
def approve(request: Request, pk: UUID, correction: UUID) -> HttpResponse:
    one = _correction_or_404(request, pk, correction)
    act = partial(correcting.approve_correction, one, by=request.user, now=database_now(), clock=database_now)
    told(request, act, _("Approved. With the second approval the text is corrected, and the answers stand."))
    return redirect("decisions:position", pk)


@require_POST
def drop(request: Request, pk: UUID, correction: UUID) -> HttpResponse:
    one = _correction_or_404(request, pk, correction)
    told(request, partial(correcting.drop_correction, one, by=request.user, now=database_now()), _("Dropped."))
    return redirect("decisions:position", pk)


def _correction_or_404(request: Request, pk: UUID, correction: UUID) -> Correction:
    position = position_or_404(request, pk)
    return get_object_or_404(Correction.objects.visible_to(request.user), pk=correction, of__position=position)
