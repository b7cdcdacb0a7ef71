"""What the demo's members were asked, and are: one consultation that has closed and is being read, and one that runs."""

from datetime import datetime, timedelta

from campaigns.models import Campaign
from decisions.actions.consulting import open_consultation, tend_consultations
from decisions.actions.contributing import answer_officially, comment
from decisions.actions.disposing import dispose
from decisions.actions.drafting import draft_position
from decisions.models import Consultation
from decisions.models.positions import fingerprint
from home.demo.cast import PLAYERS
from home.demo.roster import Stage, forget_old_mail

FAMILIES = """Families of those who were killed or hurt have the same rights as survivors.

A state counts them, asks them what they need, and says each year what it has done.

Help does not depend on how somebody was hurt, or on which side of a border."""
INSURANCE = """Deminers who are hurt at work are insured by whoever pays for the clearance.

The insurance covers them for life, and their families if they die.

Donors ask for proof of it before they sign."""
# Seat of the player, openness, paragraph (0: official answer), language, words.
SAID = (
    (1, "asked", 0, "en", "We support the text as it stands and would put the first paragraph into the preamble too."),
    (2, "asked", 0, "en", "Yes, if counting does not become a condition for help."),
    (4, "asked", 0, "es", "De acuerdo. Pedimos que se nombre también a las comunidades desplazadas."),
    (5, "committee", 0, "en", "Our ministry will resist the words on borders. Please keep this among yourselves."),
    (3, "asked", 2, "en", "“Each year” is too often for states with few staff: say every second year."),
    (7, "asked", 2, "fr", "Qui compte ? Il faut dire que les familles participent au recensement."),
    (8, "asked", 3, "en", "Strong sentence, keep it."),
    (10, "asked", 1, "en", "Say “relatives” rather than “families”, which law reads narrowly."),
)
PARTLY = "Every second year for least developed states; we keep every year for the others."


def consult(stage: Stage, campaign: Campaign) -> None:
    """Two drafts that the members are asked about."""
    _closed(stage, campaign)
    _running(stage, campaign)


def _closed(stage: Stage, campaign: Campaign) -> None:
    opened, closes = stage.now - timedelta(days=14), stage.now - timedelta(days=4)
    questions = ["Does your country count the families?", "Which word would you not give up?"]
    asked = _ask(stage, campaign, "Families have the same rights", FAMILIES, questions, (opened, closes))
    for number, one in enumerate(SAID):
        _say(stage, asked, one, opened + timedelta(days=2, hours=number))
    tend_consultations(now=closes + timedelta(minutes=1))
    staff, then = stage.users["staff"], stage.now - timedelta(days=1)
    yearly, kept = (asked.contributions.get(text__startswith=words) for words in ("“Each year”", "Strong"))
    dispose(asked, by=staff, seen={yearly.pk: 0}, outcome="partly", reason=PARTLY, now=then)
    dispose(asked, by=staff, seen={kept.pk: 0}, outcome="taken", now=then)
    forget_old_mail(asked, stage.now)


def _running(stage: Stage, campaign: Campaign) -> None:
    opened, closes = stage.now - timedelta(days=3), stage.now + timedelta(days=5)
    questions = ["Who pays for the insurance of deminers in your country today?"]
    asked = _ask(stage, campaign, "Insurance for deminers", INSURANCE, questions, (opened, closes))
    for number, one in enumerate(SAID[:3]):
        _say(stage, asked, (*one[:4], "We support it."), opened + timedelta(hours=5 * number + 1))
    forget_old_mail(asked, stage.now)


def _ask(
    stage: Stage, campaign: Campaign, title: str, body: str, questions: list[str], window: tuple[datetime, datetime]
) -> Consultation:
    staff, (opened, closes) = stage.users["staff"], window
    position = draft_position(
        by=staff, title=title, body=body, committee=stage.steering, campaign=campaign, now=opened - timedelta(days=2)
    )
    return open_consultation(
        position,
        by=staff,
        version=position.versions.get(),
        seen=fingerprint(body),
        questions=questions,
        closes_at=closes,
        zone="Europe/Zurich",
        now=opened,
    )


def _say(stage: Stage, asked: Consultation, said: tuple[int, str, int, str, str], now: datetime) -> None:
    """An official answer on the whole, or a personal comment on a paragraph."""
    player, openness, paragraph, language, words = said
    user = stage.people[PLAYERS[player - 1].people[0]].user
    if paragraph:
        comment(asked, by=user, text=words, paragraph=paragraph, language=language, openness=openness, now=now)
        return
    row = asked.asked.signed_for_by(user.person).order_by("organisation__key")[0]
    answer_officially(row, by=user, texts={None: words}, seen=0, language=language, openness=openness, now=now)
