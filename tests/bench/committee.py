"""What a committee at work leaves in a bench database: an item with 13 seats and 400 comments, a register of 1,000."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Person, User
from decisions.models import Answer, Comment, Decision, Elector, Position, Round, Text, Version
from decisions.models.levels import usual_level
from decisions.models.positions import fingerprint
from decisions.outcome import Choice, Outcome, Procedure, Share, Voice, tally
from members.models import Committee, SeatTerm
from tests.decisions.making import answer, committee_of, opened, speaker_of

SEATS = 13
COMMENTS = 400
DECISIONS = 1000
SAYS = ["approve", "approve", "reserve", "object", "abstain", "recuse", "approve"]  # the others have not answered
SENTENCE = "We call on governments to keep orchards, meadows and forests open to all who live from them, and say how."
PARAGRAPHS = [f"{number}. {SENTENCE} {SENTENCE}" for number in range(1, 26)]


def item() -> tuple[Position, User]:
    """A position under sign-off, and somebody whose seat has not answered yet; through the actions, so that its history
    and mails are there too.
    """
    now = timezone.now()
    committee = committee_of(SEATS, is_steering=False, name="Deciding group")
    asked = opened(committee, now=now - timedelta(hours=3), title="Land and water", body="\n\n".join(PARAGRAPHS))
    electors = list(asked.electors.select_related("round__version").order_by("term__seat__number"))
    for number, said in enumerate(SAYS):
        answer(electors[number], said, now=now + timedelta(seconds=number - 60), reason=SENTENCE)
    people = [speaker_of(one) for one in electors]
    Comment.objects.bulk_create(_comment(asked.version, number, people, now) for number in range(COMMENTS))
    return asked.version.position, people[-1]


def _comment(version: Version, number: int, people: list[User], now: datetime) -> Comment:
    """Every third proposes another wording, every second has been settled with a reason."""
    at = now - timedelta(hours=2) + timedelta(seconds=number)
    quoted = PARAGRAPHS[number % len(PARAGRAPHS)]
    settled = {"settled_by": people[0].person, "settled_at": at + timedelta(minutes=9), "reason": "Said elsewhere."}
    return Comment(
        version=version,
        paragraph=number % len(PARAGRAPHS) + 1,
        quoted=quoted,
        body=f"Remark {number}: who is meant here, and who pays for it? The members of our region would ask.",
        proposed=quoted.replace("governments", "all governments").replace("say how", "to say by when")
        * (number % 3 == 0),
        by=people[number % SEATS].person,
        at=at,
        **(settled if number % 2 else {}),
    )


def register(committee: Committee, author: Person) -> None:
    """So many adopted positions with their rounds, seats, answers and entries, one a day until yesterday."""
    terms = list(SeatTerm.objects.filter(seat__committee=committee).select_related("organisation"))
    speakers = [term.holders.get().person_id for term in terms]
    numbers: Counter[int] = Counter()
    rows: list[Any] = []
    for order in range(DECISIONS):
        closes_at = timezone.now() - timedelta(days=DECISIONS - order)
        numbers[closes_at.year] += 1
        asked, text = _asked(committee, author, len(terms), f"Decided orchard {order}", closes_at)
        electors = [Elector(round=asked, term=term, organisation=term.organisation) for term in terms]
        is_divided = order % 4 == 0
        said = ["object"] * is_divided + ["approve"] * (len(terms) - is_divided)
        spoke = zip(electors, said, speakers, strict=True)
        answers = [_answer(elector, choice, by, closes_at - timedelta(days=1)) for elector, choice, by in spoke]
        asked.announced_at, asked.outcome = closes_at, Outcome.DISSENT if is_divided else Outcome.ADOPTED
        counts = tally(len(terms), [Voice(one.choice, one.at) for one in answers], closes_at).as_row()
        entry = {"year": closes_at.year, "number": numbers[closes_at.year], "decided_at": closes_at, "counts": counts}
        position = asked.version.position
        decision = Decision(round=asked, position=position, text=text, title=position.title, **entry)
        rows += [position, asked.version, text, asked, *electors, *answers, decision]
    for model in (Position, Version, Text, Round, Elector, Answer, Decision):
        model._default_manager.bulk_create([row for row in rows if type(row) is model], batch_size=2000)


def _asked(committee: Committee, author: Person, seats: int, title: str, closes_at: datetime) -> tuple[Round, Text]:
    made = {"author": author, "created_at": closes_at - timedelta(days=9)}
    decided = {"status": Position.Status.ADOPTED, "changed_at": closes_at}
    position = Position(title=title, committee=committee, level=usual_level(), **decided, **made)
    version = Version(position=position, number=1, **made)
    body = "\n\n".join(PARAGRAPHS[:8])
    opens_at = closes_at - timedelta(days=3)
    asked = Round(
        version=version,
        committee=committee,
        procedure=Procedure.EXPLICIT,
        quorum=Share.HALF,
        threshold=Share.HALF,
        opens_at=opens_at,
        scheduled_at=opens_at,
        closes_at=closes_at,
        opened_by=author,
        seats=seats,
    )
    return asked, Text(version=version, body=body, sha256=fingerprint(body))


def _answer(elector: Elector, choice: str, by: Any, at: datetime) -> Answer:
    reason = SENTENCE if choice == Choice.OBJECT else ""
    return Answer(elector=elector, choice=choice, reason=reason, visibility="members", by_id=by, at=at)
