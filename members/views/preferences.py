"""One's own page: name, language, zone, quiet hours."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.forms import PreferencesForm
from accounts.http import Request, accepted
from members.actions.people import edit_preferences
from members.models import everybody


def edit(request: Request) -> HttpResponse:
    person = get_object_or_404(everybody().visible_to(request.user), pk=request.user.person_id)
    now = timezone.now()
    form = PreferencesForm(request.POST or None, instance=person, now=now)
    if accepted(form, partial(edit_preferences, person, by=request.user, now=now)):
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved. Times are shown in your zone, and mail waits in your quiet hours."))
        return redirect("accounts:preferences")
    return render(request, "accounts/preferences.html", {"form": form})
