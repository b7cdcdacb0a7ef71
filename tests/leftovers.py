"""What the demo data lack: things that ended, failed, were withdrawn or wait to be decided."""

from datetime import datetime, timedelta
from uuid import uuid4

from accounts.models import User
from campaigns.actions.campaigns import add_campaign, finish_campaign
from campaigns.actions.milestones import add_milestone, drop_milestone, edit_milestone
from campaigns.actions.plans import Step, accept_plan
from campaigns.models import Campaign
from decisions.actions.asking import open_round
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.commenting import comment, settle_comment
from decisions.actions.drafting import draft_position, newest_text, withdraw_position, write_version
from decisions.actions.translating import translate
from decisions.models import Position, Text
from decisions.models.positions import fingerprint
from history.actions import gather, take_back
from history.models import Deed
from meetings.actions import call_meeting, cancel_meeting, write_minutes
from members.actions.applying import apply_import
from members.actions.committees import end_term
from members.actions.imports import name_columns, upload_roster
from members.actions.invitations import invite
from members.actions.organisations import edit_organisation, end_organisation
from members.actions.people import add_contact
from members.models import Committee, Organisation, SeatTerm
from notices.actions.arriving import arrive_due
from notices.actions.reading import mark_read, put_away
from notices.models import Bounce, Delivery, Suppression
from tests.decisions.making import question

SHORT = {"precision": "day", "zone": "UTC", "is_external": False, "ends_on": None, "note": ""}
SHEET = """Name,Country,Website
Mashamba Salama,Uganda,https://salama.example
Pacific Fields Trust,New Zealand,https://fields.example
Campi Aperti,Italy,
Nuevo Campo,International,
Nuevo Campo,Caribbean,
,Peru,
"""
MISTAKEN = """Name,Country
Kept Field,Peru
Mistaken Field,Peru
"""


def add_what_the_demo_lacks(staff: User, now: datetime) -> None:
    """Things that ended, failed, were withdrawn or wait to be decided."""
    gone = Organisation.objects.get(name="Campi Aperti")
    end_organisation(gone, by=staff, reason="Merged into another network", now=now)
    term = SeatTerm.objects.current().order_by("-seat__number").first()
    end_term(term, by=staff, reason="Resigned", now=now)
    organisation = Organisation.objects.get(name="Pole Bez Strachu")
    guest = {"display_name": "Guest", "email": "guest@demo.example", "language": "en", "zone": "UTC"}
    person = add_contact(organisation, by=staff, role="main", now=now, **guest).person
    invite(person, by=staff, now=now)
    batches = [upload_roster(by=staff, now=now, file_name=f"{name}.csv", content=SHEET.encode()) for name in "abc"]
    for batch in batches[1:]:
        name_columns(batch, by=staff, now=now, mapping=batch.mapping, category="member", since=None)
    apply_import(batches[2], by=staff, now=now)
    import_in_vain(staff, now)
    end_many_at_once(staff, now)
    end_campaigns_and_meetings(staff, now)
    decide_positions(staff, now)
    spoil_deliveries()
    fill_inboxes(now)


def import_in_vain(staff: User, now: datetime) -> None:
    """Taken back, but for an organisation that was edited in between."""
    batch = upload_roster(by=staff, now=now, file_name="d.csv", content=MISTAKEN.encode())
    name_columns(batch, by=staff, now=now, mapping=batch.mapping, category="member", since=None)
    apply_import(batch, by=staff, now=now)
    edit_organisation(Organisation.objects.get(name="Kept Field"), by=staff, now=now, description="We met them.")
    take_back(Deed.objects.get(object_id=batch.pk), by=staff, now=now)


def end_many_at_once(staff: User, now: datetime) -> None:
    """By one button, at an instant of their own."""
    later = now + timedelta(seconds=1)
    seated = SeatTerm.objects.current().values("organisation")
    for organisation in Organisation.objects.active().exclude(pk__in=seated).order_by("-key")[:2]:
        end_organisation(organisation, by=staff, now=later, reason="No sign of life")
    gather(by=staff, now=later)


def end_campaigns_and_meetings(staff: User, now: datetime) -> None:
    campaign = Campaign.objects.get(name="Safe fields treaty")
    dropped = {"title": "Dropped", "kind": "internal", "starts_on": now.date(), "owner": None, **SHORT}
    drop_milestone(add_milestone(campaign, by=staff, now=now, **dropped), by=staff, now=now, reason="No money")
    move_a_deadline(campaign, staff, now)
    ended = add_campaign(by=staff, now=now, name="Earlier", goal="Won", owner=staff.person, visibility="members")
    finish_campaign(ended, by=staff, now=now, status="finished", outcome="The treaty was signed.")
    for title, days in (("Cancelled call", 3), ("Last call", -3)):
        starts = now + timedelta(days=days)
        fields = {"title": title, "zone": "Asia/Kathmandu", "place": "", "link": "", "agenda": "", "campaign": None}
        meeting = call_meeting(
            by=staff,
            now=starts - timedelta(days=4),
            committee=Committee.objects.get(),
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            visibility="members",
            **fields,
        )
        if days > 0:
            cancel_meeting(meeting, by=staff, now=now, reason="Too few can come")
        else:
            write_minutes(meeting, by=staff, now=now, minutes="Decided: to go on.\n\nWe meet again in a month.")


def move_a_deadline(campaign: Campaign, staff: User, now: datetime) -> None:
    """With the steps that lead to it, which still stand as before: so late that some cannot be kept."""
    fields = {"title": "Deadline that moved", "kind": "conference", "zone": "UTC", "owner": staff.person}
    steps = [Step("Consultation", 5, staff.person), Step("Ballot", 3, None)]
    day, then = now.date() + timedelta(days=30), now - timedelta(days=2)
    deadline = accept_plan(campaign, by=staff, now=then, plan=uuid4(), steps=steps, day=day, place="", **fields)
    shorter = {**SHORT, **fields, "is_external": True, "starts_on": now.date() + timedelta(days=6)}
    edit_milestone(deadline, by=staff, now=now - timedelta(days=1), **shorter)


def decide_positions(staff: User, now: datetime) -> None:
    """One withdrawn, one with two versions, one rejected."""
    committee, then = Committee.objects.get(), now - timedelta(days=5)
    texts = {"body": "A first paragraph.\n\nA second one.", "committee": committee}
    withdrawn = draft_position(by=staff, title="Withdrawn", now=then, **texts)
    withdraw_position(withdrawn, by=staff, reason="Overtaken by events", now=now)
    rewritten = draft_position(by=staff, title="Rewritten", now=then, **texts)
    seen = newest_text(rewritten)
    first, second = (fingerprint(one) for one in seen.paragraphs)
    better = "A first paragraph, in the best of words."
    comment(rewritten, by=staff, paragraph=1, seen=first, body="Too short.", proposed=better, now=then)
    comment(rewritten, by=staff, paragraph=2, seen=second, proposed="A second one, in better words.", now=then)
    settled = comment(rewritten, by=staff, paragraph=2, seen=second, body="Is this needed?", now=then)
    settle_comment(settled, by=staff, reason="Yes: article 5 asks for it.", now=now)
    write_version(
        rewritten,
        by=staff,
        body="A first paragraph, in better words.\n\nA third one.\n\nA second one.",
        seen=seen.sha256,
        now=now,
    )
    for language, body in (("fr", "Un premier paragraphe.\n\nUn troisième.\n\nUn deuxième."), ("es", "Un párrafo.")):
        read = newest_text(rewritten).sha256
        translate(rewritten, by=staff, language=language, body=body, read=read, seen="", now=now)
    Text.objects.filter(language="es").update(made_from="0" * 64)
    opening = newest_text(Position.objects.get(title="Opening statement at Vientiane"))
    place, quoted = 3, fingerprint(opening.paragraphs[2])
    better = opening.paragraphs[2].replace("a duty", "a duty, paid for,")
    comment(opening.version.position, by=staff, paragraph=place, seen=quoted, proposed=better, now=now)
    rejected = draft_position(by=staff, title="Rejected", now=then, **texts)
    closes = then + timedelta(days=1)
    open_round(rejected, by=staff, question=question(rejected, closes_at=closes, zone="UTC"), now=then)
    announce_closed_rounds(now=now)


def spoil_deliveries() -> None:
    """One failed and one nobody knows of, for staff to settle; as a worker that died would leave them."""
    rows = list(Delivery.objects.by_mail().filter(state=Delivery.State.PLANNED).order_by("send_at", "id")[:4])
    for row, state in zip(rows, ("failed", "unconfirmed", "sent", "held"), strict=True):
        Delivery.objects.filter(pk=row.pk).update(state=state, attempts=1)
    back = rows[2]
    said = "smtp; 550 5.1.1 <x@example.org>: Recipient address rejected: User unknown in virtual mailbox table"
    bounce = Bounce.objects.create(delivery=back, status="5.1.1", is_final=True, said=said, read_at=back.send_at)
    email = back.person.email.lower()
    Suppression.objects.create(person=back.person, email=email, bounce=bounce, since=back.send_at)


def fill_inboxes(now: datetime) -> None:
    """What is due has arrived; of the seat's, one is read and one put away."""
    arrive_due(now=now + timedelta(days=1))
    seat = User.objects.get(email="seat@demo.example")
    read, done, *_unread = Delivery.objects.in_inbox_of(seat.person).order_by("id")
    mark_read(read, by=seat, now=now)
    put_away(done, by=seat, now=now)
