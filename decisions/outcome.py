"""What do the answers say? Pure: rows and instants in, the outcome out; nothing here reads a clock or a table.

Sources of the rules: foundations, "Committees and voting"; domain 1.5 and W2 (recorded rules of coalitions and of the
silence procedure in diplomacy).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Procedure(models.TextChoices):
    """How a committee decides."""

    SILENCE = "silence", _("Silence: adopted unless a seat objects")
    EXPLICIT = "explicit", _("Explicit approval: counted of all seats")
    VOTE = "vote", _("Vote: counted of the votes cast")
    MEETING = "meeting", _("At a meeting: votes cast there")


class Choice(models.TextChoices):
    """What a seat may answer."""

    APPROVE = "approve", _("Approve")
    RESERVE = "reserve", _("Approve with a reservation")
    OBJECT = "object", _("Object")
    ABSTAIN = "abstain", _("Abstain")
    RECUSE = "recuse", _("Recuse ourselves")


REASONED = frozenset({Choice.RESERVE, Choice.OBJECT, Choice.RECUSE})
CAST = frozenset({Choice.APPROVE, Choice.RESERVE, Choice.OBJECT})


class Outcome(models.TextChoices):
    """How a round ended."""

    ADOPTED = "adopted", _("Adopted")
    DISSENT = "dissent", _("Adopted with recorded dissent")
    SILENCE = "silence", _("Adopted by silence")
    BROKEN = "broken", _("Silence broken")
    REJECTED = "rejected", _("Not adopted")
    NO_QUORUM = "no_quorum", _("No quorum")
    MEETING = "meeting", _("Too many recused: goes to a meeting")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REPLACED = "replaced", _("Replaced by a new version")


ADOPTING = frozenset({Outcome.ADOPTED, Outcome.DISSENT, Outcome.SILENCE})
UNDECIDED = frozenset({Outcome.BROKEN, Outcome.NO_QUORUM, Outcome.MEETING})
DECIDED = ADOPTING | UNDECIDED | {Outcome.REJECTED}  # what the answers can say; the others are said by people


class Share(models.TextChoices):
    """How many of a number are needed."""

    NONE = "none", _("No minimum")
    HALF_UP = "half_up", _("At least half")
    HALF = "half", _("More than half")
    THREE_FIFTHS = "three_fifths", _("At least three fifths")
    TWO_THIRDS = "two_thirds", _("At least two thirds")
    ALL = "all", _("All")


# numerator, denominator, and whether the share itself is not enough
SHARES = {
    Share.NONE: (0, 1, False),
    Share.HALF_UP: (1, 2, False),
    Share.HALF: (1, 2, True),
    Share.THREE_FIFTHS: (3, 5, False),
    Share.TWO_THIRDS: (2, 3, False),
    Share.ALL: (1, 1, False),
}
FEWEST = 3  # seats left after recusals that may still decide


def needed(share: str, of: int) -> int:
    """How many of `of` make up `share`: needed("half", 12) is 7, needed("two_thirds", 13) is 9."""
    top, bottom, is_more = SHARES[Share(share)]
    return of * top // bottom + 1 if is_more else -(-of * top // bottom)


@dataclass(frozen=True)
class Rule:
    """How a round is decided; `counted`: the seats that count before anybody recuses itself."""

    procedure: str
    quorum: str
    threshold: str
    counted: int


@dataclass(frozen=True)
class Voice:
    """One counted seat: what it answered and when, when it pressed *seen*, whether a notice of the round reached it."""

    choice: str | None = None
    at: datetime | None = None
    seen_at: datetime | None = None
    is_reached: bool = False


@dataclass(frozen=True)
class Tally:
    """How many seats said what in time. `seen` pressed *seen* and answered nothing, `unseen` neither; of these
    `unreached` were never told.
    """

    counted: int
    approve: int = 0
    reserve: int = 0
    object: int = 0
    abstain: int = 0
    recuse: int = 0
    seen: int = 0
    unreached: int = 0

    @property
    def base(self) -> int:
        """The seats that decide: those that have recused themselves do not."""
        return self.counted - self.recuse

    @property
    def answered(self) -> int:
        return self.approve + self.reserve + self.object + self.abstain

    @property
    def acknowledged(self) -> int:
        """Seats that answered or pressed *seen*: what a quorum is counted from."""
        return self.answered + self.seen

    @property
    def silent(self) -> int:
        return self.base - self.answered

    @property
    def unseen(self) -> int:
        return self.base - self.acknowledged

    @property
    def yes(self) -> int:
        return self.approve + self.reserve

    @property
    def cast(self) -> int:
        return self.yes + self.object

    def as_row(self) -> dict[str, int]:
        """As the register keeps it."""
        names = ("base", "approve", "reserve", "object", "abstain", "recuse", "silent", "seen")
        return {name: getattr(self, name) for name in names}


def tally(counted: int, voices: Iterable[Voice], closes_at: datetime) -> Tally:
    """Count the `voices` of the `counted` seats; what was said at or after `closes_at` counts as not said.

    A seat without a row (`voices` may be fewer) was neither reached nor heard.
    """
    counts = dict.fromkeys([*Choice.values, "seen", "reached"], 0)
    for voice in voices:
        if voice.choice is not None and voice.at is not None and voice.at < closes_at:
            counts[Choice(voice.choice).value] += 1
        elif voice.seen_at is not None and voice.seen_at < closes_at:
            counts["seen"] += 1
        elif voice.is_reached:
            counts["reached"] += 1
    reached = counts.pop("reached")
    found = Tally(counted, **counts)
    return Tally(counted, **counts, unreached=found.unseen - reached)


def is_too_few(counted: Tally) -> bool:
    """Whether recusals leave too few seats to decide: fewer than three, or under half of those that count."""
    return counted.recuse > 0 and (counted.base < FEWEST or counted.base * 2 < counted.counted)


def is_quorate(counted: Tally, rule: Rule) -> bool:
    """Whether enough seats took part; silence also needs that every seat that said nothing was told."""
    heard = counted.acknowledged >= needed(rule.quorum, counted.base)
    return heard and (rule.procedure != Procedure.SILENCE or counted.unreached == 0)


def is_carried(counted: Tally, rule: Rule) -> bool:
    """Whether the approvals reach the threshold: of all deciding seats, or of the votes cast. Never without one."""
    of = counted.base if rule.procedure == Procedure.EXPLICIT else counted.cast
    return counted.yes >= max(1, needed(rule.threshold, of))


def approvals_missing(counted: Tally, rule: Rule) -> int:
    """How many seats more must approve for an explicit approval to pass; 0 where it depends on what others say."""
    if rule.procedure != Procedure.EXPLICIT:
        return 0
    return max(0, max(1, needed(rule.threshold, counted.base)) - counted.yes)


def outcome(counted: Tally, rule: Rule) -> Outcome:
    """What is said at the closing instant.

    A silence is broken by one objection, whoever else took part. Otherwise an objection is recorded and does not stop
    the others; an abstention or no answer is not an approval.
    """
    if is_too_few(counted):
        return Outcome.MEETING
    if rule.procedure == Procedure.SILENCE and counted.object:
        return Outcome.BROKEN
    if not is_quorate(counted, rule):
        return Outcome.NO_QUORUM
    if rule.procedure == Procedure.SILENCE:
        return Outcome.SILENCE if counted.silent else Outcome.ADOPTED
    if not is_carried(counted, rule):
        return Outcome.REJECTED
    return Outcome.DISSENT if counted.object else Outcome.ADOPTED


@dataclass(frozen=True)
class Window:
    """When a round is open. `was_extended`: it has closed once before without a quorum, and closes now for good."""

    opens_at: datetime
    closes_at: datetime
    was_extended: bool = False

    @property
    def extension(self) -> timedelta:
        """Half of the window, in whole minutes."""
        minutes = (self.closes_at - self.opens_at) // timedelta(minutes=1)
        return timedelta(minutes=max(1, minutes // 2))


@dataclass(frozen=True)
class Standing:
    """A round at an instant: its count, when it closes, and the outcome, None while it is open."""

    tally: Tally
    closes_at: datetime
    is_extended: bool
    outcome: Outcome | None


def standing(rule: Rule, voices: Iterable[Voice], window: Window, now: datetime) -> Standing:
    """Where a round stands at `now`, whether or not anybody has written it down yet.

    Before the closing instant nothing is decided, however many have answered, because every seat may still change its
    answer; only an objection ends a silence, and does so at once: the closing instant is then brought forward to it.
    A round that closes without a quorum goes on once, for half of its window; a meeting is over when it is over.
    """
    voices = list(voices)
    closes_at, is_extended = window.closes_at, window.was_extended
    counted = tally(rule.counted, voices, closes_at)
    if now < closes_at:
        return Standing(counted, closes_at, is_extended, None)
    said = outcome(counted, rule)
    if said == Outcome.NO_QUORUM and not is_extended and rule.procedure != Procedure.MEETING:
        closes_at, is_extended = closes_at + window.extension, True
        counted = tally(rule.counted, voices, closes_at)
        said = outcome(counted, rule)
        if now < closes_at and said != Outcome.BROKEN:
            return Standing(counted, closes_at, is_extended, None)
    return Standing(counted, closes_at, is_extended, said)
