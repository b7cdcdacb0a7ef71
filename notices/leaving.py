"""The link by which a reader stops the mails of one kind without signing in (RFC 8058).

It is signed, so nobody makes one for somebody else, and it works as long as the mail is kept: it allows nothing more.
"""

from functools import cache
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import Person
from notices.kind import KINDS, Kind

SIGNER = Signer(salt="notices.leaving")
ANY = "TOKEN"  # where a token stands


def leaving_headers(kind: Kind, person: Person) -> dict[str, str]:
    """What a mail program needs for its own button; none for a kind whose mails cannot be stopped."""
    if not kind.may_be_left:
        return {}
    link = settings.BASE_URL + _any_path().replace(ANY, token_for(kind, person))
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@cache
def _any_path() -> str:
    return reverse("notices:leave", args=[ANY])


def token_for(kind: Kind, person: Person) -> str:
    return SIGNER.sign(f"{person.pk.hex}~{kind.key}")


def read_token(token: str) -> tuple[UUID, Kind] | None:
    """Of whom and which kind it speaks; None for one that we did not sign, or whose kind is gone."""
    try:
        person, key = SIGNER.unsign(token).split("~")
    except BadSignature:
        return None
    kind = KINDS.get(key)
    return (UUID(person), kind) if kind else None
