"""Rounds: opening one, changing its text, closing it early, confirming what it said."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.rules import require
from decisions.actions import asking, closing
from decisions.actions.disposing import undisposed
from decisions.actions.drafting import newest_text
from decisions.forms import ChangeTextForm, RoundForm
from decisions.models import Position, Round
from decisions.suggestions import suggested
from decisions.views.positions import position_or_404
from decisions.words import arithmetic, consultation_missing


@page_or_form
def open_round(request: Request, pk: UUID) -> HttpResponse:
    """First its rule in one sentence, as it would be; then, if that is what was read, it opens."""
    position = position_or_404(request, pk)
    now = position.read_at  # type: ignore[attr-defined]
    require(request.user, "decisions.open_round", position)
    base, text, opened = asking.base_of(position.committee), newest_text(position), list[Round]()
    rest: dict[str, Any] = {"position": position, "user": request.user, "now": now, "seats": asking.zones_of(base)}
    form = RoundForm(request.POST or None, initial={"version": text.version_id, "seen": text.sha256}, **rest)
    form.first_worries = consultation_missing(position)
    rule = form.rule(len(base.terms), request.user.person.zone)
    act = partial(asking.open_round, position, by=request.user, now=now)
    if _has_read(request, rule) and accepted(form, lambda **to: opened.append(act(question=asking.Question(**to)))):
        _say_opened(request, opened[0])
        return redirect("decisions:position", pk)
    return render(
        request, "decisions/round_form.html", {"form": form, "rule": rule, **_asked_context(position, base, text)}
    )


@page_or_form
def change_text(request: Request, pk: UUID) -> HttpResponse:
    """What happens to the answers stands on the page before it is done; a proposed wording comes filled in."""
    position = position_or_404(request, pk)
    now = position.read_at  # type: ignore[attr-defined]
    require(request.user, "decisions.open_round", position)
    text, seats = newest_text(position), asking.zones_of(asking.base_of(position.committee))
    taken = suggested(request.GET, position, text, request.user)
    initial = {"body": taken.body if taken else text.body, "seen": text.sha256, "taking": taken and taken.comment}
    rest: dict[str, Any] = {"position": position, "user": request.user, "now": now, "seats": seats}
    form = ChangeTextForm(request.POST or None, initial=initial, **rest)
    act = partial(asking.change_text, position, by=request.user, now=now, clock=database_now)
    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("The text is changed. Every seat is told what differs, and asked again."))
        return redirect("decisions:position", pk)
    context = {"form": form, "position": position, "text": text, "suggestion": taken, "void": asking.void_by(position)}
    return render(request, "decisions/round_change_text.html", context)


@require_POST
def close_early(request: Request, pk: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    act = partial(closing.close_early, _newest_round(position), by=request.user, now=now)
    told(request, act, _("The round is closed. The outcome below is announced to every seat within seconds."))
    return redirect("decisions:position", pk)


@require_POST
def confirm(request: Request, pk: UUID) -> HttpResponse:
    position, now = position_or_404(request, pk), database_now()
    act = partial(closing.confirm_outcome, _newest_round(position), by=request.user, now=now)
    told(request, act, _("The outcome is confirmed."))
    return redirect("decisions:position", pk)


def _newest_round(position: Position) -> Round:
    return get_object_or_404(Round.objects.filter(version__position=position)[:1])


def _has_read(request: Request, rule: str) -> bool:
    """Whether it is to be opened, and its rule is the sentence that stood beside the button."""
    return request.method == "POST" and "look" not in request.POST and request.POST.get("rule", rule) == rule


def _asked_context(position: Position, base: asking.Base, text: object) -> dict[str, object]:
    return {
        "position": position,
        "text": text,
        "base": base,
        "unheld": [term for term in base.terms if not term.zones],
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
