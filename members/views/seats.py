"""Seats and offices of a committee: filled, vacated, spoken for. Searches find organisations and people by words."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted
from accounts.models import Person
from accounts.rules import require
from history.http import done_to, told_with_undo
from members.actions import committees as actions
from members.actions import offices
from members.forms.committees import EndTermForm, FillForm, HolderForm, OfficeForm
from members.keys import name_words
from members.models import (
    Committee,
    CommitteeOffice,
    Organisation,
    Representation,
    Seat,
    SeatHolder,
    SeatTerm,
    everybody,
)
from members.models.committees import CommitteeQuerySet
from members.models.terms import utc_day

MANAGE = "members.manage_committees"
MOST = 20


def seat_fill(request: Request, pk: UUID) -> HttpResponse:
    seat = get_object_or_404(Seat.objects.filter(committee__in=_committees(request)).select_related("committee"), pk=pk)
    require(request.user, MANAGE, seat.committee)
    now = database_now()
    search = request.GET.get("q", "").strip()
    found = _organisations(request, search)
    form = FillForm(request.POST or None, found=found[:MOST], today=utc_day(now))
    if accepted(form, partial(actions.fill_seat, seat, by=request.user, now=now)):
        messages.success(request, _("The seat is filled. Name who speaks for it."))
        term = SeatTerm.objects.get(seat=seat, until=None)
        return redirect("members:seat_holder", term.pk)
    context = {"form": form, "seat": seat, "search": search, "found": found[:MOST], "more": len(found) > MOST}
    return render(request, "members/seat_fill.html", context)


def _organisations(request: Request, search: str) -> list[Organisation]:
    """One more than can be shown, so that the page can say that there are more."""
    words = name_words(search)
    if not words:
        return []
    return list(Organisation.objects.visible_to(request.user).active().named(words)[: MOST + 1])


def term_end(request: Request, pk: UUID) -> HttpResponse:
    term = _term(request, pk)
    require(request.user, MANAGE, term.seat.committee)
    now = database_now()
    form = EndTermForm(request.POST or None, term=term, today=utc_day(now))
    if accepted(form, partial(actions.end_term, term, by=request.user, now=now)):
        done_to(request, _("The seat is vacant."), term)
        return redirect("members:committee", term.seat.committee_id)
    context = {"form": form, "term": term, "seat": term.seat, "is_coming": term.since > utc_day(now)}
    return render(request, "members/seat_end.html", context)


def seat_holder(request: Request, pk: UUID) -> HttpResponse:
    """Name or replace the representative or the alternate: one of the organisation's contacts."""
    term = _term(request, pk)
    require(request.user, MANAGE, term.seat.committee)
    now = database_now()
    people = [row.person for row in _contacts(request, term)]
    start = {"capacity": request.GET.get("as", SeatHolder.Capacity.REPRESENTATIVE)}
    form = HolderForm(request.POST or None, initial=start, people=people, today=max(utc_day(now), term.since))
    if accepted(form, partial(actions.name_holder, term, by=request.user, now=now)):
        messages.success(request, _("Named. Positions and reminders follow from now on."))
        return redirect("members:committee", term.seat.committee_id)
    holders = term.holders.filter(until=None).select_related("person")
    context = {"form": form, "term": term, "seat": term.seat, "people": people, "holders": holders}
    return render(request, "members/seat_holder.html", context)


def _contacts(request: Request, term: SeatTerm) -> list[Representation]:
    rows = Representation.objects.visible_to(request.user).filter(organisation=term.organisation_id, until=None)
    return list(rows.select_related("person")[:100])


@require_POST
def holder_end(request: Request, pk: UUID) -> HttpResponse:
    rows = SeatHolder.objects.filter(term__seat__committee__in=_committees(request))
    holder = get_object_or_404(rows.select_related("term__seat"), pk=pk)
    act = partial(actions.end_holder, holder, by=request.user, now=database_now())
    told_with_undo(request, act, _("They no longer speak for the seat, from today."), holder)
    return redirect("members:committee", holder.term.seat.committee_id)


def office_add(request: Request, pk: UUID) -> HttpResponse:
    """Who chairs: anybody we know; those who speak for a seat are offered without a search."""
    committee = get_object_or_404(_committees(request), pk=pk)
    require(request.user, MANAGE, committee)
    search = request.GET.get("q", "").strip()
    people = _people(request, committee, search)
    start = {"office": CommitteeOffice.Office.CHAIR}
    form = OfficeForm(request.POST or None, initial=start, people=people[:MOST])
    if accepted(form, partial(offices.appoint_officer, committee, by=request.user, now=database_now())):
        messages.success(request, _("Appointed from today."))
        return redirect("members:committee", pk)
    context = {"form": form, "committee": committee, "search": search, "people": people, "more": len(people) > MOST}
    return render(request, "members/committee_office.html", context)


def _people(request: Request, committee: Committee, search: str) -> list[Person]:
    people = everybody().visible_to(request.user)
    if search:
        return list(people.answering_to(search)[: MOST + 1])
    holders = SeatHolder.objects.current().filter(term__seat__committee=committee)
    return list(people.filter(pk__in=holders.values("person"))[: 5 * MOST])


@require_POST
def office_end(request: Request, pk: UUID) -> HttpResponse:
    officer = get_object_or_404(CommitteeOffice.objects.filter(committee__in=_committees(request)), pk=pk)
    act = partial(offices.end_office, officer, by=request.user, now=database_now())
    told_with_undo(request, act, _("The office ended today."), officer)
    return redirect("members:committee", officer.committee_id)


def _committees(request: Request) -> CommitteeQuerySet:
    return Committee.objects.visible_to(request.user)


def _term(request: Request, pk: UUID) -> SeatTerm:
    rows = SeatTerm.objects.filter(
        seat__committee__in=_committees(request), organisation__in=Organisation.objects.visible_to(request.user)
    )
    return get_object_or_404(rows.select_related("seat__committee", "organisation"), pk=pk)
