"""Where the rows of `who_may.txt` lead: every address of the project, its arguments and what a browser would post."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import int_to_base36

from campaigns.actions.dependencies import order_as_seen
from campaigns.actions.facilitators import hand_over_as_seen, note_as_seen
from campaigns.models import Scope
from decisions.models import Elector
from decisions.models.levels import usual_level
from notices.kind import KINDS
from notices.leaving import token_for
from tests.urls.world import READERS, SHEET, World

TABLE = Path(__file__).with_name("who_may.txt")
DAY = {"starts_on": "2027-03-01", "precision": "day", "kind": "internal", "zone": "UTC"}
# What is posted where an empty form would not get as far as the question of who may. Words come from the world.
BODIES: dict[str, dict[str, Any]] = {
    "accounts:choose_mail": {"kind": "meetings.reminder", "mail": "no"},
    "account_reset_password": {"email": "nobody-has-this-address@people.example"},
    "accounts:view_save": {"list_key": "members.organisations", "name": "New", "query": "country=KEN"},
    "campaigns:add_campaign": {"name": "New", "goal": "Won", "owner": "{own_email}", "visibility": "members"},
    "campaigns:add_milestone": {"title": "New", **DAY},
    "campaigns:add_task": {"title": "New", "due_on": "{tomorrow}", "zone": "UTC", "visibility": "group"},
    "campaigns:drop_milestone": {"reason": "No money"},
    "campaigns:edit_campaign": {
        "name": "New",
        "goal": "Won",
        "owner": "{own_email}",
        "visibility": "members",
        "seen": "0",
    },
    "campaigns:edit_milestone": {"title": "New", "seen": "0", **DAY},
    "campaigns:add_scope": {"theme": "New"},
    "campaigns:end_scope": {"reason": "Nothing left to do"},
    "campaigns:hand_over": {"note": "All is well.", "seen": "{seen}"},
    "campaigns:order_milestone": {"seen": "{seen}"},
    "campaigns:write_note": {"note": "Call Chanda first.", "seen": "{seen}"},
    "campaigns:drop_task": {"reason": "No money"},
    "campaigns:edit_task": {
        "title": "New",
        "due_on": "{tomorrow}",
        "zone": "UTC",
        "visibility": "group",
        "seen": "0",
    },
    "campaigns:finish_campaign": {"status": "finished", "outcome": "Won."},
    "campaigns:hand_task": {"owner": "{own_email}"},
    "campaigns:take_task": {"organisation": ""},
    "decisions:answer_officially": {"whole": "We agree.", "language": "en", "openness": "asked", "seen": "0"},
    "decisions:contribute": {"text": "Shorter.", "language": "en", "openness": "asked"},
    "decisions:end_consultation": {"reason": "All have answered"},
    "decisions:extend_consultation": {"closes_on": "2027-06-01", "closes_hour": "17:00", "zone": "UTC"},
    "decisions:answer": {"choice": "abstain", "version": "{version}"},
    "decisions:new_position": {
        "title": "New",
        "body": "Text",
        "language": "en",
        "committee": "{steering}",
        "level": "{level}",
        "visibility": "steering",
    },
    "decisions:date_disagreement": {"next_on": "{tomorrow}", "seen": "0"},
    "decisions:end_disagreement": {"end": "dissociates", "sentence": "They go.", "seen": "0"},
    "decisions:keep_decision": {"review_on": "{tomorrow}", "seen": "0"},
    "decisions:seen": {"version": "{version}"},
    "decisions:withdraw": {"reason": "Overtaken"},
    "meetings:answer_invitation": {"answer": "yes"},
    "meetings:call_meeting": {
        "title": "New",
        "day": "{tomorrow}",
        "hour": "12:00",
        "lasts": "60",
        "zone": "UTC",
        "committee": "{steering}",
        "visibility": "group",
    },
    "meetings:cancel_meeting": {"reason": "Too few"},
    "meetings:write_minutes": {"minutes": "We met.", "seen": "0"},
    "members:committee_add": {"name": "New", "visibility": "members"},
    "members:committee_seats": {"constituencies": "Pacific"},
    "members:import_upload": {"file": SHEET},
    "members:organisation_endorsement": {"since": "2026-01-02", "how": "form"},
    "members:organisation_end": {"reason": "Closed"},
    "members:organisation_names": {"text": "New name", "kind": "former"},
    "members:person_appoint": {"role": "facilitator"},
    "members:region_add": {"name": "New", "countries": "Kenya"},
    "members:term_end": {"reason": "Resigned", "until": "{today}"},
    "notices:settle": {"outcome": "left"},
    "notices:lift": {"reason": "It works again"},
    "notices:steer": {"do": "cancel", "reason": "Told by telephone"},
}


def _handed_over(scope: Scope) -> str:
    scope = Scope.objects.with_people().get(pk=scope.pk)
    return hand_over_as_seen(scope.lead, scope.backup)


# What their forms carry along of how things stood.
SEEN: dict[str, Callable[[Any], str]] = {
    "campaigns:hand_over": _handed_over,
    "campaigns:order_milestone": lambda milestone: order_as_seen(
        milestone.dependencies.values_list("after", flat=True)
    ),
    "campaigns:write_note": lambda assignment: note_as_seen(assignment.note),
}


NUMBERED = {"decisions:comment", "decisions:version", "members:import_row"}


@dataclass(frozen=True)
class Row:
    """One line of the table: `may` is {reader: (status of GET, status of POST)}; "in" leads to signing in."""

    name: str
    subject: str
    may: dict[str, tuple[str, str]]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"

    def path(self, world: World, reader: str) -> str:
        return reverse(self.name, args=arguments(self.name, self.subject, world, reader))

    def body(self, world: World, reader: str) -> dict[str, Any]:
        """What `reader` posts; the same words for everybody, with the ids of what they may name."""
        user = world.users.get(reader)
        words = {
            "own_email": user.email if user else "",
            "steering": world.steering.pk,
            "level": usual_level().pk,
            "today": world.now.date(),
            "tomorrow": (world.now + timedelta(days=1)).date(),
        }
        if self.name in SEEN:
            words["seen"] = SEEN[self.name](world.of(self.subject, reader))
        if self.name in {"decisions:answer", "decisions:seen"}:
            words["version"] = world.of(self.subject, reader).versions.get().pk
        return {
            name: value.format(**words) if isinstance(value, str) else SimpleUploadedFile("sheet.csv", value)
            for name, value in BODIES.get(self.name, {}).items()
        }


def _seat_of(position: Any) -> list[Any]:
    return [position.pk, Elector.objects.filter(round__version__position=position)[0].pk]


def _of_position(correction: Any) -> list[Any]:
    return [correction.of.position_id, correction.pk]


# Where an address is led by more than the object's own id.
LED_BY: dict[str, Callable[[Any], list[Any]]] = {
    "campaigns:add_task": lambda found: [found._meta.model_name, found.pk],
    "decisions:approve_correction": _of_position,
    "decisions:decision": lambda found: [found.decision.label],
    "decisions:drop_correction": _of_position,
    "decisions:keep_decision": lambda found: [found.decision.label],
    "decisions:propose_recusal": _seat_of,
    "decisions:record_answer": _seat_of,
    "members:invitation_accept": lambda found: [found.token],
    "notices:leave": lambda found: [token_for(KINDS[found.kind], found.person)],
}


def arguments(name: str, subject: str, world: World, reader: str) -> list[Any]:
    if name == "account_reset_password_from_key":
        return [int_to_base36(1), "not-a-key"]
    if subject == "-":
        return []
    if subject.startswith("“"):
        return [subject.strip("“”")]
    found = world.of(subject, reader)
    if name in LED_BY:
        return LED_BY[name](found)
    return [found.pk, 1] if name in NUMBERED else [found.pk]


def read_table() -> list[Row]:
    """The rows of `who_may.txt`: columns are parted by two spaces or more; one status stands for GET and POST."""
    rows = []
    for line in TABLE.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, subject, *cells = [cell for cell in line.split("  ") if cell.strip()]
        pairs = [tuple(cell.strip().split("/")) * (1 if "/" in cell else 2) for cell in cells]
        rows.append(Row(name.strip(), subject.strip(), dict(zip(READERS, pairs, strict=True))))  # type: ignore[arg-type]
    return rows


def every_name() -> set[str]:
    """The names of all addresses of the project, by a walk through its resolver."""
    return set(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found += _names(pattern.url_patterns, inner)
        else:
            assert pattern.name, f"{pattern} has no name"
            found.append(prefix + pattern.name)
    return found
