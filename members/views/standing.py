"""Pages that change how organisations stand: the endorsement of one, and many at once with a preview."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, page_or_form
from accounts.rules import require
from history.http import offer_undo
from members.actions.bulk import MOST, Done, change_all
from members.actions.endorsements import endorse, withdraw_endorsement
from members.bulk import ACTS, foreseen
from members.forms.bulk import ApplyForm, form_of, ids_in
from members.forms.organisations import EndorsementForm, OrganisationFilter, WithdrawalForm
from members.models import Organisation, SeatTerm
from members.models.terms import utc_day
from members.views.organisations import changeable

NAMED = 10  # of those left out, in the message afterwards


@page_or_form
def endorsement(request: Request, pk: UUID) -> HttpResponse:
    """One address: to record an endorsement, or to withdraw the one that stands."""
    subject, now = changeable(request, pk), database_now()
    act = withdraw_endorsement if subject.endorsement else endorse
    form: Any = (WithdrawalForm if subject.endorsement else EndorsementForm)(request.POST or None)

    def do(**fields: Any) -> None:
        act(subject, by=request.user, now=now, **fields)

    if request.method == "POST" and accepted(form, do):
        messages.success(request, _("The endorsement is withdrawn.") if subject.endorsement else _("It is recorded."))
        return redirect("members:organisation", pk)
    if not subject.endorsement:
        form.initial.setdefault("since", utc_day(now))
    return render(request, "members/organisation_endorsement.html", {"form": form, "organisation": subject})


@require_GET
def bulk(request: Request) -> HttpResponse:
    """What is to be done with those chosen, and what would become of each."""
    require(request.user, "members.edit_organisation")
    given, act = request.GET, request.GET.get("act", "")
    chosen = _chosen(request) if act in ACTS else []
    if not chosen:
        messages.error(request, _("Nothing was chosen. Tick organisations, and say what is to be done with them."))
        return redirect(_where(given))
    form = form_of(act, given if "filled" in given else None, today=utc_day(database_now()))
    return render(request, "members/organisation_bulk.html", _preview(request, act, form, chosen))


def _preview(request: Request, act: str, form: Form, chosen: list[Organisation]) -> dict[str, Any]:
    """What would become of those chosen, and what the next request must bring along."""
    given, rows = request.GET, chosen[:MOST]
    changing, staying = foreseen(act, rows, form.cleaned_data, user=request.user) if form.is_valid() else ([], [])
    return {
        "act": ACTS[act],
        "form": form,
        "chosen": rows,
        "most": MOST if len(chosen) > MOST else 0,
        "changing": changing,
        "staying": staying,
        "seen": ",".join(f"{row.organisation.pk}:{row.organisation.version}" for row in changing),
        "asked": [(name, value) for name in ("act", "all", "where", "pick") for value in given.getlist(name)],
        "values": [(name, given.get(name, "")) for name in ("act", "where", *form.fields)],
        "back": _where(given),
    }


@require_POST
def bulk_apply(request: Request) -> HttpResponse:
    """Do what the preview showed."""
    require(request.user, "members.edit_organisation")
    now, sent = database_now(), ApplyForm(request.POST)
    form = form_of(sent.cleaned_data["act"], request.POST, today=utc_day(now)) if sent.is_valid() else None
    if form is None or not form.is_valid():
        messages.error(request, _("Nothing was changed: the preview did not arrive whole. Look at it again."))
        return redirect(_where(request.POST))
    seen, act = sent.cleaned_data["seen"], sent.cleaned_data["act"]
    say_done(request, change_all(seen, act=act, by=request.user, now=now, **form.cleaned_data))
    return redirect(_where(request.POST))


def _where(given: QueryDict) -> str:
    """The list one came from, as it was."""
    return f"{reverse('members:organisations')}?{QueryDict(given.get('where', '')).urlencode()}"


def _chosen(request: Request) -> list[Organisation]:
    """Those ticked, or all that the filter finds; one more than MOST when there are more."""
    given = request.GET
    if given.get("all"):
        found = OrganisationFilter(QueryDict(given.get("where", ""))).found(request.user)
    else:
        visible = Organisation.objects.visible_to(request.user)
        found = visible.filter(pk__in=ids_in(given.getlist("pick"))[:MOST]).order_by("key", "id")
    seats = Prefetch("seat_terms", SeatTerm.objects.filter(until=None).select_related("seat__committee"))
    return list(found.prefetch_related("memberships", "endorsements", seats)[: MOST + 1])


CHANGED = ngettext_lazy("%(count)s organisation was changed.", "%(count)s organisations were changed.", "count")


def say_done(request: Request, done: Done, words: Any = CHANGED) -> None:
    """How many it was done to, in `words`, and which were left out and why."""
    if done.changed:
        offer_undo(request, words % {"count": done.changed}, done.deed)
    for name, why in done.left[:NAMED]:
        messages.warning(request, _("“%(name)s” was left out. %(why)s") % {"name": name, "why": why})
    if len(done.left) > NAMED:
        more = len(done.left) - NAMED
        words = ngettext("%(count)s more was left out.", "%(count)s more were left out.", more)
        messages.warning(request, words % {"count": more})
