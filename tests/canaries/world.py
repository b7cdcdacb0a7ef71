"""A coalition with a word of its own in every column that not everybody may read, and who may read each.

`world.mark(column, readers)` gives the word, always "zq" and digits and "zq"; nobody else may ever meet it.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User, Visibility
from members.models import Committee
from tests import factories as make

SIGNED_IN = ("admin", "staff", "chair", "seat", "facilitator", "member", "nobody")
EVERYBODY = frozenset(SIGNED_IN)
MEMBERS = EVERYBODY - {"nobody"}
STEERING = frozenset({"admin", "staff", "chair", "seat"})
STAFF = frozenset({"admin", "staff"})
NOBODY: frozenset[str] = frozenset()
CLASSES = {
    Visibility.PUBLIC: EVERYBODY,
    Visibility.MEMBERS: MEMBERS,
    Visibility.GROUP: STEERING,  # and whoever is of the group
    Visibility.STEERING: STEERING,
    Visibility.STAFF: STAFF,
    Visibility.RESTRICTED: NOBODY,  # but those named on it
}
WORD = re.compile(r"zq\d{4}zq")


@dataclass
class World:
    """`readers` of each word, and the `column` it stands in."""

    users: dict[str, User]
    steering: Committee
    now: datetime
    columns: dict[str, str] = field(default_factory=dict)
    readers: dict[str, frozenset[str]] = field(default_factory=dict)

    def mark(self, column: str, readers: frozenset[str]) -> str:
        word = f"zq{len(self.columns):04}zq"
        self.columns[word], self.readers[word] = column, readers
        return word

    def marks(self, noun: str, readers: frozenset[str], *columns: str) -> dict[str, str]:
        """{column: its word} for several columns of one row."""
        return {column: self.mark(f"{noun}: {column}", readers) for column in columns}

    @property
    def staff(self) -> User:
        return self.users["staff"]

    def in_days(self, days: float) -> datetime:
        return self.now + timedelta(days=days)


def stage() -> World:
    """Who reads, and the steering committee: nothing secret yet."""
    steering = make.CommitteeFactory(is_steering=True, name="Steering")
    users = {role: make.user_with(role, steering) for role in SIGNED_IN}
    return World(users, steering, timezone.now())
