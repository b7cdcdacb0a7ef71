"""What does the page of a position show, and to whom?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.ids import as_uuid
from accounts.models import User, Visibility
from accounts.rules import allows, classes_seen_by, require
from decisions.lineage import Comparison, compared
from decisions.models import Answer, AnswerChange, Correction, Decision, Elector, Position, Round, Text
from decisions.outcome import ADOPTING, Outcome, Procedure, Tally
from decisions.reading import Reading, read_by
from decisions.seats import SeatLine, electors_of, is_heard, late_ones, line_of, mine_of, uncounted
from decisions.signing import signing_for
from decisions.words import arithmetic, committee_for, older_for, outlook, rule_sentence
from history.panels import Line, history


@dataclass(frozen=True)
class Asked:
    """A round as its page shows it. `outcome` is computed until it is announced; None while the round is open."""

    round: Round
    tally: Tally
    closes_at: datetime
    is_extended: bool
    outcome: Outcome | None
    arithmetic: str
    rule: str
    is_open: bool
    outlook: str = ""
    mine: Elector | None = None
    others_of_mine: list[Elector] = field(default_factory=list)
    seats: list[SeatLine] = field(default_factory=list)
    late: list[AnswerChange] = field(default_factory=list)
    older: Decision | None = None  # what this replaces if it is adopted, as far as this reader may know
    hidden: int = 0  # seats that have not answered and that this reader is not told
    assented: list[Elector] = field(default_factory=list)  # by silence, as far as this reader may know them
    dissent: list[Answer] = field(default_factory=list)  # reservations and objections that this reader may know

    @property
    def is_adopted(self) -> bool:
        return self.outcome in ADOPTING

    @property
    def is_silence(self) -> bool:
        return self.round.procedure == Procedure.SILENCE

    @property
    def unnamed(self) -> int:
        """How many more have assented by silence."""
        return self.tally.silent - len(self.assented) if self.outcome == Outcome.SILENCE else 0

    @property
    def unreached(self) -> list[SeatLine]:
        return [line for line in self.seats if line.is_unreached]

    @property
    def is_confirmed(self) -> bool:
        return self.round.confirmed_at is not None

    @property
    def all_have_answered(self) -> bool:
        return not self.tally.silent


@dataclass(frozen=True)
class Page:
    position: Position
    committee: str
    reading: Reading
    asked: Asked | None
    history: list[Line]
    corrections: list[Correction]
    changed: Comparison | None = None  # against what the seats were asked about before, or this reader answered on

    @property
    def text(self) -> Text:
        """The wording that decides, of the newest version."""
        return self.reading.decides

    @property
    def is_about_this_text(self) -> bool:
        """Whether the newest round asks about the newest version; else it was about an earlier one."""
        return self.asked is not None and self.asked.round.version_id == self.text.version_id

    @property
    def earlier(self) -> range:
        return range(1, self.text.version.number)

    @property
    def next_number(self) -> int:
        return self.text.version.number + 1


@dataclass(frozen=True)
class Row:
    """A position in the list; `asked`: its newest round, if it is open or about to be announced."""

    position: Position
    committee: str
    asked: Round | None
    closes_at: datetime | None  # its closing; going on once may not be written down yet
    is_closed: bool
    is_mine: bool  # this reader's answer is awaited


def rows_of(positions: list[Position], user: User, now: datetime) -> list[Row]:
    """The list's rows, with the running rounds of those that are open, in two statements."""
    rounds = Round.objects.unannounced().filter(version__position__in=positions).with_end(now)
    running = {one.version.position_id: one for one in rounds.select_related("version")}
    waiting = set()
    if running:
        electors = Elector.objects.filter(round__in=running.values()).unanswered_by(user.person, now)
        waiting = set(electors.values_list("round", flat=True))
    return [
        Row(
            one,
            committee_for(user, one.committee),
            asked,
            closes_at=asked.end if asked else None,
            is_closed=asked is not None and asked.end <= now,
            is_mine=asked is not None and asked.pk in waiting,
        )
        for one in positions
        for asked in [running.get(one.pk)]
    ]


def page_of_position(
    position: Position, user: User, now: datetime, where: Mapping[str, Any], answered_on: str = ""
) -> Page:
    """Everything on the page at `now`; `where`: the query string, its "seat" the elector's id if this reader speaks
    for several; `answered_on`: the version (its id) for which they have just sent an answer.
    """
    asked = asked_about(position, user, now, where.get("seat"))
    committee = committee_for(user, position.committee)
    reading = read_by(user, position, where.get("language", ""))
    assert reading is not None  # noqa: S101 - for mypy: no position is without a version
    corrections = waiting_corrections(reading.decides, user) if asked and asked.round.is_being_corrected else []  # type: ignore[attr-defined]
    entries = history(position, user, where, classes=classes_of_history(position, user))
    shows_change = asked is not None and asked.is_open and allows(user, "decisions.read_versions", position)
    changed = changed_text(asked.round, reading.decides, answered_on) if asked and shows_change else None
    return Page(position, committee, reading, asked, entries, corrections, changed)


def changed_text(asked: Round, decides: Text, answered_on: str = "") -> Comparison | None:
    """What differs from the version `answered_on` (its id), or from the text the seats were asked about before this
    one took its place or was corrected; None where it is the first, and asks nothing then.
    """
    texts = Text.objects.filter(is_authoritative=True, version__position=asked.version.position_id)
    before = as_uuid(answered_on)
    if before is not None and before != asked.version_id:
        older = texts.filter(version=before)
    elif asked.replaces_id:
        older = texts.filter(version__rounds=asked.replaces_id)
    elif asked.version.is_correction:
        older = texts.filter(version__in=asked.corrections.exclude(version=None).values("of"))
    else:
        return None
    old = older.select_related("version").order_by("version__number").first()
    return compared(old, decides) if old else None


def classes_of_history(position: Position, user: User) -> frozenset[str]:
    """The committee that decides reads what is for committees in a position's history, and no other committee does:
    there stands who answered what, and why.
    """
    seen, committees = classes_seen_by(user), {Visibility.STEERING}
    return seen | committees if allows(user, "decisions.see_answers", position) else seen - committees


def waiting_corrections(text: Text, user: User) -> list[Correction]:
    """Those that wait for an approver, each with what it changes as `compared`; `is_for_reader`: for this one's voice."""
    waiting = Correction.objects.visible_to(user).waiting().filter(of=text.version_id)
    awaiting = Correction.objects.awaiting(user.person).filter(pk=OuterRef("pk"))
    waiting = waiting.annotate(is_for_reader=Exists(awaiting))
    found: list[Correction] = list(waiting.select_related("proposed_by").prefetch_related("approvals"))
    for one in found:
        wanted = Text(version=text.version, language=text.language, body=one.body)
        one.compared = compared(text, wanted)  # type: ignore[attr-defined]
    return found


def asked_about(position: Position, user: User, now: datetime, seat: str | None = None) -> Asked | None:
    """The newest round on `position`, cut to what `user` may know; None when there has been none."""
    latest = (
        Round.objects.filter(version__position=position)
        .select_related("version", "committee", "opened_by", "confirmed_by", "decision", "would_supersede")
        .annotate(is_being_corrected=Exists(Correction.objects.waiting().filter(round=OuterRef("pk"))))
        .first()
    )
    if latest is None:
        return None
    electors = electors_of(latest, user)
    found = latest.standing_of(electors, now)
    said = found.outcome
    is_open = said is None
    is_insider = allows(user, "decisions.see_answers", position)
    sees_silent = allows(user, "decisions.see_silent", position)
    mine = mine_of(electors, seat) if is_open else []
    shown = [one for one in electors if is_heard(one) or sees_silent or one.speaks]  # type: ignore[attr-defined]
    lines = [line_of(one, latest, said) for one in shown]
    signing = None if is_open else signing_for(user, electors, said, is_insider=is_insider)
    return Asked(
        round=latest,
        tally=found.tally,
        closes_at=found.closes_at,
        is_extended=found.is_extended,
        outcome=said,
        arithmetic=arithmetic(
            seats=latest.seats,
            vacant=latest.vacant,
            suspended=latest.suspended,
            doubled=latest.doubled,
            recused=found.tally.recuse,
        ),
        rule=rule_sentence(latest, found.tally.base, user.person.zone, found.closes_at),
        is_open=is_open,
        outlook=outlook(latest, found.tally, shows_counts=is_insider) if is_open else "",
        mine=mine[0] if mine and allows(user, "decisions.answer", mine[0]) else None,
        others_of_mine=mine[1:],
        seats=[*lines, *uncounted(latest)] if is_insider else [],
        late=late_ones(latest) if is_insider and not is_open else [],
        hidden=len(electors) - len(shown),
        older=older_for(user, latest, said),
        assented=signing.by_silence if signing else [],
        dissent=signing.dissent if signing and not is_insider else [],
    )


def elector_to_answer(position: Position, user: User, named: str) -> Elector:
    """The elector of the newest round that `user` answers for. `named`: the id on the form, maybe of an older round:
    the same organisation's is meant. Raises Refused when there is none, or for staff.
    """
    newest = Round.objects.filter(version__position=position).values("pk")[:1]
    mine = Elector.objects.filter(round__in=newest).spoken_for_by(user.person).order_by("term__seat__number")
    if as_uuid(named):
        mine = mine.order_by(
            Exists(Elector.objects.filter(pk=named, organisation=OuterRef("organisation"))).desc(), "term__seat__number"
        )
    elector = mine.first()
    require(user, "decisions.answer", elector)
    assert elector is not None  # noqa: S101 - for mypy: nobody speaks for None
    return elector
