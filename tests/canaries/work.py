"""Words in the work: campaigns, meetings, positions, and what is sent about them."""

from typing import Any

from accounts.models import Visibility
from campaigns.actions.campaigns import finish_campaign
from campaigns.actions.milestones import drop_milestone, edit_milestone
from campaigns.actions.tasks import add_task, drop_task, edit_task
from campaigns.models import Campaign, Task
from decisions.actions.answering import give_answer
from decisions.actions.asking import open_round
from decisions.actions.closing import announce_closed_rounds
from decisions.actions.commenting import comment, settle_comment
from decisions.actions.drafting import edit_draft, newest_text, withdraw_position, write_version
from decisions.actions.translating import translate
from decisions.models import Position, Round
from decisions.models.positions import fingerprint
from decisions.outcome import Share
from meetings.actions import cancel_meeting, edit_meeting, write_minutes
from meetings.models import Meeting
from members.models import Committee
from notices.actions.planning import plan
from notices.models import Delivery
from tests import factories as make
from tests.canaries import members_asked, sign_off
from tests.canaries.world import CLASSES, MEMBERS, STAFF, STEERING, World
from tests.decisions.making import question, reply


def fill(world: World) -> None:
    hidden = campaigns(world)
    scopes(world)
    tasks(world, hidden)
    meetings(world, hidden)
    positions(world, hidden)
    rounds(world, world.steering, "steering", STEERING, hidden)
    working = make.CommitteeFactory(name="Working group")
    rounds(world, working, "working group", STAFF, hidden)
    # What a committee of staff's adopts is for every member; that there is such a committee is not.
    unknown = make.CommitteeFactory(visibility=Visibility.STAFF, name=world.mark("deciding committee: name", STAFF))
    rounds(world, unknown, "staff’s committee", STAFF, hidden)
    sign_off.fill(world, world.steering, "steering", STEERING)
    sign_off.fill(world, working, "working group", STAFF)
    members_asked.fill(world)
    plan(now=world.now)
    failed = Delivery.objects.by_mail().filter(state="planned").order_by("id").last()
    Delivery.objects.filter(pk=failed.pk).update(
        state="failed", reason=world.mark("delivery: reason", STAFF), settled_at=world.now
    )
    sign_off.came_back(world, working)


def campaigns(world: World) -> Campaign:
    """In three classes; one of staff's is owned by a member. Returns one of staff's."""
    member = world.users["member"].person
    for noun, visibility, readers, fields in (
        ("campaign for members", Visibility.MEMBERS, MEMBERS, {}),
        ("campaign for steering", Visibility.STEERING, STEERING, {}),
        ("campaign for staff", Visibility.STAFF, STAFF, {}),
        ("own campaign for staff", Visibility.STAFF, STAFF | {"member"}, {"owner": member}),
    ):
        ours = make.CampaignFactory(visibility=visibility, **fields, **world.marks(noun, readers, "name", "goal"))
        milestones(world, ours, noun, readers)
    over = make.CampaignFactory(visibility=Visibility.STAFF, name=world.mark("ended campaign for staff: name", STAFF))
    outcome = world.mark("ended campaign for staff: outcome", STAFF)
    finish_campaign(over, by=world.staff, now=world.now, status="finished", outcome=outcome)
    return over


def scopes(world: World) -> None:
    """Themes, why they ended, and what is left to whoever takes over; of three classes, and of one's own."""
    for visibility in (Visibility.PUBLIC, Visibility.MEMBERS, Visibility.STEERING, Visibility.STAFF):
        readers = CLASSES[visibility] & MEMBERS
        noun = f"scope of a campaign for {visibility}"
        ours = make.CampaignFactory(visibility=visibility)
        scope = make.ScopeFactory(campaign=ours, theme=world.mark(f"{noun}: theme", readers))
        lead = world.mark(f"{noun}: name of the lead", readers)
        note, before = world.mark(f"{noun}: note", STAFF), world.mark(f"{noun}: note of who was before", STAFF)
        make.AssignmentFactory(scope=scope, person__display_name=lead, note=note)
        make.AssignmentFactory(scope=scope, until=world.now.date(), note=before)
        words = world.marks(f"ended {noun}", readers, "theme", "end_reason")
        make.ScopeFactory(campaign=ours, ended_on=world.now.date(), **words)
    mine = make.AssignmentFactory(
        scope__theme=world.mark("own scope: theme", MEMBERS),
        person=world.users["facilitator"].person,
        note=world.mark("own scope: note", STAFF | {"facilitator"}),
    )
    backup = world.mark("own scope: note of the backup", STAFF | {"facilitator"})
    make.AssignmentFactory(scope=mine.scope, capacity="backup", note=backup)


def milestones(world: World, campaign: Campaign, noun: str, readers: frozenset[str]) -> None:
    """All owned by a member who may not see them everywhere; due in a few days, so that reminders are planned."""
    owner = world.users["member"].person
    for days, step in ((3, "planned"), (7, "dropped"), (5, "edited")):
        words = world.marks(
            f"{step} milestone of a {noun}", readers, "title", "note", "place", "claim", "source", "unverified"
        )
        day = world.in_days(days).date()
        made = make.MilestoneFactory(campaign=campaign, owner=owner, starts_on=day, is_external=True, **words)
        if step == "dropped":
            reason = world.mark(f"dropped milestone of a {noun}: reason", readers)
            drop_milestone(made, by=world.staff, now=world.now, reason=reason)
        if step == "edited":
            fields = {name: getattr(made, name) for name in ("kind", "starts_on", "ends_on", "precision", "zone")}
            after = world.mark(f"edited milestone of a {noun}: title after", readers)
            kept = {"is_external": True, "note": made.note, "owner": None}
            edit_milestone(made, by=world.staff, now=world.now, title=after, **kept, **fields)


def tasks(world: World, hidden: Campaign) -> None:
    """In every class on what all members see, and on what they do not see; one belongs to a member, wherever it is."""
    shown, member = make.CampaignFactory(), world.users["member"].person
    secret = make.MeetingFactory(visibility=Visibility.STAFF, starts_at=world.in_days(2))
    for noun, subject, visibility, readers, owner in (
        ("task as wide as its campaign", shown, Visibility.GROUP, MEMBERS, None),
        ("task for steering", shown, Visibility.STEERING, STEERING, None),
        ("task for staff", shown, Visibility.STAFF, STAFF, None),
        ("restricted task of a member", shown, Visibility.RESTRICTED, frozenset({"staff", "member"}), member),
        ("task of a hidden campaign", hidden, Visibility.GROUP, STAFF, None),
        ("task of a hidden meeting", secret, Visibility.GROUP, STAFF, None),
        ("a member’s task of a hidden campaign", hidden, Visibility.GROUP, STAFF | {"member"}, member),
    ):
        for step in ("open", "dropped", "edited"):
            words = world.marks(f"{step} {noun}", readers, "title", "note")
            day = world.in_days(2).date()
            fields: Any = {"due_on": day, "zone": "UTC", "visibility": visibility}
            whose: Any = {"owner": owner, "organisation": None}
            task = add_task(subject, by=world.staff, now=world.now, **words, **fields, **whose)
            if step == "dropped":
                reason = world.mark(f"dropped {noun}: reason", readers)
                drop_task(task, by=world.staff, now=world.now, reason=reason)
            if step == "edited":
                after = world.mark(f"edited {noun}: title after", readers)
                edit_task(task, by=world.staff, now=world.now, title=after, note=task.note, **fields)
    unknown = make.OrganisationFactory(
        visibility=Visibility.STAFF, name=world.mark("organisation behind a task: name", STAFF)
    )
    Task.objects.filter(owner=member).update(organisation=unknown)


def meetings(world: World, hidden: Campaign) -> None:
    """In every class, each with a hidden campaign that it was moved to and from; one more with its people."""
    fields = {"campaign": hidden, "committee": make.CommitteeFactory()}
    for visibility in (Visibility.MEMBERS, Visibility.GROUP, Visibility.STEERING, Visibility.STAFF):
        a_meeting(world, f"meeting for {visibility}", visibility, CLASSES[visibility], fields)
    a_meeting(world, "restricted meeting", Visibility.RESTRICTED, frozenset({"member"}), fields)
    named = world.mark("invited to a meeting for members: name", STEERING)
    open_to_all = make.MeetingFactory(visibility=Visibility.MEMBERS, starts_at=world.in_days(2))
    make.AttendanceFactory(meeting=open_to_all, person__display_name=named)


def a_meeting(world: World, noun: str, visibility: str, readers: frozenset[str], fields: dict[str, Any]) -> None:
    columns, fields = ("title", "agenda", "place"), {"visibility": visibility, **fields}
    coming = make.MeetingFactory(starts_at=world.in_days(3), **fields, **world.marks(noun, readers, *columns))
    held = make.MeetingFactory(starts_at=world.in_days(-3), **fields, **world.marks(f"held {noun}", readers, *columns))
    off = make.MeetingFactory(
        starts_at=world.in_days(4), **fields, **world.marks(f"cancelled {noun}", readers, *columns)
    )
    if visibility == Visibility.RESTRICTED:
        for one in (coming, held, off):
            make.AttendanceFactory(meeting=one, person=world.users["member"].person)
    edited(world, coming, world.mark(f"{noun}: agenda after", readers))
    write_minutes(held, by=world.staff, now=world.now, minutes=world.mark(f"held {noun}: minutes", readers))
    cancel_meeting(off, by=world.staff, now=world.now, reason=world.mark(f"cancelled {noun}: reason", readers))


def edited(world: World, meeting: Meeting, agenda: str) -> None:
    """Its agenda is rewritten and its hidden campaign taken off."""
    fields = ("title", "starts_at", "ends_at", "zone", "place", "link", "visibility")
    same: Any = {name: getattr(meeting, name) for name in fields}
    edit_meeting(meeting, by=world.staff, now=world.now, campaign=None, agenda=agenda, **same)


def positions(world: World, hidden: Campaign) -> None:
    """Drafts by class, by committee and by author."""
    steering, others = world.steering, make.CommitteeFactory(visibility=Visibility.STAFF)
    member = world.users["member"].person
    for noun, readers, fields in (
        ("draft for members", MEMBERS, {"visibility": Visibility.MEMBERS, "committee": steering}),
        ("draft for steering", STEERING, {"visibility": Visibility.STEERING, "committee": steering}),
        ("staff’s draft in steering", STEERING, {"visibility": Visibility.STAFF, "committee": steering}),
        ("staff’s draft elsewhere", STAFF, {"visibility": Visibility.STAFF, "committee": others}),
        ("own draft", STAFF | {"member"}, {"visibility": Visibility.STAFF, "committee": others, "author": member}),
    ):
        words = world.marks(noun, readers, "title", "body")
        draft = make.PositionFactory(campaign=hidden, **words, **fields)
        text = newest_text(draft)
        same = {"body": text.body, "seen": text.sha256, "visibility": draft.visibility, "level": draft.level}
        after = world.mark(f"{noun}: title after", readers)
        edit_draft(draft, by=world.staff, now=world.now, title=after, campaign=None, **same)
        # What it was called stands in the history, which is as wide as the draft was: its class, not its committee.
        world.readers[words["title"]] = readers & CLASSES[draft.visibility]
        written = newest_text(draft)
        newer = world.mark(f"{noun}: body of version 2", readers)
        tongues = world.marks(noun, readers, "translation of version 1", "translation of version 2")
        for word, language in zip(tongues.values(), ("fr", "es"), strict=True):
            if language == "es":
                write_version(draft, by=world.staff, now=world.now, body=newer, seen=written.sha256)
            read = newest_text(draft).sha256
            translate(draft, by=world.staff, language=language, body=word, read=read, seen="", now=world.now)
        # Earlier wordings are for the committee and staff.
        commented(world, draft, noun, readers & (STEERING if draft.committee == steering else STAFF))
        insiders = readers & (STEERING if draft.committee == steering else STAFF)
        world.readers[words["body"]] = world.readers[tongues["translation of version 1"]] = insiders


def commented(world: World, draft: Position, noun: str, insiders: frozenset[str]) -> None:
    """One with a proposal, one that is settled: for the committee and staff, however many see the draft."""
    seen = fingerprint(newest_text(draft).paragraphs[0])
    about: dict[str, Any] = {"by": world.staff, "paragraph": 1, "seen": seen, "now": world.now}
    comment(draft, **about, **world.marks(f"comment on {noun}", insiders, "body", "proposed"))
    settled = comment(draft, **about, body=world.mark(f"settled comment on {noun}: body", insiders))
    reason = world.mark(f"settled comment on {noun}: reason", insiders)
    settle_comment(settled, by=world.staff, reason=reason, now=world.now)


def rounds(world: World, committee: Committee, noun: str, insiders: frozenset[str], hidden: Campaign) -> None:
    """Adopted, rejected, withdrawn and open, of one committee; objections with their reasons."""
    for _seat in range(4):
        make.SeatHolderFactory(term__seat__committee=committee, person=make.UserFactory().person)
    for state, days, readers in (
        ("adopted", -1, MEMBERS),
        ("rejected", -1, STEERING),
        ("withdrawn", 2, STEERING),
        ("open", 2, STEERING),
    ):
        words = world.marks(f"{state} position of {noun}", readers, "title", "body")
        position = make.PositionFactory(committee=committee, campaign=hidden, **words)
        choice = "approve" if state == "adopted" else "abstain"
        asked = opened(world, position, days)
        answer(world, asked, choice, world.mark(f"{state} position of {noun}: reason of an objection", insiders))
        if state == "withdrawn":
            reason = world.mark(f"withdrawn position of {noun}: reason", readers)
            withdraw_position(position, by=world.staff, now=world.now, reason=reason)
    announce_closed_rounds(now=world.now)


def opened(world: World, position: Position, days: float) -> Round:
    return open_round(
        position,
        by=world.staff,
        question=question(position, threshold=Share.HALF, closes_at=world.in_days(days), zone="UTC"),
        now=world.in_days(-3),
    )


def answer(world: World, asked: Round, choice: str, objection: str) -> None:
    """All held seats but one answer, the last of them objects; the reader's own seat stays silent."""
    silent = {world.users["seat"].person.pk}
    electors = [one for one in asked.electors.order_by("term__seat__number") if one.term.holders.exists()]
    speaking = [(one, one.term.holders.get().person) for one in electors]
    speaking = [(elector, person) for elector, person in speaking if person.pk not in silent]
    for elector, person in speaking[:-1]:
        give_answer(elector, by=person.user, reply=reply(asked, choice), now=world.in_days(-2))
    elector, person = speaking[-1]
    now = world.in_days(-2)
    give_answer(elector, by=person.user, reply=reply(asked, "object", objection), now=now)
