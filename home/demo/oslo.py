"""A finished campaign that was real: the Oslo process on cluster munitions, row by row with its sources.

Entered on the demo's first day, as somebody would who writes down the past: the history says so, the dates are real.
"""

import calendar
import csv
from datetime import date
from pathlib import Path
from typing import Any

from accounts.models import Visibility
from campaigns.actions.campaigns import add_campaign, finish_campaign
from campaigns.actions.milestones import add_milestone, reach_milestone
from campaigns.models import Campaign, Milestone
from home.demo.roster import Stage

ROWS = Path(__file__).parent / "data" / "oslo_process_milestones.csv"
NAME = "Oslo process: a ban on cluster munitions"
GOAL = "A treaty that bans cluster munitions, clears the land and stands by those who were hurt."
OUTCOME = (
    "The Convention on Cluster Munitions was adopted in Dublin on 30 May 2008, signed by 94 states in Oslo on "
    "3 and 4 December 2008, and entered into force on 1 August 2010."
)
KINDS = {
    "announcement": Milestone.Kind.OTHER,
    "civil society forum": Milestone.Kind.FORUM,
    "coalition": Milestone.Kind.OTHER,
    "entry into force": Milestone.Kind.ENTRY,
    "global action": Milestone.Kind.ACTION_DAY,
    "governance": Milestone.Kind.INTERNAL,
    "ratification threshold": Milestone.Kind.RATIFICATION,
    "signing conference": Milestone.Kind.SIGNING,
}  # everything else is a conference
OURS = {"civil society forum", "coalition", "global action", "governance"}
ZONES = {
    "Austria": "Europe/Vienna", "Belgium": "Europe/Brussels", "Chile": "America/Santiago",
    "Costa Rica": "America/Costa_Rica", "Ireland": "Europe/Dublin", "Lao PDR": "Asia/Vientiane",
    "Lebanon": "Asia/Beirut", "Netherlands": "Europe/Amsterdam", "New Zealand": "Pacific/Auckland",
    "Norway": "Europe/Oslo", "Peru": "America/Lima", "Serbia": "Europe/Belgrade", "Switzerland": "Europe/Zurich",
    "United States": "America/New_York",
}  # fmt: skip


def add_oslo_process(stage: Stage) -> Campaign:
    """The campaign with its 22 milestones, reached on their days, and its outcome."""
    staff = stage.users["staff"]
    with ROWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    campaign = add_campaign(
        by=staff,
        now=stage.now,
        started_on=_day(rows[0]["start"]),
        name=NAME,
        goal=GOAL,
        owner=staff.person,
        visibility=Visibility.PUBLIC,
    )
    for row in rows:
        milestone = add_milestone(campaign, by=staff, now=stage.now, **_fields(row, rows))
        reach_milestone(milestone, by=staff, now=stage.now, reached_on=_day(row["end"], last=True))
    return finish_campaign(
        campaign,
        by=staff,
        now=stage.now,
        status=Campaign.Status.FINISHED,
        outcome=OUTCOME,
        finished_on=_day(rows[-1]["end"]),
    )


def _fields(row: dict[str, str], rows: list[dict[str, str]]) -> Any:
    verification = row["verification"]
    return {
        "title": row["milestone"],
        "kind": KINDS.get(row["kind"], Milestone.Kind.CONFERENCE),
        "starts_on": _day(row["start"]),
        "ends_on": _day(row["end"]),
        "precision": Milestone.Precision.DAY if len(row["start"]) == 10 else Milestone.Precision.MONTH,
        "zone": ZONES.get(row["country"], "UTC"),
        "is_external": row["kind"] not in OURS,
        "owner": None,
        "note": "",
        "place": ", ".join(filter(None, [row["city"].strip("()"), row["country"]])),
        "claim": row["participation_claim"],
        "source": _source(row, rows),
        "unverified": "" if verification == "verified" else verification,
    }


def _source(row: dict[str, str], rows: list[dict[str, str]]) -> str:
    """The file's own words, one source a line; "same as Lima row" is that row's source."""
    source = row["source"]
    if source.startswith("same as "):
        named = source.removeprefix("same as ").removesuffix(" row")
        source = next(other["source"] for other in rows if other["milestone"].startswith(named))
    return source.replace(" ; ", "\n")


def _day(text: str, *, last: bool = False) -> date:
    """A day, or the first or last day of a month."""
    if len(text) == 10:
        return date.fromisoformat(text)
    year, month = (int(part) for part in text.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
