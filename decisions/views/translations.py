"""Translations: writing and correcting one, beside the wording that decides."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.rules import require
from decisions.actions.translating import translate as translate_text
from decisions.forms.translations import TranslationForm
from decisions.reading import read_by
from decisions.views.positions import crossed, position_or_404


@page_or_form
def translate(request: Request, pk: UUID) -> HttpResponse:
    position = position_or_404(request, pk)
    require(request.user, "decisions.write", position)
    language = request.POST.get("language", request.GET.get("language", ""))
    reading = read_by(request.user, position, language)
    assert reading is not None  # noqa: S101 - for mypy: no position is without a version
    old = reading.in_language(language)
    form = TranslationForm(request.POST or None, decides=reading.decides, old=old, language=language)
    act = partial(translate_text, position, by=request.user, now=database_now())
    if request.method == "POST" and accepted(form, act):
        return redirect(reverse("decisions:position", args=[pk]) + f"?language={language}#text")
    context = {"form": form, "position": position, "reading": reading, "old": old}
    return render(request, "decisions/translation_form.html", context | (crossed(form, old) if old else {}))
