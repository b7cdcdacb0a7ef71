"""The rules of sign-off once more, written from their text alone, to hold the application against.

Nothing of the application is imported, and it is done another way: all that was ever said stays in a list, and
everything is worked out anew from it. Sources: foundations, "Committees and voting"; domain 1.5, W2, S3 to S5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

MOMENT = timedelta(microseconds=1)
PARTS = {
    "none": (Fraction(0), False),
    "half_up": (Fraction(1, 2), False),
    "half": (Fraction(1, 2), True),
    "three_fifths": (Fraction(3, 5), False),
    "two_thirds": (Fraction(2, 3), False),
    "all": (Fraction(1), False),
}
ADOPTS = {"adopted", "dissent", "silence"}
OPEN_AGAIN = {"broken", "no_quorum", "meeting"}


def makes_up(part: int, whole: int, share: str) -> bool:
    """Whether `part` of `whole` is "more than half", "at least two thirds" …"""
    least, is_more = PARTS[share]
    return part > whole * least if is_more else part >= whole * least


@dataclass(frozen=True)
class Word:
    """A seat answers, or presses *seen*."""

    seat: int
    person: int
    said: str
    at: datetime
    reason: str = ""
    heard: str = ""  # how staff heard it, if they took it down


@dataclass
class Slip:
    """A correction that waits for two others to approve it."""

    by: int
    approved: set[int] = field(default_factory=set)


@dataclass
class Ballot:
    """A round: what was asked, of how many seats, all that was said, and which mails went out and came back."""

    version: int
    procedure: str
    quorum: str
    threshold: str
    seats: int
    opens: datetime
    closes: datetime
    words: list[Word] = field(default_factory=list)
    late: list[Word] = field(default_factory=list)
    slip: Slip | None = None
    mails: list[list] = field(default_factory=list)  # [seats of the reader, went at, came back at or None]
    early: datetime | None = None
    ended: str = ""  # withdrawn, replaced
    said: str = ""  # once it has been announced
    number: int = 0
    confirmed: bool = False

    def standing(self, until: datetime) -> dict[int, Word]:
        """The last word of each seat that has answered before `until`."""
        return {word.seat: word for word in self.words if word.said != "seen" and word.at < until}

    def count(self, until: datetime) -> dict[str, int]:
        last = self.standing(until)
        kinds = [word.said for word in last.values()]
        found = {kind: kinds.count(kind) for kind in ("approve", "reserve", "object", "abstain", "recuse")}
        seen = {word.seat for word in self.words if word.said == "seen" and word.at < until} - last.keys()
        found["seen"] = len(seen)
        told = {
            seat for seats, went, back in self.mails if went < until and not (back and back < until) for seat in seats
        }
        found["untold"] = len(set(range(self.seats)) - last.keys() - seen - told)
        return found

    def verdict(self, until: datetime) -> str:
        c = self.count(until)
        base = self.seats - c["recuse"]
        took_part = c["approve"] + c["reserve"] + c["object"] + c["abstain"] + c["seen"]
        yes, no = c["approve"] + c["reserve"], c["object"]
        if c["recuse"] and (base < 3 or base < Fraction(self.seats, 2)):
            return "meeting"
        if self.procedure == "silence" and no:
            return "broken"
        if not makes_up(took_part, base, self.quorum) or (self.procedure == "silence" and c["untold"]):
            return "no_quorum"
        if self.procedure == "silence":
            return "adopted" if took_part - c["seen"] == base else "silence"
        of = base if self.procedure == "explicit" else yes + no
        if not yes or not makes_up(yes, of, self.threshold):
            return "rejected"
        return "dissent" if no else "adopted"

    @property
    def was_broken(self) -> bool:
        return self.procedure == "silence" and any(word.said == "object" for word in self.words)

    @property
    def goes_on(self) -> bool:
        """Without a quorum at its closing it goes on once, for half of its window."""
        is_whole = not self.early and not self.was_broken_by(self.closes) and self.procedure != "meeting"
        return is_whole and self.verdict(self.closes) == "no_quorum"

    def was_broken_by(self, until: datetime) -> bool:
        return self.procedure == "silence" and any(word.said == "object" and word.at < until for word in self.words)

    def end(self, now: datetime) -> datetime:
        """The closing instant, as it stands at `now`. An objection stops the clock of a silence."""
        if self.was_broken:
            return self.words[-1].at + MOMENT
        if self.early:
            return self.early
        if now >= self.closes and self.goes_on:
            return self.closes + timedelta(minutes=max(1, (self.closes - self.opens) // timedelta(minutes=2)))
        return self.closes

    def is_over(self, now: datetime) -> bool:
        return bool(self.ended or self.said) or now >= self.end(now)

    def outcome(self, now: datetime) -> str:
        """From the closing instant on, announced or not; empty while it is open."""
        if self.ended or self.said:
            return self.ended or self.said
        return self.verdict(self.end(now)) if self.is_over(now) else ""

    def says(self, person: int) -> int | None:
        """The seat for which `person` has spoken: nobody speaks for two."""
        return next((word.seat for word in self.words if word.person == person), None)

    def hear(self, word: Word, version: int) -> str:
        """A seat answers: "counted", "late", "same" (a double click), or "refused"."""
        spoken = self.says(word.person)
        if self.ended or version != self.version or spoken not in {None, word.seat}:
            return "refused"
        if word.said == "seen":
            if self.procedure != "silence" or self.is_over(word.at):
                return "refused"
            if any(one.seat == word.seat and one.said == "seen" for one in self.words):
                return "same"
            self.words.append(word)
            return "counted"
        before = [one for one in (*self.words, *self.late) if one.seat == word.seat and one.said != "seen"]
        last = max(before, key=lambda one: one.at, default=None)
        if last and (last.person, last.said, last.reason, last.heard) == (
            word.person,
            word.said,
            word.reason,
            word.heard,
        ):
            return "same"
        is_late = self.is_over(word.at)
        (self.late if is_late else self.words).append(word)
        if self.was_broken and not is_late:
            self.said = self.verdict(self.end(word.at))
        return "late" if is_late else "counted"

    def awaits(self, person: int, seats: list[int], now: datetime) -> bool:
        """Whether `person`, who speaks for `seats`, still has something to do."""
        if self.is_over(now):
            return False
        done = self.standing(now + MOMENT).keys() | {word.seat for word in self.words if word.said == "seen"}
        spoken = self.says(person)
        return any(seat not in done and spoken in {None, seat} for seat in seats)


@dataclass
class Item:
    """A position over its whole life."""

    status: str = "draft"
    version: int = 1
    ballots: list[Ballot] = field(default_factory=list)

    @property
    def ballot(self) -> Ballot | None:
        return self.ballots[-1] if self.ballots else None

    def runs(self, now: datetime) -> bool:
        return self.status == "open" and self.ballot is not None and not self.ballot.is_over(now)

    def approve_slip(self, person: int, speaks: Mapping[int, list[int]], now: datetime) -> bool:
        """Whether it may, while the ballot runs; with the second the text is corrected and the answers stand.

        `speaks`: {person: the seats they speak for}. One seat, one voice, and none of a seat that recused itself.
        """
        slip = self.ballot.slip if self.ballot else None
        if slip is None:
            return False
        heard = {seat for one in (slip.by, *slip.approved) for seat in speaks[one]}
        words = self.ballot.standing(now + timedelta(seconds=1))
        recused = {seat for seat, word in words.items() if word.said == "recuse"}
        if (heard | recused) & set(speaks[person]):
            return False
        slip.approved.add(person)
        if len(slip.approved) == 2:
            self.version += 1
            self.ballot.version, self.ballot.slip = self.version, None
        return True

    def may_open(self) -> bool:
        return self.status in {"draft", "undecided"}

    def may_rewrite(self) -> bool:
        return self.status in {"draft", "undecided", "rejected"}

    def may_withdraw(self, now: datetime) -> bool:
        return self.status in {"draft", "undecided"} or self.runs(now)

    def settle(self) -> None:
        """What became of it, once its ballot was announced or ended."""
        ballot = self.ballot
        if ballot is not None and self.status == "open" and ballot.said:
            is_open_again = ballot.said in OPEN_AGAIN
            self.status = "adopted" if ballot.said in ADOPTS else "undecided" if is_open_again else "rejected"


def announce(items: list[Item], now: datetime, numbered: int) -> int:
    """Every ballot that is over is announced, in order of closing; returns how many numbers have been given out."""
    over = [one for one in items if one.status == "open" and one.ballot and one.ballot.is_over(now)]
    for item in sorted(over, key=lambda one: one.ballot.end(now)):
        ballot = item.ballot
        ballot.said = ballot.outcome(now)
        if ballot.said in ADOPTS:
            numbered += 1
            ballot.number = numbered
        item.settle()
    return numbered
