"""Versions: the list of them, and any two beside each other."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import Request
from accounts.rules import require
from decisions.lineage import chosen, compared, steps, wordings
from decisions.views.positions import position_or_404


@require_GET
def versions(request: Request, pk: UUID) -> HttpResponse:
    read = position_or_404(request, pk)
    require(request.user, "decisions.read_versions", read)
    return render(request, "decisions/version_list.html", {"position": read, "steps": steps(wordings(read))})


@require_GET
def compare(request: Request, pk: UUID) -> HttpResponse:
    read = position_or_404(request, pk)
    require(request.user, "decisions.read_versions", read)
    texts = wordings(read)
    context = {"position": read, "texts": texts, "compared": compared(*chosen(texts, request.GET))}
    return render(request, "decisions/version_compare.html", context)
