"""Invitations: staff send and withdraw them; whoever holds the link chooses a password."""

from functools import partial
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.clock import database_now
from accounts.http import Request, accepted, told
from accounts.models import Person, User
from accounts.rules import require
from history.http import told_with_undo
from members.actions import invitations as actions
from members.actions.bulk import invite_all
from members.forms.bulk import ids_in
from members.forms.people import AcceptForm, PersonFilter
from members.inviting import MOST, guests
from members.models import Invitation, everybody
from members.views.people import with_parts
from members.views.standing import say_done

INVITED = ngettext_lazy(
    "%(count)s person was invited. The mail is on its way.",
    "%(count)s people were invited. The mails are on their way.",
    "count",
)


@require_POST
def invite(request: Request, pk: UUID) -> HttpResponse:
    person = get_object_or_404(everybody().visible_to(request.user), pk=pk)
    act = partial(actions.invite, person, by=request.user, now=database_now())
    told(request, act, _("The invitation is on its way. Its link works for seven days."))
    return redirect("members:person", pk)


@require_GET
def invite_many(request: Request) -> HttpResponse:
    """Who of those ticked, or of all that the filter finds, would be invited; and who not and why."""
    require(request.user, "members.invite")
    where, people = request.GET.get("where", ""), _chosen(request)
    if not people:
        messages.error(request, _("Nobody was chosen. Tick people, or take all that the filter finds."))
        return redirect(_back(where))
    invited, staying = guests(people[:MOST], user=request.user, now=database_now())
    context = {
        "invited": invited,
        "staying": staying,
        "people": ",".join(str(guest.person.pk) for guest in invited),
        "most": MOST if len(people) > MOST else 0,
        "where": where,
        "back": _back(where),
    }
    return render(request, "members/people_invite.html", context)


@require_POST
def invite_shown(request: Request) -> HttpResponse:
    """Invite those whom the preview showed."""
    require(request.user, "members.invite")
    chosen = ids_in(request.POST.get("people", "").split(","))[:MOST]
    people = everybody().visible_to(request.user).filter(pk__in=chosen)
    say_done(request, invite_all(people, by=request.user, now=database_now()), INVITED)
    return redirect(_back(request.POST.get("where", "")))


def _chosen(request: Request) -> list[Person]:
    """Those ticked, or all that the filter finds; one more than MOST when there are more."""
    if request.GET.get("all"):
        wanted = PersonFilter(QueryDict(request.GET.get("where", ""))).found(request.user)
    else:
        wanted = everybody().visible_to(request.user).filter(pk__in=ids_in(request.GET.getlist("pick"))[:MOST])
    return list(with_parts(wanted.order_by("display_name", "id"), request.user)[: MOST + 1])


def _back(where: str) -> str:
    """The list one came from, as it was."""
    return f"{reverse('members:people')}?{QueryDict(where).urlencode()}"


@require_POST
def resend(request: Request, pk: UUID) -> HttpResponse:
    invitation = _invitation(request, pk)
    act = partial(actions.resend_invitation, invitation, by=request.user, now=database_now())
    told(request, act, _("A new invitation is on its way. The link in the old one no longer works."))
    return redirect("members:person", invitation.person_id)


@require_POST
def revoke(request: Request, pk: UUID) -> HttpResponse:
    invitation = _invitation(request, pk)
    act = partial(actions.revoke_invitation, invitation, by=request.user, now=database_now())
    told_with_undo(request, act, _("The invitation is withdrawn. Its link no longer works."), invitation)
    return redirect("members:person", invitation.person_id)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; programs that look into mails may open it as often as they like."""
    invitation = Invitation.objects.of_token(token).select_related("person").first()
    now = database_now()
    problem = invitation.problem(now) if invitation else _("This link is not complete. Copy the whole line.")
    if invitation is None or problem:
        return render(request, "members/invitation_problem.html", {"problem": problem}, status=410)
    form = AcceptForm(request.POST or None, invitation=invitation)
    if accepted(form, partial(actions.accept_invitation, invitation, now=now)):
        user = User.objects.get(person=invitation.person_id)
        return perform_login(request, user, email_verification="none", redirect_url=reverse("accounts:preferences"))
    return render(request, "members/invitation_accept.html", {"form": form, "invitation": invitation})


def _invitation(request: Request, pk: UUID) -> Invitation:
    people = everybody().visible_to(request.user)
    return get_object_or_404(Invitation.objects.filter(person__in=people), pk=pk)
