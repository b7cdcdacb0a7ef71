"""The demo's people, organisations and committee."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Model

from accounts.models import Address, Person, User
from home.demo.cast import CONSTITUENCIES, PLAYERS, ZONES, Player
from members.actions.appointments import appoint
from members.actions.committees import add_committee, add_seats, fill_seat, name_holder
from members.actions.endorsements import endorse
from members.actions.offices import appoint_officer
from members.actions.organisations import add_organisation
from members.actions.people import add_contact, index_words
from members.models import Appointment, Committee, Organisation, Representation, SeatHolder
from notices.models import Delivery

PASSWORD = "coalition-demo"  # noqa: S105 - of the embedded set-up alone, printed at every start
FACILITATOR_LOGIN = "Phạm Thu Trang"
SEAT_LOGIN, MEMBER_LOGIN, CHAIR_LOGIN = "Bounmy Phommachanh", "Farzana Akter", "Elena Marchetti"
LOGINS = {SEAT_LOGIN: "seat", MEMBER_LOGIN: "member", CHAIR_LOGIN: "chair"}
AROUND_THE_CLOCK = ("Europe/Zurich", "Asia/Kathmandu", "Pacific/Auckland", "America/Bogota", "Africa/Nairobi")


@dataclass
class Stage:
    """Who is there: users by login name, people and organisations by name, and the steering committee."""

    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    organisations: list[Organisation] = field(default_factory=list)
    steering: Committee = field(init=False)


def awake(now: datetime) -> str:
    """A zone in which it is working time now, so that the first start really sends a reminder."""
    return min(AROUND_THE_CLOCK, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour - 13))


def set_the_stage(now: datetime) -> Stage:
    stage = Stage(now)
    for login, name in (("admin", "Maya Ferreira"), ("staff", "Hanna Lindqvist"), ("facilitator", FACILITATOR_LOGIN)):
        stage.users[login] = _worker(login, name, awake(now))
    admin = stage.users["admin"]
    _appoint_first(admin, now)
    _appoint(stage, "staff", Appointment.Role.STAFF)
    for player in PLAYERS:
        stage.organisations.append(_join(stage, player))
    _seat(stage)
    return stage


def sign_in(stage: Stage, login: str, person: Person, password: str | None = None) -> User:
    """An account for `person`; without a password nobody can use it."""
    email = f"{login}@demo.example"
    stage.users[login] = User.objects.create_user(email, password, person=person)
    return stage.users[login]


def _worker(login: str, name: str, zone: str) -> User:
    person = Person.objects.create(display_name=name, zone=zone)
    email = f"{login}@demo.example"
    Address.objects.create(person=person, email=email)
    index_words(person)
    return User.objects.create_user(email, PASSWORD, person=person)


def _appoint_first(admin: User, now: datetime) -> None:
    # Nobody could appoint the first one; a real installation has its own command for it.
    since = (now - timedelta(days=400)).date()
    Appointment.objects.create(person=admin.person, role=Appointment.Role.ADMIN, since=since)


def _appoint(stage: Stage, login: str, role: str) -> None:
    appoint(stage.users[login].person, by=stage.users["admin"], role=role, now=stage.now)


def _join(stage: Stage, player: Player) -> Organisation:
    staff, scope = stage.users["staff"], player.country == "international"
    organisation = add_organisation(
        by=staff,
        now=stage.now - timedelta(days=30),
        name=player.name,
        language=player.language,
        acronym=player.acronym,
        kind=player.kind,
        scope="international" if scope else "national",
        country=None if scope else player.country,
        category=player.category,
        since=(stage.now - timedelta(days=500 + 37 * len(stage.organisations))).date(),
    )
    if len(stage.organisations) % 3 and player.category != "endorser":  # a third has not endorsed the call yet
        endorse(organisation, by=staff, now=stage.now - timedelta(days=25))
    for number, name in enumerate(player.people):
        role = Representation.Role.ALTERNATE if number else Representation.Role.MAIN
        login = LOGINS.get(name, f"contact-{len(stage.people) + 1}")
        stage.people[name] = add_contact(
            organisation,
            by=staff,
            now=stage.now - timedelta(days=30),
            role=role,
            display_name=name,
            email=f"{login}@demo.example",
            zone=awake(stage.now) if name in LOGINS else ZONES.get(player.country, "UTC"),
        ).person
        sign_in(stage, login, stage.people[name], PASSWORD if name in LOGINS else None)
    return organisation


def _seat(stage: Stage) -> None:
    """Thirteen seats; the last, the Pacific's second, stands vacant."""
    staff, then = stage.users["staff"], stage.now - timedelta(days=29)
    stage.steering = add_committee(
        by=staff,
        name="Steering committee",
        mandate="Decides on policy, plans and budget between general meetings.",
        is_steering=True,
        now=then,
    )
    seats = add_seats(stage.steering, by=staff, constituencies=CONSTITUENCIES, now=then)
    for seat, organisation, player in zip(seats[:-1], stage.organisations, PLAYERS, strict=False):
        term = fill_seat(
            seat, by=staff, organisation=organisation, now=then, planned_until=(stage.now + timedelta(days=500)).date()
        )
        for name, capacity in zip(player.people, SeatHolder.Capacity, strict=False):
            name_holder(term, by=staff, person=stage.people[name], capacity=capacity, now=then)
    appoint_officer(stage.steering, by=staff, person=stage.people[CHAIR_LOGIN], now=then)


def forget_old_mail(subject: Model, now: datetime) -> None:
    """What would have been sent days ago, had anybody been there, is not sent on the first day."""
    Delivery.objects.about(subject).filter(send_at__lt=now, state=Delivery.State.PLANNED).delete()
