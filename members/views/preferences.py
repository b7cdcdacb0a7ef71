"""One's own page: name, language, zone, quiet hours, and which notices come by mail."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form, told
from accounts.models import Person
from history.panels import put_together
from members.actions.people import edit_preferences
from members.forms.people import PreferencesForm, as_preferred
from members.models import everybody
from notices.actions.reading import choose_mail
from notices.choices import choices_of
from notices.kind import KINDS


def edit(request: Request) -> HttpResponse:
    person, now = _oneself(request), database_now()
    form = PreferencesForm(request.POST or None, person=person, now=now)
    if accepted(form, partial(edit_preferences, person, by=request.user, now=now)):
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Saved. Times are shown in your zone, and mail waits in your quiet hours."))
        return redirect("accounts:preferences")
    theirs = put_together(form, lambda: _oneself(request), request.user, as_preferred)
    return render(request, "accounts/preferences.html", {"form": form, "theirs": theirs})


def _oneself(request: Request) -> Person:
    return get_object_or_404(everybody().visible_to(request.user), pk=request.user.person_id)


@page_or_form
def choose(request: Request) -> HttpResponse:
    """What comes by mail; each button there says of one kind whether and when it does."""
    if request.method != "POST":
        changed = request.GET.get("changed", "")
        shown = {"choices": choices_of(_oneself(request)), "changed": changed if changed in KINDS else ""}
        return render(request, "accounts/by_mail.html", shown)
    kind, how = request.POST.get("kind", ""), request.POST.get("mail", "")
    chosen = {"takes_mail": how in {"yes", "daily"}, "is_daily": how == "daily"}
    act = partial(choose_mail, request.user.person, by=request.user, kind=kind, now=database_now(), **chosen)
    told(request, act, _done(how) % {"kind": KINDS.get(kind, "")})
    # Back to the row whose button was pressed: it has the focus then, and holds the message.
    return redirect(reverse("accounts:choose_mail") + (f"?changed={kind}#{kind}" if kind in KINDS else ""))


def _done(how: str) -> str:
    if how == "daily":
        return _("“%(kind)s” waits for your daily mail from now on; what is due within a day still comes at once.")
    return (
        _("“%(kind)s” comes by mail again.") if how == "yes" else _("“%(kind)s” comes only to your inbox from now on.")
    )
