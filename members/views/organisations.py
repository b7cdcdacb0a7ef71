"""Pages of the roster: the list, one organisation, and the forms that change it."""

from collections.abc import Callable
from copy import copy
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.forms import model_to_dict
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clock import database_now
from accounts.http import Request, accepted, as_file
from accounts.lists import Asked
from accounts.models import User, Visibility, primary_email
from accounts.pages import counted_page
from accounts.rules import allows, classes_seen_by, require
from history.actions import newest
from history.deeds import standing
from history.http import done_to
from history.panels import history, put_together
from members.actions.organisations import (
    EDITABLE,
    STANDING,
    Namesake,
    add_name,
    add_organisation,
    change_membership,
    edit_organisation,
    end_organisation,
)
from members.bulk import ACTS
from members.columns import ORGANISATIONS
from members.exports import roster
from members.forms.organisations import (
    EndForm,
    MembershipForm,
    NameForm,
    NewOrganisationForm,
    OrganisationFilter,
    OrganisationForm,
)
from members.hats import hats
from members.models import Committee, Membership, Organisation, Representation, SeatTerm
from members.models.organisations import OrganisationQuerySet


def organisations(request: Request) -> HttpResponse | StreamingHttpResponse:
    form = OrganisationFilter(request.GET)
    asked = ORGANISATIONS.asked(request.GET, request.user, sorts=not form.is_of_the_ended)
    found = with_parts(form.found(request.user, order=asked.order), asked)
    if asked.file:
        return as_file(asked, found.iterator(chunk_size=500), now=timezone.now())
    all_rows = form.to_count(request.user, order=asked.order)
    page = counted_page(found, request.GET, order=asked.order, all_rows=all_rows)
    context = {
        "filter": form,
        "list": asked,
        "page": page,
        "may_add": allows(request.user, "members.add_organisation"),
        "acts": ACTS.items() if allows(request.user, "members.edit_organisation") else (),
    }
    return render(request, "members/organisation_list.html", context)


def with_parts(found: OrganisationQuerySet, asked: Asked) -> OrganisationQuerySet:
    """`found` with what the columns of the list read."""
    contacts = Representation.objects.visible_to(asked.user).current().filter(role=Representation.Role.MAIN)
    shown = Prefetch("representations", contacts.select_related("person"), to_attr="contacts")
    unread = {"description", "note"} - asked.cols  # long texts, left where they are unless a column shows them
    return found.defer(*unread).prefetch_related("memberships", "endorsements", shown)


def export(request: Request) -> StreamingHttpResponse:
    """The roster with the columns that an import reads back, whichever are on the page."""
    form = OrganisationFilter(request.GET)
    lines = roster(form.found(request.user), by=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="members-{timezone.now():%Y-%m-%d}.csv"'
    return response


def organisation(request: Request, pk: UUID) -> HttpResponse:
    subject = visible(request, pk)
    context = {
        "organisation": subject,
        "contacts": () if subject.ended_on else contacts_of(subject, request.user),
        "seats": () if subject.ended_on else seats_of(subject, request.user),
        "entries": history(subject, request.user, request.GET),
        "undo": standing(subject, request.user, timezone.now()) if subject.ended_on else None,
        "sees_note": Visibility.STAFF in classes_seen_by(request.user),
        "may_edit": allows(request.user, "members.edit_organisation", subject),
        "may_change": allows(request.user, "members.change_membership", subject),
        "may_add_contact": not subject.ended_on and allows(request.user, "members.edit_people"),
        "may_end": allows(request.user, "members.end_organisation", subject),
        "is_own": subject.pk in hats(request.user).organisations,
    }
    return render(request, "members/organisation_detail.html", context)


def contacts_of(subject: Organisation, user: User) -> QuerySet[Representation]:
    """Who represents it today, as far as `user` may see them, with their address as `email`."""
    people = Representation.objects.visible_to(user).current().filter(organisation=subject).select_related("person")
    return people.annotate(email=primary_email()).order_by("role", "since")


def seats_of(subject: Organisation, user: User) -> QuerySet[SeatTerm]:
    """The seats it holds today on committees that `user` may see."""
    committees = Committee.objects.visible_to(user)
    terms = SeatTerm.objects.current().filter(organisation=subject, seat__committee__in=committees)
    return terms.select_related("seat__committee")


def add(request: Request) -> HttpResponse:
    require(request.user, "members.add_organisation")
    form = NewOrganisationForm(request.POST or None)
    made: list[Organisation] = []

    def act(**fields: Any) -> None:
        made.append(add_organisation(by=request.user, now=database_now(), **fields))

    if request.method == "POST" and kept(form, act):
        messages.success(request, _("“%(name)s” is on the roster.") % {"name": made[0].name})
        return redirect("members:organisation", made[0].pk)
    return render(request, "members/organisation_add.html", {"form": form})


def edit(request: Request, pk: UUID) -> HttpResponse:
    subject = changeable(request, pk)
    classifies = allows(request.user, "members.classify_organisation", subject)
    form = OrganisationForm(request.POST or None, instance=copy(subject), initial=typed(subject), classifies=classifies)

    def act(**fields: Any) -> None:
        edit_organisation(subject, by=request.user, now=database_now(), **fields)

    if request.method == "POST" and kept(form, act):
        messages.success(request, _("Your changes are kept."))
        return redirect("members:organisation", pk)
    theirs = put_together(form, lambda: visible(request, pk), request.user, typed)
    return render(request, "members/organisation_edit.html", {"form": form, "organisation": subject, "theirs": theirs})


def membership(request: Request, pk: UUID) -> HttpResponse:
    subject = changeable(request, pk, "members.change_membership")
    open_one = open_membership(subject)
    form = MembershipForm(request.POST or None, instance=copy(open_one), initial=typed_standing(open_one))

    def act(**fields: Any) -> None:
        change_membership(subject, by=request.user, now=database_now(), **fields)

    if request.method == "POST" and accepted(form, act):
        done_to(request, _("The membership is changed."), open_one)
        return redirect("members:organisation", pk)
    theirs = put_together(form, lambda: subject, request.user, typed_standing, open_membership)
    context = {"form": form, "organisation": subject, "theirs": theirs}
    return render(request, "members/organisation_membership.html", context)


def names(request: Request, pk: UUID) -> HttpResponse:
    subject = changeable(request, pk)
    form = NameForm(request.POST or None)

    def act(**fields: Any) -> None:
        add_name(subject, by=request.user, now=database_now(), **fields)

    if request.method == "POST" and accepted(form, act):
        messages.success(request, _("The search finds it by “%(name)s” too.") % {"name": form.cleaned_data["text"]})
        return redirect("members:organisation", pk)
    return render(request, "members/organisation_names.html", {"form": form, "organisation": subject})


def end(request: Request, pk: UUID) -> HttpResponse:
    subject = changeable(request, pk, "members.end_organisation")
    form = EndForm(request.POST or None)

    def act(**fields: Any) -> None:
        end_organisation(subject, by=request.user, now=database_now(), **fields)

    if request.method == "POST" and accepted(form, act):
        done_to(request, _("“%(name)s” has ended. Its history stays.") % {"name": subject.name}, subject)
        return redirect("members:organisation", pk)
    return render(request, "members/organisation_end.html", {"form": form, "organisation": subject})


def visible(request: Request, pk: UUID) -> Organisation:
    """The organisation with its names, if the reader may see it; else 404."""
    shown = Organisation.objects.visible_to(request.user).prefetch_related("names", "memberships", "endorsements")
    return get_object_or_404(shown, pk=pk)


def changeable(request: Request, pk: UUID, permission: str = "members.edit_organisation") -> Organisation:
    """As `visible`; whoever may not change it reads who may."""
    subject = visible(request, pk)
    require(request.user, permission, subject)
    return subject


def open_membership(organisation: Organisation) -> Membership:
    """The one it has now; else 404."""
    return get_object_or_404(Membership, organisation=organisation, until=None)


def kept(form: OrganisationForm, act: Callable[..., Any]) -> bool:
    """As `accepted`; a namesake becomes a question."""

    def asking(**fields: Any) -> None:
        try:
            act(**fields)
        except Namesake as error:
            form.ask_whether_distinct(error)

    return accepted(form, asking) and form.is_valid()


def typed(organisation: Organisation) -> dict[str, Any]:
    """The initial values of its form."""
    return {**model_to_dict(organisation, EDITABLE), "seen": newest(organisation)}


def typed_standing(membership: Membership) -> dict[str, Any]:
    """The initial values of the form of an open membership."""
    return {**model_to_dict(membership, STANDING), "reason": "", "seen": newest(membership.organisation)}
