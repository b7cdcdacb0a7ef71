"""What the buttons of an import do: decide rows, one or many, apply, discard."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted
from accounts.models import TransitionError
from history.http import done_to, told_with_undo
from members.actions.applying import apply_import
from members.actions.imports import decide_rows, discard_import, place_rows
from members.forms.imports import DecisionsForm, PlaceForm
from members.keys import name_words
from members.models import ImportRow, Organisation
from members.roster.claims import cells_by_field
from members.roster.listing import repeated_texts, tally
from members.roster.shown import shown_rows
from members.views.imports import batch_of, preview

FOUND = 20
Act = Callable[[Request, UUID], HttpResponse]


def posted(act: Act) -> Act:
    """GET goes to the preview: when something is to be put right, the page stands at this address and is reloaded."""

    @wraps(act)
    def view(request: Request, pk: UUID) -> HttpResponse:
        return act(request, pk) if request.method == "POST" else redirect("members:import", batch_of(request, pk).pk)

    return view


@posted
def import_decide(request: Request, pk: UUID) -> HttpResponse:
    batch, form = batch_of(request, pk), DecisionsForm.posted(request.POST)
    if not accepted(form, lambda choices: _decided(request, pk, form)):
        return preview(request, batch, form=form)
    return _back(request, pk)


@posted
def import_places(request: Request, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    form = PlaceForm(request.POST, unplaced=tally(batch).unplaced, texts=repeated_texts(batch))
    if not accepted(form, lambda **said: _placed(request, pk, **said)):
        return preview(request, batch, places=form)
    return _back(request, pk)


@posted
def import_apply(request: Request, pk: UUID) -> HttpResponse:
    """Choices that are on the page but not saved are saved first, and the new counts are shown before anything else."""
    batch, form = batch_of(request, pk), DecisionsForm.posted(request.POST)
    if not form.is_valid():
        return preview(request, batch, form=form)
    if form.cleaned_data["choices"]:
        if accepted(form, lambda choices: _decided(request, pk, form)):
            messages.info(request, _("Look at the new counts, then apply."))
        return _back(request, pk) if form.is_valid() else preview(request, batch, form=form)
    if batch.is_open and request.POST.get("effect") != tally(batch).effect:
        messages.warning(request, _("Somebody decided rows in the meantime. Look at the new counts, then apply."))
        return _back(request, pk)
    _applied(request, pk)
    return redirect("members:import", pk)


@require_POST
def import_discard(request: Request, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    done = _("The import is discarded. Nothing was written.")
    told_with_undo(request, lambda: discard_import(batch, by=request.user, now=database_now()), done, batch)
    return redirect("members:imports")


def import_row(request: Request, pk: UUID, line: int) -> HttpResponse:
    """One row with all its cells, and a search for the organisation that it may be."""
    batch = batch_of(request, pk)
    row = get_object_or_404(ImportRow, batch=batch, line=line)
    shown = shown_rows(batch, [row], request.user)[0]
    words = name_words(query := request.GET.get("q", ""))
    listed = Organisation.objects.visible_to(request.user).active().named(words).order_by("key", "id")
    context = {
        "batch": batch,
        "shown": shown,
        "cells": list(zip(batch.header, row.cells, strict=False)),
        "said": cells_by_field(row.cells, batch.mapping),
        "query": query,
        "found": listed[:FOUND] if words else [],
    }
    return render(request, "members/import_row.html", context)


def _decided(request: Request, pk: UUID, form: DecisionsForm) -> None:
    batch = batch_of(request, pk)
    count = decide_rows(batch, by=request.user, now=database_now(), choices=form.cleaned_data["choices"])
    messages.success(request, ngettext("%(count)s row decided.", "%(count)s rows decided.", count) % {"count": count})


def _placed(request: Request, pk: UUID, **said: object) -> None:
    count = place_rows(batch_of(request, pk), by=request.user, now=database_now(), **said)  # type: ignore[arg-type]
    messages.success(request, ngettext("%(count)s row decided.", "%(count)s rows decided.", count) % {"count": count})


def _applied(request: Request, pk: UUID) -> None:
    batch = batch_of(request, pk)
    try:
        outcomes = apply_import(batch, by=request.user, now=database_now())
    except TransitionError as error:
        messages.error(request, str(error))
        return
    done = _(
        "Applied: %(added)s added, %(changed)s changed, %(unchanged)s unchanged, %(out)s left out. No mail was sent."
    )
    done_to(request, done % outcomes, batch)
    if missed := outcomes["moved"] + outcomes["clashed"]:
        messages.warning(request, _why_left_out(missed))


def _why_left_out(count: int) -> str:
    sentence = ngettext(
        "%(count)s row was left out because the roster changed after the preview. Import the file again to see it.",
        "%(count)s rows were left out because the roster changed after the preview. Import the file again to see them.",
        count,
    )
    return sentence % {"count": count}


def _back(request: Request, pk: UUID) -> HttpResponse:
    """To the page of rows from which the form came."""
    where = {name: request.POST[name] for name in ("show", "after", "before") if request.POST.get(name)}
    return redirect(reverse("members:import", args=[pk]) + (f"?{urlencode(where)}" if where else ""))
