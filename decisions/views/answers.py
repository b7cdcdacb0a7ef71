"""What seats say: answering, pressing *seen*, what staff take down for them, and a proposed recusal."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.ids import as_uuid
from accounts.rules import require
from decisions.actions import answering
from decisions.actions.answering import Reply
from decisions.forms import AnswerForm, ReasonForm, RecordedAnswerForm
from decisions.http import back_to, drop, keep, sign_in_first
from decisions.models import AnswerChange, Elector, Position, Round, Version
from decisions.outcome import Choice, Procedure
from decisions.pages import elector_to_answer
from decisions.views.positions import ANSWER, position_or_404, shown


@login_not_required
@page_or_form
def answer(request: Request, pk: UUID) -> HttpResponse:
    """Mails lead here: a place on a page would be forgotten while one signs in."""
    name, back = ANSWER.format(pk), reverse("decisions:position", args=[pk]) + "#answer"
    if not request.user.is_authenticated:
        return sign_in_first(request, name)
    position, now = position_or_404(request, pk), database_now()
    if request.method != "POST" or "discard" in request.POST:
        return back_to(request, name, back)
    elector = elector_to_answer(position, request.user, request.POST.get("elector", ""))
    keep(request, name)
    form, given = AnswerForm(request.POST), list[AnswerChange]()
    act = partial(answering.give_answer, elector, by=request.user, now=now, clock=database_now)
    if not accepted(form, lambda **fields: given.append(act(reply=Reply(**fields)))):
        return shown(request, position_or_404(request, pk), form)
    drop(request, name)
    _say_answered(request, given[0], elector)
    return redirect("decisions:position", pk)


@require_POST
def seen(request: Request, pk: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    elector = elector_to_answer(position, request.user, request.POST.get("elector", ""))
    version = get_object_or_404(Version, pk=as_uuid(request.POST.get("version", "")), position=position)
    act = partial(answering.press_seen, elector, by=request.user, version=version, now=now, clock=database_now)
    told(request, act, _("Noted: your seat has seen the text. You can still answer until the closing hour."))
    return redirect("decisions:position", pk)


@page_or_form
def record_answer(request: Request, pk: UUID, elector: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    asked = _elector_of(position, elector)
    require(request.user, "decisions.record_answer", asked)
    form = RecordedAnswerForm(request.POST or None, elector=asked, initial={"version": asked.round.version_id})
    act = partial(answering.record_answer, asked, by=request.user, now=now, clock=database_now)
    if request.method == "POST" and accepted(form, lambda **fields: act(**_as_reply(fields))):
        messages.success(request, _("Recorded. Everybody who speaks for the seat is told what you took down."))
        return redirect("decisions:position", pk)
    return render(request, "decisions/answer_record.html", {"form": form, "position": position, "elector": asked})


@page_or_form
def propose_recusal(request: Request, pk: UUID, elector: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    asked = _elector_of(position, elector)
    require(request.user, "decisions.propose_recusal", asked.round)
    form = ReasonForm(request.POST or None)
    act = partial(answering.propose_recusal, asked, by=request.user, now=now)
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("Proposed. Whoever speaks for the seat is told, and decides."))
        return redirect("decisions:position", pk)
    return render(request, "decisions/recusal_form.html", {"form": form, "position": position, "elector": asked})


def _elector_of(position: Position, pk: UUID) -> Elector:
    """The seat of this elector in the newest round: the page may be from before the text was changed."""
    newest = Round.objects.filter(version__position=position).values("pk")[:1]
    seat = Elector.objects.filter(round__version__position=position, pk=pk).values("term")
    electors = Elector.objects.filter(round__in=newest, term__in=seat)
    return get_object_or_404(electors.select_related("organisation", "round", "term__seat"))


def _as_reply(fields: dict[str, Any]) -> dict[str, Any]:
    named = {name: fields.pop(name) for name in ("said_by", "heard")}
    return {**named, "reply": Reply(**fields)}


def _say_answered(request: Request, given: AnswerChange, elector: Elector) -> None:
    if given.is_late:
        said = _("The round had closed before your answer came. It is kept, marked as late, and changes nothing.")
        messages.warning(request, said)
        return
    has_ended = given.choice == Choice.OBJECT and elector.round.procedure == Procedure.SILENCE
    then = (
        _("That ends the round; every seat is told.") if has_ended else _("You can change it until the closing hour.")
    )
    said = _("Recorded for %(organisation)s: “%(choice)s”. %(then)s")
    words = {"organisation": elector.organisation.name, "choice": given.get_choice_display(), "then": then}
    messages.success(request, said % words)
