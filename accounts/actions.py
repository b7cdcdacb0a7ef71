"""What can happen to saved views. They are a preference, so nothing of it enters the history."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SavedView, TransitionError, User
from accounts.rules import require


@transaction.atomic
def save_view(*, by: User, list_key: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep `query` (a query string) of the list with key `list_key` under `name`; one's own view of that name is replaced.

    Raises Refused (only staff share), TransitionError (one has SavedView.MOST of this list already).
    """
    if is_shared:
        require(by, "accounts.share_view")
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # so that two windows do not pass the bound together
    others = SavedView.objects.filter(owner=by, list_key=list_key).exclude(name=name)
    if others.count() >= SavedView.MOST:
        raise TransitionError(_("You have many views of this list already. Remove one first."))
    values = {"query": query, "is_shared": is_shared}
    return SavedView.objects.update_or_create(owner=by, list_key=list_key, name=name, defaults=values)[0]


@transaction.atomic
def remove_view(view: SavedView, *, by: User) -> None:
    """Forget it; twice changes nothing. Raises Refused."""
    standing = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if standing is not None:
        require(by, "accounts.remove_view", standing)
        standing.delete()
