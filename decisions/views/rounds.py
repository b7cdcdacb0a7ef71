"""Rounds: opening one, answering in it, closing it early, confirming what it said."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.rules import require
from decisions.actions import answering, asking
from decisions.actions.disposing import undisposed
from decisions.actions.drafting import newest_text
from decisions.forms import AnswerForm, RoundForm
from decisions.models import AnswerChange, Elector, Position, Round
from decisions.pages import elector_to_answer
from decisions.views.positions import position_or_404, shown
from decisions.words import arithmetic


@page_or_form
def open_round(request: Request, pk: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    require(request.user, "decisions.open_round", position)
    base, text, opened = asking.base_of(position.committee), newest_text(position), list[Round]()
    initial = {"version": text.version_id}
    form = RoundForm(
        request.POST or None,
        position=position,
        base=len(base.terms),
        user=request.user,
        now=now,
        initial=initial,
    )
    act = partial(asking.open_round, position, by=request.user, now=now)
    if request.method == "POST" and accepted(form, lambda **fields: opened.append(act(**fields))):
        _say_opened(request, opened[0])
        return redirect("decisions:position", pk)
    return render(request, "decisions/round_form.html", {"form": form, **_asked_context(position, base, text)})


@page_or_form
def answer(request: Request, pk: UUID) -> HttpResponse:
    """Mails lead here: a place on a page would be forgotten while one signs in."""
    position, now = position_or_404(request, pk), database_now()
    if request.method != "POST":
        return redirect(reverse("decisions:position", args=[pk]) + "#answer")
    elector = elector_to_answer(position, request.user, request.POST.get("elector", ""))
    form, given = AnswerForm(request.POST), list[AnswerChange]()
    act = partial(answering.give_answer, elector, by=request.user, now=now)
    if not accepted(form, lambda **fields: given.append(act(**fields))):
        return shown(request, position_or_404(request, pk), form)
    _say_answered(request, given[0], elector)
    return redirect("decisions:position", pk)


@require_POST
def close_early(request: Request, pk: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    act = partial(asking.close_early, _newest_round(position), by=request.user, now=now)
    told(request, act, _("The round is closed. The outcome below is announced to every seat within seconds."))
    return redirect("decisions:position", pk)


@require_POST
def confirm(request: Request, pk: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    act = partial(asking.confirm_outcome, _newest_round(position), by=request.user, now=now)
    told(request, act, _("The outcome is confirmed."))
    return redirect("decisions:position", pk)


def _newest_round(position: Position) -> Round:
    return get_object_or_404(Round.objects.filter(version__position=position)[:1])


def _asked_context(position: Position, base: asking.Base, text: object) -> dict[str, object]:
    return {
        "position": position,
        "text": text,
        "base": base,
        "unheld": asking.without_holder(base),
        "undisposed": undisposed(position),
        "arithmetic": arithmetic(seats=base.seats, vacant=base.vacant, suspended=base.suspended, doubled=base.doubled),
    }


def _say_opened(request: Request, opened: Round) -> None:
    count = opened.electors.count()
    said = ngettext(
        "The position is open. %(count)s seat is being told.",
        "The position is open. %(count)s seats are being told.",
        count,
    )
    messages.success(request, said % {"count": count})


def _say_answered(request: Request, given: AnswerChange, elector: Elector) -> None:
    if given.is_late:
        said = _("The round had closed before your answer came. It is kept, marked as late, and changes nothing.")
        messages.warning(request, said)
        return
    said = _("Your answer for %(organisation)s is recorded. You can change it until the closing hour.")
    messages.success(request, said % {"organisation": elector.organisation.name})
