"""One small coalition with an object of every kind in every state that decides who may see or change it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import User, Visibility
from campaigns.actions.milestones import drop_milestone
from campaigns.models import Assignment, Campaign, Milestone
from decisions.actions.closing import announce_closed_rounds
from decisions.models import Answer, AnswerChange, Consultation, Correction, Disagreement, Elector, Position, Round
from decisions.models.levels import usual_level
from history.actions import gather, take_back
from history.models import Deed
from meetings.models import Meeting
from members.actions.applying import apply_import
from members.actions.imports import discard_import, name_columns, upload_roster
from members.models import Appointment, Committee, ImportBatch, Invitation
from notices.models import Bounce, Delivery, Suppression
from tests import factories as make

READERS = ("admin", "staff", "chair", "seat", "facilitator", "member", "nobody", "anonymous")
SIGNED_IN = READERS[:-1]
NOT_STEERING = ("admin", "staff", "facilitator", "member", "nobody")
GONE = {"until": date(2025, 1, 1)}
SHEET = b"Name,Country\nMashamba Salama,Uganda\nNuevo Campo,International\n"


@dataclass
class World:
    """`subjects`: {what the table calls it: the object, or {reader: their own one}}."""

    users: dict[str, User]
    now: datetime
    steering: Committee
    working: Committee
    hidden: Committee
    subjects: dict[str, Any] = field(default_factory=dict)

    def of(self, subject: str, reader: str) -> Any:
        """The object of that name as `reader` meets it: "own …" is theirs; nobody in particular's for the anonymous."""
        found = self.subjects[subject]
        return found.get(reader) or found["member"] if isinstance(found, dict) else found

    def each(self, build: Callable[[User], Any]) -> dict[str, Any]:
        """One for every reader who signs in."""
        return {reader: build(user) for reader, user in self.users.items()}


def build_world() -> World:
    """Fill the empty database; every object is named as in the table of addresses."""
    steering = make.CommitteeFactory(is_steering=True, name="Steering")
    users = {reader: make.user_with(reader, steering) for reader in SIGNED_IN}
    working = make.CommitteeFactory(name="Working group")
    hidden = make.CommitteeFactory(name="Hidden group", visibility=Visibility.STAFF)
    for committee in (steering, working, hidden):
        make.SeatHolderFactory(term__seat__committee=committee, person=make.UserFactory().person)
    world = World(users, timezone.now(), steering, working, hidden)
    for part in (
        views,
        organisations,
        people,
        committees,
        imports,
        campaigns,
        scopes,
        meetings,
        positions,
        decided_positions,
        consultations,
        tasks,
        deliveries,
        deeds,
    ):
        world.subjects |= part(world)
    return world


def views(world: World) -> dict[str, Any]:
    return {
        "own view": world.each(lambda user: make.SavedViewFactory(owner=user)),
        "shared view": make.SavedViewFactory(is_shared=True),
        "other view": make.SavedViewFactory(),
    }


def organisations(world: World) -> dict[str, Any]:
    own = {"seat": world.users["seat"].person.seats_held.get().term.organisation}
    own["member"] = world.users["member"].person.representations.get().organisation
    ended = make.OrganisationFactory(ended_on=date(2026, 1, 1), end_reason="Closed.", membership=False)
    return {
        "own organisation": own,
        "other organisation": make.OrganisationFactory(),
        "ended organisation": ended,
        "endorsing organisation": make.EndorsementFactory().organisation,
        "staff’s organisation": make.OrganisationFactory(visibility=Visibility.STAFF),
        "restricted organisation": make.OrganisationFactory(visibility=Visibility.RESTRICTED),
    }


def people(world: World) -> dict[str, Any]:
    contact = make.RepresentationFactory()
    listed = make.RepresentationFactory(person__is_listed=True)
    hidden = make.RepresentationFactory(person__is_listed=True, organisation__visibility=Visibility.STAFF)
    invitations = {
        name: invitation(world, make.PersonFactory(), **fields)
        for name, fields in {
            "open invitation": {},
            "accepted invitation": {"accepted_at": world.now},
            "revoked invitation": {"revoked_at": world.now},
            "expired invitation": {"expires_at": world.now - timedelta(days=1)},
        }.items()
    }
    return invitations | {
        "oneself": world.each(lambda user: user.person),
        "contact": contact.person,
        "administrator": make.AppointmentFactory(role=Appointment.Role.ADMIN).person,
        "own representation": {"member": world.users["member"].person.representations.get()},
        "unlisted representation": contact,
        "listed representation": listed,
        "hidden representation": hidden,
        "ended representation": make.RepresentationFactory(person__is_listed=True, **GONE),
        "own appointment": world.each(lambda user: make.AppointmentFactory(person=user.person, role="observer")),
        "other appointment": make.AppointmentFactory(),
        "ended appointment": make.AppointmentFactory(**GONE),
    }


def invitation(world: World, person: Any, **fields: Any) -> Invitation:
    return Invitation.objects.create(
        person=person,
        email=person.email,
        invited_by=world.users["staff"],
        invited_at=world.now - timedelta(days=2),
        **{"expires_at": world.now + timedelta(days=5)} | fields,
    )


def committees(world: World) -> dict[str, Any]:
    hidden_organisation = make.OrganisationFactory(visibility=Visibility.RESTRICTED)
    return {
        "steering committee": world.steering,
        "other committee": world.working,
        "hidden committee": world.hidden,
        "vacant seat": make.SeatFactory(committee=world.steering),
        "taken seat": world.steering.seats.first(),
        "hidden seat": make.SeatFactory(committee=world.hidden),
        "own term": {"member": world.steering.seats.first().terms.get()},
        "ended term": make.SeatTermFactory(seat__committee=world.steering, **GONE),
        "hidden committee’s term": world.hidden.seats.first().terms.get(),
        "restricted organisation’s term": make.SeatTermFactory(
            seat__committee=world.working, organisation=hidden_organisation
        ),
        "own holder": {"member": world.steering.seats.first().terms.get().holders.get()},
        "ended holder": make.SeatHolderFactory(term__seat__committee=world.steering, **GONE),
        "hidden holder": world.hidden.seats.first().terms.get().holders.get(),
        "own office": {"member": world.steering.offices.get()},
        "ended office": make.CommitteeOfficeFactory(committee=world.steering, **GONE),
        "hidden office": make.CommitteeOfficeFactory(committee=world.hidden),
    }


def imports(world: World) -> dict[str, Any]:
    staff = world.users["staff"]
    batches: list[ImportBatch] = []
    for name in ("uploaded", "previewed", "applied", "discarded"):
        batch = upload_roster(by=staff, now=world.now, file_name=f"{name}.csv", content=SHEET)
        if name in {"previewed", "applied"}:
            name_columns(batch, by=staff, now=world.now, mapping=batch.mapping, category="member", since=None)
        batches.append(batch)
    apply_import(batches[2], by=staff, now=world.now)
    discard_import(batches[3], by=staff, now=world.now)
    return {f"{batch.file_name[:-4]} import": batch for batch in batches}


def campaigns(world: World) -> dict[str, Any]:
    ours = make.CampaignFactory()
    staff_only = make.CampaignFactory(visibility=Visibility.STAFF)
    finished = make.CampaignFactory(status=Campaign.Status.FINISHED, finished_on=world.now.date())
    return {
        "own campaign": world.each(lambda user: make.CampaignFactory(owner=user.person, visibility=Visibility.STAFF)),
        "members’ campaign": ours,
        "staff’s campaign": staff_only,
        "finished campaign": finished,
        "own milestone": world.each(lambda user: make.MilestoneFactory(campaign=ours, owner=user.person)),
        "own hidden milestone": world.each(lambda user: make.MilestoneFactory(campaign=staff_only, owner=user.person)),
        "members’ milestone": make.MilestoneFactory(campaign=ours),
        "staff’s milestone": make.MilestoneFactory(campaign=staff_only),
        "reached milestone": make.MilestoneFactory(
            campaign=ours, status=Milestone.Status.REACHED, reached_on=world.now.date()
        ),
        "finished campaign’s milestone": make.MilestoneFactory(campaign=finished),
    }


def scopes(world: World) -> dict[str, Any]:
    """Each "own …" has the reader as its lead, with a backup; the hat it gives is the facilitator's alone."""
    ours, staff_only = world.subjects["members’ campaign"], world.subjects["staff’s campaign"]
    finished = world.subjects["finished campaign"]

    def led(user: User) -> Assignment:
        made = make.AssignmentFactory(scope__campaign=ours, person=user.person, appointment=None)
        make.AssignmentFactory(scope=made.scope, capacity="backup")
        return made

    own = world.each(led)
    kept = make.AppointmentFactory(person=world.users["facilitator"].person, role="facilitator", region="035")
    region = make.ScopeFactory(campaign=ours, theme="", region="035")
    make.AssignmentFactory(scope=region, person=kept.person, capacity="backup", appointment=kept)
    in_region = make.OrganisationFactory(country="LAO")
    return {
        "own scope": {reader: one.scope for reader, one in own.items()},
        "other scope": make.AssignmentFactory(scope__campaign=ours).scope,
        "staff’s scope": make.AssignmentFactory(scope__campaign=staff_only).scope,
        "ended scope": make.ScopeFactory(campaign=ours, ended_on=world.now.date(), end_reason="Done."),
        "finished campaign’s scope": make.ScopeFactory(campaign=finished),
        "own assignment": own,
        "other assignment": make.AssignmentFactory(scope__campaign=ours),
        "staff’s assignment": make.AssignmentFactory(scope__campaign=staff_only),
        "own region’s organisation": in_region,
        "own region’s representation": make.RepresentationFactory(organisation=in_region),
        "own scope’s milestone": {
            reader: make.MilestoneFactory(campaign=ours, scope=one.scope) for reader, one in own.items()
        },
        "region of ours": make.OwnRegionFactory(),
    }


def meetings(world: World) -> dict[str, Any]:
    def meeting(visibility: str, days: int = 3, **fields: Any) -> Meeting:
        return make.MeetingFactory(visibility=visibility, starts_at=world.now + timedelta(days=days), **fields)

    def invited(user: User) -> Meeting:
        return make.AttendanceFactory(meeting=meeting(Visibility.RESTRICTED), person=user.person).meeting

    return {
        "own meeting": world.each(invited),
        "steering meeting": meeting(Visibility.GROUP, committee=world.steering),
        "steering meeting that was": meeting(Visibility.GROUP, days=-3, committee=world.steering),
        "other committee’s meeting": meeting(Visibility.GROUP, committee=world.working),
        "members’ meeting": meeting(Visibility.MEMBERS),
        "staff’s meeting": meeting(Visibility.STAFF),
        "restricted meeting": meeting(Visibility.RESTRICTED),
        "cancelled meeting": meeting(
            Visibility.MEMBERS, status=Meeting.Status.CANCELLED, cancel_reason="Too few.", committee=world.steering
        ),
    }


def positions(world: World) -> dict[str, Any]:
    def draft(**fields: Any) -> Position:
        return make.PositionFactory(**{"committee": world.steering, "created_at": world.now} | fields)

    return {
        "own draft": world.each(
            lambda user: draft(author=user.person, committee=world.hidden, visibility=Visibility.STAFF)
        ),
        "steering draft": draft(visibility=Visibility.STEERING),
        "members’ draft": draft(visibility=Visibility.MEMBERS),
        "staff’s draft of steering": draft(visibility=Visibility.STAFF),
        "staff’s draft of others": draft(visibility=Visibility.STAFF, committee=world.hidden),
        "withdrawn position": draft(status=Position.Status.WITHDRAWN, withdrawal_reason="Overtaken."),
        **comments(world, draft(visibility=Visibility.MEMBERS), draft(visibility=Visibility.STEERING)),
    }


def comments(world: World, of_members: Position, of_steering: Position) -> dict[str, Any]:
    return {
        "own comment": world.each(lambda user: make.CommentFactory(position=of_members, by=user.person)),
        "comment on members’ draft": make.CommentFactory(position=of_members),
        "comment on steering draft": make.CommentFactory(position=of_steering),
    }


def decided_positions(world: World) -> dict[str, Any]:
    """In round: open, answered by all, closed but not announced, adopted, rejected; and another committee's."""

    def asked(days: float, committee: Committee = world.steering, choice: str = "") -> Round:
        position = make.PositionFactory(committee=committee, status=Position.Status.OPEN)
        opens = world.now - timedelta(days=5)
        made = make.RoundFactory(position=position, opens_at=opens, closes_at=world.now + timedelta(days=days))
        for elector in made.electors.all() if choice else []:
            holder = elector.term.holders.first() or make.SeatHolderFactory(term=elector.term)
            at = opens + timedelta(hours=1)
            Answer.objects.create(elector=elector, choice=choice, by=holder.person, at=at, reason="Because.")
        return made

    adopted, rejected = asked(-2, choice="approve"), asked(-1, choice="object")
    announce_closed_rounds(now=world.now)
    rounds = {
        "open position": asked(2),
        "answered position": asked(2, choice="approve"),
        "closed position": asked(-0.1, choice="approve"),
        "other committee’s open position": asked(2, committee=world.working),
        "adopted position": adopted,
        "rejected position": rejected,
    }
    named: dict[str, Any] = {name: Position.objects.get(versions=made.version_id) for name, made in rounds.items()}
    being_corrected = asked(2)
    correction = Correction.objects.create(
        round=being_corrected,
        of=being_corrected.version,
        body="First paragraph,\n\nSecond paragraph.",
        proposed_by=make.UserFactory().person,
        proposed_at=being_corrected.opens_at,
    )
    return named | {
        "correction": correction,
        "level": usual_level(),
        "own objection": disagreement(rejected.electors.get(term__holders__person=world.users["seat"].person)),
        "other committee’s objection": disagreement(
            rounds["other committee’s open position"].electors.filter(term__holders__isnull=False)[0]
        ),
    }


def disagreement(elector: Elector) -> Disagreement:
    at, by = elector.round.opens_at, elector.term.holders.get().person
    said: Any = {"choice": "object", "reason": "Because.", "by": by, "at": at, "version": elector.round.version}
    change = AnswerChange.objects.create(elector=elector, **said)
    instants = dict.fromkeys(("opened_at", "handed_at", "scheduled_at"), at)
    owner = make.UserFactory().person
    return Disagreement.objects.create(elector=elector, objection=change, owner=owner, next_on=at.date(), **instants)


def consultations(world: World) -> dict[str, Any]:
    """Of the steering committee, asking all members; and of another committee, asking one that is nobody's here."""

    def asked(days: float, committee: Committee = world.steering, **fields: Any) -> Consultation:
        draft = make.PositionFactory(committee=committee)
        times = {"opens_at": world.now - timedelta(days=9), "closes_at": world.now + timedelta(days=days)}
        return make.ConsultationFactory(version=draft.versions.get(), **times, **fields)

    unasked = make.OrganisationFactory()
    running = asked(9)
    others = asked(9, world.working, asked=[unasked])
    mine = running.asked.get(organisation=world.users["member"].person.representations.get().organisation)
    return {
        "open consultation": running,
        "closed consultation": asked(-1),
        "others’ consultation": others,
        "member that is asked": mine,
        "others’ member that is asked": running.asked.get(organisation=unasked),
        "member that others asked": others.asked.get(),
    }


def deeds(world: World) -> dict[str, Any]:
    """What was done and can be taken back; and what was."""
    ours = world.subjects["members’ campaign"]

    def dropped(by: User, **fields: Any) -> Deed:
        milestone = make.MilestoneFactory(**fields)
        drop_milestone(milestone, by=by, now=world.now, reason="No money")
        return Deed.objects.get(object_id=milestone.pk)

    own = {reader: dropped(world.users[reader], campaign=ours) for reader in ("admin", "staff")}
    for reader in ("chair", "seat", "facilitator", "member", "nobody"):
        own[reader] = dropped(world.users[reader], campaign=world.subjects["own campaign"][reader])
    taken_back, many = dropped(world.users["staff"], campaign=ours), world.now + timedelta(seconds=1)
    take_back(taken_back, by=world.users["staff"], now=world.now)
    for milestone in make.MilestoneFactory.create_batch(2, campaign=ours):
        drop_milestone(milestone, by=world.users["staff"], now=many, reason="No money")
    return {
        "own deed": own,
        "staff’s deed": own["staff"],
        "hidden deed": dropped(world.users["staff"], campaign=world.subjects["staff’s campaign"]),
        "restricted deed": dropped(
            world.users["staff"], campaign=make.CampaignFactory(visibility=Visibility.RESTRICTED)
        ),
        "deed that was taken back": taken_back,
        "deed of many": gather(by=world.users["staff"], now=many),
    }


def tasks(world: World) -> dict[str, Any]:
    ours, hidden = world.subjects["members’ campaign"], world.subjects["staff’s campaign"]
    closed = {"status": "done", "closed_at": world.now}
    return {
        "own task": world.each(lambda user: make.TaskFactory(subject=ours, owner=user.person)),
        "own hidden task": world.each(lambda user: make.TaskFactory(subject=hidden, owner=user.person)),
        "own done task": world.each(lambda user: make.TaskFactory(subject=ours, owner=user.person, **closed)),
        "members’ task": make.TaskFactory(subject=ours),
        "nobody’s task": make.TaskFactory(subject=ours, owner=None),
        "steering’s task": make.TaskFactory(subject=ours, visibility=Visibility.STEERING),
        "hidden campaign’s task": make.TaskFactory(subject=hidden),
        "restricted task": make.TaskFactory(subject=ours, visibility=Visibility.RESTRICTED),
        "meeting’s task": make.TaskFactory(subject=world.subjects["steering meeting"]),
        "draft’s task": make.TaskFactory(subject=world.subjects["steering draft"]),
    }


def deliveries(world: World) -> dict[str, Any]:
    about = world.subjects["own milestone"]

    def delivery(milestone: Any, state: str, channel: str = "mail") -> Delivery:
        return Delivery.objects.create(
            dedupe_key=f"{milestone.pk}-{state}|{channel}",
            kind="campaigns.milestone_due",
            content_type=ContentType.objects.get_for_model(Milestone),
            object_id=milestone.pk,
            slot="P3D",
            person=milestone.owner,
            planned_at=world.now,
            send_at=world.now,
            settled_at=world.now,
            state=state,
            channel=channel,
            message_id=f"{milestone.pk}-{state}-{channel}",
        )

    return {
        "own notice": {reader: delivery(milestone, "sent", "inbox") for reader, milestone in about.items()},
        "another’s notice": delivery(make.MilestoneFactory(), "sent", "inbox"),
        "own delivery": {reader: delivery(milestone, "failed") for reader, milestone in about.items()},
        "sent delivery": delivery(about["member"], "sent"),
        "planned delivery": delivery(about["member"], "planned"),
        "suppression": suppression(delivery(about["seat"], "sent"), world.now),
    }


def suppression(row: Delivery, now: datetime) -> Suppression:
    bounce = Bounce.objects.create(delivery=row, status="5.1.1", is_final=True, said="no such person", read_at=now)
    return Suppression.objects.create(person=row.person, email=row.person.email.lower(), bounce=bounce, since=now)
