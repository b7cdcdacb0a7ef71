"""Invitations: staff send and withdraw them; whoever holds the link chooses a password."""

from functools import partial
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.http import Request, accepted, told
from accounts.models import User
from history.http import told_with_undo
from members.actions import invitations as actions
from members.forms.people import AcceptForm
from members.models import Invitation, everybody


@require_POST
def invite(request: Request, pk: UUID) -> HttpResponse:
    person = get_object_or_404(everybody().visible_to(request.user), pk=pk)
    act = partial(actions.invite, person, by=request.user, now=timezone.now())
    told(request, act, _("The invitation is on its way. Its link works for seven days."))
    return redirect("members:person", pk)


@require_POST
def resend(request: Request, pk: UUID) -> HttpResponse:
    invitation = _invitation(request, pk)
    act = partial(actions.resend_invitation, invitation, by=request.user, now=timezone.now())
    told(request, act, _("A new invitation is on its way. The link in the old one no longer works."))
    return redirect("members:person", invitation.person_id)


@require_POST
def revoke(request: Request, pk: UUID) -> HttpResponse:
    invitation = _invitation(request, pk)
    act = partial(actions.revoke_invitation, invitation, by=request.user, now=timezone.now())
    told_with_undo(request, act, _("The invitation is withdrawn. Its link no longer works."), invitation)
    return redirect("members:person", invitation.person_id)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; programs that look into mails may open it as often as they like."""
    invitation = Invitation.objects.of_token(token).select_related("person").first()
    now = timezone.now()
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
