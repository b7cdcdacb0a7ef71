"""What do the answers say? Pure: the rows and two instants in, the outcome out; nothing here reads a clock or a table."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Choice(models.TextChoices):
    """What a seat may answer."""

    APPROVE = "approve", _("Approve")
    OBJECT = "object", _("Object")
    ABSTAIN = "abstain", _("Abstain")


class Outcome(models.TextChoices):
    """How a round ended."""

    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Not adopted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@dataclass(frozen=True)
class Tally:
    """How many of the `base` seats answered what; `silent` ones did not answer in time."""

    base: int
    approve: int = 0
    object: int = 0
    abstain: int = 0

    @property
    def silent(self) -> int:
        return self.base - self.approve - self.object - self.abstain

    def as_row(self) -> dict[str, int]:
        """As the register keeps it: base, approve, object, abstain, silent."""
        return {**asdict(self), "silent": self.silent}


def tally(base: int, answers: Iterable[tuple[str, datetime]], closes_at: datetime) -> Tally:
    """Count `answers`, one (choice, instant) per seat that answered; at or after `closes_at` it counts as none."""
    counts = dict.fromkeys(Choice.values, 0)
    for choice, at in answers:
        if at < closes_at:
            counts[Choice(choice).value] += 1
    return Tally(base, **counts)


def outcome(counted: Tally, threshold: int, closes_at: datetime, now: datetime) -> Outcome | None:
    """The outcome of an explicit approval at `now`; None while the round is open.

    Adopted when, at the closing instant, at least `threshold` of the seats approve. Objections are recorded and
    do not stop it; an abstention or no answer is not an approval. Before the closing instant nothing is decided,
    however many have approved, because every seat may still change its answer.
    Source: foundations, "Committees and voting".
    """
    if now < closes_at:
        return None
    return Outcome.ADOPTED if counted.approve >= threshold else Outcome.REJECTED


def majority(base: int) -> int:
    """More than half of `base` seats: 7 of 12, 7 of 13."""
    return base // 2 + 1
