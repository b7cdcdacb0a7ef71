"""How the page after an act offers to take it back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import models
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.models import TransitionError, User
from history.models import Deed


def offer_undo(request: HttpRequest, done: str, deed: Deed | None) -> None:
    """Say `done` at the top of the next page, with a button that takes the deed back (frame.html draws it)."""
    messages.success(request, done, extra_tags=str(deed.pk) if deed else "")


def done_to(request: HttpRequest, done: str, subject: models.Model) -> None:
    """As `offer_undo`, of what this user has just done to `subject`."""
    assert isinstance(request.user, User)  # noqa: S101 - for mypy: acts are for who is signed in
    # Only this very act: one that changed nothing made no deed, and an older one is not what the sentence is about.
    just_now = {"at__gte": Now() - timedelta(minutes=1)}
    newest = Deed.objects.filter(object_id=subject.pk, by=request.user, taken_back_at=None, whole=None, **just_now)
    offer_undo(request, done, newest.order_by("-at").first())


def told_with_undo(request: HttpRequest, act: Callable[[], Any], done: str, subject: models.Model) -> bool:
    """As `told`, with a button that takes it back."""
    try:
        act()
    except TransitionError as error:
        messages.error(request, str(error))
        return False
    done_to(request, done, subject)
    return True
