"""Positions: the list, the page of one, and writing them."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.clock import DatabaseNow, database_now
from accounts.http import Request, accepted, as_list, page_or_form
from accounts.rules import allows, require
from accounts.zones import date_in
from campaigns.models import Campaign
from campaigns.panels import task_panel
from decisions.actions import drafting
from decisions.actions.drafting import newest_text
from decisions.columns import POSITIONS
from decisions.consultation_pages import consultation_panel
from decisions.forms import AnswerForm, DraftForm, EditForm, VersionForm, WithdrawalForm
from decisions.forms.conflicts import CrossingForm
from decisions.http import kept
from decisions.lineage import compared
from decisions.margin import unsettled_of
from decisions.models import Consultation, Position, Text
from decisions.pages import page_of_position, rows_of
from decisions.reading import read_by
from decisions.suggestions import suggested
from history.actions import newest
from history.deeds import standing
from history.http import done_to
from history.panels import put_together

ANSWER = "answer {}"  # what a seat typed and has not got through, by position
MAY = (
    "write",
    "comment",
    "open_round",
    "withdraw",
    "read_versions",
    "close_early",
    "confirm",
    "see_silent",
    "record_answer",
    "propose_recusal",
    "propose_correction",
    "approve_correction",
)


@require_GET
def positions(request: Request) -> HttpResponse | StreamingHttpResponse:
    now, status = database_now(), request.GET.get("status", "")
    visible = Position.objects.visible_to(request.user).select_related("committee", "decision")
    if status in Position.Status.values:
        visible = visible.filter(status=status)
    asked = POSITIONS.asked(request.GET, request.user)
    page = asked.page(visible.with_standing(now))
    rows = rows_of(page.rows, request.user, now)
    context = {
        "states": Position.Status.choices,
        "status": status,
        "may_see_disagreements": allows(request.user, "decisions.see_disagreements"),
        "may_see_blockers": allows(request.user, "decisions.see_blockers"),
        "may_draft": allows(request.user, "decisions.start_draft"),
    }
    return as_list(request, "decisions/position_list.html", asked, page, rows, context, now=now)


@require_GET
def position(request: Request, pk: UUID) -> HttpResponse:
    found, unsent = position_or_404(request, pk), kept(request, ANSWER.format(pk))
    return shown(request, found, AnswerForm(unsent) if unsent else None)


@page_or_form
def new_position(request: Request) -> HttpResponse:
    require(request.user, "decisions.start_draft")
    form = DraftForm(request.POST or None, user=request.user)
    made: list[Position] = []
    act = partial(drafting.draft_position, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, lambda **fields: made.append(act(**fields))):
        return redirect("decisions:position", made[0].pk)
    return render(request, "decisions/position_form.html", {"form": form})


@page_or_form
def edit_position(request: Request, pk: UUID) -> HttpResponse:
    draft = position_or_404(request, pk)
    require(request.user, "decisions.write", draft)
    text = newest_text(draft)
    initial = _typed(draft) | {"body": text.body, "began": text.body, "seen": text.sha256}
    form = EditForm(request.POST or None, user=request.user, position=draft, initial=initial)
    act = partial(drafting.edit_draft, draft, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("decisions:position", pk)
    theirs = put_together(form, lambda: position_or_404(request, pk), request.user, _typed)
    context = {"form": form, "position": draft, "text": text, "theirs": theirs, **crossed(form, text)}
    return render(request, "decisions/position_form.html", context)


@page_or_form
def new_version(request: Request, pk: UUID) -> HttpResponse:
    draft = position_or_404(request, pk)
    require(request.user, "decisions.write", draft)
    text = newest_text(draft)
    taken = suggested(request.GET, draft, text, request.user)
    initial = {"body": taken.body if taken and not request.POST else text.body, "began": text.body, "seen": text.sha256}
    form = VersionForm(request.POST or None, initial=initial)
    act = partial(drafting.write_version, draft, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect("decisions:position", pk)
    context = {"form": form, "position": draft, "text": text, "number": text.version.number + 1, "suggestion": taken}
    return render(request, "decisions/version_form.html", context | crossed(form, text))


@require_GET
def version(request: Request, pk: UUID, number: int) -> HttpResponse:
    """An earlier wording: for those who may write; a member reads what was adopted."""
    read = position_or_404(request, pk)
    require(request.user, "decisions.read_versions", read)
    reading = read_by(request.user, read, request.GET.get("language", ""), number)
    if reading is None:
        raise Http404
    context = {"position": read, "reading": reading, "text": reading.decides}
    return render(request, "decisions/version_detail.html", context)


@page_or_form
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    withdrawn = position_or_404(request, pk)
    require(request.user, "decisions.withdraw", withdrawn)
    form = WithdrawalForm(request.POST or None)
    act = partial(drafting.withdraw_position, withdrawn, by=request.user, now=database_now(), clock=database_now)
    if request.method == "POST" and accepted(form, act):
        done_to(request, _("The position is withdrawn."), withdrawn)
        return redirect("decisions:position", pk)
    return render(request, "decisions/position_withdraw.html", {"form": form, "position": withdrawn})


def crossed(form: CrossingForm, standing: Text) -> dict[str, Any]:
    """For `crossing.html`: what somebody else has changed while the form was open."""
    crossing = form.crossed_by(standing)
    return {"crossing": crossing, "compared": crossing and compared(crossing.old, crossing.new)}


def _typed(draft: Position) -> dict[str, Any]:
    """What the form of a draft begins with, its text aside."""
    fields = {"title": draft.title, "campaign": draft.campaign_id, "level": draft.level_id}
    return fields | {"visibility": draft.visibility, "since": newest(draft)}


def position_or_404(request: Request, pk: UUID) -> Position:
    visible = Position.objects.visible_to(request.user).select_related("committee", "campaign", "author", "level")
    campaigns = Campaign.objects.visible_to(request.user).filter(pk=OuterRef("campaign"))
    visible = visible.annotate(was_consulted=Exists(Consultation.objects.filter(version__position=OuterRef("pk"))))
    return get_object_or_404(
        visible.annotate(shows_campaign=Exists(campaigns), read_at=DatabaseNow(), unsettled=unsettled_of(request.user)),
        pk=pk,
    )


def shown(request: Request, position: Position, form: AnswerForm | None = None) -> HttpResponse:
    """The page of a position from `position_or_404`; with an answer form that was not accepted, what was typed is kept."""
    now = position.read_at  # type: ignore[attr-defined]
    answered_on = form.data.get("version", "") if form else ""
    page = page_of_position(position, request.user, now, request.GET, answered_on)
    may = {name: allows(request.user, f"decisions.{name}", position) for name in MAY}
    context = {"position": position, "page": page, "asked": page.asked, "may": may, "form": form, "now": now}
    context["is_kept"] = form is not None and request.method == "GET"
    context["undo"] = standing(position, request.user, now) if position.withdrawal_reason else None
    context["consultations"] = consultation_panel(position, request.user, now)
    context["tasks"] = task_panel(position, request.user, date_in(now, request.user.person.zone))
    return render(request, "decisions/position_detail.html", context)
