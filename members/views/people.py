"""People: who they are, whom they speak for, what they are appointed to."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, as_file
from accounts.models import Person, User
from accounts.pages import counted_page
from accounts.rules import allows, require
from history.http import told_with_undo
from history.panels import history, put_together
from members.actions import appointments
from members.actions import people as actions
from members.columns import PEOPLE
from members.forms.people import AppointForm, ContactForm, EditPersonForm, NewPersonForm, PersonFilter, as_typed
from members.models import Appointment, Invitation, Organisation, PersonQuerySet, Representation, everybody
from members.profiles import profile


def people_list(request: Request) -> HttpResponse | StreamingHttpResponse:
    require(request.user, "members.edit_people")
    form, asked = PersonFilter(request.GET), PEOPLE.asked(request.GET, request.user)
    found = form.found(request.user)
    shown = with_parts(found, request.user)
    if asked.file:
        rows = shown.order_by(asked.order, "id").iterator(chunk_size=500)
        return as_file(asked, rows, now=timezone.now())
    page = counted_page(shown, request.GET, order=asked.order, all_rows=found)
    context = {"filter": form, "list": asked, "page": page, "acts": allows(request.user, "members.invite")}
    return render(request, "members/person_list.html", context)


def with_parts(people: PersonQuerySet, user: User) -> PersonQuerySet:
    """`people` with what the columns of the list, and the preview of invitations, read."""
    represents = Representation.objects.visible_to(user).filter(until=None).select_related("organisation")
    return people.select_related("user").prefetch_related(
        "addresses",
        Prefetch("representations", represents),
        Prefetch("appointments", Appointment.objects.filter(until=None)),
        Prefetch("invitations", Invitation.objects.open(), to_attr="open_invitations"),
    )


def person_detail(request: Request, pk: UUID) -> HttpResponse:
    appointments = Prefetch("appointments", Appointment.objects.select_related("own_region"))
    people = everybody().visible_to(request.user).select_related("user").prefetch_related("addresses", appointments)
    person = get_object_or_404(people, pk=pk)
    context = {
        "person": person,
        "profile": profile(person, request.user, timezone.now()),
        "entries": history(person, request.user, request.GET),
        "may_edit": allows(request.user, "members.edit_people", person),
        "may_invite": allows(request.user, "members.invite", person),
        "may_appoint": allows(request.user, "members.appoint", person),
        "may_see_mails": allows(request.user, "notices.see_deliveries"),
    }
    return render(request, "members/person_detail.html", context)


def person_add(request: Request) -> HttpResponse:
    """Somebody who speaks for no organisation yet; whom we know already is shown instead."""
    require(request.user, "members.edit_people")
    now, found = database_now(), list[Person]()
    form = NewPersonForm(request.POST or None, user=request.user, now=now)
    if accepted(form, lambda **fields: found.append(actions.add_person(by=request.user, now=now, **fields))):
        messages.success(request, _("Nobody was told. From here you can appoint them and invite them to sign in."))
        return redirect("members:person", found[0].pk)
    return render(request, "members/person_add.html", {"form": form})


def person_edit(request: Request, pk: UUID) -> HttpResponse:
    person = _person(request, pk)
    require(request.user, "members.edit_people", person)
    now = database_now()
    form = EditPersonForm(request.POST or None, person=person, now=now)
    if accepted(form, partial(actions.edit_person, person, by=request.user, now=now)):
        messages.success(request, _("Saved."))
        return redirect("members:person", pk)
    theirs = put_together(form, lambda: _person(request, pk), request.user, as_typed)
    return render(request, "members/person_form.html", {"form": form, "person": person, "theirs": theirs})


def contact_add(request: Request, pk: UUID) -> HttpResponse:
    """From an organisation's page: somebody new, or somebody we know, speaks for it."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    require(request.user, "members.edit_people")
    now = database_now()
    form = ContactForm(request.POST or None, organisation=organisation, user=request.user, now=now)
    if accepted(form, partial(actions.add_contact, organisation, by=request.user, now=now)):
        messages.success(request, _("The contact is added. Nobody was told; you can invite them to sign in."))
        return redirect("members:organisation", pk)
    return render(request, "members/person_contact.html", {"form": form, "organisation": organisation})


def representation_end(request: Request, pk: UUID) -> HttpResponse:
    rows = Representation.objects.visible_to(request.user).select_related("person", "organisation")
    row = get_object_or_404(rows, pk=pk)
    require(request.user, "members.edit_people", row.person)
    act = partial(actions.end_representation, row, by=request.user, now=database_now())
    if request.method == "POST":
        told_with_undo(request, act, _("Ended today."), row)
        return redirect("members:person", row.person_id)
    return render(request, "members/person_representation_end.html", {"row": row})


def appoint(request: Request, pk: UUID) -> HttpResponse:
    person = _person(request, pk)
    require(request.user, "members.appoint", person)
    form = AppointForm(request.POST or None, user=request.user)
    if accepted(form, partial(appointments.appoint, person, by=request.user, now=database_now())):
        messages.success(request, _("Appointed from today."))
        return redirect("members:person", pk)
    return render(request, "members/person_appoint.html", {"form": form, "person": person})


@require_POST
def appointment_end(request: Request, pk: UUID) -> HttpResponse:
    people: Any = everybody().visible_to(request.user)
    row = get_object_or_404(Appointment.objects.filter(person__in=people), pk=pk)
    act = partial(appointments.end_appointment, row, by=request.user, now=database_now())
    told_with_undo(request, act, _("The appointment ended today."), row)
    return redirect("members:person", row.person_id)


def _person(request: Request, pk: UUID) -> Person:
    return get_object_or_404(everybody().visible_to(request.user), pk=pk)
