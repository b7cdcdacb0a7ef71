"""How somebody comes to sign in: staff invite, the link in the mail sets a password."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person, TransitionError, User
from accounts.rules import require
from history.actions import can_be_taken_back, record
from members.models import Invitation
from notices.actions.planning import cancel, post

WITHDRAWN = gettext_noop("the invitation was withdrawn")


@transaction.atomic
def invite(person: Person, *, by: User, now: datetime) -> Invitation:
    """Ask `person` to sign in: a mail with a link that works once, for seven days.

    Raises Refused, or TransitionError when they have an account, no address, or a link that still works.
    """
    person = lock_person(person.pk)
    require(by, "members.invite", person)
    for standing in Invitation.objects.open().filter(person=person):
        if not standing.problem(now):
            raise TransitionError(
                _("%(name)s was invited already. You can send the invitation again.") % {"name": person}
            )
        withdraw(standing, now=now)
    return _invite(person, by=by, now=now)


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    """A new link by a new mail; the old one stops working. Raises Refused, or TransitionError when it was used."""
    person = lock_person(invitation.person_id)
    require(by, "members.invite", person)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise TransitionError(_("%(name)s has accepted and can sign in.") % {"name": person})
    for standing in Invitation.objects.open().filter(person=person):
        withdraw(standing, now=now)
    return _invite(person, by=by, now=now)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    """The link stops working. Raises Refused, or TransitionError when it was used or withdrawn before."""
    person = lock_person(invitation.person_id)
    require(by, "members.invite", person)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise TransitionError(_("This invitation was used or withdrawn already."))
    withdraw(invitation, now=now)
    record(gettext_noop("Invitation withdrawn"), person, by=by, now=now)
    can_be_taken_back("members.revoke_invitation", invitation, by=by, now=now)
    return invitation


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str, now: datetime) -> User:
    """Whoever holds the link gets the account. Called by nobody who is signed in: the link is the proof.

    Raises TransitionError with what to do when the link was used or withdrawn, is too old, or the address is taken.
    """
    person = lock_person(invitation.person_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if problem := invitation.problem(now):
        raise TransitionError(problem)
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, person=person)
    except IntegrityError as error:
        raise TransitionError(_("This address has an account already. Sign in, or ask for a new password.")) from error
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    record(gettext_noop("Accepted the invitation"), person, by=user, now=now)
    return user


def _invite(person: Person, *, by: User, now: datetime) -> Invitation:
    email = person.email.lower()
    if User.objects.filter(person=person).exists():
        raise TransitionError(_("%(name)s has an account already.") % {"name": person})
    if not email:
        raise TransitionError(_("%(name)s has no e-mail address. Enter one first.") % {"name": person})
    if User.objects.filter(email=email).exists():
        raise TransitionError(
            _("Somebody else signs in with this address. Give %(name)s one of their own.") % {"name": person}
        )
    invitation = Invitation.objects.create(
        person=person, email=email, invited_by=by, invited_at=now, expires_at=now + Invitation.VALID
    )
    record(gettext_noop("Invited to sign in"), person, by=by, now=now)
    post("members.invitation", invitation, [person], now=now, not_after=invitation.expires_at)
    return invitation


def withdraw(invitation: Invitation, *, now: datetime) -> None:
    """The link stops working and a mail not yet sent stays here. Part of an action, which requires and records."""
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    cancel(invitation, reason=WITHDRAWN, now=now)


def lock_person(pk: UUID) -> Person:
    """The person as they stand, held until the transaction ends. Part of an action.

    Not their key: every line of history points to its author, and two who edit each other would wait in a circle.
    """
    return Person.objects.select_for_update(no_key=True).get(pk=pk)
