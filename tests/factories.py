"""Makers of rows for tests, one per noun; each makes a row that a real coalition could hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from django.contrib.contenttypes.models import ContentType
from factory.django import DjangoModelFactory

from accounts.models import Address, Person, SavedView, User
from campaigns.models import Assignment, Campaign, Milestone, Scope, Task
from decisions.models import Comment, Consultation, Consulted, Elector, Position, Round, Text, Version
from decisions.models.levels import usual_level
from decisions.models.positions import fingerprint
from decisions.outcome import Procedure, Share
from meetings.models import Attendance, Meeting
from members.keys import indexed_words, name_key
from members.models import (
    Appointment,
    Committee,
    CommitteeOffice,
    Endorsement,
    Membership,
    Organisation,
    OwnRegion,
    PersonWord,
    Representation,
    Seat,
    SeatHolder,
    SeatTerm,
    Word,
)

LONG_AGO = date(2020, 1, 1)
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    display_name = factory.Sequence("Person {}".format)
    keeps_weekend = False  # tests run on any day of the week

    @factory.post_generation
    def email(person: Any, create: Any, extracted: Any, **_extra: Any) -> None:
        """PersonFactory(email="") makes a person without an address."""
        if extracted != "":
            Address.objects.create(person=person, email=extracted or f"{person.pk.hex}@people.example")
        PersonWord.objects.bulk_create(
            PersonWord(person=person, word=word) for word in indexed_words(person.display_name)
        )


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    person = factory.SubFactory(PersonFactory)
    email = factory.LazyAttribute(lambda user: user.person.email)


class SavedViewFactory(DjangoModelFactory):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(UserFactory)
    list_key = "members.organisations"
    name = factory.Sequence("View {}".format)
    query = "country=KEN"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    name = factory.Sequence("Organisation {}".format)
    key = factory.LazyAttribute(lambda organisation: name_key(organisation.name))
    country = "KEN"

    @factory.post_generation
    def membership(organisation: Any, create: Any, extracted: Any, **extra: Any) -> None:
        """OrganisationFactory(membership=False) makes one that is no member."""
        Word.objects.bulk_create(
            Word(organisation=organisation, word=word)
            for word in indexed_words(organisation.name, organisation.acronym)
        )
        if extracted is not False:
            Membership.objects.create(organisation=organisation, **({"since": LONG_AGO} | extra))


class EndorsementFactory(DjangoModelFactory):
    class Meta:
        model = Endorsement

    organisation = factory.SubFactory(OrganisationFactory)
    since = LONG_AGO


class RepresentationFactory(DjangoModelFactory):
    class Meta:
        model = Representation

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    since = LONG_AGO


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    person = factory.SubFactory(PersonFactory)
    role = Appointment.Role.STAFF
    since = LONG_AGO


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = Committee

    name = factory.Sequence("Committee {}".format)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    committee = factory.SubFactory(CommitteeFactory)
    number = factory.Sequence(lambda number: number + 1)


class SeatTermFactory(DjangoModelFactory):
    class Meta:
        model = SeatTerm

    seat = factory.SubFactory(SeatFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    since = LONG_AGO
    end_reason = factory.LazyAttribute(lambda term: "End of term" if getattr(term, "until", None) else "")


class SeatHolderFactory(DjangoModelFactory):
    class Meta:
        model = SeatHolder

    term = factory.SubFactory(SeatTermFactory)
    person = factory.SubFactory(PersonFactory)
    since = LONG_AGO


class CommitteeOfficeFactory(DjangoModelFactory):
    class Meta:
        model = CommitteeOffice

    committee = factory.SubFactory(CommitteeFactory)
    person = factory.SubFactory(PersonFactory)
    since = LONG_AGO


class PositionFactory(DjangoModelFactory):
    """A draft with its version 1 and one English text: PositionFactory(body="…")."""

    class Meta:
        model = Position
        skip_postgeneration_save = True

    title = factory.Sequence("Position {}".format)
    committee = factory.SubFactory(CommitteeFactory)
    level = factory.LazyFunction(usual_level)
    author = factory.SubFactory(PersonFactory)
    created_at = changed_at = NOON

    @factory.post_generation
    def body(position: Any, create: Any, extracted: Any, **_extra: Any) -> None:
        version = Version.objects.create(
            position=position, number=1, author=position.author, created_at=position.created_at
        )
        text = extracted or "First paragraph.\n\nSecond paragraph."
        Text.objects.create(version=version, body=text, sha256=fingerprint(text))


class CommentFactory(DjangoModelFactory):
    """On the first paragraph of version 1: CommentFactory(position=…)."""

    class Meta:
        model = Comment

    class Params:
        position = factory.SubFactory(PositionFactory)

    version = factory.LazyAttribute(lambda comment: comment.position.versions.get(number=1))
    paragraph = 1
    quoted = factory.LazyAttribute(lambda comment: comment.version.texts.get(is_authoritative=True).paragraphs[0])
    body = "Too weak."
    proposed = "Stronger."
    by = factory.SubFactory(PersonFactory)
    at = NOON


class RoundFactory(DjangoModelFactory):
    """A round on version 1 of an open position, asking every seat of its committee that has a term."""

    class Meta:
        model = Round
        skip_postgeneration_save = True

    class Params:
        position = factory.SubFactory(PositionFactory, status=Position.Status.OPEN)

    version = factory.LazyAttribute(lambda asked: asked.position.versions.get(number=1))
    committee = factory.LazyAttribute(lambda asked: asked.position.committee)
    opened_by = factory.LazyAttribute(lambda asked: asked.position.author)
    opens_at = NOON
    scheduled_at = factory.LazyAttribute(lambda asked: asked.opens_at)
    closes_at = factory.LazyAttribute(lambda asked: asked.opens_at + timedelta(days=2))
    zone = "Europe/Zurich"
    seats = factory.LazyAttribute(lambda asked: asked.committee.seats.count())
    procedure = Procedure.EXPLICIT
    quorum = Share.NONE
    threshold = Share.HALF

    @factory.post_generation
    def electors(asked: Any, create: Any, extracted: Any, **_extra: Any) -> None:
        for term in SeatTerm.objects.filter(seat__committee=asked.committee):
            Elector.objects.create(round=asked, term=term, organisation=term.organisation)


class ConsultationFactory(DjangoModelFactory):
    """Asks every member there is: ConsultationFactory(asked=[organisation]) asks these."""

    class Meta:
        model = Consultation
        skip_postgeneration_save = True

    version = factory.LazyFunction(lambda: PositionFactory().versions.get())
    opened_by = factory.LazyAttribute(lambda consultation: consultation.version.author)
    opens_at = NOON
    scheduled_at = factory.LazyAttribute(lambda consultation: consultation.opens_at)
    closes_at = factory.LazyAttribute(lambda consultation: consultation.opens_at + timedelta(days=10))
    zone = "Europe/Zurich"

    @factory.post_generation
    def asked(consultation: Any, create: Any, extracted: Any, **_extra: Any) -> None:
        for organisation in consultation.audience() if extracted is None else extracted:
            Consulted.objects.create(
                consultation=consultation, organisation=organisation, asked_at=consultation.opens_at
            )


class CampaignFactory(DjangoModelFactory):
    class Meta:
        model = Campaign

    name = factory.Sequence("Campaign {}".format)
    goal = "A treaty text with strong duties to survivors."
    owner = factory.SubFactory(PersonFactory)
    started_on = LONG_AGO
    outcome = factory.LazyAttribute(lambda campaign: "It stands." if getattr(campaign, "finished_on", None) else "")


class OwnRegionFactory(DjangoModelFactory):
    class Meta:
        model = OwnRegion

    name = factory.Sequence("Region {}".format)
    countries = ["KEN", "UGA"]


class ScopeFactory(DjangoModelFactory):
    """A theme; ScopeFactory(theme="", region="014") makes a region."""

    class Meta:
        model = Scope

    campaign = factory.SubFactory(CampaignFactory)
    theme = factory.Sequence("Theme {}".format)


class AssignmentFactory(DjangoModelFactory):
    """As an action leaves it: with the facilitator's appointment that it gave."""

    class Meta:
        model = Assignment

    scope = factory.SubFactory(ScopeFactory)
    person = factory.SubFactory(PersonFactory)
    capacity = Assignment.Capacity.LEAD
    since = LONG_AGO
    appointment = factory.LazyAttribute(lambda assignment: given_with(assignment))


def given_with(assignment: Any) -> Appointment:
    """The facilitator's appointment that somebody has with `assignment`."""
    where = {"region": assignment.scope.region, "own_region": assignment.scope.own_region}
    found = {"person": assignment.person, "role": Appointment.Role.FACILITATOR, "until": None, **where}
    return Appointment.objects.filter(**found).first() or AppointmentFactory(**found)


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    campaign = factory.SubFactory(CampaignFactory)
    title = factory.Sequence("Milestone {}".format)
    starts_on = date(2026, 6, 1)
    owner = factory.SelfAttribute("campaign.owner")  # who sees it whatever its class
    scheduled_at = datetime(2026, 1, 1, tzinfo=UTC)


class TaskFactory(DjangoModelFactory):
    """An open task on `subject`, a campaign if nothing else is said."""

    class Meta:
        model = Task

    class Params:
        subject = factory.SubFactory(CampaignFactory)

    title = factory.Sequence("Task {}".format)
    owner = factory.SubFactory(PersonFactory)
    due_on = date(2026, 6, 10)
    content_type = factory.LazyAttribute(lambda task: ContentType.objects.get_for_model(task.subject))
    object_id = factory.LazyAttribute(lambda task: task.subject.pk)
    asked_by = factory.SubFactory(PersonFactory)
    asked_at = handed_at = scheduled_at = datetime(2026, 1, 1, tzinfo=UTC)


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    title = factory.Sequence("Meeting {}".format)
    starts_at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=1))
    zone = "Europe/Zurich"
    called_by = factory.SubFactory(PersonFactory)
    scheduled_at = datetime(2026, 1, 1, tzinfo=UTC)


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
    invited_at = factory.SelfAttribute("meeting.scheduled_at")


def user_with(role: str, committee: Committee | None = None) -> User:
    """A user in one of the six roles of the permission table, or "nobody": signed in without any hat.

    chair and seat need the committee; without one they get a steering committee of their own making.
    """
    user = UserFactory()
    if role in {"admin", "staff", "facilitator"}:
        AppointmentFactory(person=user.person, role=role)
    elif role in {"chair", "seat"}:
        committee = committee or Committee.objects.filter(is_steering=True).first()
        committee = committee or CommitteeFactory(is_steering=True)
        if role == "chair":
            CommitteeOfficeFactory(committee=committee, person=user.person)
        else:
            SeatHolderFactory(person=user.person, term__seat__committee=committee)
    elif role == "member":
        RepresentationFactory(person=user.person)
    return user
