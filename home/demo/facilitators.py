"""Who covers what in the demo's campaign: with a gap, a language that nobody works in, and countries covered twice."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.models import Person
from campaigns.actions.facilitators import Place, add_scope, hand_over, reassign, write_note
from campaigns.actions.milestones import add_milestone
from campaigns.models import Campaign, Milestone, Scope
from home.demo.roster import FACILITATOR_LOGIN, Stage
from members.actions.regions import add_region
from members.models import OwnRegion

FRANCOPHONE = ("Francophone Africa", ["BEN", "BFA", "CIV", "CMR", "GAB", "GIN", "MLI", "NER", "SEN", "TCD", "TGO"])
NOTE = """Laos and Viet Nam answer within a week; write to Cambodia through the ministry's own form.

The deputy minister in Vientiane promised a room for the regional meeting. Ask for the letter before the month ends."""


@dataclass(frozen=True)
class Part:
    """A part of the work: M49 code, own region or theme; languages wanted; who leads, who steps in, in which ones."""

    where: str
    wanted: str
    lead: str = ""
    speaks: str = ""
    backup: str = ""
    backup_speaks: str = ""


PARTS = (
    Part("035", "en vi", FACILITATOR_LOGIN, "en vi", "Khin Sandar Oo", "en my"),
    Part("034", "en bn", "सुनिता गुरुङ", "en bn ne"),
    Part("Francophone Africa", "ar fr", "Aïssata Traoré", "fr", "Mame Diarra Sow", "fr"),
    Part("011", "en fr", "Ngozi Okafor", "en", "Kouassi Adjoua", "fr"),
    Part("014", "en sw", "Wanjiru Kamau", "en sw", "Neema Mushi", "en sw"),
    Part("019", "en es pt", "Marisol Quintero", "es", "João Sant’Anna", "en pt"),
    Part("150", "en", "Oksana Marchuk", "en uk", "Jörg Pfeiffer", "de en"),
    Part("009", "en"),
    Part("Victim assistance", "en", "Khamla Sisouk", "en lo", "Rana Khoury", "ar en"),
    Part("Clearance deadlines", "en", "Chanda Mwila", "en"),
)
LED_BEFORE = "Lê Thị Hạnh"  # who led South-East Asia until two weeks ago


def cover(stage: Stage, campaign: Campaign) -> None:
    """Give each part of `campaign` to people."""
    staff, then = stage.users["staff"], stage.now - timedelta(days=80)
    own = add_region(by=staff, now=then, name=FRANCOPHONE[0], countries=FRANCOPHONE[1])
    for part in PARTS:
        scope = _add(stage, campaign, part, own)
        lead, backup = _place(stage, part.lead, part.speaks), _place(stage, part.backup, part.backup_speaks)
        if part.lead == FACILITATOR_LOGIN:
            before = _place(stage, LED_BEFORE, "en vi")
            reassign(scope, by=staff, now=then, lead=before, backup=lead)
            hand_over(scope, by=staff, now=stage.now - timedelta(days=14), note=NOTE)
            _letters(stage, scope)
        reassign(scope, by=staff, now=stage.now - timedelta(days=14), lead=lead, backup=backup)
    _leave_a_note(stage)


def _add(stage: Stage, campaign: Campaign, part: Part, own: OwnRegion) -> Scope:
    where: dict[str, str | OwnRegion] = {"theme": part.where}
    if part.where.isdigit():
        where = {"region": part.where}
    elif part.where == own.name:
        where = {"own_region": own}
    then, languages = stage.now - timedelta(days=80), part.wanted.split()
    return add_scope(campaign, by=stage.users["staff"], now=then, languages=languages, **where)  # type: ignore[arg-type]


def _place(stage: Stage, name: str, languages: str) -> Place:
    return Place(_person(stage, name), languages.split()) if name else Place()


def _person(stage: Stage, name: str) -> Person:
    person = stage.users["facilitator"].person if name == FACILITATOR_LOGIN else stage.people[name]
    if not person.is_listed:  # as they would choose themselves: members are to find whoever covers their region
        person.is_listed = True
        person.save(update_fields=["is_listed"])
    return person


def _letters(stage: Stage, scope: Scope) -> None:
    add_milestone(
        scope.campaign,
        by=stage.users["staff"],
        now=stage.now,
        title="Letters to the ministries of South-East Asia",
        kind=Milestone.Kind.INTERNAL,
        starts_on=(stage.now + timedelta(days=10)).date(),
        ends_on=None,
        precision=Milestone.Precision.DAY,
        zone="Asia/Vientiane",
        is_external=False,
        owner=stage.users["facilitator"].person,
        scope=scope,
        note="",
    )


def _leave_a_note(stage: Stage) -> None:
    user = stage.users["facilitator"]
    mine = user.person.assignments.get(until=None)
    write_note(
        mine, by=user, now=stage.now - timedelta(days=3), note="Vientiane: the hotel holds 40 rooms until the 1st."
    )
