"""A draft in the demo that people work on: comments on its paragraphs, and two translations, of which one is outdated."""

from datetime import datetime, timedelta

from campaigns.models import Campaign
from decisions.actions.commenting import comment, settle_comment, take_suggestion
from decisions.actions.drafting import draft_position, newest_text
from decisions.actions.translating import translate
from decisions.models import Comment, Position
from decisions.models.positions import fingerprint
from home.demo.cast import PLAYERS
from home.demo.roster import Stage, forget_old_mail

OBSERVERS = """Survivors' organisations sit in the drafting group as observers with the right to speak.

Their travel is paid from the common fund."""
SPEAK = "Survivors' organisations sit in the drafting group as observers with the right to speak and to propose words."
TRAVEL = "Their travel, and that of whoever assists them, is paid from the common fund."
FRENCH = """Les organisations de survivants siègent au groupe de rédaction comme observatrices, avec le droit de prendre \
la parole et de proposer des formulations.

Leurs voyages sont payés par le fonds commun."""
SPANISH = """Las organizaciones de sobrevivientes participan en el grupo de redacción como observadoras con derecho a \
voz.

Sus viajes se pagan con el fondo común."""


def work_on_a_draft(stage: Stage, campaign: Campaign) -> None:
    """The Spanish was made before a proposed wording was taken, the French after it; one proposal waits."""
    staff, begun = stage.users["staff"], stage.now - timedelta(days=1)
    position = draft_position(
        by=staff,
        title="Observers in the drafting group",
        body=OBSERVERS,
        committee=stage.steering,
        campaign=campaign,
        now=begun,
    )
    _translate(stage, position, "es", SPANISH, begun + timedelta(hours=2))
    taken = _comment(stage, position, 5, 1, begun + timedelta(hours=3), proposed=SPEAK)
    take_suggestion(taken, by=staff, now=begun + timedelta(hours=5))
    _translate(stage, position, "fr", FRENCH, begun + timedelta(hours=6))
    asked = _comment(stage, position, 10, 1, begun + timedelta(hours=8), body="How many of them?")
    settle_comment(asked, by=staff, reason="As many as apply: the room has no limit.", now=begun + timedelta(hours=9))
    _comment(stage, position, 3, 2, begun + timedelta(hours=11), body="Many cannot travel alone.", proposed=TRAVEL)
    for subject in (position, taken, asked):
        forget_old_mail(subject, stage.now + timedelta(days=1))  # what comes in the next morning tells of yesterday


def _comment(stage: Stage, position: Position, seat: int, paragraph: int, now: datetime, **said: str) -> Comment:
    user = stage.people[PLAYERS[seat - 1].people[0]].user
    seen = fingerprint(newest_text(position).paragraphs[paragraph - 1])
    return comment(position, by=user, paragraph=paragraph, seen=seen, now=now, **said)


def _translate(stage: Stage, position: Position, language: str, body: str, now: datetime) -> None:
    read = newest_text(position).sha256
    translate(position, by=stage.users["staff"], language=language, body=body, read=read, seen="", now=now)
