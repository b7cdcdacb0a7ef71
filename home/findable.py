"""What can be found? One group for each kind of thing, in the order of the page.

A new kind needs its Group here and its line in templates/home/found/.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Lookup, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject, Now
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from accounts.rules import allows
from campaigns.models import Campaign, Milestone, Task
from decisions.models import Consultation, Decision, Position, Round
from decisions.models.counting import ids_at
from home.search import READ, Group, Sought
from meetings.models import Meeting
from members.keys import name_key
from members.models import Committee, Membership, Organisation, Representation, SeatHolder, everybody
from members.models.organisations import OrganisationQuerySet
from members.picking import findable_by

NUMBER = re.compile(r"\s*(\d{4})\s*[-–/]\s*(\d{1,4})\s*")  # of a decision, as people quote it


class AnyOf(Lookup):
    """`= ANY(array)`: the array is read once and first. A subquery might be read again for each row of the table, when
    the planner takes a table that has just grown for an empty one."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_values, *right_values]


def _called(sought: Sought) -> OrganisationQuerySet:
    return Organisation.objects.visible_to(sought.user).active().called(sought.words)


def _ended(sought: Sought) -> OrganisationQuerySet:
    return Organisation.objects.visible_to(sought.user).ended().called(sought.words)


def _by_name(called: Callable[[Sought], OrganisationQuerySet]) -> Callable[[Sought], OrganisationQuerySet]:
    """Names that begin with what was typed come first. Of more than READ only so many are looked at: the list has all.

    The order is one that no index has, or else the planner walks a hundred thousand names for two rare words.
    """

    def found(sought: Sought) -> OrganisationQuerySet:
        begins = Case(When(key__startswith=name_key(sought.text), then=Value(0)), default=Value(1))
        some = called(sought).order_by().values("pk")[:READ]
        return Organisation.objects.filter(AnyOf(F("pk"), ArraySubquery(some))).order_by(begins, "key", "id")

    return found


def _standing(user: User) -> dict[str, Any]:
    terms = Membership.objects.filter(organisation=OuterRef("pk"), until=None)
    return {"membership": Subquery(terms.values(json=JSONObject(status="status", category="category")))}


def _membership(more: dict[str, Any]) -> dict[str, Any]:
    return {"membership": more["membership"] and Membership(**more["membership"])}


def _people(sought: Sought) -> QuerySet[Person]:
    return findable_by(sought.user).answering_to(sought.text).order_by("display_name", "id")


def _whereabouts(user: User) -> dict[str, Any]:
    """Where the reader meets a person: on their own page, their organisation's, or their committee's."""
    speaks = Representation.objects.visible_to(user).current().filter(person=OuterRef("pk"))
    sits = SeatHolder.objects.current().filter(
        person=OuterRef("pk"), term__seat__committee__in=Committee.objects.visible_to(user)
    )
    organisation = JSONObject(id="organisation_id", name="organisation__name", language="organisation__language")
    committee = JSONObject(id="term__seat__committee_id", name="term__seat__committee__name")
    return {
        "has_page": Exists(everybody().visible_to(user).filter(pk=OuterRef("pk"))),
        "organisation": Subquery(speaks.order_by("role", "since", "id").values(json=organisation)[:1]),
        "committee": Subquery(sits.order_by("-capacity", "since", "id").values(json=committee)[:1]),
    }


def _campaigns(sought: Sought) -> QuerySet[Campaign]:
    found = Campaign.objects.visible_to(sought.user).filter(words__begun_by=sought.words)
    return found.order_by(F("finished_on").desc(nulls_first=True), "name", "id")


def _milestones(sought: Sought) -> QuerySet[Milestone]:
    found = Milestone.objects.visible_to(sought.user).filter(words__begun_by=sought.words)
    return found.order_by("-starts_on", "id")


def _tasks(sought: Sought) -> QuerySet[Task]:
    found = Task.objects.visible_to(sought.user).filter(words__begun_by=sought.words)
    return found.order_by(Case(When(status=Task.Status.OPEN, then=Value(0)), default=Value(1)), "due_on", "id")


def _meetings(sought: Sought) -> QuerySet[Meeting]:
    found = Meeting.objects.visible_to(sought.user).filter(words__begun_by=sought.words)
    return found.order_by("-starts_at", "id")


def _decisions(sought: Sought) -> QuerySet[Decision]:
    """By its number, else by the words of its title."""
    found = Decision.objects.visible_to(sought.user).order_by("-decided_at", "id")
    if number := NUMBER.fullmatch(sought.text):
        return found.filter(year=int(number[1]), number=int(number[2]))
    return found.filter(position__words__begun_by=sought.words)


def _positions(sought: Sought) -> QuerySet[Position]:
    """But those that stand among the decisions."""
    found = Position.objects.visible_to(sought.user).filter(words__begun_by=sought.words)
    return found.exclude(decision__in=Decision.objects.visible_to(sought.user)).order_by("-changed_at", "id")


def _closing(user: User) -> dict[str, Any]:
    asked = Round.objects.unannounced().closed(Now()).exclude(pk__in=ids_at(Round.objects.going_on, Now()))
    asked = asked.filter(version__position=OuterRef("pk"))
    return {"is_closed": Exists(asked)}


def _consultations(sought: Sought) -> QuerySet[Consultation]:
    """By the words of the title, for whoever is asked, too."""
    found = Consultation.objects.visible_to(sought.user).filter(version__position__words__begun_by=sought.words)
    return found.order_by("-closes_at", "id")


def _asked(user: User) -> dict[str, Any]:
    return {"title": F("version__position__title"), "is_open": GreaterThan(F("closes_at"), Now())}


def _committees(sought: Sought) -> QuerySet[Committee]:
    found = Committee.objects.visible_to(sought.user).filter(words__begun_by=sought.words)
    return found.order_by("-is_steering", "name")


def _list(name: str, **filters: str) -> Any:
    """The address of a list that has the same search, as a function of what is sought."""
    return lambda sought: f"{reverse(name)}?{urlencode({'q': sought.text} | filters)}"


def _list_of_people(sought: Sought) -> str:
    return _list("members:people")(sought) if allows(sought.user, "members.edit_people") else ""


GROUPS = (
    Group(
        "organisations",
        _("Organisations"),
        Organisation,
        _by_name(_called),
        ("name", "language", "acronym", "country", "scope"),
        more=_standing,
        read=_membership,
        counted=_called,
        listed=_list("members:organisations"),
    ),
    Group(
        "people",
        _("People"),
        Person,
        _people,
        ("display_name",),
        more=_whereabouts,
        listed=_list_of_people,
    ),
    Group("campaigns", _("Campaigns"), Campaign, _campaigns, ("name", "status", "started_on", "finished_on")),
    Group(
        "milestones",
        _("Milestones"),
        Milestone,
        _milestones,
        ("title", "starts_on", "ends_on", "precision", "status", "is_external"),
        more=lambda user: {"campaign": F("campaign__name")},
    ),
    Group("tasks", _("Tasks"), Task, _tasks, ("title", "due_on", "status")),
    Group("meetings", _("Meetings"), Meeting, _meetings, ("title", "starts_at", "ends_at", "zone", "status")),
    Group("decisions", _("Decisions"), Decision, _decisions, ("year", "number", "title", "decided_at", "position_id")),
    Group("positions", _("Positions"), Position, _positions, ("title", "status", "changed_at"), more=_closing),
    Group("consultations", _("Consultations"), Consultation, _consultations, ("version_id", "closes_at"), more=_asked),
    Group("committees", _("Committees"), Committee, _committees, ("name", "is_steering")),
    Group(
        "ended",
        _("Organisations that have ended"),
        Organisation,
        _by_name(_ended),
        ("name", "language", "acronym", "country", "scope", "ended_on"),
        counted=_ended,
        listed=_list("members:organisations", status=Membership.Status.ENDED),
    ),
)
