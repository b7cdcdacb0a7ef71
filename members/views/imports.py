"""Pages of an import: earlier ones, upload, columns, preview and report."""

import csv
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.clock import database_now
from accounts.files import BOM, safe_cell
from accounts.http import Request, accepted, as_list
from accounts.models import User
from accounts.rules import require
from history.deeds import standing
from history.panels import history
from members.actions.imports import name_columns, upload_roster
from members.columns import IMPORTS
from members.countries import country_choices
from members.forms.imports import ColumnsForm, DecisionsForm, PlaceForm, UploadForm
from members.models import ImportBatch
from members.roster.listing import Tally, page_of, repeated_texts, shown_by, tally, undone_chips
from members.roster.reading import Unreadable
from members.roster.shown import ShownRow, shown_rows

SAMPLES = 3


def import_list(request: Request) -> HttpResponse | StreamingHttpResponse:
    require(request.user, "members.import_roster")
    batches = ImportBatch.objects.visible_to(request.user).select_related("uploaded_by__person")
    asked = IMPORTS.asked(request.GET, request.user)
    page = asked.page(batches)
    return as_list(request, "members/import_list.html", asked, page, page.rows, {}, now=timezone.now())


def import_upload(request: Request) -> HttpResponse:
    require(request.user, "members.import_roster")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = upload_roster(by=request.user, now=database_now(), file_name=file.name, content=file.read())
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect("members:import_columns", batch.pk)
    return render(request, "members/import_upload.html", {"form": form})


def import_columns(request: Request, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    form = ColumnsForm(request.POST or None, batch=batch)
    if request.method == "POST" and accepted(
        form, lambda **said: name_columns(batch, by=request.user, now=database_now(), **said)
    ):
        return redirect("members:import", pk)
    samples = [row.cells for row in batch.rows.order_by("line")[:SAMPLES]]
    columns = [
        (form[f"column-{column}"], [cells[column] for cells in samples if column < len(cells)])
        for column in range(len(batch.header))
    ]
    return render(request, "members/import_columns.html", {"batch": batch, "form": form, "columns": columns})


def import_detail(request: Request, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    if batch.status == ImportBatch.Status.UPLOADED:
        return redirect("members:import_columns", pk)
    return preview(request, batch)


def import_report(request: Request, pk: UUID) -> HttpResponse:
    batch = batch_of(request, pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.uploaded_at:%Y-%m-%d}-report.csv"'
    response.write(BOM)
    writer = csv.writer(response)
    writer.writerow(
        safe_cell(str(cell))
        for cell in [_("Row"), _("Verdict"), _("Why"), _("Decision"), _("What was done"), *batch.header]
    )
    for shown in shown_rows(batch, batch.rows.order_by("line"), request.user):
        writer.writerow(safe_cell(cell) for cell in _report_cells(batch, shown))
    return response


def batch_of(request: Request, pk: UUID) -> ImportBatch:
    """The import, if the reader may see it."""
    batches = ImportBatch.objects.visible_to(request.user).select_related("uploaded_by__person")
    return get_object_or_404(batches, pk=pk)


def preview(
    request: Request, batch: ImportBatch, *, form: DecisionsForm | None = None, places: PlaceForm | None = None
) -> HttpResponse:
    """The preview or the report; `form` or `places` when something in them is to be put right."""
    where = request.POST if request.method == "POST" else request.GET
    counts = tally(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "counts": counts,
        "chips": _chips(batch, counts, where.get("show", "")),
        **_rows_shown(batch, where, form, request.user),
        "form": form or places,
        "history": history(batch, request.user, request.GET),
        "undo": None if batch.is_open else standing(batch, request.user, timezone.now()),
    }
    if batch.is_open:
        context["countries"] = country_choices()
        context["places"] = places or PlaceForm(None, unplaced=counts.unplaced, texts=repeated_texts(batch))
    return render(request, "members/import_detail.html", context)


def _chips(batch: ImportBatch, counts: Tally, show: str) -> list[dict[str, Any]]:
    return [
        {"url": _address(batch, show=value), "label": label, "current": value == show}
        for value, label in [*counts.chips(), *undone_chips(batch)]
        if batch.is_open or value != "decide"
    ]


def _rows_shown(batch: ImportBatch, where: QueryDict, form: DecisionsForm | None, user: User) -> dict[str, Any]:
    """The page of rows that `where` asks for, with what was typed about them, and the pages beside it."""
    show, after, before = where.get("show", ""), _number(where.get("after")), _number(where.get("before"))
    page = page_of(shown_by(batch, show), after=after, before=before)
    return {
        "show": show,
        "after": after,
        "before": before,
        "page": page,
        "rows": [(one, form.typed(one.row.line) if form else {}) for one in shown_rows(batch, page.rows, user)],
        "next": _address(batch, show=show, after=page.after) if page.after else "",
        "previous": _address(batch, show=show, before=page.before) if page.before else "",
    }


def _number(text: str | None) -> int:
    """A row number from the address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _address(batch: ImportBatch, **where: Any) -> str:
    query = urlencode({name: value for name, value in where.items() if value})
    return reverse("members:import", args=[batch.pk]) + (f"?{query}" if query else "")


def _report_cells(batch: ImportBatch, shown: ShownRow) -> list[str]:
    outcome = str(shown.row.get_outcome_display()) if batch.applied_at else ""
    undone = str(shown.row.get_undone_display()) if shown.row.undone else ""
    done = "; ".join(filter(None, [outcome, undone]))
    return [str(shown.row.line), shown.verdict, shown.says, shown.decision, done, *shown.row.cells]
