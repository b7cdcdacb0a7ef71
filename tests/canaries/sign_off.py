"""Words in sign-off: what seats said and to whom, how the text changed while they were asked, and what came of it."""

from typing import Any

from accounts.models import Visibility
from decisions.actions.answering import give_answer, propose_recusal, record_answer
from decisions.actions.asking import change_text, open_round
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.correcting import drop_correction, propose_correction
from decisions.actions.disagreements import end_disagreement, set_next_date
from decisions.actions.drafting import newest_text, withdraw_position, write_version
from decisions.models import Disagreement, Elector, Round
from members.models import Committee
from notices.models import Bounce, Delivery, Suppression
from tests import factories as make
from tests.canaries.world import MEMBERS, NOBODY, STAFF, STEERING, World
from tests.decisions.making import question, reply


def fill(world: World, committee: Committee, noun: str, insiders: frozenset[str]) -> None:
    """`committee` has four seats besides the reader's own, if that is on it; `insiders` see what its seats say."""
    adopted(world, committee, noun, insiders)
    running(world, committee, noun, insiders)
    changed(world, committee, noun, insiders)
    withdrawn(world, committee, noun, insiders)


def asked(world: World, committee: Committee, noun: str, readers: frozenset[str], days: float) -> Round:
    """Opened three days ago; adopts what half of its seats approve."""
    position = make.PositionFactory(committee=committee, **world.marks(noun, readers, "title", "body"))
    rule: dict[str, Any] = {"threshold": "half_up", "closes_at": world.in_days(days), "zone": "UTC"}
    return open_round(position, by=world.staff, question=question(position, **rule), now=world.in_days(-3))


def speaking(world: World, one: Round) -> list[Elector]:
    """Four seats that are nobody's who reads here."""
    readers = {user.person_id for user in world.users.values()}
    held = one.electors.filter(term__holders__isnull=False).exclude(term__holders__person__in=readers)
    return list(held.order_by("term__seat__number")[:4])


def says(world: World, elector: Elector, choice: str, reason: str = "", days: float = -2, **fields: Any) -> None:
    by = elector.term.holders.get().person.user
    said = reply(elector.round, choice, reason, **fields)
    give_answer(elector, by=by, reply=said, now=world.in_days(days))


def adopted(world: World, committee: Committee, noun: str, insiders: frozenset[str]) -> None:
    """Once what was said is for the committee alone, once for all members; of each a disagreement, and a late answer."""
    for visibility, readers in ((Visibility.STEERING, insiders), (Visibility.MEMBERS, MEMBERS)):
        of = f"adopted by {noun}, reasons for {visibility}"
        one = asked(world, committee, of, MEMBERS, -1)
        first, second, third, fourth = speaking(world, one)
        says(world, first, "approve")
        says(world, second, "reserve", world.mark(f"{of}: reservation", readers), visibility=visibility)
        objection = world.mark(f"{of}: objection", readers)
        proposal = world.mark(f"{of}: proposed text", insiders)
        says(world, third, "object", objection, visibility=visibility, proposal=proposal)
        says(world, fourth, "recuse", world.mark(f"{of}: recusal", readers), visibility=visibility)
        entry = Disagreement.objects.get(elector=third)
        if visibility == Visibility.STEERING:
            note = world.mark(f"{of}: note of the disagreement", insiders)
            set_next_date(entry, by=world.staff, next_on=world.in_days(3).date(), note=note, now=world.now)
        else:
            sentence = world.mark(f"{of}: end of the disagreement", insiders)
            end_disagreement(entry, by=world.staff, end="stands", sentence=sentence, now=world.now)
        announce_closed_rounds(now=world.now)
        says(world, fourth, "object", world.mark(f"{of}: late objection", insiders), days=0)


def running(world: World, committee: Committee, noun: str, insiders: frozenset[str]) -> None:
    """A recusal, one that is proposed, an answer that staff took down, and slips of writing."""
    of = f"open position of {noun}, signed"
    one = asked(world, committee, of, STEERING, 2)
    first, second, third, _fourth = speaking(world, one)
    says(world, first, "recuse", world.mark(f"{of}: recusal", insiders))
    chair = make.CommitteeOfficeFactory(committee=committee, person=make.UserFactory().person, office="co-chair").person
    why = world.mark(f"{of}: why it should recuse itself", insiders)
    propose_recusal(second, by=chair.user, reason=why, now=world.now)
    heard = reply(one, "reserve", world.mark(f"{of}: reservation by phone", insiders))
    said_by = third.term.holders.get().person
    record_answer(third, by=world.staff, said_by=said_by, heard="phone", reply=heard, now=world.now)
    position = one.version.position
    for state, readers in (("dropped", NOBODY), ("waiting", insiders)):
        seen, body = newest_text(position).sha256, world.mark(f"{of}: {state} correction", readers)
        made = propose_correction(position, by=world.staff, body=body, seen=seen, now=world.now)
        if state == "dropped":
            drop_correction(made, by=world.staff, now=world.now)


def changed(world: World, committee: Committee, noun: str, insiders: frozenset[str]) -> None:
    """Another text while seats are asked: the one before, and what was said to it, stay with the committee."""
    of = f"position of {noun} whose text was changed"
    one = asked(world, committee, of, STEERING, 2)
    position = one.version.position
    text = newest_text(position)
    world.readers[text.body] = insiders
    says(world, speaking(world, one)[0], "object", world.mark(f"{of}: void objection", insiders))
    body = world.mark(f"{of}: text after", STEERING)
    fields: dict[str, Any] = {"closes_at": world.in_days(4), "zone": "UTC", "now": world.now}
    change_text(position, by=world.staff, body=body, seen=text.sha256, **fields)


def withdrawn(world: World, committee: Committee, noun: str, insiders: frozenset[str]) -> None:
    of = f"withdrawn draft of {noun}"
    position = make.PositionFactory(committee=committee, **world.marks(of, STEERING, "title", "body"))
    text = newest_text(position)
    world.readers[text.body] = insiders
    newer = world.mark(f"{of}: body of version 2", STEERING)
    write_version(position, by=world.staff, body=newer, seen=text.sha256, now=world.now)
    withdraw_position(position, by=world.staff, reason=world.mark(f"{of}: reason", STEERING), now=world.now)


def came_back(world: World, committee: Committee) -> None:
    """A seat's address from which mail came back, and what the mail server said of it: for staff."""
    person = committee.seats.filter(terms__holders__isnull=False).last().terms.get().holders.get().person
    email = f"{world.mark('suppressed address', STAFF)}@people.example"
    person.addresses.update(email=email)
    row = Delivery.objects.by_mail().filter(kind="decisions.round_opened", person=person).first()
    said = world.mark("bounce: what the mail server said", STAFF)
    bounce = Bounce.objects.create(delivery=row, status="5.1.1", is_final=True, said=said, read_at=world.now)
    Suppression.objects.create(person=person, email=email, bounce=bounce, since=world.now)
