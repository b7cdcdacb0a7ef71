"""The demo's tasks: some done, some late, two that nobody has, and one person who has too many."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import Visibility
from accounts.zones import date_in
from campaigns.actions.tasks import HANDED, add_task, drop_task, finish_task
from campaigns.models import Campaign, Milestone, Task
from decisions.models import Position
from home.demo.roster import Stage
from meetings.models import Meeting
from members.hats import organisations_of
from notices.models import Delivery

BUSY = "Ingrid Solheim"


@dataclass(frozen=True)
class Errand:
    """`due` and `asked` count days from today; `end`: "done", the reason it was dropped, or empty while it is open."""

    title: str
    on: str  # the title of a milestone, a meeting or a position; empty for the campaign itself
    due: int
    owner: str = ""
    asked: int = -8
    end: str = ""
    note: str = ""
    visibility: str = Visibility.GROUP


ERRANDS = (
    Errand("Write the memo in English", "Send the memo to participants", 1, "Hanna Lindqvist"),
    Errand("Translate the memo into French", "Send the memo to participants", 2, "Aïssata Traoré"),
    Errand("Translate the memo into Spanish", "Send the memo to participants", 2),
    Errand("Collect the referees’ letters", "Applications for sponsorship close", 6, "Bounmy Phommachanh"),
    Errand(
        "Find interpreters for Lao and Khmer",
        "Regional meeting, Vientiane",
        -2,
        "Bounmy Phommachanh",
        asked=-20,
        note="Two for each language, both days. The circle in Phonsavan knows people who have done it before.",
    ),
    Errand("Book the hall", "Regional meeting, Vientiane", 10, BUSY),
    Errand("Answer the host’s questions about visas", "Regional meeting, Vientiane", -1, BUSY),
    Errand("Reserve forty beds near the venue", "Diplomatic conference, Lusaka", 40, "Chanda Mwila"),
    Errand("Send the list of delegates to the host", "Diplomatic conference, Lusaka", 45, BUSY),
    Errand("Prepare the survivors’ panel", "Diplomatic conference, Lusaka", 20, BUSY),
    Errand("Ask the Pacific members for a candidate", "Steering call", 5, "Elena Marchetti", asked=0),
    Errand("Send the text to all missions in Geneva", "Transition periods must be short", 4, BUSY, asked=-1),
    Errand(
        "Tell the members in Asia what was decided", "Transition periods must be short", 8, "Farzana Akter", asked=-1
    ),
    Errand(
        "Put the text on the website", "Transition periods must be short", 0, "Hanna Lindqvist", asked=-1, end="done"
    ),
    Errand("Collect quotations for the leaflet", "", 12, BUSY),
    Errand("Find a photographer for the day of action", "", 30),
    Errand("Ask for a letter of support from the bishops", "", -10, "Bríd Nolan", asked=-30, end="done"),
    Errand("Print the banner", "", -5, "Jörg Pfeiffer", asked=-25, end="The one of last year is good enough."),
    Errand("Settle the bill of the caterer", "", 3, "Hanna Lindqvist", note="Only staff.", visibility=Visibility.STAFF),
)


def give_tasks(stage: Stage, campaign: Campaign) -> None:
    """Ask for all of them. What was told days ago is not told again on the first day."""
    staff = stage.users["staff"]
    people = {user.person.display_name: user.person for user in stage.users.values()} | stage.people
    today = date_in(stage.now, staff.person.zone)
    for errand in ERRANDS:
        owner = people[errand.owner] if errand.owner else None
        task = add_task(
            _object(errand.on) if errand.on else campaign,
            by=staff,
            now=stage.now + timedelta(days=errand.asked),
            title=errand.title,
            note=errand.note,
            due_on=today + timedelta(days=errand.due),
            zone=staff.person.zone,
            visibility=errand.visibility,
            owner=owner,
            organisation=organisations_of(owner).first() if owner else None,
        )
        if errand.asked < 0:
            Delivery.objects.about(task).filter(kind=HANDED).delete()
        _end(task, errand, stage)


def _object(title: str) -> Any:
    rows = [model.objects.filter(title=title).first() for model in (Milestone, Meeting, Position)]
    return next(row for row in rows if row is not None)


def _end(task: Task, errand: Errand, stage: Stage) -> None:
    staff, now = stage.users["staff"], stage.now - timedelta(hours=20)
    if errand.end == "done":
        finish_task(task, by=staff, now=now)
    elif errand.end:
        drop_task(task, by=staff, now=now, reason=errand.end)
