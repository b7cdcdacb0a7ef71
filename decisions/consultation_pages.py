"""What do the pages of a consultation show, and to whom?"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import allows, classes_seen_by
from decisions.models import Consultation, Consulted, Contribution, Disposition, Position, Question, Text
from decisions.reading import Reading, read_by
from members.countries import countries
from members.hats import hats
from members.models import Organisation

FEWEST = 5  # a part of the world with fewer members that are asked would tell members who is silent


@dataclass(frozen=True)
class Part:
    """A part of the world: how many of its members are asked, and have answered officially."""

    name: str
    asked: int
    answered: int


@dataclass(frozen=True)
class Participation:
    """`parts` is empty where they would tell of one member; `silent`: by name, for staff and the chair alone."""

    asked: int
    answered: int
    parts: list[Part]
    silent: list[Organisation]


@dataclass(frozen=True)
class Said:
    """A contribution as its reader may know it. `by`: the person who gave it for an organisation, or empty."""

    contribution: Contribution
    who: str
    language: str
    by: str
    disposition: Disposition | None

    @property
    def pk(self) -> UUID:
        return self.contribution.pk

    @property
    def about(self) -> str:
        return about(self.contribution)

    @property
    def edits(self) -> int:
        """Of its disposition, as the form that changes it must know them."""
        return self.disposition.edits if self.disposition else 0


@dataclass(frozen=True)
class Place:
    """What contributions can be about, and how many there are; `key` as in the address."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class Progress:
    """What its reader may see of what was said, by place, and how much of that still lacks a disposition."""

    places: list[Place]
    undisposed: int

    @property
    def said(self) -> int:
        return sum(place.count for place in self.places)

    @property
    def disposed(self) -> int:
        return self.said - self.undisposed


@dataclass(frozen=True)
class Page:
    """`mine`: the members its reader may sign for, with what they have answered; `speaks_for`: may comment for."""

    consultation: Consultation
    reading: Reading
    questions: list[Question]
    is_open: bool
    is_insider: bool
    participation: Participation
    progress: Progress
    own: list[Said]
    mine: list[Consulted] = field(default_factory=list)
    speaks_for: list[Consulted] = field(default_factory=list)
    may_comment: bool = False

    @property
    def text(self) -> Text:
        """The wording that decides."""
        return self.reading.decides

    def parts_of(self, consulted: Consulted) -> list[Contribution]:
        """What stands of its official answer. Its contacts see that among their own."""
        words = [one.contribution for one in self.own]
        return [one for one in words if one.consulted_id == consulted.pk and not one.is_late]


@dataclass(frozen=True)
class Panel:
    """The consultations on a position, the newest first, for its page; `undisposed` is 0 for who may not know."""

    lines: list[Consultation]
    now: datetime
    undisposed: int
    may_open: bool


def consultation_panel(position: Position, user: User, now: datetime) -> Panel:
    """Give it to `decisions/consultation_panel.html` as `consultations`. Asks nothing unless `was_consulted`, and of
    what is no draft any more nothing either: its page leads to the list.
    """
    is_draft, lines = position.status == Position.Status.DRAFT, list[Consultation]()
    if is_draft and position.was_consulted:  # type: ignore[attr-defined]
        rows = Consultation.objects.of_position(position).with_missing().select_related("version", "own_region")
        lines = list(rows.order_by("-opens_at", "id"))
    is_insider = allows(user, "decisions.dispose", position)
    return Panel(
        lines=lines,
        now=now,
        undisposed=sum(one.missing for one in lines) if is_insider else 0,  # type: ignore[attr-defined]
        may_open=is_draft and allows(user, "decisions.consult", position) and all(one.announced_at for one in lines),
    )


def page_of(consultation: Consultation, user: User, now: datetime, language: str = "") -> Page:
    """Everything on the page at `now`, the forms aside. `language`: of the text, if the reader chose one."""
    is_insider = allows(user, "decisions.dispose", consultation)
    reading = read_by(user, consultation.position, language, consultation.version.number)
    assert reading is not None  # noqa: S101 - for mypy: it is about a version that there is
    questions = list(consultation.questions.all())
    asked = consultation.asked.filter(organisation__in=hats(user).organisations).with_signing(user)
    speaks_for = list(asked.select_related("organisation", "answered_by")) if hats(user).organisations else []
    return Page(
        consultation=consultation,
        reading=reading,
        questions=questions,
        is_open=consultation.is_open(now),
        is_insider=is_insider,
        participation=participation(consultation, user, is_insider=is_insider),
        progress=progress_of(consultation, user, now),
        own=own_words(consultation, user, now),
        mine=[one for one in speaks_for if one.may_sign],  # type: ignore[attr-defined]
        speaks_for=speaks_for,
        may_comment=bool(speaks_for) or allows(user, "decisions.contribute", consultation),
    )


def own_words(consultation: Consultation, user: User, now: datetime) -> list[Said]:
    """What the reader wrote, and their organisations."""
    mine = Q(by=user.person_id) | Q(organisation__in=hats(user).organisations)
    rows = for_reading(Contribution.objects.filter(mine, consultation=consultation).with_words())
    return said_all(list(rows.order_by("at", "id")), consultation, user)


def for_reading(rows: Any) -> Any:
    """With what `said_all` reads."""
    return rows.select_related("organisation", "question", "by", "disposition__by")


def said_all(rows: list[Contribution], consultation: Consultation, user: User) -> list[Said]:
    """As `user`, who may see these, may know them. What becomes of them is a draft until contributors are told."""
    is_insider = allows(user, "decisions.dispose", consultation)
    shows_dispositions = is_insider or consultation.told_at is not None
    worn, seen = hats(user), classes_seen_by(user)
    found = []
    for row in rows:
        who, language, by = row.by.display_name, "", ""
        if row.organisation:
            is_known = row.organisation.visibility in seen or row.organisation_id in worn.organisations
            who = row.organisation.name if is_known else _("A member")
            language = row.organisation.language if is_known else ""
            by = row.by.display_name if is_insider or row.organisation_id in worn.organisations else ""
        disposition = getattr(row, "disposition", None) if shows_dispositions else None
        found.append(Said(row, who, language, by, disposition))
    return found


def about(row: Contribution) -> str:
    """What a contribution is about, in words."""
    if row.question:
        return _("Question %(number)s") % {"number": row.question.number}
    if row.paragraph:
        return _("Paragraph %(number)s") % {"number": row.paragraph}
    return _("The whole")


def participation(consultation: Consultation, user: User, *, is_insider: bool) -> Participation:
    """How many of those asked have answered, by part of the world; members see none that would name the silent."""
    sees_silent = allows(user, "decisions.see_silent", consultation)
    rows = _each(consultation) if sees_silent else _by_country(consultation)
    asked, given = Counter[str](), Counter[str]()
    for country, n, answered, _organisation in rows:
        home = countries().get(country or "")
        name = home.region_name if home and home.region_name else _("Everywhere")
        asked[name] += n
        given[name] += answered
    parts = [Part(name, asked[name], given[name]) for name in sorted(asked)]
    if not is_insider and any(part.asked < FEWEST for part in parts):
        parts = []
    silent = [one for _country, _n, answered, one in rows if one and not answered]
    seen = classes_seen_by(user)
    return Participation(asked.total(), given.total(), parts, [one for one in silent if one.visibility in seen])


Row = tuple[str | None, int, int, Organisation | None]  # country, members asked, of these answered, perhaps which it is


def _by_country(consultation: Consultation) -> list[Row]:
    answered = Count("pk", filter=Q(answered_at__isnull=False))
    rows = consultation.asked.order_by().values("organisation__country").annotate(n=Count("pk"), answered=answered)
    return [(row["organisation__country"], row["n"], row["answered"], None) for row in rows]


def _each(consultation: Consultation) -> list[Row]:
    rows = consultation.asked.select_related("organisation").order_by("organisation__key", "id")
    return [(row.organisation.country, 1, int(row.answered_at is not None), row.organisation) for row in rows]


def progress_of(consultation: Consultation, user: User, now: datetime) -> Progress:
    """In one statement: the whole, then paragraphs, then questions."""
    rows = Contribution.objects.visible_to(user, now).filter(consultation=consultation).with_words().order_by()
    missing = Count("pk", filter=Q(is_late=False, disposition=None))
    grouped = rows.values("question__number", "paragraph").annotate(n=Count("pk"), missing=missing)
    found = sorted(grouped, key=lambda row: (row["question__number"] or 0, row["paragraph"] or 0))
    places = [_place(row["question__number"], row["paragraph"], row["n"]) for row in found]
    return Progress(places, sum(row["missing"] for row in found))


def _place(question: int | None, paragraph: int | None, count: int) -> Place:
    if question:
        return Place(f"q{question}", _("Question %(number)s") % {"number": question}, count)
    if paragraph:
        return Place(f"p{paragraph}", _("Paragraph %(number)s") % {"number": paragraph}, count)
    return Place("whole", _("The whole"), count)


def about_what(key: str) -> Q:
    """The contributions about a place of the address ("whole", "p3", "q1"); anything else: all."""
    number = key[1:] if key[1:].isascii() and key[1:].isdigit() and len(key) < 5 else ""
    if key == "whole":
        return Q(paragraph=None, question=None)
    if key[:1] == "p" and number:
        return Q(paragraph=int(number))
    if key[:1] == "q" and number:
        return Q(question__number=int(number))
    return Q()
