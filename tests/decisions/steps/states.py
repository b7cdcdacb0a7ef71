"""What the steps are tried on: an object of each kind in every state, made by the actions that lead there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from decisions.actions.answering import press_seen
from decisions.actions.asking import change_text, open_round
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.commenting import settle_comment, take_suggestion
from decisions.actions.consulting import end_consultation_early, tend_consultations
from decisions.actions.correcting import approve_correction, drop_correction, propose_correction
from decisions.actions.disagreements import end_disagreement, hand_disagreement
from decisions.actions.disposing import tell_contributors
from decisions.actions.drafting import edit_draft, newest_text, withdraw_position, write_version
from decisions.models import Decision, Disagreement, Level, Position, Text
from decisions.models.levels import usual_level
from members.models import Membership, SeatHolder
from notices.models import Delivery
from tests import factories as make
from tests.decisions import members_asked
from tests.decisions.making import answer, question, speaker_of
from tests.decisions.steps.cast import GONE, NOW, Cast
from tests.factories import NOON

SAID = NOON + timedelta(hours=1)
CORRECTED = "First paragraph, corrected.\n\nSecond paragraph."


@dataclass
class Found:
    """An object in a state, with what hangs on it; `twist`: what happens just before the step is tried."""

    position: Any = None
    round: Any = None
    elector: Any = None
    said_by: Any = None
    comment: Any = None
    correction: Any = None
    entry: Any = None
    consultation: Any = None
    decision: Any = None
    level: Any = None
    committee: Any = None
    twist: Callable[[], object] | None = None

    @cached_property
    def text(self) -> Text:
        """The wording that decides, as whoever tries has read it."""
        return newest_text(self.position)


States = dict[str, Found]


def build_states(cast: Cast) -> dict[str, States]:
    """{kind: {state: the object}}. First what is announced, then what has closed and is not."""
    announced = decided(cast)
    consulted = consultations(cast)
    announce_closed_rounds(now=NOW)
    superseded, in_force = Decision.objects.order_by("decided_at", "year", "number")[:2]
    Decision.objects.filter(pk=superseded.pk).update(superseded_by=in_force)
    rounds = running(cast) | announced
    asked = {name: found for name, found in rounds.items() if found.round}
    return {
        "position": drafts(cast, consulted) | rounds,
        "seat": asked | seats(cast),
        "round": asked,
        "draft": {"own committee": Found(committee=cast.committee), "other committee": Found(committee=cast.second)},
        "comment": comments(cast, announced["adopted"].position),
        "correction": corrections(cast),
        "disagreement": disagreements(cast),
        "consultation": consulted,
        "decision": {"in force": Found(decision=in_force), "superseded": Found(decision=superseded)},
        "level": {"any": Found(level=Level.objects.get(pk=usual_level().pk))},
    }


def draft(cast: Cast, *, visibility: str = "steering", by: Any = None) -> Position:
    return make.PositionFactory(committee=cast.committee, author=by or cast.author, visibility=visibility)


def asked_about(cast: Cast, hours: int = 96, *, visibility: str = "steering", by: Any = None, **fields: Any) -> Found:
    """A round opened at noon by the chair: explicit approval by more than half; `fields`: of the question."""
    position = draft(cast, visibility=visibility, by=by)
    put = question(position, closes_at=NOON + timedelta(hours=hours), **fields)
    made = open_round(position, by=cast.users["chair"], question=put, now=NOON)
    Delivery.objects.by_mail().filter(object_id=made.pk).update(state="sent", settled_at=NOON + timedelta(minutes=1))
    return of_round(cast, made)


def of_round(cast: Cast, made: Any) -> Found:
    elector = made.electors.get(term=cast.seat)
    return Found(made.version.position, made, elector, said_by=cast.users["repr"].person)


def answered(cast: Cast, *choices: str, hours: int = 48, **fields: Any) -> Found:
    """The seats in their order answer an hour after the opening."""
    found = asked_about(cast, hours, **fields)
    for elector, choice in zip(found.round.electors.order_by("term__seat__number"), choices, strict=False):
        answer(elector, choice, now=SAID, reason="Because.")
    return found


def decided(cast: Cast) -> States:
    """How rounds end: by the clock, by an objection, by withdrawal, by another text."""
    silent = asked_about(cast, 48, procedure="silence", quorum="half")
    for elector in silent.round.electors.all()[:3]:
        press_seen(elector, by=speaker_of(elector), version=silent.round.version, now=SAID)
    broken = asked_about(cast, procedure="silence", quorum="half")
    answer(broken.elector, "object", now=SAID, reason="No.")
    withdrawn = answered(cast, "approve")
    withdraw_position(withdrawn.position, by=cast.users["staff"], reason="Overtaken.", now=SAID)
    replaced = answered(cast, "approve", hours=96)
    change_text(
        replaced.position,
        by=cast.users["chair"],
        body="Another.",
        seen=newest_text(replaced.position).sha256,
        closes_at=NOON + timedelta(hours=96),
        zone="UTC",
        now=SAID,
    )
    return {
        "adopted": answered(cast, *["approve"] * 5),
        "adopted with dissent": answered(cast, *["approve"] * 4, "object"),
        "adopted by silence": silent,
        "not adopted": answered(cast, *["abstain"] * 5),
        "silence broken": broken,
        "no quorum": asked_about(cast, 10, quorum="half"),
        "too many recused": answered(cast, *["recuse"] * 3),
        "withdrawn while open": withdrawn,
        "replaced by a version": replaced,
    }


def running(cast: Cast) -> States:
    """By the clock alone, whatever is written down; nothing is announced any more."""
    return {
        "open": asked_about(cast),
        "open for members": asked_about(cast, visibility="members"),
        "open, written by seat 2": asked_about(cast, by=cast.users["seat 2"].person),
        "open by silence": asked_about(cast, procedure="silence", quorum="half"),
        "open, all answered": answered(cast, *["approve"] * 5, hours=96),
        "going on, no quorum": asked_about(cast, 48, quorum="half"),
        "closed": answered(cast, *["approve"] * 5),
    }


def seats(cast: Cast) -> States:
    """What may be otherwise with the seat that answers."""
    recused, suspended, vacated, of_staff = (asked_about(cast) for _number in range(4))
    answer(recused.elector, "recuse", now=SAID, reason="Our grant.")
    of_staff.elector = of_staff.round.electors.get(term__holders__person=cast.users["st+seat"].person)
    of_staff.said_by = cast.users["st+seat"].person
    suspended.twist = lambda: Membership.objects.filter(organisation=cast.seat.organisation).update(status="suspended")
    vacated.twist = lambda: SeatHolder.objects.filter(term=cast.seat).update(until=GONE)
    return {
        "open, recused": recused,
        "open, suspended since": suspended,
        "open, vacated since": vacated,
        "open, a seat of staff": of_staff,
    }


def drafts(cast: Cast, consulted: States) -> States:
    again = answered(cast, *["abstain"] * 5, hours=24)
    announce_closed_rounds(now=NOON + timedelta(hours=25))
    position = again.position
    write_version(position, by=cast.users["staff"], body="Another.", seen=newest_text(position).sha256, now=NOW)
    withdrawn = draft(cast)
    withdraw_position(withdrawn, by=cast.users["staff"], reason="Overtaken.", now=NOW)
    return {
        "draft": Found(draft(cast)),
        "draft for members": Found(draft(cast, visibility="members")),
        "draft, written by seat 2": Found(draft(cast, by=cast.users["seat 2"].person)),
        "draft, members asked": Found(consulted["open"].position),
        "draft, words undisposed": Found(consulted["closed"].position),
        "draft, consulted": Found(consulted["told"].position),
        "draft after a round": Found(position),
        "withdrawn": Found(withdrawn),
    }


def consultations(cast: Cast) -> States:
    """Opened at noon. In those that have closed a member has answered; the last two are of one that asks others."""

    def asking(hours: int, **fields: Any) -> Found:
        position = draft(cast)
        closes_at = NOON + timedelta(hours=hours)
        one = members_asked.opened(position, by=cast.users["staff"], closes_at=closes_at, zone="UTC", **fields)
        return Found(position, consultation=one)

    def heard(hours: int = 48) -> Found:
        found = asking(hours)
        members_asked.answers(found.consultation, cast.users["member"], now=SAID)
        return found

    early, announced, disposed, told, withdrawn = heard(96), heard(24), heard(), heard(), heard()
    end_consultation_early(early.consultation, by=cast.users["staff"], reason="All have answered.", now=SAID)
    tend_consultations(now=NOON + timedelta(hours=25))
    for one in (disposed, told):
        members_asked.disposes(one.consultation, cast.users["staff"], *one.consultation.contributions.all(), now=NOW)
    tell_contributors(told.consultation, by=cast.users["staff"], now=NOW)
    withdraw_position(withdrawn.position, by=cast.users["staff"], reason="Overtaken.", now=NOW)
    suspended = asking(96)
    suspended.twist = lambda: Membership.objects.filter(organisation=cast.member).update(status="suspended")
    return {
        "open": asking(96),
        "open, member suspended": suspended,
        "open, asks others": asking(96, region="019"),
        "ended early": early,
        "closed": heard(),
        "closed and announced": announced,
        "closed, all disposed": disposed,
        "told": told,
        "closed, then withdrawn": withdrawn,
    }


def comments(cast: Cast, adopted: Position) -> States:
    """Each of the facilitator's; the paragraph it is about stands word for word unless said otherwise."""
    by, about = cast.users["facil"].person, {"draft": draft(cast), "adopted": adopted}
    about["asked"] = asked_about(cast).position
    made = {name: make.CommentFactory(position=position, by=by) for name, position in about.items()}
    words, settled, taken, moved = (make.CommentFactory(position=draft(cast), by=by) for _number in range(4))
    words.proposed = ""
    words.save(update_fields=["proposed"])
    settle_comment(settled, by=cast.users["staff"], reason="Said elsewhere.", now=NOW)
    take_suggestion(taken, by=cast.users["staff"], now=NOW)
    rewrite(cast, moved.version.position)
    return {
        "on a draft": Found(comment=made["draft"]),
        "on a draft, words alone": Found(comment=words),
        "on a text asked about": Found(comment=made["asked"]),
        "on an adopted text": Found(comment=made["adopted"]),
        "on what was rewritten": Found(comment=moved),
        "settled": Found(comment=settled),
        "taken": Found(comment=taken),
    }


def rewrite(cast: Cast, position: Position) -> None:
    same: Any = {name: getattr(position, name) for name in ("title", "campaign", "level", "visibility")}
    edit_draft(position, by=cast.users["staff"], body="Rewritten.", seen=newest_text(position).sha256, now=NOW, **same)


def corrections(cast: Cast) -> States:
    """Proposed by staff unless said otherwise."""
    chair, staff, seat_2 = (cast.users[name] for name in ("chair", "staff", "seat 2"))

    def proposed(by: Any = staff, **fields: Any) -> Found:
        found = asked_about(cast, **fields)
        seen = newest_text(found.position).sha256
        found.correction = propose_correction(found.position, by=by, body=CORRECTED, seen=seen, now=SAID)
        return found

    names = ("waits", "waits, first seat recused", "waits, first seat suspended", "approved by seat 2")
    waits, recused, suspended, once = (proposed() for _name in names)
    answer(recused.elector, "recuse", now=SAID, reason="Our grant.")
    suspended.twist = lambda: Membership.objects.filter(organisation=cast.seat.organisation).update(status="suspended")
    approve_correction(once.correction, by=seat_2, now=SAID)
    by_alternate, made, dropped, replaced, withdrawn = (proposed() for _number in range(5))
    approve_correction(by_alternate.correction, by=cast.users["altern"], now=SAID)
    for one in (seat_2, chair):
        approve_correction(made.correction, by=one, now=SAID)
    drop_correction(dropped.correction, by=staff, now=SAID)
    change_text(
        replaced.position,
        by=chair,
        body="Another.",
        seen=newest_text(replaced.position).sha256,
        closes_at=NOON + timedelta(hours=96),
        zone="UTC",
        now=SAID,
    )
    withdraw_position(withdrawn.position, by=staff, reason="Overtaken.", now=SAID)
    return {
        **dict(zip(names, (waits, recused, suspended, once), strict=True)),
        "approved by the alternate": by_alternate,
        "proposed by seat 2": proposed(by=seat_2),
        "proposed by the alternate": proposed(by=cast.users["altern"]),
        "made": made,
        "dropped": dropped,
        "round closed": proposed(hours=48),
        "text replaced": replaced,
        "position withdrawn": withdrawn,
    }


def disagreements(cast: Cast) -> States:
    """The first seat objected; the care of the chair, who opened the round, unless said otherwise."""

    def objected(hours: int = 48) -> Found:
        found = answered(cast, "object", "approve", hours=hours)
        found.entry = Disagreement.objects.get(elector=found.elector)
        return found

    over, of_seat_2, of_former = objected(), objected(), objected()
    hand_disagreement(of_seat_2.entry, by=cast.users["staff"], owner=cast.users["seat 2"].person, now=SAID)
    Disagreement.objects.filter(pk=of_former.entry.pk).update(owner=cast.users["former"].person)
    ended = {end: objected() for end in Disagreement.ENDS}
    for end, found in ended.items():
        end_disagreement(found.entry, by=cast.users["staff"], end=end, sentence="Settled.", now=NOW)
    return {
        "round open": objected(hours=96),
        "round over": over,
        "in the care of seat 2": of_seat_2,
        "in the care of former": of_former,
        **{f"ended: {end.value}": found for end, found in ended.items()},
    }
