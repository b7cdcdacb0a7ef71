"""How each step is taken: what an action is called with, on an object in some state, by whoever tries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import Visibility
from decisions.actions import (
    answering,
    asking,
    closing,
    commenting,
    consulting,
    contributing,
    correcting,
    disagreements,
    disposing,
    drafting,
    levels,
    register,
    translating,
)
from decisions.models import Disagreement
from decisions.models.levels import FIELDS
from decisions.models.positions import fingerprint
from tests.decisions.making import question, reply
from tests.decisions.steps.cast import NOW, Cast
from tests.decisions.steps.states import CORRECTED, Found

SOON = NOW + timedelta(hours=96)
Do = Callable[[Cast, Found, Any], Any]


@dataclass(frozen=True)
class Act:
    """`name` as in the table: that of the action, and what is special about this call of it."""

    name: str
    kind: str
    action: Callable[..., Any]
    do: Do


def rewrite(cast: Cast, found: Found, by: Any) -> Any:
    same: Any = {name: getattr(found.position, name) for name in ("title", "campaign", "level", "visibility")}
    return drafting.edit_draft(found.position, by=by, body="Rewritten.", seen=found.text.sha256, now=NOW, **same)


def ask_again(cast: Cast, found: Found, by: Any) -> Any:
    return asking.open_round(found.position, by=by, question=question(found.position, closes_at=SOON), now=NOW)


def change_text(cast: Cast, found: Found, by: Any) -> Any:
    return asking.change_text(
        found.position, by=by, body="Another one.", seen=found.text.sha256, closes_at=SOON, zone="UTC", now=NOW
    )


def remark(cast: Cast, found: Found, by: Any) -> Any:
    quoted = fingerprint(found.text.paragraphs[0])
    return commenting.comment(found.position, by=by, paragraph=1, seen=quoted, body="Too weak.", now=NOW)


def translate(cast: Cast, found: Found, by: Any) -> Any:
    return translating.translate(
        found.position, by=by, language="fr", body="Un texte.", read=found.text.sha256, seen="", now=NOW
    )


def consult(cast: Cast, found: Found, by: Any) -> Any:
    asked: Any = {"version": found.text.version, "seen": found.text.sha256, "closes_at": SOON, "zone": "UTC"}
    return consulting.open_consultation(found.position, by=by, now=NOW, **asked)


def answering_with(choice: str) -> Do:
    """In other words than the seat's earlier answer: the same again is taken for a double click."""

    def give(cast: Cast, found: Found, by: Any) -> Any:
        said = reply(found.round, choice, "Now.")
        return answering.give_answer(found.elector, by=by, reply=said, now=NOW).is_late

    return give


def record(cast: Cast, found: Found, by: Any) -> Any:
    said = reply(found.round, "abstain")
    return answering.record_answer(
        found.elector, by=by, said_by=found.said_by, heard="phone", reply=said, now=NOW
    ).is_late


def answer_officially(cast: Cast, found: Found, by: Any) -> Any:
    row = row_of(cast, found)
    fields: Any = {"texts": {None: "Another answer."}, "language": "en", "openness": "asked", "seen": row.edits}
    return not contributing.answer_officially(row, by=by, now=NOW, **fields)


def contribute(cast: Cast, found: Found, by: Any, **fields: Any) -> Any:
    words: Any = {"text": "Shorter.", "language": "en", "openness": "asked"}
    return contributing.comment(found.consultation, by=by, now=NOW, **words, **fields).is_late


def row_of(cast: Cast, found: Found) -> Any:
    """The row of the member whose contacts try; where it is not asked, of another."""
    rows = found.consultation.asked
    return rows.filter(organisation=cast.member).first() or rows.get(organisation=cast.other)


def dispose(cast: Cast, found: Found, by: Any) -> Any:
    rows = found.consultation.contributions.select_related("disposition")
    edits = {one.pk: one.disposition.edits if hasattr(one, "disposition") else 0 for one in rows}
    disposing.dispose(found.consultation, by=by, seen=edits, outcome="partly", reason="In part.", now=NOW)


def ending(end: Disagreement.Status) -> Act:
    def do(cast: Cast, found: Found, by: Any) -> Any:
        return disagreements.end_disagreement(found.entry, by=by, end=end, sentence="Settled.", now=NOW)

    return Act(f"end_disagreement: {end.value}", "disagreement", disagreements.end_disagreement, do)


def act(kind: str, action: Callable[..., Any], do: Do, but: str = "") -> Act:
    """Named as the action; `but`: what is special about this call, or which of two with the same name it is."""
    return Act(action.__name__ + but, kind, action, do)


ACTS = [
    act(
        "draft",
        drafting.draft_position,
        lambda cast, found, by: drafting.draft_position(
            by=by, title="Ours", body="First.", committee=found.committee, visibility=Visibility.STEERING, now=NOW
        ),
    ),
    act("position", drafting.edit_draft, rewrite),
    act(
        "position",
        drafting.write_version,
        lambda cast, found, by: drafting.write_version(
            found.position, by=by, body="A newer one.", seen=found.text.sha256, now=NOW
        ),
    ),
    act("position", translating.translate, translate),
    act("position", commenting.comment, remark, " (on a paragraph)"),
    act(
        "comment",
        commenting.take_suggestion,
        lambda cast, found, by: commenting.take_suggestion(found.comment, by=by, now=NOW),
    ),
    act(
        "comment",
        commenting.settle_comment,
        lambda cast, found, by: commenting.settle_comment(found.comment, by=by, reason="Done.", now=NOW),
    ),
    act("position", consulting.open_consultation, consult),
    act(
        "consultation",
        consulting.extend_consultation,
        lambda cast, found, by: consulting.extend_consultation(
            found.consultation, by=by, closes_at=SOON + timedelta(days=9), zone="UTC", now=NOW
        ),
    ),
    act(
        "consultation",
        consulting.end_consultation_early,
        lambda cast, found, by: consulting.end_consultation_early(
            found.consultation, by=by, reason="All have answered.", now=NOW
        ),
    ),
    act("consultation", contributing.answer_officially, answer_officially),
    act("consultation", contributing.comment, contribute, " (in a consultation, personally)"),
    act(
        "consultation",
        contributing.comment,
        lambda cast, found, by: contribute(cast, found, by, consulted=row_of(cast, found)),
        " (in a consultation, for the member)",
    ),
    act("consultation", disposing.dispose, dispose),
    act(
        "consultation",
        disposing.tell_contributors,
        lambda cast, found, by: disposing.tell_contributors(found.consultation, by=by, now=NOW),
    ),
    act("position", asking.open_round, ask_again),
    act("position", asking.change_text, change_text),
    act(
        "position",
        correcting.propose_correction,
        lambda cast, found, by: correcting.propose_correction(
            found.position, by=by, body=CORRECTED, seen=found.text.sha256, now=NOW
        ),
    ),
    act(
        "correction",
        correcting.approve_correction,
        lambda cast, found, by: correcting.approve_correction(found.correction, by=by, now=NOW),
    ),
    act(
        "correction",
        correcting.drop_correction,
        lambda cast, found, by: correcting.drop_correction(found.correction, by=by, now=NOW),
    ),
    act("seat", answering.give_answer, answering_with("reserve"), ": reserve"),
    act("seat", answering.give_answer, answering_with("object"), ": object"),
    act("seat", answering.give_answer, answering_with("recuse"), ": recuse"),
    act("seat", answering.record_answer, record),
    act(
        "seat",
        answering.press_seen,
        lambda cast, found, by: answering.press_seen(found.elector, by=by, version=found.round.version, now=NOW),
    ),
    act(
        "seat",
        answering.propose_recusal,
        lambda cast, found, by: answering.propose_recusal(found.elector, by=by, reason="Their grant.", now=NOW),
    ),
    act("round", closing.close_early, lambda cast, found, by: closing.close_early(found.round, by=by, now=NOW)),
    act("round", closing.confirm_outcome, lambda cast, found, by: closing.confirm_outcome(found.round, by=by, now=NOW)),
    act(
        "position",
        drafting.withdraw_position,
        lambda cast, found, by: drafting.withdraw_position(found.position, by=by, reason="Overtaken.", now=NOW),
    ),
    act(
        "position",
        drafting.restore_draft,
        lambda cast, found, by: drafting.restore_draft(found.position, by=by, now=NOW),
    ),
    act(
        "disagreement",
        disagreements.hand_disagreement,
        lambda cast, found, by: disagreements.hand_disagreement(
            found.entry, by=by, owner=cast.users["admin"].person, now=NOW
        ),
    ),
    act(
        "disagreement",
        disagreements.set_next_date,
        lambda cast, found, by: disagreements.set_next_date(
            found.entry, by=by, next_on=SOON.date(), note="A call.", now=NOW
        ),
    ),
    *[ending(end) for end in Disagreement.ENDS],
    act(
        "decision",
        register.keep_decision,
        lambda cast, found, by: register.keep_decision(
            found.decision, by=by, review_on=SOON.date(), superseded_by=None, now=NOW
        ),
    ),
    act(
        "level",
        levels.change_level,
        lambda cast, found, by: levels.change_level(
            found.level, by=by, now=NOW, **{name: getattr(found.level, name) for name in FIELDS}
        ),
    ),
]
