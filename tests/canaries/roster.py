"""Words in the roster: organisations, contacts, committees, imports, invitations."""

from datetime import date

from accounts.models import Address, Person, Visibility
from history.actions import record
from members.actions.applying import apply_import
from members.actions.endorsements import withdraw_endorsement
from members.actions.imports import discard_import, name_columns, upload_roster
from members.actions.invitations import invite
from members.actions.organisations import edit_organisation
from members.actions.people import end_representation
from members.models import Membership, OrganisationName
from tests import factories as make
from tests.canaries.world import CLASSES, EVERYBODY, MEMBERS, STAFF, STEERING, World


def fill(world: World) -> None:
    views(world)
    organisations(world)
    ended(world)
    contacts(world)
    committees(world)
    imports(world)


def views(world: World) -> None:
    """One's own, and those shared with whoever reads the list."""
    for noun, owner, key, readers, is_shared in (
        ("member’s view", "member", "members.organisations", frozenset({"member"}), False),
        ("shared view", "staff", "members.organisations", EVERYBODY, True),
        ("shared view of people", "staff", "members.people", STAFF, True),
    ):
        name, words = (world.mark(f"{noun}: {column}", readers) for column in ("name", "query"))
        query = f"country=KEN&q={words}"
        make.SavedViewFactory(owner=world.users[owner], list_key=key, is_shared=is_shared, name=name, query=query)


def organisations(world: World) -> None:
    """In every class: its names and facts for those of the class, its note for staff."""
    for visibility, readers in CLASSES.items():
        noun = f"organisation for {visibility}"
        words = world.marks(noun, readers, "name", "acronym", "description")
        notes = world.marks(noun, readers & STAFF, "note before", "note")
        site = f"https://{world.mark(f'{noun}: website', readers)}.example"
        organisation = make.OrganisationFactory(
            visibility=visibility, website=site, note=notes["note before"], membership=False, **words
        )
        reason = world.mark(f"{noun}: reason of the membership", readers)
        Membership.objects.create(
            organisation=organisation, since=date(2020, 1, 1), status=Membership.Status.DORMANT, reason=reason
        )
        alias = world.mark(f"{noun}: other spelling", readers)
        OrganisationName.objects.create(organisation=organisation, kind="alias", text=alias, key=alias)
        if readers:
            edit_organisation(organisation, by=world.staff, now=world.now, note=notes["note"])
            make.EndorsementFactory(organisation=organisation)
            why = world.mark(f"{noun}: reason of the withdrawal", readers)
            withdraw_endorsement(organisation, by=world.staff, now=world.now, reason=why)
        told = world.mark(f"{noun}: history for staff", readers & STAFF)
        record("%(secret)s", organisation, by=world.staff, now=world.now, visibility=Visibility.STAFF, secret=told)


def ended(world: World) -> None:
    for visibility in (Visibility.MEMBERS, Visibility.STAFF):
        words = world.marks(f"ended organisation for {visibility}", CLASSES[visibility], "name", "end_reason")
        make.OrganisationFactory(visibility=visibility, ended_on=date(2026, 1, 1), membership=False, **words)


def contacts(world: World) -> None:
    """Names and addresses of contacts: the steering committee's and staff's, unless they chose to be listed."""
    person(world, "unlisted contact", STEERING, visibility=Visibility.MEMBERS)
    person(world, "listed contact", MEMBERS, is_listed=True, visibility=Visibility.MEMBERS)
    person(world, "listed contact of a public organisation", MEMBERS, is_listed=True, visibility=Visibility.PUBLIC)
    make.AppointmentFactory(person=world.users["facilitator"].person, role="facilitator", region="061")
    theirs = {"visibility": Visibility.MEMBERS, "country": "WSM"}
    person(world, "unlisted contact in the facilitator’s region", STEERING | {"facilitator"}, **theirs)
    person(world, "unlisted contact of staff’s organisation there", STAFF, visibility=Visibility.STAFF, country="WSM")
    regional = make.OwnRegionFactory(name=world.mark("own region: name", MEMBERS))
    make.ScopeFactory(theme="", own_region=regional)
    # Whoever is listed may be found by name; for which hidden organisation they speak may not.
    person(world, "unlisted contact of staff’s organisation", STAFF, visibility=Visibility.STAFF)
    former = person(world, "former contact", STAFF, visibility=Visibility.MEMBERS)
    end_representation(former.representations.get(), by=world.staff, now=world.now)
    # The committee could read the name while they spoke for it; the history of the organisation keeps it.
    world.readers[former.display_name] = STEERING
    invited = person(world, "invited contact", STEERING, visibility=Visibility.MEMBERS)
    invite(invited, by=world.staff, now=world.now)
    invitation = invited.invitations.get()
    invitation.email = f"{world.mark('invitation: e-mail', STAFF)}@people.example"
    invitation.save(update_fields=["email"])


def person(
    world: World, noun: str, readers: frozenset[str], *, visibility: str, is_listed: bool = False, country: str = "KEN"
) -> Person:
    """A contact with a primary address for `readers`, and one that was theirs before and how they sign in, for staff."""
    name, email = world.mark(f"{noun}: name", readers), world.mark(f"{noun}: e-mail", readers)
    made = make.PersonFactory(display_name=name, email=f"{email}@people.example", is_listed=is_listed)
    make.RepresentationFactory(person=made, organisation__visibility=visibility, organisation__country=country)
    before = world.mark(f"{noun}: earlier address", STAFF)
    Address.objects.create(person=made, email=f"{before}@people.example", is_primary=False)
    told = world.mark(f"{noun}: history", STAFF)
    record("%(secret)s", made, by=world.staff, now=world.now, secret=told)
    return made


def committees(world: World) -> None:
    for visibility in (Visibility.MEMBERS, Visibility.STEERING, Visibility.STAFF):
        noun, readers = f"committee for {visibility}", CLASSES[visibility]
        committee = make.CommitteeFactory(visibility=visibility, **world.marks(noun, readers, "name", "mandate"))
        holder = make.SeatHolderFactory(
            term__organisation__visibility=visibility,
            term__seat__committee=committee,
            term__seat__constituency=world.mark(f"{noun}: constituency", readers),
            person__display_name=world.mark(f"{noun}: holder", readers),
        )
        make.RepresentationFactory(person=holder.person, organisation=holder.term.organisation)
        make.SeatTermFactory(
            seat=make.SeatFactory(committee=committee),
            until=date(2025, 1, 1),
            end_reason=world.mark(f"{noun}: reason of the end", readers),
        )
        make.CommitteeOfficeFactory(committee=committee, person=holder.person)
    hidden = make.OrganisationFactory(
        visibility=Visibility.STAFF, name=world.mark("seated organisation for staff: name", STAFF)
    )
    make.SeatTermFactory(
        seat=make.SeatFactory(committee=world.steering),
        organisation=hidden,
        until=date(2025, 1, 1),
        end_reason=world.mark("term of staff’s organisation: reason of the end", STAFF),
    )


def imports(world: World) -> None:
    """Cells and file names are staff's; what an applied file added is as wide as any organisation."""
    left, applied = (
        {name: world.mark(f"{state} import: {name}", STAFF) for name in ("file", "heading", "cell", "note")}
        for state in ("discarded", "applied")
    )
    names = world.mark("discarded import: name", STAFF), world.mark("imported organisation: name", MEMBERS)
    # The history of what a file added names the file.
    world.readers[applied["file"]] = MEMBERS
    for words, name in zip((left, applied), names, strict=True):
        content = f"Name,Country,Note,{words['heading']}\n{name},Uganda,{words['note']},{words['cell']}\n"
        batch = upload_roster(by=world.staff, now=world.now, file_name=words["file"], content=content.encode())
        name_columns(batch, by=world.staff, now=world.now, mapping=batch.mapping, category="member", since=None)
        act = discard_import if words is left else apply_import
        act(batch, by=world.staff, now=world.now)
