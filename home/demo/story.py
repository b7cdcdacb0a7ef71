"""The demo's story: a campaign on its way to a conference, a meeting tomorrow, a text to approve and one adopted."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from accounts.models import Visibility
from accounts.zones import date_in
from campaigns.actions.campaigns import add_campaign
from campaigns.actions.dependencies import put_after
from campaigns.actions.milestones import add_milestone, reach_milestone
from campaigns.models import Campaign, Milestone
from decisions.actions.answering import Reply, give_answer, press_seen
from decisions.actions.asking import Question, open_round
from decisions.actions.closing import announce_closed_rounds, confirm_outcome
from decisions.actions.disagreements import set_next_date
from decisions.actions.drafting import draft_position
from decisions.models import Disagreement, Elector, Position, Round
from decisions.models.positions import fingerprint
from decisions.outcome import Choice, Procedure, Share
from home.demo.cast import PLAYERS
from home.demo.consultations import consult
from home.demo.drafts import work_on_a_draft
from home.demo.facilitators import cover
from home.demo.oslo import add_oslo_process
from home.demo.others import import_the_others
from home.demo.roster import Stage, forget_old_mail, set_the_stage
from home.demo.tasks import give_tasks
from meetings.actions import call_meeting
from notices.hours import at_local
from notices.models import Delivery

GOAL = "A treaty by which states clear every field of explosive remnants and stand by those who were hurt."
MILESTONES = (
    # title, kind, days from today, length in days, set by others, owned by staff
    ("First regional meeting, Bogotá", Milestone.Kind.CONFERENCE, -75, 2, True, False),
    ("Report “Fields we cannot enter”", Milestone.Kind.REPORT, -40, 0, False, True),
    ("Proposals for the draft treaty are due", Milestone.Kind.INTERNAL, 0, 0, True, True),
    ("Send the memo to participants", Milestone.Kind.INTERNAL, 3, 0, False, True),
    ("Applications for sponsorship close", Milestone.Kind.INTERNAL, 14, 0, False, True),
    ("Regional meeting, Vientiane", Milestone.Kind.CONFERENCE, 38, 2, True, False),
    ("Global day of action", Milestone.Kind.ACTION_DAY, 66, 0, False, True),
    ("Diplomatic conference, Lusaka", Milestone.Kind.CONFERENCE, 120, 4, True, True),
)
AFTER = {4: 3, 5: 3, 7: 5}  # {place in MILESTONES: which it comes after}
TRANSITION = """Deadlines for clearance must be counted in years, not in decades.

A state that asks for more time shall say in public how much land is left, who lives on it and what it will cost.

No extension is longer than five years."""
SURVIVORS = """The treaty must oblige each state to plan, fund and report on the rights of survivors, their families and \
the communities they live in.

This duty does not wait for clearance to end. It starts when the treaty binds the state.

States able to help shall do so, and shall count what they give in public, each year by 31 May."""
OPENING = """## We speak for those who clear the fields

Madam President, this coalition counts **128 organisations** in 111 countries. We ask for three things:

- a date by which each field is cleared,
- a duty to survivors that begins now,
- a report each year that anybody can read."""
TOO_SHORT = "Five years are too short for states with more than 500 square kilometres left."
LONGER = "No extension is longer than five years; for a state with more than 500 square kilometres left, eight."
NEXT_STEP = "Call their board: would they stand with us if the report names the hard cases?"
RESERVATION = "We approve it, and would have named the nine states that hold most of the land."


def load(now: datetime) -> None:
    """Make everything, in one go. The database must be empty; call it in a transaction."""
    stage = set_the_stage(now)
    import_the_others(stage)
    add_oslo_process(stage)
    campaign = _campaign(stage)
    cover(stage, campaign)
    _adopted(stage, campaign)
    _open(stage, campaign)
    _under_silence(stage, campaign)
    work_on_a_draft(stage, campaign)
    _forget_old_mail()
    consult(stage, campaign)
    _meeting(stage, campaign)
    give_tasks(stage, campaign)


def _forget_old_mail() -> None:
    """What would have been sent days ago, had anybody been there, is not sent on the first day."""
    Delivery.objects.filter(kind="campaigns.reassigned").delete()
    for asked in Round.objects.filter(procedure=Procedure.EXPLICIT):
        Delivery.objects.about(asked).filter(
            kind__in=("decisions.round_opened", "decisions.objected", "decisions.outcome")
        ).delete()


def _campaign(stage: Stage) -> Campaign:
    staff = stage.users["staff"]
    campaign = add_campaign(
        by=staff,
        now=stage.now - timedelta(days=90),
        name="Safe fields treaty",
        goal=GOAL,
        owner=staff.person,
        visibility=Visibility.MEMBERS,
    )
    today = date_in(stage.now, staff.person.zone)
    milestones: list[Milestone] = []
    for title, kind, days, length, external, owned in MILESTONES:
        starts = today + timedelta(days=days)
        milestone = add_milestone(
            campaign,
            by=staff,
            now=min(stage.now, stage.now + timedelta(days=days - 20)),
            title=title,
            kind=kind,
            starts_on=starts,
            ends_on=starts + timedelta(days=length) if length else None,
            precision=Milestone.Precision.DAY,
            zone=staff.person.zone,
            is_external=external,
            owner=staff.person if owned else None,
            note="",
        )
        if days < 0:
            reach_milestone(milestone, by=staff, now=stage.now + timedelta(days=days))
        milestones.append(milestone)
    for later, earlier in AFTER.items():
        put_after(milestones[later], by=staff, now=stage.now, after=[milestones[earlier]])
    return campaign


def _ask(stage: Stage, campaign: Campaign, title: str, body: str, opened: datetime, closes: datetime) -> Round:
    staff = stage.users["staff"]
    position: Position = draft_position(
        by=staff, title=title, body=body, committee=stage.steering, campaign=campaign, now=opened - timedelta(days=3)
    )
    rule = (Procedure.EXPLICIT, Share.HALF, Share.HALF)
    question = Question(position.versions.get(), fingerprint(body), *rule, closes, "Europe/Zurich")
    return open_round(position, by=staff, question=question, now=opened)


def _answer(stage: Stage, asked: Round, answers: Mapping[int, tuple[str, ...]], first: datetime) -> None:
    """{seat number: (choice, reason, proposed text)}, given by each seat's representative, half an hour apart from `first`."""
    electors = {elector.term.seat.number: elector for elector in Elector.objects.filter(round=asked)}
    for step, (number, said) in enumerate(answers.items()):
        user = stage.people[PLAYERS[number - 1].people[0]].user
        now = first + timedelta(minutes=30 * step)
        give_answer(electors[number], by=user, reply=Reply(asked.version, *said), now=now)


def _adopted(stage: Stage, campaign: Campaign) -> None:
    opened, closes = stage.now - timedelta(days=9), stage.now - timedelta(days=2)
    asked = _ask(stage, campaign, "Transition periods must be short", TRANSITION, opened, closes)
    answers: dict[int, tuple[str, ...]] = dict.fromkeys((1, 2, 3, 4, 5, 7, 8, 10, 11), (Choice.APPROVE,))
    answers[6] = (Choice.OBJECT, TOO_SHORT, LONGER)
    answers[12] = (Choice.ABSTAIN, "")
    _answer(stage, asked, answers, opened + timedelta(hours=5))
    announce_closed_rounds(now=closes + timedelta(minutes=1))
    asked.refresh_from_db()
    confirm_outcome(asked, by=stage.users["chair"], now=closes + timedelta(hours=3))
    _follow_the_objection(stage, Disagreement.objects.get(elector__round=asked), closes + timedelta(hours=4))


def _follow_the_objection(stage: Stage, entry: Disagreement, then: datetime) -> None:
    """A day was set on which to talk again; it was yesterday."""
    day = (stage.now - timedelta(days=1)).date()
    set_next_date(entry, by=stage.users["staff"], next_on=day, note=NEXT_STEP, now=then)
    forget_old_mail(entry, stage.now)


def _open(stage: Stage, campaign: Campaign) -> None:
    """Closes in 23 hours: the seats that have not answered are reminded at the first start."""
    opened = stage.now - timedelta(days=2)
    asked = _ask(stage, campaign, "Survivors in article 5", SURVIVORS, opened, stage.now + timedelta(hours=23))
    answers = dict.fromkeys((1, 2, 5, 8, 10), (Choice.APPROVE, ""))
    answers[4] = (Choice.ABSTAIN, "")
    _answer(stage, asked, answers, opened + timedelta(hours=4))


def _under_silence(stage: Stage, campaign: Campaign) -> None:
    """Opened this hour: its mails go out at the first start. Some have seen it already, one has a reservation."""
    opened = stage.now - timedelta(minutes=50)
    position = draft_position(
        by=stage.users["staff"],
        title="Opening statement at Vientiane",
        body=OPENING,
        committee=stage.steering,
        campaign=campaign,
        now=stage.now - timedelta(days=1),
    )
    closes = stage.now + timedelta(hours=74)
    rule = (Procedure.SILENCE, Share.HALF, Share.HALF)
    question = Question(position.versions.get(), fingerprint(OPENING), *rule, closes, "Europe/Zurich")
    asked = open_round(position, by=stage.users["staff"], question=question, now=opened)
    electors = {elector.term.seat.number: elector for elector in Elector.objects.filter(round=asked)}
    for number in (1, 3, 8):
        user = stage.people[PLAYERS[number - 1].people[0]].user
        press_seen(electors[number], by=user, version=asked.version, now=opened + timedelta(minutes=5))
    _answer(stage, asked, {2: (Choice.APPROVE, ""), 10: (Choice.RESERVE, RESERVATION)}, opened + timedelta(minutes=10))


def _meeting(stage: Stage, campaign: Campaign) -> None:
    """Tomorrow at 14:00 in Geneva's zone."""
    tomorrow = date_in(stage.now, "Europe/Zurich") + timedelta(days=1)
    begins = at_local(tomorrow, time(14), "Europe/Zurich")
    call_meeting(
        by=stage.users["staff"],
        now=stage.now,
        committee=stage.steering,
        title="Steering call",
        campaign=campaign,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=75),
        zone="Europe/Zurich",
        place="Online",
        link="https://calls.demo.example/steering",
        agenda="1. Survivors in article 5\n2. Who goes to Vientiane\n3. The vacant Pacific seat",
        visibility=Visibility.STEERING,
    )
