"""Words in consultations: the version asked about, later drafts, what is said to whom, and what becomes of it."""

from typing import Any

from accounts.models import Visibility
from decisions.actions.consulting import open_consultation, tend_consultations
from decisions.actions.contributing import answer_officially, comment
from decisions.actions.disposing import dispose, tell_contributors
from decisions.actions.drafting import newest_text, write_version
from decisions.models import Consultation
from tests import factories as make
from tests.canaries.world import MEMBERS, STAFF, STEERING, World

ASKED = MEMBERS  # all members are asked; facilitators and the steering committee read along


def fill(world: World) -> None:
    """One that runs and one that has closed, of the steering committee; and one that asks a member nobody here is."""
    user = make.UserFactory()
    make.RepresentationFactory(person=user.person, organisation__visibility=Visibility.MEMBERS)
    hidden = make.RepresentationFactory(
        person=make.UserFactory().person,
        organisation__visibility=Visibility.STAFF,
        organisation__name=world.mark("member that is hidden, in a consultation: name", STAFF),
    )
    said(world, consultation(world, "running consultation", days=3), "running consultation", user, closed=False)
    closed = consultation(world, "closed consultation", days=-1)
    said(world, closed, "closed consultation", user, closed=True)
    said_by_whom_nobody_knows(world, closed, hidden)
    tend_consultations(now=world.now)
    reason = world.mark("closed consultation: reason of a disposition not told yet", STEERING)
    row = closed.contributions.filter(kind="personal", openness="asked").first()
    dispose(closed, by=world.staff, seen={row.pk: 0}, outcome="not", reason=reason, now=world.now)
    elsewhere = consultation(world, "consultation of others", days=3, country="PER")
    assert not elsewhere.asked.filter(organisation__country="KEN").exists()
    over = consultation(world, "closed consultation of others", days=-1, country="PER")
    said_among_others(world, over)


def consultation(world: World, noun: str, *, days: float, country: str = "") -> Consultation:
    """Its version is for whoever is asked, a later one for the committee."""
    readers = ASKED if not country else STEERING | {"facilitator"}
    words = world.marks(f"draft of a {noun}", readers, "title", "body")
    draft = make.PositionFactory(committee=world.steering, visibility=Visibility.STEERING, **words)
    if country:
        make.RepresentationFactory(person=make.UserFactory().person, organisation__country=country)
    opened = open_consultation(
        draft,
        by=world.staff,
        version=draft.versions.get(),
        seen=newest_text(draft).sha256,
        questions=[world.mark(f"{noun}: question", readers)],
        region="019" if country else "",
        closes_at=world.in_days(days),
        zone="UTC",
        now=world.in_days(-9),
    )
    later = world.mark(f"draft of a {noun}: later version", STEERING)
    write_version(draft, by=world.staff, now=world.now, body=later, seen=newest_text(draft).sha256)
    return opened


def said(world: World, asked: Consultation, noun: str, user: Any, *, closed: bool) -> None:
    """Official answer and comments, open to those asked or for the committee alone; and the reader's own."""
    then, row = world.in_days(-5), asked.asked.get(organisation__representations__person=user.person)
    opened = ASKED if closed else STEERING
    answer_officially(
        row,
        by=user,
        texts={None: world.mark(f"{noun}: official answer", opened)},
        language="en",
        openness="asked",
        seen=0,
        now=then,
    )
    for openness, readers in (("asked", opened), ("committee", STEERING)):
        words = world.mark(f"{noun}: comment for {openness}", readers)
        comment(asked, by=user, text=words, language="en", openness=openness, now=then)
    own = world.mark(f"{noun}: own comment for the committee", STEERING | {"member"})
    comment(asked, by=world.users["member"], text=own, language="en", openness="committee", now=then)


def said_among_others(world: World, asked: Consultation) -> None:
    """An official answer, comments and what became of them: for whoever sees a consultation that asks others."""
    noun, along = "closed consultation of others", STEERING | {"facilitator"}
    contact = asked.contacts().order_by("pk").first()
    row = asked.asked.get(organisation__representations__person=contact)
    fields: dict[str, Any] = {"language": "en", "now": world.in_days(-5)}
    words = {None: world.mark(f"{noun}: official answer", along)}
    answer_officially(row, by=contact.user, texts=words, openness="asked", seen=0, **fields)
    for openness, readers in (("asked", along), ("committee", STEERING)):
        text = world.mark(f"{noun}: comment for {openness}", readers)
        made = comment(asked, by=contact.user, text=text, openness=openness, **fields)
        reason = world.mark(f"{noun}: reason of a disposition, for {openness}", readers)
        dispose(asked, by=world.staff, seen={made.pk: 0}, outcome="not", reason=reason, now=world.now)
    rest = {one.pk: 0 for one in asked.contributions.filter(disposition=None)}
    dispose(asked, by=world.staff, seen=rest, outcome="taken", now=world.now)
    tell_contributors(asked, by=world.staff, now=world.now)


def said_by_whom_nobody_knows(world: World, asked: Consultation, hidden: Any) -> None:
    """Members read what it says, not who says it."""
    row = asked.asked.get(organisation=hidden.organisation)
    words = world.mark("closed consultation: answer of a hidden member", ASKED)
    answer_officially(
        row,
        by=hidden.person.user,
        texts={None: words},
        language="en",
        openness="asked",
        seen=0,
        now=world.in_days(-5),
    )
