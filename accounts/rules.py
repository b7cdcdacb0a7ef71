"""Who may do what: the one gate every action passes, and the registry the apps above fill by name."""

from collections.abc import Callable
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise

from accounts.models import User, Visibility

REFUSALS: dict[str, Promise] = {}
_seen_by: list[Callable[[Any], frozenset[str]]] = []
_kept_by: list[Callable[[Any], frozenset[str]]] = []


class Refused(PermissionDenied):
    """Somebody may not do this; the text is a sentence that says who may."""


def permit(name: str, predicate: rules.Predicate, *, otherwise: Promise) -> None:
    """Register permission `name`; `otherwise` is the sentence a refused person reads: who may, and when."""
    rules.add_perm(name, predicate)
    REFUSALS[name] = otherwise


def allows(user: Any, permission: str, subject: object = None) -> bool:
    """Whether `user` may; pages ask it to hide buttons. Raises KeyError for a permission nobody registered."""
    if permission not in REFUSALS:
        raise KeyError(permission)
    return user.is_authenticated and user.is_active and rules.has_perm(permission, user, subject)


def require(user: User, permission: str, subject: object = None) -> None:
    """Raise Refused unless `user` may. Called inside the action, on the locked row."""
    if not allows(user, permission, subject):
        raise Refused(str(REFUSALS[permission]))


def decide_visibility(seen_by: Callable[[Any], frozenset[str]]) -> None:
    """Registered from above: which classes of visibility a user sees everywhere."""
    _seen_by[:] = [seen_by]


def classes_seen_by(user: Any) -> frozenset[str]:
    """The classes of `Visibility` that `user` sees whatever the object; nothing beyond public by default."""
    return _seen_by[0](user) if _seen_by else frozenset({Visibility.PUBLIC})


def decide_countries(kept_by: Callable[[Any], frozenset[str]]) -> None:
    """Registered from above: the countries (ISO 3166) that a user looks after."""
    _kept_by[:] = [kept_by]


def countries_kept_by(user: Any) -> frozenset[str]:
    """The countries (ISO 3166) whose organisations and contacts `user` looks after; none by default."""
    return _kept_by[0](user) if _kept_by else frozenset()


@rules.predicate
def is_oneself(user: User, person: object) -> bool:
    return user.person_id == getattr(person, "pk", None)


@rules.predicate
def is_own_view(user: User, view: object) -> bool:
    return user.pk == getattr(view, "owner_id", None)


@rules.predicate
def is_shared_view(user: User, view: object) -> bool:
    return bool(getattr(view, "is_shared", False))
